"""The furnished programme, once a run."""

import pytest

from tests import snapshots
from tests.access.world import World, furnish
from tests.governance.decisions.conftest import NOON, governed, stopped

__all__ = ["governed", "stopped"]


@snapshots.fixture(at=NOON)
def furnished(governed) -> World:
    """The governed programme with an account of each role and an object of each kind."""
    return furnish(governed)


@pytest.fixture
def world(stopped, furnished) -> World:
    """The same, at the noon at which it was made."""
    return furnished
