"""After a confidential appeal: decisions about whoever filed it are found afterwards, and those who decided never notice (S147)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audits.ledger.models import Entry
from charter.measures import own
from governance.appeals import queries, scans, services, watching
from governance.appeals.models import Presumption
from governance.appeals.states import AppealKind, HoldChoice, Voice
from governance.appeals.words import AppealAbout
from governance.notices.models import Notice
from governance.people.models import ReportingLine
from ground import clock
from ground.errors import BadInput, Conflict, NotFound
from tests import factories, on_the_log
from tests.governance.appeals.conftest import assign, decide
from tests.governance.appeals.test_confidential import LOOKED_AT, look, powerful, told
from tests.governance.decisions.conftest import NOON
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
def sealed(file, desk):
    """A confidential appeal that contests the manager's use, and holds nothing."""
    over = {"kind": AppealKind.CONFIDENTIAL, "hold": HoldChoice.NONE, "contested": desk.manager}
    return lambda **more: file(**{**over, **more})


def decide_about(desk, by=None, person="", **over):
    """Ask for the appellant's values for a calibration, or another's, as the manager."""
    person = person or desk.employee.person.external_id
    asked = {"grain": "person", "cohorts": [], "persons": [person], "evidence": factories.evidence_of(person)}
    return ask(by or desk.manager, CALIBRATION, **{**asked, **over})


def later(days: float):
    return clock.stopped_at(NOON + timedelta(days=days))


def watch() -> list[str]:
    """The kinds of what a pass of the clock leaves on the log."""
    before = set(Entry.objects.values_list("pk", flat=True))
    scans.APPEALS_CLOCK.once(by=factories.system())
    return sorted(Entry.objects.exclude(pk__in=before).values_list("kind", flat=True))


def test_a_decision_about_whoever_filed_it_is_asked_about_on_monday(browse, desk, sealed):
    """S147: by the handler, who stands outside of the line; both what was asked and what was allowed is put before them."""
    appeal = assign(sealed(), desk)
    assert decide_about(desk).verdict.permits
    assert decide_about(desk, decision="retrospective").verdict.outcome != "permit"
    decide_about(desk, person="payments-3")
    watch()
    assert not Presumption.objects.exists()  # Tuesday 14 April
    with later(6):
        watch()
        found = Presumption.objects.get()
        assert found.asked == desk.hr and found.appeal == appeal
        page = browse(f"/appeals/{appeal.pk}", by=desk.hr)
        assert page.says("taken for retaliation, and Hr is asked", "calibration input")
        asked = browse(f"/appeals/{appeal.pk}/questions", by=desk.hr)
        assert asked.text.count("Manager") == 2 and not asked.says("payments-3")
        assert desk.employee.name not in page.text + asked.text
        answer = {"retaliation": "no", "why": "All of the team were calibrated."}
        assert browse(f"/appeals/asked/{found.pk}", by=desk.hr, data={**answer, "why": " "}).status == 400
        assert browse(f"/appeals/asked/{found.pk}", by=desk.hr, data=answer).status == 302
        watch()
    assert Presumption.objects.get().retaliation is False
    (said,) = [
        text for each, text in queries.list_messages(appeal, internal=False) if each.voice == Voice.SERVICE
    ]
    assert "All of the team were calibrated." in said and "Manager" in said
    with pytest.raises(Conflict):
        services.answer_asked(presumption=found, retaliation=True, why="No.", by=desk.hr)


def test_what_is_found_to_be_retaliation_is_told_to_the_board_outside(desk, sealed):
    """S147, S79."""
    assign(sealed(), desk)
    decide_about(desk)
    with later(6):
        watch()
        services.answer_asked(
            presumption=Presumption.objects.get(), retaliation=True, why="Only they were.", by=desk.hr
        )
        told_to = Notice.objects.filter(once__contains="retaliation")
    assert told_to.filter(to=desk.legal).exists() and not told_to.filter(to=desk.manager).exists()


def test_without_a_handler_somebody_of_the_board_is_asked_and_who_comes_into_the_line_no_more(
    browse, desk, sealed
):
    """S147: somebody outside of the line, as it is on the day of asking and of answering."""
    sealed()
    decide_about(desk)
    with later(6):
        watch()
        found = Presumption.objects.get()
        first = found.asked
        assert first.pk != desk.manager.pk and first.username.startswith("board-")
        boss = factories.a_person("boss-of-all")
        factories.change(first, person=boss)
        on_the_log.make(
            ReportingLine, person=desk.manager.person, manager=boss, valid_from=factories.LONG_AGO
        )
        assert browse(f"/appeals/asked/{found.pk}", by=first).status == 404
        with pytest.raises(NotFound):
            services.answer_asked(presumption=found, retaliation=False, why="Fair.", by=first)
        assert not browse("/appeals", by=first).says("You are asked")
    with later(13):
        watch()
        found.refresh_from_db()
        assert found.asked != first
        assert browse("/appeals", by=found.asked).says("You are asked whether a decision is retaliation.")


def test_those_above_count_on_any_day_and_nobody_after_ninety_days(desk, sealed):
    """S147: the contested line, within 90 days."""
    appeal = assign(sealed(), desk)
    above = factories.an_account("above", person=factories.a_person("above"))
    on_the_log.make(ReportingLine, person=desk.manager.person, manager=above.person, valid_from=NOON.date())
    factories.change(
        ReportingLine.objects.get(manager=above.person), valid_to=NOON.date() + timedelta(days=3)
    )
    with later(2):
        checked = decide_about(desk, rows=False)
        factories.change(_record(checked), actor=above)
    with later(89):
        decide_about(desk)
    with later(90.5):
        decide_about(desk)
    with later(91):
        assert [each.actor.username for each in watching.list_consequential(appeal)] == ["above", "manager"]
        assert watching.list_line_questions(appeal).count() == 3
        watch()
    assert Presumption.objects.count() == 2


