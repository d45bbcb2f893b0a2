"""An account that was merged into another: who disputed a use of it is as safe from the other, and nothing tells that anybody did."""

from datetime import timedelta

import pytest

from charter.measures import own
from governance.appeals import permissions, queries, services, watching
from governance.appeals.states import AppealKind, HoldChoice
from governance.decisions.models import Protection
from governance.decisions.services import end_protection, protect
from governance.desk import merging
from governance.people.models import GrantedRole, User
from ground import calendar
from ground.errors import BadInput
from tests import factories
from tests.governance.appeals.conftest import assign, decide
from tests.governance.decisions.test_answer import ask
from tests.governance.decisions.test_holds import CALIBRATION

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def figures(monkeypatch):
    """Single people's values, which do not matter here."""
    monkeypatch.setattr(own, "compute_own_rows", lambda **_: ())
    for module in ("charter.measures.queries", "governance.decisions.facts.coverage"):
        monkeypatch.setattr(f"{module}.compute_own_rows", lambda **_: ())


@pytest.fixture
def twin(desk):
    return factories.an_account("manager-again")


def merge(desk, twin):
    """Close the manager's first account; the one that their own values are read by stays."""
    if desk.manager.person is not None:
        person = desk.manager.person
        factories.change(desk.manager, person=None)
        factories.change(twin, person=person)
    factories.a_merge(desk.manager, twin)
    twin.refresh_from_db()


def decide_about_the_appellant(desk, by):
    person = desk.employee.person.external_id
    asked = {"grain": "person", "cohorts": [], "persons": [person]}
    return ask(by, CALIBRATION, **asked, evidence=factories.evidence_of(person))


def test_who_was_kept_off_is_kept_off_by_either_account(desk, file, twin):
    """AR22: the one protection holds for whom the account was merged into, and ends for both at once."""
    file(kind=AppealKind.NAMED, contested=desk.manager, hold=HoldChoice.NONE)
    merge(desk, twin)
    assert "AR22" in rules_about_the_appellant(desk, twin)
    end_protection(protection=Protection.objects.get(), why="It was answered.", by=factories.system())
    assert "AR22" not in rules_about_the_appellant(desk, twin)


def test_who_was_kept_off_after_the_merge_is_kept_off_by_the_account_that_is_left(desk, twin):
    """AR22, attack: a protection that comes later, of what the closed account asked, holds as well; a copy would have missed it."""
    merge(desk, twin)
    again = factories.an_account("manager-a-third-time")
    factories.change(twin, person=None)
    factories.a_merge(twin, again)
    days = {"starts_on": calendar.today(), "ends_on": calendar.today() + timedelta(days=30)}
    protect(person=desk.employee.person, account=desk.manager, **days, by=factories.system())
    assert "AR22" in rules_about_the_appellant(desk, again)


def rules_about_the_appellant(desk, by) -> set[str]:
    return {each.id for each in decide_about_the_appellant(desk, by).verdict.rules}


def test_after_a_confidential_appeal_the_other_account_is_watched(desk, file, twin):
    """S147: what it asks about whoever filed the appeal is found, and so is what those above it ask."""
    appeal = file(kind=AppealKind.CONFIDENTIAL, contested=desk.manager, hold=HoldChoice.NONE)
    decide_about_the_appellant(desk, desk.manager)
    merge(desk, twin)
    decide_about_the_appellant(desk, twin)
    assert {each.actor for each in watching.list_line_questions(appeal)} == {desk.manager, twin}


def test_who_is_contested_by_one_account_handles_it_by_neither(desk, file, twin):
    """Independence is of people: what the closed account led, did and decided stands in the way of the other."""
    appeal = file(kind=AppealKind.CONFIDENTIAL, contested=desk.manager, hold=HoldChoice.NONE)
    factories.change(twin, person=factories.a_person("m-again"))
    factories.change(desk.manager, person=None)
    for grant in desk.manager.role_grants.all():
        factories.change(grant, valid_to=calendar.today() - timedelta(days=1))  # nothing is left to move
    assert permissions.is_independent(twin, appeal)
    merge(desk, twin)
    assert not permissions.is_independent(twin, appeal)


def test_who_decided_it_by_one_account_does_not_look_at_it_again_by_the_other(desk, file, twin):
    factories.a_role(twin, GrantedRole.HR)
    appeal = assign(file(kind=AppealKind.CONFIDENTIAL, contested=desk.manager), desk)
    decide(appeal, desk.hr)
    factories.a_merge(desk.hr, twin)
    services.ask_second_instance(appeal=appeal, why="It was not looked at.", by=desk.employee)
    appeal.refresh_from_db()
    with pytest.raises(BadInput) as refused:
        permissions.check_can_handle(User.objects.get(pk=twin.pk), appeal)
    assert refused.value.code == "same_people"


def test_an_appeal_by_name_about_what_the_closed_account_asked_keeps_the_other_off(desk, twin):
    """AR22: whoever files after the merge is as safe as whoever filed before it."""
    merge(desk, twin)
    desk.manager.refresh_from_db()
    assert twin in queries.list_line_of(desk.manager)


@pytest.mark.parametrize("kind", [AppealKind.NAMED, AppealKind.CONFIDENTIAL])
def test_a_preview_does_not_tell_that_an_account_filed_an_appeal(desk, file, twin, kind):
    """Whoever administers accounts is told of no appeal elsewhere, nor of what is told about it."""
    admin = factories.an_administrator("merger")
    before = merging.preview(account=desk.employee, into=twin, by=admin).stays
    file(kind=kind, contested=desk.manager)
    assert merging.preview(account=desk.employee, into=twin, by=admin).stays == before
