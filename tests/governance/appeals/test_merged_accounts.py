"""An account that was merged into another: who disputed a use of it is as safe from the other, and nothing tells that anybody did."""

import pytest

from charter.measures import own
from governance.appeals import watching
from governance.appeals.states import AppealKind, HoldChoice
from governance.decisions.models import Protection
from governance.desk import merging
from tests import factories
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
    admin = factories.an_administrator("merger")
    merging.merge_accounts(account=desk.manager, into=twin, because="She told me.", by=admin)
    twin.refresh_from_db()


def decide_about_the_appellant(desk, by):
    person = desk.employee.person.external_id
    asked = {"grain": "person", "cohorts": [], "persons": [person]}
    return ask(by, CALIBRATION, **asked, evidence=factories.evidence_of(person))


def test_who_was_kept_off_is_kept_off_by_either_account(desk, file, twin):
    """AR22: the protection goes with the person, until its own end."""
    file(kind=AppealKind.NAMED, contested=desk.manager, hold=HoldChoice.NONE)
    before = Protection.objects.get(account=desk.manager)
    merge(desk, twin)
    again = Protection.objects.get(account=twin)
    assert (again.person, again.starts_on, again.ends_on) == (before.person, before.starts_on, before.ends_on)
    assert "AR22" in {each.id for each in decide_about_the_appellant(desk, twin).verdict.rules}


def test_after_a_confidential_appeal_the_other_account_is_watched(desk, file, twin):
    """S147: what it asks about whoever filed the appeal is found, and so is what those above it ask."""
    appeal = file(kind=AppealKind.CONFIDENTIAL, contested=desk.manager, hold=HoldChoice.NONE)
    decide_about_the_appellant(desk, desk.manager)
    merge(desk, twin)
    decide_about_the_appellant(desk, twin)
    assert {each.actor for each in watching.list_line_questions(appeal)} == {desk.manager, twin}


@pytest.mark.parametrize("kind", [AppealKind.NAMED, AppealKind.CONFIDENTIAL])
def test_a_preview_does_not_tell_that_an_account_filed_an_appeal(desk, file, twin, kind):
    """Whoever administers accounts is told of no appeal elsewhere, nor of what is told about it."""
    admin = factories.an_administrator("merger")
    before = merging.preview(account=desk.employee, into=twin, by=admin).stays
    file(kind=kind, contested=desk.manager)
    assert merging.preview(account=desk.employee, into=twin, by=admin).stays == before
