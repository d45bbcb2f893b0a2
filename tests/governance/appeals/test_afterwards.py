"""What comes of an appeal: remedies, questions afterwards, and that the contested line decides nothing about who filed it."""

from datetime import date, timedelta

import pytest

from governance.appeals import permissions, queries, scans, services
from governance.appeals.models import FollowUp
from governance.appeals.states import AppealKind, HoldChoice, Remedy
from governance.appeals.words import AppealAbout
from governance.board.models import Case
from governance.board.states import CaseKind
from governance.decisions.models import Protection
from governance.notices.models import Notice
from ground import clock
from ground.errors import BadInput, Conflict, NotFound, NotPermitted
from tests import factories
from tests.governance.appeals.conftest import assign, decide
from tests.governance.decisions.conftest import NOON

pytestmark = pytest.mark.django_db


def later(days: int):
    return clock.stopped_at(NOON + timedelta(days=days))


def test_a_third_appeal_that_was_right_within_a_year_brings_the_charter_before_the_board(desk, file):
    """DESIGN: three upheld appeals on one metric reopen its charter; the case names no appeal."""
    for finding in ("upheld", "not_upheld", "partly_upheld"):
        decide(assign(file(kind=AppealKind.CONFIDENTIAL), desk), desk.hr, finding=finding)
    found = Case.objects.filter(
        kind=CaseKind.UNINTENDED_CONSEQUENCES, charter_version__metric__slug="lead-time-for-changes"
    )
    assert not found.exists()
    decide(assign(file(), desk), desk.hr)
    case = found.get()
    assert "appeal" not in f"{case.subject} {case.question}".lower()


def test_a_remedy_asks_the_owner_or_the_board(desk, file):
    """Issue 12, 6: remedies do something; a remedy that has nothing to be done to is refused."""
    decide(assign(file(), desk), desk.hr, act=Remedy.CORRECT)
    owner = Notice.objects.get(kind="appeals.correct")
    assert owner.path == "/revisions" and "appeal" not in f"{owner.subject} {owner.text}".lower()
    decide(assign(file(), desk), desk.hr, act=Remedy.BOARD)
    assert Case.objects.filter(kind=CaseKind.UNINTENDED_CONSEQUENCES).exists()
    about_nothing = assign(file(about=AppealAbout(), hold=HoldChoice.NONE), desk)
    for act in (Remedy.CORRECT, Remedy.BOARD, Remedy.VOID):
        with pytest.raises(BadInput) as refused:
            decide(about_nothing, desk.hr, act=act)
        assert refused.value.field == "act"


@pytest.mark.parametrize("kind", [AppealKind.NAMED, AppealKind.CONFIDENTIAL])
def test_whoever_filed_it_is_asked_afterwards_and_answers_in_one_click(browse, desk, file, kind):
    """S79: at 30, 90 and 180 days; confidentially on their own page alone."""
    appeal = assign(file(kind=kind), desk)
    decide(appeal, desk.hr)
    services.accept_outcome(appeal=appeal, by=desk.employee)
    assert list(FollowUp.objects.values_list("days", "due_on")) == [
        (30, date(2026, 5, 14)), (90, date(2026, 7, 13)), (180, date(2026, 10, 11))
    ]  # fmt: skip
    assert not browse("/appeals", by=desk.employee).says("has anybody treated you worse")
    with later(30):
        scans.APPEALS_CLOCK.once(by=factories.system())
        told = Notice.objects.filter(to=desk.employee, once__contains="follow")
        assert told.exists() is (kind == AppealKind.NAMED)
        assert browse("/appeals", by=desk.employee).says("30 days after your appeal")
        one = f"/appeals/follow-up/{FollowUp.objects.first().pk}"
        assert browse(one, by=desk.manager, data={"worse": "no"}).status == 404
        assert (
            browse(one, by=desk.employee, data={"worse": "yes", "says": "Left out of meetings."}).status
            == 302
        )
        assert browse(f"/appeals/{appeal.pk}", by=desk.hr).says("Treated worse", "Left out of meetings.")
        worse = Notice.objects.filter(once__contains="worse")
        assert worse.filter(to=desk.hr).exists() and not worse.filter(to=desk.manager).exists()
    assert b"meetings" not in bytes(FollowUp.objects.first().said)


def test_who_wants_no_questions_is_asked_none_and_no_question_is_answered_early(desk, file):
    """S79: the checkbox of the last page."""
    appeal = assign(file(ask_later=False), desk)
    decide(appeal, desk.hr)
    services.accept_outcome(appeal=appeal, by=desk.employee)
    assert not FollowUp.objects.exists()
    other = assign(file(), desk)
    decide(other, desk.hr)
    services.accept_outcome(appeal=other, by=desk.employee)
    with pytest.raises(Conflict):
        services.answer_follow_up(follow_up=FollowUp.objects.first(), worse=False, says="", by=desk.employee)


def test_the_contested_line_decides_nothing_about_who_filed_by_name_until_it_is_answered(desk, file):
    """S147, AR22: presumed for 90 days, the account's superiors included, until somebody outside has written why not."""
    above = factories.an_account("above", person=factories.a_person("above"))
    from governance.people.models import ReportingLine
    from tests import on_the_log

    on_the_log.make(
        ReportingLine, person=desk.manager.person, manager=above.person, valid_from=factories.LONG_AGO
    )
    appeal = assign(file(contested=desk.manager), desk)
    found = Protection.objects.filter(person=desk.employee.person)
    assert set(found.values_list("account__username", flat=True)) == {"manager", "above"}
    assert set(found.values_list("ends_on", flat=True)) == {date(2026, 7, 13)}
    for by in (desk.manager, desk.employee):
        with pytest.raises((NotFound, NotPermitted)):
            services.answer_presumption(appeal=appeal, why="We are fair.", by=by)
    with pytest.raises(BadInput):
        services.answer_presumption(appeal=appeal, why=" ", by=desk.hr)
    assert services.answer_presumption(appeal=appeal, why="The review began before.", by=desk.hr) == 2
    assert not found.filter(ended_at__isnull=True).exists() and queries.list_protections(appeal) == []
    assert permissions.is_independent(desk.hr, appeal)


def test_after_a_confidential_appeal_nothing_is_refused_to_the_line(desk, file):
    """S147: that would tell of it."""
    file(kind=AppealKind.CONFIDENTIAL, contested=desk.manager)
    assert not Protection.objects.exists()
