"""Taking the course: kept as one goes, answered once, nobody else's business, attested when enough was right."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.contrib import admin
from django.db import DatabaseError, IntegrityError, connection, transaction

from audits.ledger import services as ledger
from audits.ledger.models import Entry, Payload
from governance.people.models import GrantedRole
from governance.training import queries, services
from governance.training.models import Attempt, AttemptAnswer, Attestation, Course
from ground import calendar, clock
from ground.errors import BadInput, Conflict, NotFound
from tests import factories, snapshots


@pytest.fixture
def ana(db):
    return factories.an_account("ana")


@snapshots.fixture
def course() -> Course:
    return factories.the_course()


def answer_first(attempt: Attempt, *, wrong: bool = False) -> AttemptAnswer:
    question = queries.get_question(attempt, 1)
    chosen = (question.answer + wrong) % len(question.options)
    return services.answer(attempt=attempt, number=1, chosen=chosen, by=attempt.user)


def test_enough_right_answers_attest(ana, course):
    """S59, AR24: passed at the mark, for as many months as the course says, and on the ledger."""
    attempt = services.begin(by=ana)
    factories.answers(attempt, wrong=2)  # ten of twelve, and 80 % are needed
    attestation = Attestation.objects.get(user=ana)
    assert (attestation.course, attestation.rulebook_version) == (course, course.rulebook_version)
    assert attestation.valid_until == calendar.today() + relativedelta(months=12)
    assert Entry.objects.filter(kind="training.attested").count() == 1
    assert Attempt.objects.get(pk=attempt.pk).ended_at is not None


def test_too_few_right_answers_attest_nothing_and_one_may_try_again_at_once(ana, course):
    """S59: one more wrong than the mark allows; no pause, and other questions."""
    attempt = services.begin(by=ana)
    factories.answers(attempt, wrong=3)
    assert not Attestation.objects.exists()
    again = services.begin(by=ana)
    assert again != attempt and again.shown != attempt.shown
    factories.answers(again)
    assert Attestation.objects.get().attempt == again


def test_a_stopped_attempt_goes_on_where_it_stopped(ana, course):
    """Issue 4, 5: nothing is lost when one stops in the middle; the questions stay the same."""
    attempt = services.begin(by=ana)
    answer_first(attempt)
    with clock.stopped_at(clock.now() + timedelta(days=40)):
        assert services.begin(by=ana) == attempt
        assert Entry.objects.filter(kind="training.attempt.begun").count() == 1
        assert [item.chosen is None for item in queries.list_items(attempt)] == [False] + [True] * 11
        factories.answers(attempt)
    assert queries.read_result(attempt).passed


def test_the_same_answer_again_changes_nothing_and_another_is_refused(ana, course):
    """Issue 4, 5: a double click is one answer; what one said cannot be taken back."""
    attempt = services.begin(by=ana)
    first = answer_first(attempt, wrong=True)
    assert answer_first(attempt, wrong=True) == first
    with pytest.raises(Conflict) as caught:
        answer_first(attempt)
    assert caught.value.code == "answered"
    assert AttemptAnswer.objects.get().chosen == first.chosen


def test_the_last_answer_twice_attests_once(ana, course):
    """Issue 4, 5: a double submit of the page that ends it."""
    attempt = services.begin(by=ana)
    factories.answers(attempt)
    last = queries.get_question(attempt, 12)
    services.answer(attempt=attempt, number=12, chosen=last.answer, by=ana)
    assert Attestation.objects.count() == 1


def test_two_clicks_begin_one_attempt_and_end_it_once(committed_db):
    """Issue 4, 5: by the database, with commits that are real."""
    factories.the_course()
    ana = factories.an_account("ana")

    def begin(_):
        try:
            return services.begin(by=ana).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        (key,) = set(pool.map(begin, range(4)))
    attempt = Attempt.objects.select_related("course", "user").get(pk=key)
    for item in queries.list_items(attempt)[:-1]:
        services.answer(attempt=attempt, number=item.place, chosen=item.question.answer, by=ana)
    last = queries.get_question(attempt, 12).answer

    def end(_):
        try:
            return services.answer(attempt=attempt, number=12, chosen=last, by=ana).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(end, range(4)))) == 1
    assert Attestation.objects.count() == Entry.objects.filter(kind="training.attested").count() == 1


@pytest.mark.parametrize(("number", "chosen", "error"), [(0, 0, NotFound), (13, 0, NotFound), (-1, 0, NotFound), (1, 5, BadInput), (1, -1, BadInput), (1, 10**9, BadInput)])  # fmt: skip
def test_only_what_is_asked_can_be_answered(ana, course, number, chosen, error):
    """Issue 4, Bad input."""
    with pytest.raises(error):
        services.answer(attempt=services.begin(by=ana), number=number, chosen=chosen, by=ana)
    assert not AttemptAnswer.objects.exists()


@pytest.mark.parametrize("role", [*GrantedRole, None])
def test_nobody_sees_or_answers_anothers_attempt(ana, course, role):
    """Issue 4, 5: not HR, not managers, not administrators, not superusers; to them it is not there."""
    attempt = services.begin(by=ana)
    other = factories.an_account("other", is_superuser=True, is_staff=True)
    if role is not None and role not in (GrantedRole.MANAGER, GrantedRole.VALUE_STREAM_LEAD):
        factories.a_role(other, role)
    elif role == GrantedRole.MANAGER:
        factories.a_role(other, role, team=factories.a_team("payments"))
    with pytest.raises(NotFound):
        queries.get_attempt(attempt.pk, by=other)
    with pytest.raises(NotFound):
        services.answer(attempt=attempt, number=1, chosen=0, by=other)
    assert queries.get_attempt(attempt.pk, by=ana) == attempt


def test_the_admin_shows_no_attempts():
    """Issue 4, 5: what one answered is in no list that administrators read."""
    assert not {Attempt, AttemptAnswer} & set(admin.site._registry)


def test_the_ledger_says_nothing_of_attempts_to_its_readers(ana, course):
    """Issue 4, 5: sealed, not found under the account, and without what was answered or how well."""
    attempt = services.begin(by=ana)
    factories.answers(attempt, wrong=12)
    entries = Payload.objects.filter(entry__kind__startswith="training.attempt").select_related("entry")
    assert len(entries) == 14
    for payload in entries:
        assert (payload.entry.visibility, payload.actor) == ("sealed", "")
        assert str(attempt.pk).encode() not in bytes(payload.body)
        assert set(ledger.read_payload(payload).decode().split('"')) & {"right", "chosen", "score"} == set()


@pytest.mark.parametrize("table", ["training_attemptanswer", "training_attestation", "training_attempt"])
def test_answers_and_what_they_attest_are_never_changed(ana, course, table):
    """Issue 4, 5: the runtime role writes them once; of an attempt only its end."""
    factories.an_attestation(ana)
    column = {
        "training_attemptanswer": "chosen",
        "training_attestation": "valid_until",
        "training_attempt": "shown",
    }
    for statement in (f"UPDATE {table} SET {column[table]} = {column[table]}", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


@pytest.mark.parametrize("flaw", ["unfinished", "failed", "somebody else's"])
def test_the_database_lets_nothing_be_attested_without_right_answers(ana, course, flaw):
    """AR24: kept by a trigger, whatever the code above it does."""
    attempt = services.begin(by=ana)
    user = ana
    if flaw == "failed":
        factories.answers(attempt, wrong=3)
    if flaw == "somebody else's":
        factories.answers(attempt, wrong=3)
        user = factories.an_account("other")
    forged = Attestation(
        user=user, course=course, rulebook_version=course.rulebook_version, attempt=attempt,
        valid_until=calendar.today(),
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="enough right answers"), transaction.atomic():
        forged.save(force_insert=True)


def test_a_newer_course_leaves_one_time_to_finish(ana, course, by):
    """S54: an attempt of an earlier course goes on while that course still counts, and no longer."""
    attempt = services.begin(by=ana)
    answer_first(attempt)
    services.publish_course(title="Anew", asks_again=True, notice_days=10, by=by)
    with clock.stopped_at(clock.now() + timedelta(days=10)):
        services.answer(attempt=attempt, number=2, chosen=0, by=ana)
    with clock.stopped_at(clock.now() + timedelta(days=11)):
        with pytest.raises(Conflict) as caught:
            services.answer(attempt=attempt, number=3, chosen=0, by=ana)
        assert caught.value.code == "course_replaced"
        assert services.begin(by=ana).course.number == 2


def test_before_there_is_a_course_none_can_be_begun(ana):
    """S59: said, not a fault."""
    with pytest.raises(Conflict) as caught:
        services.begin(by=ana)
    assert caught.value.code == "no_course"
