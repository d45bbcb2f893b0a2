"""What an outcome does: notes, events left out, suspension, void decisions; and nothing that tells who filed confidentially."""

from datetime import date, timedelta

import pytest

from charter.measures import own
from charter.measures.models import Exclusion, Revision
from charter.measures.states import RevisionState
from charter.registry.states import StandingChoices
from charter.rules.request import Window
from charter.rules.vocabulary import ContextKind
from governance.appeals import permissions, services
from governance.appeals.models import AppealOutcome
from governance.appeals.states import AboutKind, AppealKind, HoldChoice, Remedy
from governance.appeals.words import AppealAbout
from governance.board.models import Case
from governance.board.states import CaseKind
from governance.decisions import services as decisions
from governance.decisions.models import ContextNote, DecisionRecord, VoidedDecision
from governance.decisions.states import NoteState
from governance.notices.models import Notice
from governance.people.services import get_system_account
from ground import clock
from ground.errors import BadInput, NotPermitted
from tests import factories, on_the_log
from tests.governance.appeals.conftest import VALUE, assign, decide
from tests.governance.decisions.conftest import NOON
from tests.governance.decisions.test_answer import ask
from tests.pages import Page

pytestmark = pytest.mark.django_db
OWN = AppealAbout(
    kind=AboutKind.VALUE,
    metrics=("lead-time-for-changes",),
    person="payments-1",
    starts_on=date(2026, 3, 1),
    ends_on=date(2026, 4, 1),
)
MIGRATION = {"note_kind": "migration", "note": "Builds moved to new runners."}
TOOLING = {"note_kind": "tooling_constraint", "note": "The mirror was down."}


def about_look(desk) -> AppealAbout:
    return AppealAbout(kind=AboutKind.RECEIPT, entry=ask(desk.manager).receipt.id)


def test_a_note_stands_beside_the_values_confirmed_by_whoever_decided(desk, file):
    """Issue 12, 6; S80: it annotates at once, names no appeal, and nobody is asked to confirm what was found."""
    decide(assign(file(), desk), desk.hr, act=Remedy.ANNOTATE, **MIGRATION)
    note = ContextNote.objects.get()
    assert (note.team.slug, note.metric.slug, note.state) == (
        "payments",
        "lead-time-for-changes",
        NoteState.CONFIRMED,
    )
    assert (note.starts_on, note.ends_on, note.confirmed_by) == (date(2026, 3, 1), date(2026, 4, 1), desk.hr)
    march = ask(desk.manager, window=Window(date(2026, 3, 1), date(2026, 4, 1))).rows
    assert "Builds moved to new runners." in str(march[0].context)
    assert "appeal" not in note.says.lower()
    decide(assign(file(), desk), desk.hr, act=Remedy.ANNOTATE, **MIGRATION)
    assert ContextNote.objects.count() == 1  # it need not be said twice


def test_only_the_product_notes_at_once_leaves_out_and_voids(desk):
    """Issue 12, 6: what follows from an outcome is nobody's to do by hand."""
    for check in (
        lambda: decisions.note_as_found(
            kind=ContextKind.MIGRATION, starts_on=NOON.date(), ends_on=NOON.date() + timedelta(days=1), says="x",
            metric=None, found_by=desk.hr, by=desk.hr,
        ),
        lambda: decisions.void_decision(decision=None, because="x", by=desk.hr),
    ):  # fmt: skip
        with pytest.raises(NotPermitted):
            check()


def test_what_was_done_is_left_out_and_a_note_says_so_until_a_revision_takes_it_in(browse, desk, file, house):
    """Issue 12, 6: by the batched revisions; the page of the appeal says how the correction stands."""
    appeal = assign(file(about=OWN), desk)
    decide(appeal, desk.hr, act=Remedy.EXCLUDE, **TOOLING)
    excluded = Exclusion.objects.get()
    assert (excluded.person, excluded.metric.slug) == (desk.employee.person, "lead-time-for-changes")
    assert ContextNote.objects.get().person == desk.employee.person
    page = browse(f"/appeals/{appeal.pk}", by=desk.employee)
    assert page.says("It comes with the next revision that touches enough people")
    revision = a_revision(house)
    assert browse(f"/appeals/{appeal.pk}", by=desk.employee).says("found, and before the metric’s owner")
    outdated = {"state": RevisionState.OUTDATED, "ended_at": NOON, "ended_by": desk.hr}
    on_the_log.update(Revision.objects.filter(pk=revision), **outdated)
    assert browse(f"/appeals/{appeal.pk}", by=desk.employee).says("touches enough people")
    assert browse("/about-me/stored", by=desk.employee).says("left out of values")