def _record(answer):
    from governance.decisions.models import DecisionRecord

    return DecisionRecord.objects.get(pk=answer.id)


def test_nobody_is_watched_after_an_anonymous_appeal_or_where_no_use_is_contested(desk, file, sealed):
    """S147: nobody knows whose decisions those would be; and the entries are the same of each."""
    appeal = sealed(contested=None, about=AppealAbout())
    decide_about(desk)
    with later(6):
        assert watch().count("appeals.watched") == 1
        assert not Presumption.objects.exists() and not watching.list_line_questions(appeal).exists()
        assert "appeals.watched" not in watch()


def test_after_an_appeal_by_name_who_was_kept_off_is_not_asked_about_again(desk, file):
    """AR22, S147: refused for 90 days, or answered for; who comes into the line later is found."""
    appeal = assign(file(hold=HoldChoice.NONE, contested=desk.manager), desk)
    refused = decide_about(desk)
    assert "AR22" in {match.id for match in refused.verdict.rules}
    services.answer_presumption(appeal=appeal, why="The review began before.", by=desk.hr)
    assert decide_about(desk).verdict.permits
    assert (
        watching.list_line_questions(appeal).count() == 2 and not watching.list_consequential(appeal).exists()
    )


# As an attacker in the manager's seat.


def tell(answer) -> tuple:
    return answer.verdict, answer.rows, answer.snapshot


def test_the_lines_answers_are_the_same_and_cost_the_same(desk, sealed):
    """S147: neither verdict nor rules nor rows nor statements differ for the appellant, before and after."""
    decide_about(desk)
    with CaptureQueriesContext(connection) as before:
        plain = decide_about(desk)
    assign(sealed(), desk)
    decide_about(desk)
    with CaptureQueriesContext(connection) as after:
        same = decide_about(desk)
    assert tell(plain) == tell(same) and plain.verdict.permits
    assert len(before) == len(after)


def test_the_log_and_the_notices_are_the_same_whether_anything_was_found(desk, sealed):
    """S147: each week one entry and one notice of each appeal; a kind of its own would tell that somebody was asked."""
    appeal = assign(sealed(), desk)
    decide(appeal, desk.hr)
    services.accept_outcome(appeal=appeal, by=desk.employee)
    notices = Notice.objects.filter(kind="appeals").count()
    with later(6):
        watch()
    with later(13):
        nothing = watch()
    with later(14):
        decide_about(desk)
    with later(20):
        assert watch() == nothing == ["appeals.watched", "notices.notice.given"]
        assert Notice.objects.filter(kind="appeals").count() == notices + 3
        found = Presumption.objects.get()
        before = set(Entry.objects.values_list("pk", flat=True))
        services.answer_asked(presumption=found, retaliation=False, why="It is none.", by=desk.hr)
    kinds = Entry.objects.exclude(pk__in=before).values_list("kind", flat=True)
    assert list(kinds) == ["appeals.message"]
    texts = {f"{each.subject} {each.text}" for each in Notice.objects.filter(once__contains="watched")}
    assert len(texts) == 1


def test_the_managers_pages_are_the_same_while_somebody_is_asked_about_them(desk, sealed):
    """S147, S79: with every role, a seat and superuser's rights; the page of what is asked is not there."""
    powerful(desk.manager)
    browser = Client(raise_request_exception=False)
    browser.force_login(desk.manager)
    token = factories.a_token(desk.manager)
    decide_about(desk)
    with later(6):
        before = {url: told(look(browser, url, token)) for url in LOOKED_AT}
    appeal = assign(sealed(), desk)  # at that same moment
    with later(6):
        watch()
        found = Presumption.objects.first()
        assert {url: told(look(browser, url, token)) for url in LOOKED_AT} == before
        for url in (f"/appeals/asked/{found.pk}", f"/appeals/{appeal.pk}/questions"):
            assert browser.get(url).status_code == 404
        with pytest.raises(NotFound):
            services.answer_asked(presumption=found, retaliation=False, why="We are fair.", by=desk.manager)
    assert not Notice.objects.filter(to=desk.manager, kind="appeals").exists()


def test_the_table_of_what_is_asked_names_neither_the_decision_nor_the_moment(desk, sealed):
    """Issue 12, 3: whoever has the database alone learns from it whose decision was asked about of nobody."""
    assign(sealed(), desk)
    decision = decide_about(desk)
    with later(6):
        watch()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM appeals_presumption t")
        row = cursor.fetchone()[0]
    assert not any(
        each in row for each in (str(decision.id), str(desk.employee.pk), str(desk.employee.person_id))
    )
    assert "12:00" not in row


def test_a_why_is_needed(desk, sealed):
    """S147: until a named person has written why not."""
    assign(sealed(), desk)
    decide_about(desk)
    with later(6):
        watch()
        with pytest.raises(BadInput):
            services.answer_asked(
                presumption=Presumption.objects.get(), retaliation=False, why=" ", by=desk.hr
            )


def test_the_appellant_is_watched_for_after_it_is_over(desk, sealed):
    """S147: decided, accepted or withdrawn, the 90 days go on."""
    appeal = assign(sealed(), desk)
    decide(appeal, desk.hr)
    services.accept_outcome(appeal=appeal, by=desk.employee)
    decide_about(desk)
    with later(6):
        watch()
    assert Presumption.objects.get().asked == desk.hr
