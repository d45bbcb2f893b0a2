"""A governed house in May, in which April was asked in and the log is signed."""

from datetime import UTC, datetime

import pytest

from audits.ledger import sequencer
from governance.people.models import User
from ground import clock
from tests import factories, snapshots
from tests.governance.decisions.conftest import NOON, governed, house
from tests.governance.decisions.test_answer import RANKING, ask
from tests.pages import browse

__all__ = ["browse", "governed", "house"]

MAY = datetime(2026, 5, 4, 9, tzinfo=UTC)


@snapshots.fixture(at=NOON)
def evident(governed) -> dict[str, User]:
    ask(governed.manager, reason="For the review")
    ask(governed.manager, RANKING)
    made = {name: getattr(governed, name) for name in ("manager", "employee", "auditor", "stranger")}
    return {**made, "board": next(iter(factories.a_board().values()))}


@pytest.fixture
def stopped():
    """Nine o'clock on 4 May 2026."""
    with clock.stopped_at(MAY):
        yield MAY


@pytest.fixture
def people(stopped, evident) -> dict[str, User]:
    sequencer.sequence()
    return evident
