"""April is over, three looks at single people were asked for in it, and the log was signed on the first of May."""

from datetime import UTC, datetime

import pytest

from audits.ledger import sequencer
from governance.people.models import User
from ground import clock
from tests import factories, snapshots
from tests.governance.decisions.conftest import NOON, governed, house, stopped
from tests.governance.decisions.test_answer import RANKING, ask
from tests.pages import browse

__all__ = ["browse", "governed", "house", "stopped"]

ABOUT_ONE = RANKING | {"persons": ["payments-3"], "cohorts": [], "order_by": None}
MAY = datetime(2026, 5, 4, 9, tzinfo=UTC)


@snapshots.fixture(at=NOON)
def looked(governed) -> dict[str, User]:
    """The accounts; a ranking, a look at one person, a check and a team's values were asked for."""
    ask(governed.manager)
    ask(governed.manager, RANKING)
    ask(governed.manager, ABOUT_ONE, reason="Before rating week")
    ask(governed.manager, ABOUT_ONE, rows=False)
    factories.a_board()
    return {name: getattr(governed, name) for name in ("manager", "employee", "auditor", "stranger")}


@pytest.fixture
def in_may(looked):
    """The fourth of May, with the log signed since."""
    with clock.stopped_at(MAY):
        sequencer.sequence()
        yield looked
