"""What the board's tests are about: a case, and a charter in force."""

import pytest

from charter.registry.models import CharterVersion
from governance.board.models import Case
from tests import factories, snapshots


@snapshots.fixture
def case(founded) -> Case:
    """An open case about a charter, which nobody has voted on."""
    return factories.an_open_case()


@pytest.fixture
def version(active_charter) -> CharterVersion:
    """A charter in force."""
    return active_charter
