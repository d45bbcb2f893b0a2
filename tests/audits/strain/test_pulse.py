"""The pulse: nobody can join an answer to a person, and nothing is told of too few (issue 18, 5; S156)."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, transaction

from audits.ledger.models import Entry
from audits.strain import queries, services
from audits.strain.concluding import ClueKind
from audits.strain.envelopes import open_answer
from audits.strain.models import PulseEnvelope, PulseResult, PulseRound, PulseTaken, StrainAlert
from audits.strain.pulse import (
    PulseAnswer,
    PulseQuestion,
    PulseWord,
    find_middle,
    points_to_strain,
    sum_answers,
)
from audits.strain.states import Sight
from governance.notices.models import Notice
from governance.notices.states import Mail
from ground import clock
from ground.errors import BadInput, Conflict, NotPermitted
from tests import factories
from tests.audits.strain.conftest import NOON, answer, run_clock, team

BAD = PulseAnswer(PulseWord.NEVER, PulseWord.NEVER, PulseWord.NEVER)


def test_the_middle_answer_is_kept_and_never_how_often():
    """Where all said the same, a sum would tell on each of them."""
    mixed = [PulseAnswer(recover=word) for word in (PulseWord.MOSTLY, PulseWord.RARELY, PulseWord.NEVER)] * 3
    kept = sum_answers(mixed, minimum=8)
    assert set(kept) == {PulseQuestion.RECOVER}
    assert (kept[PulseQuestion.RECOVER].answered, kept[PulseQuestion.RECOVER].middle) == (9, PulseWord.RARELY)
    assert not sum_answers(mixed[:7], minimum=8)
    assert find_middle({"mostly": 2, "never": 2}) is PulseWord.MOSTLY


def test_the_order_of_answers_says_nothing():
    words = list(PulseWord)
    answers = [PulseAnswer(recover=words[at * 7 % 4], help=words[at % 3]) for at in range(20)]
    assert sum_answers(answers, minimum=8) == sum_answers(answers[::-1], minimum=8)


def test_two_questions_have_to_point():
    assert points_to_strain({"recover": "never", "load": "rarely", "help": "mostly"})
    assert not points_to_strain({"recover": "never", "load": "often"})


def test_people_and_records_together_raise_an_alert(strain):
    """S116: signals and the pulse; told with roughly how many answered."""
    answer(strain)
    results = PulseResult.objects.filter(cohort=team("atlas"))
    assert {(each.question, each.middle, each.answered) for each in results} == {
        ("recover", "rarely", 5), ("load", "rarely", 5), ("help", "rarely", 5)
    }  # fmt: skip
    with clock.stopped_at(NOON + timedelta(days=16)):
        assert run_clock()["alerts raised"] == 1
        assert queries.read_clues(team("atlas")).clues == {ClueKind.SIGNAL: True, ClueKind.SELF_REPORT: True}
    assert StrainAlert.objects.get().clues == ["self_report", "signal"]


def test_a_pulse_with_three_answers_tells_nothing(strain):
    """Bad input: sealed answers are erased unread."""
    answer(strain, people=3)
    assert not PulseResult.objects.exists() and not PulseEnvelope.objects.exists()
    assert ClueKind.SELF_REPORT not in queries.read_clues(team("atlas")).clues


def test_passing_over_is_no_answer_and_looks_like_one(strain):
    """Nine are done with it and seven answered: nothing is told; and what is sealed is as long."""
    pulse = services.open_pulse(by=strain["hr"])
    for number in range(1, 10):
        given = BAD if number <= 7 else PulseAnswer()
        services.take_pulse(pulse=pulse, answer=given, by=strain[f"atlas-{number}"])
    sealed = [bytes(each.sealed) for each in PulseEnvelope.objects.all()]
    assert len(sealed) == 9 and len({len(each) for each in sealed}) == 1 and len(set(sealed)) == 9
    with clock.stopped_at(NOON + timedelta(days=15)):
        run_clock()
    assert not PulseResult.objects.exists()


def test_nothing_that_is_stored_leads_from_a_person_to_an_answer(strain):
    """Whoever owns the database: no key, no time, no clear text and no order in common."""
    pulse = services.open_pulse(by=strain["hr"])
    for number in range(1, 10):
        services.take_pulse(pulse=pulse, answer=BAD, by=strain[f"atlas-{number}"])
    envelope, taken = PulseEnvelope._meta, PulseTaken._meta
    assert {each.name for each in envelope.get_fields()} == {"id", "pulse", "cohort", "sealed"}
    assert {each.name for each in taken.get_fields()} == {"id", "pulse", "person"}
    first = PulseEnvelope.objects.first()
    assert first is not None and first.pk.version == 4  # random: no time stands in it
    assert not any(
        word.value.encode() in bytes(each.sealed)
        for each in PulseEnvelope.objects.all()
        for word in PulseWord
    )
    said = Entry.objects.filter(kind="strain.pulse.done").select_related("payload")
    assert said.count() == 9
    assert {frozenset(json.loads(bytes(each.payload.body))) for each in said} == {frozenset({"by", "pulse"})}
    with clock.stopped_at(NOON + timedelta(days=15)):
        run_clock()
    assert not PulseEnvelope.objects.exists() and PulseTaken.objects.count() == 9
    assert {each.name for each in PulseResult._meta.get_fields()} == {
        "id",
        "pulse",
        "cohort",
        "question",
        "middle",
        "answered",
    }


def test_an_envelope_that_was_moved_does_not_open(strain):
    pulse = services.open_pulse(by=strain["hr"])
    for number in range(1, 10):
        services.take_pulse(pulse=pulse, answer=BAD, by=strain[f"atlas-{number}"])
    one, other = PulseEnvelope.objects.all()[:2]
    assert open_answer(one.sealed, envelope=one.pk, pulse=pulse.pk) == BAD
    with pytest.raises(Conflict):
        open_answer(one.sealed, envelope=other.pk, pulse=pulse.pk)


def test_it_is_asked_at_most_monthly_and_taken_once(strain):
    pulse = services.open_pulse(by=strain["hr"])
    with pytest.raises(Conflict, match="at most once a month"):
        services.open_pulse(by=strain["hr"])
    with pytest.raises(IntegrityError), transaction.atomic():
        PulseRound.objects.create(
            month=pulse.month, opens_on=pulse.opens_on, closes_on=pulse.closes_on, opened_by=strain["hr"]
        )
    services.take_pulse(pulse=pulse, answer=BAD, by=strain["atlas-1"])
    with pytest.raises(Conflict, match="done with this pulse"):
        services.take_pulse(pulse=pulse, answer=BAD, by=strain["atlas-1"])
    with pytest.raises(NotPermitted):
        services.take_pulse(pulse=pulse, answer=BAD, by=strain["hr"])
    with clock.stopped_at(NOON + timedelta(days=15)), pytest.raises(Conflict, match="over"):
        services.take_pulse(pulse=pulse, answer=BAD, by=strain["atlas-2"])


def test_two_pulses_are_a_month_apart(strain):
    """Not the last day of one month and the first of the next."""
    with clock.stopped_at(datetime(2026, 4, 30, 12, tzinfo=UTC)):
        pulse = services.open_pulse(by=strain["hr"])
    with clock.stopped_at(datetime(2026, 5, 15, 12, tzinfo=UTC)):
        services.close_pulse(pulse=pulse, by=factories.system())
        with pytest.raises(Conflict, match="less than a month ago"):
            services.open_pulse(by=strain["hr"])
    with clock.stopped_at(datetime(2026, 5, 29, 12, tzinfo=UTC)):
        assert services.open_pulse(by=strain["hr"]).month.month == 5


def test_who_is_asked_is_told_once_and_nothing_of_load(strain):
    """Issue 18, 5: in the product and by e-mail, the same to everybody on a team, with how long, and that it can be passed over."""
    factories.change(strain["atlas-1"], email="one@example.org")
    pulse = services.open_pulse(by=strain["hr"])
    told = Notice.objects.filter(kind="strain.pulse")
    assert {each.to.username for each in told} == {
        "employee",
        *(f"of-atlas-{number}" for number in range(1, 10)),
    }
    assert len({(each.subject, each.text, each.path) for each in told}) == 1
    assert "28 April 2026" in told[0].text and "pass over" in told[0].text
    assert {each.to.username for each in told.filter(mail=Mail.WAITING)} == {"of-atlas-1"}
    with clock.stopped_at(NOON + timedelta(days=15)):
        services.close_pulse(pulse=pulse, by=factories.system())
    with pytest.raises(Conflict), clock.stopped_at(NOON + timedelta(days=20)):
        services.open_pulse(by=strain["hr"])
    assert told.count() == 10


def test_of_a_team_of_too_few_nothing_is_observed(strain):
    """S156: under the larger minimum, what is seen of a team is of each in it."""
    factories.settings(minimum_group_strain=9)
    with pytest.raises(Conflict, match="fewer than 9"):
        services.observe_load(cohort=team("borealis"), saw=[Sight.LATE_WORK], by=strain["other-lead"])
    services.observe_load(cohort=team("atlas"), saw=[Sight.LATE_WORK], by=strain["lead"])


def test_what_a_manager_saw_is_chosen_once_a_month(strain):
    with pytest.raises(NotPermitted):
        services.observe_load(cohort=team("atlas"), saw=[Sight.LATE_WORK], by=strain["hr"])
    for saw in ([], [Sight.GOES_WELL, Sight.LATE_WORK]):
        with pytest.raises(BadInput):
            services.observe_load(cohort=team("atlas"), saw=saw, by=strain["lead"])
    services.observe_load(cohort=team("atlas"), saw=[Sight.LATE_WORK], by=strain["lead"])
    with pytest.raises(Conflict):
        services.observe_load(cohort=team("atlas"), saw=[Sight.LATE_WORK], by=strain["lead"])


def test_no_field_scores_burnout():
    """S117, over every model there is."""
    names = [
        f"{model._meta.label}.{each.name}" for model in apps.get_models() for each in model._meta.get_fields()
    ]
    assert not [name for name in names if "burnout" in name.lower() or "wellness_score" in name.lower()]


def test_the_runtime_role_reads_no_answer_back_into_place(strain):
    """An envelope is added and erased, and never changed."""
    pulse = services.open_pulse(by=strain["hr"])
    services.take_pulse(pulse=pulse, answer=BAD, by=strain["atlas-1"])
    with pytest.raises(DatabaseError), transaction.atomic():
        PulseEnvelope.objects.update(cohort=team("borealis"))