def a_revision(house):
    from tests.access.world import a_revision

    return a_revision(house.lead_time.metric)


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"act": Remedy.ANNOTATE}, "note_kind"),
        ({"act": Remedy.ANNOTATE, "note_kind": "migration"}, "note"),
        ({"act": Remedy.ANNOTATE, "note_kind": "migration", "note": "x" * 301}, "note"),
        ({"act": Remedy.ANNOTATE, "note_kind": "caregiving", "note": "x"}, "note_kind"),
        ({"act": Remedy.EXCLUDE, **MIGRATION}, "note_kind"),
        ({"act": Remedy.SUSPEND}, "act"),
        ({"act": Remedy.VOID}, "act"),
        ({"act": Remedy.MISUSE, "note": "x"}, "act"),
    ],
)
def test_a_remedy_that_cannot_be_is_refused_beside_its_field(desk, file, over, field):
    """Issue 12, bad input."""
    with pytest.raises(BadInput) as refused:
        decide(assign(file(), desk), desk.hr, **over)
    assert refused.value.field == field and not AppealOutcome.objects.exists()


def test_a_member_of_the_board_suspends_the_metric_at_once(desk, file):
    """Issue 12, 6: through the board's suspension, which the board ratifies in time or which lapses."""
    appeal = file()
    services.assign_handler(appeal=appeal, handler=desk.legal, by=factories.a_board()["hr"])
    decide(appeal, desk.legal, act=Remedy.SUSPEND)
    case = Case.objects.get(kind=CaseKind.SUSPENSION)
    assert case.charter_version.standing == StandingChoices.SUSPENDED
    assert case.suspension.user == desk.legal and "appeal" not in f"{case.subject} {case.question}".lower()


def test_a_void_decision_is_told_on_its_receipt_in_the_api_and_in_the_letter(browse, call, desk, file):
    """Issue 12, 6: it stands without its explanation, and is void; the receipt itself stays genuine."""
    about = about_look(desk)
    url = f"/api/v1/receipts/{about.entry}"
    assert call(desk.manager, url)[1]["void"] is None
    decide(assign(file(about=about, hold=HoldChoice.NONE), desk), desk.hr, act=Remedy.VOID)
    told = call(desk.manager, url)[1]["void"]
    assert told["because"] == "It was made without the explanation that it owes."
    page: Page = browse(f"/receipts/{about.entry}")
    assert page.says("This decision is void", "without the explanation", "This receipt is genuine")
    assert browse(f"/about-me/looks/{about.entry}", by=desk.employee).says("It is void since 14 April 2026")
    assert VoidedDecision.objects.count() == 1


ASKED = {"act": Remedy.MISUSE, "note": "It was asked for a retrospective and told in a rating."}


def test_a_look_that_may_have_been_a_misuse_is_put_to_the_board(desk, file):
    """Issue 12, 6: a case of its kind that names nobody; whoever looked is told and does not vote; once, while it is open."""
    about = about_look(desk)
    for _each in range(2):
        decide(assign(file(about=about, hold=HoldChoice.NONE), desk), desk.hr, **ASKED)
    case = Case.objects.get(kind=CaseKind.MISUSE)
    words = f"{case.subject} {case.question}".lower()
    assert str(about.entry)[:8] in words and "appeal" not in words
    assert not any(name.lower() in words for name in (desk.manager.name, desk.employee.name))
    assert case.misuse.account == desk.manager and case.opened_by == get_system_account()
    told = Notice.objects.get(to=desk.manager, kind="decisions.misuse.case")
    assert told.path == f"/cases/{case.pk}" and "appeal" not in told.text.lower()


def test_a_misuse_needs_words_and_somebody_elses_look(desk, file):
    """Issue 12, bad input: what the board is asked is said; nobody puts their own look to the board."""
    appeal = assign(file(about=about_look(desk), hold=HoldChoice.NONE), desk)
    with pytest.raises(BadInput) as refused:
        decide(appeal, desk.hr, act=Remedy.MISUSE)
    assert refused.value.field == "note"
    with pytest.raises(BadInput, match="your own"):
        decisions.put_to_board(
            decision=DecisionRecord.objects.get(entry=about_look(desk).entry), because="x", by=desk.manager
        )
    assert not Case.objects.filter(kind=CaseKind.MISUSE).exists()


