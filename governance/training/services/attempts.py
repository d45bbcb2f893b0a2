"""Taking a course: begun, answered question by question, and attested when enough was right.

What somebody answers is their own business: the ledger holds it sealed and without saying what it was.
"""

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.people.models import User
from governance.training import permissions, queries, questions
from governance.training.events import AttemptBegun, AttemptEnded, QuestionOfCourseAnswered, TrainingAttested
from governance.training.models import Attempt, AttemptAnswer, Attestation, Course
from ground import calendar, clock, ids, records
from ground.errors import BadInput, Conflict
from ground.promises import promised


@transaction.atomic(durable=True)
def begin(*, by: User) -> Attempt:
    """Begin the course that was published last, or go on where one stopped; the questions are drawn for this attempt.

    Raises NotPermitted for machines, Conflict where there is no course yet.
    """
    permissions.check_can_take(by)
    course = queries.find_newest_course()
    if course is None:
        raise Conflict(_("There is no course yet. HR or the board publishes one."), code="no_course")
    key = ids.new_id()
    families = dict(course.questions.values_list("number", "family"))
    shown = questions.pick_questions(families, seed=key, count=settings.TRAINING_QUESTIONS)
    attempt = Attempt(id=key, user=by, course=course, shown=shown, began_at=clock.now())
    Attempt.objects.bulk_create([attempt], ignore_conflicts=True)  # two who click at once begin one
    found = Attempt.objects.get(user=by, course=course, ended_at__isnull=True)
    if found.pk == key:
        ledger.append(AttemptBegun(attempt=found.pk), by=by.actor)
    return found


@transaction.atomic(durable=True)
def answer(*, attempt: Attempt, number: int, chosen: int, by: User) -> AttemptAnswer:
    """Answer one question, which `number` names by its place in the attempt; the last one ends it.

    The same answer again changes nothing. Raises NotFound for somebody else's attempt, BadInput where there is no such
    question or option, Conflict where it was answered otherwise already or a newer course has taken this one's place.
    """
    permissions.check_can_see_attempt(by, attempt)
    attempt = Attempt.objects.select_for_update(of=("self",)).select_related("course").get(pk=attempt.pk)
    question = queries.get_question(attempt, number)
    given = attempt.answers.filter(question=question).first()
    if given is not None:
        return _same(given, chosen)
    _check_counts(attempt.course)
    if not 0 <= chosen < len(question.options):
        raise BadInput(_("Choose one of the answers."), field="chosen")
    given = records.insert(AttemptAnswer(attempt=attempt, question=question, chosen=chosen))
    ledger.append(QuestionOfCourseAnswered(attempt=attempt.pk), by=by.actor)
    _end_if_done(attempt, by)
    return given


def _same(given: AttemptAnswer, chosen: int) -> AttemptAnswer:
    if given.chosen != chosen:
        raise Conflict(
            _("You have answered this question. Another attempt shows other questions."), code="answered"
        )
    return given


def _check_counts(course: Course) -> None:
    """Raise Conflict where what this course attests counts no more, so that nobody answers in vain."""
    if (until := queries.find_cut(course)) is not None and until < calendar.today():
        raise Conflict(
            _(
                "A newer course has taken this one's place. Begin that one: this one attests nothing any more."
            ),
            code="course_replaced",
        )


def _end_if_done(attempt: Attempt, by: User) -> None:
    result = queries.read_result(attempt)
    if result.answered < result.of:
        return
    attempt.ended_at = clock.now()
    attempt.save(update_fields=["ended_at"])
    ledger.append(AttemptEnded(attempt=attempt.pk), by=by.actor)
    if result.passed:
        _attest(attempt, by)


def _attest(attempt: Attempt, by: User) -> None:
    course = attempt.course
    attestation = records.insert(
        Attestation(
            user=by,
            course=course,
            rulebook_version_id=course.rulebook_version_id,
            attempt=attempt,
            attested_at=promised(attempt.ended_at),
            valid_until=calendar.today() + relativedelta(months=course.months),
        )
    )
    attested = TrainingAttested(
        attestation=attestation.pk,
        course=course.pk,
        number=course.number,
        rulebook_version=course.rulebook_version_id,
        valid_until=attestation.valid_until,
    )
    ledger.append(attested, by=by.actor)
