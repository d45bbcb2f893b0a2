"""The small governed programme with a board, HR, and somebody who appeals."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from msgspec import Struct

from governance.appeals import services
from governance.appeals.models import Appeal
from governance.appeals.states import AboutKind, AppealKind, HoldChoice
from governance.appeals.words import AppealAbout
from governance.board.states import SeatKind
from governance.people.models import GrantedRole, ReportingLine, User
from tests import factories, on_the_log, snapshots
from tests.governance.decisions.conftest import House, governed, house, stopped, with_judged
from tests.governance.decisions.test_bearing_api import call
from tests.pages import browse, statements

__all__ = ["browse", "call", "governed", "house", "statements", "stopped", "with_judged"]

MARCH = {"from": "2026-03-01", "to": "2026-04-01"}
VALUE = AppealAbout(
    kind=AboutKind.VALUE,
    metrics=("lead-time-for-changes",),
    cohorts=("team:payments",),
    starts_on=date(2026, 3, 1),
    ends_on=date(2026, 4, 1),
)


class Desk(Struct):
    """Who takes part in appeals: the employee files, the manager is their reporting line."""

    employee: User
    manager: User
    hr: User
    other_hr: User
    legal: User
    auditor: User
    stranger: User


@snapshots.fixture
def appealing(with_judged, governed: House) -> dict[str, User]:
    """HR twice, a board, and a manager with a person whom the employee reports to."""
    accounts = {name: factories.an_account(name) for name in ("hr", "other-hr")}
    for account in accounts.values():
        factories.a_role(account, GrantedRole.HR)
    boss = factories.a_person("boss")
    factories.change(governed.manager, person=boss)
    on_the_log.make(ReportingLine, person=governed.employee.person, manager=boss, valid_from=date(2025, 1, 1))
    return {**accounts, "legal": factories.a_board()[SeatKind.LEGAL]}


@pytest.fixture
def desk(stopped, house: House, appealing: dict[str, User]) -> Desk:
    return Desk(
        employee=house.employee,
        manager=house.manager,
        hr=appealing["hr"],
        other_hr=appealing["other-hr"],
        legal=appealing["legal"],
        auditor=house.auditor,
        stranger=house.stranger,
    )


@pytest.fixture
def file(desk: Desk) -> Callable[..., Appeal]:
    """File an appeal: the employee's, by name, about the team's value of March, unless told otherwise."""

    def act(by: User | None = None, **over: Any) -> Appeal:
        given = {
            "kind": AppealKind.NAMED,
            "about": VALUE,
            "statement": "Two of our largest changes are missing.",
            "wanted": "Count them.",
            "hold": HoldChoice.VALUE,
        }
        return services.file_appeal(
            filing=services.Filing(**{**given, **over}), by=by or desk.employee
        ).appeal

    return act


@pytest.fixture
def assigned(desk: Desk, file) -> Appeal:
    """An appeal by name that HR handles."""
    return assign(file(), desk)


def assign(appeal: Appeal, desk: Desk, handler: User | None = None) -> Appeal:
    services.acknowledge_appeal(appeal=appeal, by=desk.legal)
    services.assign_handler(appeal=appeal, handler=handler or desk.hr, by=desk.legal)
    appeal.refresh_from_db()
    return appeal


def decide(appeal: Appeal, by: User, **over: Any):
    given = {
        "finding": "upheld",
        "reasons": "They are missing.",
        "evidence": "Receipt 1.",
        "remedy": "Corrected.",
    }
    outcome = services.decide_appeal(appeal=appeal, **{**given, **over}, by=by)
    appeal.refresh_from_db()
    return outcome
