"""A manager who went through their team, and a second auditor who is in their line."""

import pytest

from audits.findings.scans import MISUSE_FINDINGS
from governance.people.models import GrantedRole, User
from tests import factories, snapshots
from tests.governance.decisions.conftest import NOON, governed, house, stopped
from tests.governance.decisions.test_answer import RANKING, ask
from tests.pages import browse

__all__ = ["browse", "governed", "house", "stopped"]

ABOUT_ONE = RANKING | {"cohorts": [], "order_by": None}


@snapshots.fixture(at=NOON)
def gone_through(governed) -> dict[str, User]:
    """Eight of the nine people of payments were asked about one by one, all refused."""
    factories.change(governed.manager, person=factories.a_person("boss"))
    for number in range(1, 9):
        ask(governed.manager, ABOUT_ONE | {"persons": [f"payments-{number}"]}, reason="Rating week")
    near = factories.an_account(
        "near-auditor", person=factories.a_person("under-boss", manager=governed.manager.person)
    )
    factories.a_role(near, GrantedRole.AUDITOR)
    made = {name: getattr(governed, name) for name in ("manager", "employee", "auditor", "stranger")}
    return {**made, "near": near, "board": next(iter(factories.a_board().values()))}


@pytest.fixture
def people(stopped, gone_through) -> dict[str, User]:
    MISUSE_FINDINGS.once(by=factories.system())
    return gone_through
