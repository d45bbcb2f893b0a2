"""Issue 11: home begins with what waits for its reader, of appeals, reviews, audits, rounds and load, with the day of it."""

from datetime import date, timedelta

import pytest

from audits.reviews.models import SampledLook, SampleDraw
from audits.reviews.states import LookState
from audits.strain.models import StrainAlert
from charter.measures.models import Revision, Snapshot
from charter.registry.models import Metric
from governance.appeals import queries, scans, services
from governance.appeals.states import AppealKind, HoldChoice
from governance.decisions.models import DecisionRecord
from governance.people.models import Cohort
from ground import clock
from tests import factories, on_the_log
from tests.governance.appeals.conftest import (
    appealing,
    assign,
    browse,
    decide,
    desk,
    file,
    governed,
    house,
    statements,
    stopped,
    with_judged,
)
from tests.governance.decisions.conftest import NOON
from tests.governance.decisions.test_answer import ask

__all__ = [
    "appealing", "browse", "desk", "file", "governed", "house", "statements", "stopped", "with_judged",
]  # fmt: skip

pytestmark = pytest.mark.django_db


def test_an_appeal_waits_for_a_handler_and_then_for_what_its_handler_decides(browse, desk, file):
    """Told to the board outside of its lines and to its handler, with its day; to the line nothing."""
    appeal = file(hold=HoldChoice.NONE)
    assert browse("/", by=desk.legal).says("1 appeal waits for a handler", "Thu 16 April")
    assert not browse("/", by=desk.hr).says("yours to handle")
    assign(appeal, desk)
    assert not browse("/", by=desk.legal).says("waits for a handler")
    assert browse("/", by=desk.hr).says("1 appeal is yours to handle", "Tue 28 April")
    assert not browse("/", by=desk.manager).says("appeal is yours") and not browse("/").says("for a handler")


def test_how_many_wait_says_nothing_of_those_that_touch_one_s_own_line(desk, file, monkeypatch):
    """Issue 12, attack: as many are counted as may be told, so that none is missed where there are more than are counted."""
    monkeypatch.setattr(queries, "MOST_COUNTED", 1)
    file(hold=HoldChoice.NONE, kind=AppealKind.CONFIDENTIAL, contested=desk.legal)
    file(hold=HoldChoice.NONE)
    assert len(queries.list_without_handler(desk.legal)) == 1


@pytest.mark.parametrize(("kind", "told"), [(AppealKind.NAMED, True), (AppealKind.CONFIDENTIAL, False)])
def test_afterwards_whoever_filed_it_by_name_finds_the_question_on_their_home(browse, desk, file, kind, told):
    """Issue 12, 7: a confidential one stands on the page of one's appeals alone, so that nobody reads it over a shoulder."""
    appeal = assign(file(hold=HoldChoice.NONE, kind=kind), desk)
    decide(appeal, desk.hr)
    services.accept_outcome(appeal=appeal, by=desk.employee)
    with clock.stopped_at(NOON + timedelta(days=31)):
        scans.APPEALS_CLOCK.once(by=factories.system())
        page = browse("/", by=desk.employee)
        assert page.says("Say how you are treated since your appeal") is told
        assert page.says("Nothing is waiting for you.") is not told
        assert browse("/appeals", by=desk.employee).says("30 days after your appeal")


def test_what_is_to_be_reviewed_answered_and_acted_on_stands_with_its_day(browse, desk):
    """A sampled look for its reviewer and for whoever looked, an alert for its owner, revisions for owner and auditor."""
    ask(desk.manager)
    draw = on_the_log.make(
        SampleDraw, month=date(2026, 3, 1), seed="0" * 64, log_size=1, log_root="0" * 64, population=1, share=5, least=1,
        frame_sha256="0" * 64,
    )  # fmt: skip
    on_the_log.make(
        SampledLook, draw=draw, decision=DecisionRecord.objects.get(), state=LookState.ASKED, reviewer=desk.auditor,
        due_on=date(2026, 4, 20),
    )  # fmt: skip
    on_the_log.make(
        StrainAlert, cohort=Cohort.objects.get(slug="team:payments"), signals=["on_call"], clues=["records"], owner=desk.manager,
        since=date(2026, 1, 5), ends_on=date(2026, 4, 6), choose_by=date(2026, 4, 24),
    )  # fmt: skip
    metric = Metric.objects.get(slug="lead-time-for-changes")
    on_the_log.make(Revision, metric=metric, content_hash="0" * 64, people=9, snapshot=Snapshot.objects.get())
    assert browse("/", by=desk.auditor).says("Review 1 sampled look", "Mon 20 April")
    page = browse("/", by=desk.manager)
    assert page.says(
        "Say what a look of yours was for", "Mon 20 April", "Act on the strain of a team", "Fri 24 April"
    )
    assert browse("/", by=metric.owner).says("A revision of your metric’s values was found")
    assert not browse("/", by=desk.stranger).says("sampled look")