def test_after_a_confidential_appeal_a_misuse_is_put_as_any_other_is(desk, file):
    """Issue 12, 7: by an auditor or a seat, who put what they find themselves as well; never by the product, which would tell of one."""
    confidential = {"kind": AppealKind.CONFIDENTIAL, "about": about_look(desk), "hold": HoldChoice.NONE}
    appeal = assign(file(**confidential), desk)
    with pytest.raises(BadInput, match="auditor or a member"):
        decide(appeal, desk.hr, **ASKED)
    services.assign_handler(appeal=appeal, handler=desk.auditor, by=desk.legal)
    decide(appeal, desk.auditor, **ASKED)
    assert Case.objects.get(kind=CaseKind.MISUSE).opened_by == desk.auditor


def test_what_would_tell_who_filed_it_is_refused_after_an_appeal_that_is_not_by_name(desk, file, monkeypatch):
    """Issue 12, 7: a note beside one person's values, or a void decision about one person, points at them."""
    appeal = assign(file(kind=AppealKind.CONFIDENTIAL, about=OWN, hold=HoldChoice.ON_USE), desk)
    for given in ({"act": Remedy.ANNOTATE, **MIGRATION}, {"act": Remedy.EXCLUDE, **TOOLING}):
        with pytest.raises(BadInput) as refused:
            decide(appeal, desk.hr, **given)
        assert refused.value.code == "would_tell"
    assert not ContextNote.objects.exists() and not Exclusion.objects.exists()
    team = assign(file(kind=AppealKind.CONFIDENTIAL, about=VALUE, hold=HoldChoice.NONE), desk)
    decide(team, desk.hr, act=Remedy.ANNOTATE, **MIGRATION)
    assert ContextNote.objects.get().team.slug == "payments"


def test_a_void_decision_or_a_misuse_about_one_person_would_tell(desk, file, monkeypatch):
    """Issue 12, 7: the asker reads it on their receipt."""
    from tests.governance.appeals.test_watching import decide_about

    monkeypatch.setattr(own, "compute_own_rows", lambda **_: ())
    for module in ("charter.measures.queries", "governance.decisions.facts.coverage"):
        monkeypatch.setattr(f"{module}.compute_own_rows", lambda **_: ())
    about = AppealAbout(kind=AboutKind.RECEIPT, entry=decide_about(desk).receipt.id)
    appeal = assign(file(kind=AppealKind.CONFIDENTIAL, about=about, hold=HoldChoice.NONE), desk)
    services.assign_handler(appeal=appeal, handler=desk.auditor, by=desk.legal)
    for over in ({"act": Remedy.VOID}, ASKED):
        with pytest.raises(BadInput) as refused:
            decide(appeal, desk.auditor, **over)
        assert refused.value.code == "would_tell"
    assert not VoidedDecision.objects.exists() and not Case.objects.filter(kind=CaseKind.MISUSE).exists()


def test_what_other_people_found_stands_in_the_place_of_what_was_found_first(desk, file):
    """DESIGN: three upheld appeals reopen a charter; one that was turned round at the second look is none."""
    appeals = [assign(file(hold=HoldChoice.NONE), desk) for _each in range(3)]
    decide(appeals[0], desk.hr)
    services.ask_second_instance(appeal=appeals[0], why="More.", by=desk.employee)
    services.assign_handler(appeal=appeals[0], handler=desk.other_hr, by=desk.legal)
    decide(appeals[0], desk.other_hr, finding="not_upheld")
    decide(appeals[1], desk.hr)
    decide(appeals[2], desk.hr)
    reopened = Case.objects.filter(kind=CaseKind.UNINTENDED_CONSEQUENCES)
    assert not reopened.exists()
    decide(assign(file(hold=HoldChoice.NONE), desk), desk.hr)
    assert reopened.count() == 1


def test_after_a_year_they_count_no_more(desk, file):
    """DESIGN: three within a year."""
    for _each in range(2):
        decide(assign(file(hold=HoldChoice.NONE), desk), desk.hr)
    rule = AppealAbout(kind=AboutKind.CHARTER, metrics=VALUE.metrics)
    with clock.stopped_at(NOON + timedelta(days=366)):
        appeal = file(about=rule, hold=HoldChoice.NONE)
        assert permissions.is_independent(desk.hr, appeal)
        decide(assign(appeal, desk), desk.hr)
    assert not Case.objects.filter(kind=CaseKind.UNINTENDED_CONSEQUENCES).exists()
