"""A house in which a few questions were asked: allowed and refused, by a manager and an employee, about a team and a person."""

import pytest

from governance.people.models import GrantedRole, User
from tests import factories, snapshots
from tests.governance.decisions.conftest import NOON, governed, house, stopped
from tests.governance.decisions.test_answer import RANKING, ask
from tests.pages import browse, statements

__all__ = ["browse", "governed", "house", "statements", "stopped"]

ABOUT_ONE = RANKING | {"persons": ["payments-3"], "cohorts": [], "order_by": None}
OUTSIDERS = ("employee", "manager", "stranger", "hr", "board", "superuser", "machine")


@snapshots.fixture(at=NOON)
def asked(governed) -> dict[str, User]:
    """The accounts by what they are; four decisions, of which the newest is a check."""
    ask(governed.manager, reason="For the quarterly review with Payments-3 in mind")
    ask(governed.manager, RANKING)
    ask(governed.manager, ABOUT_ONE, reason="Before rating week")
    ask(governed.employee, rows=False)
    made = {
        "employee": governed.employee, "manager": governed.manager, "auditor": governed.auditor, "stranger": governed.stranger,
    }  # fmt: skip
    for name, role in (("admin", GrantedRole.ADMIN), ("hr", GrantedRole.HR)):
        made[name] = factories.an_account(name)
        factories.a_role(made[name], role)
    made["board"] = next(iter(factories.a_board().values()))
    made["superuser"] = factories.an_account("root", is_superuser=True, is_staff=True)
    made["machine"] = factories.an_account("bot", kind="machine")
    return made


@pytest.fixture
def people(stopped, asked) -> dict[str, User]:
    """Those accounts, at noon."""
    return asked
