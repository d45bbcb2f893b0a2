"""Who has acknowledged which rules, and who has attested by a course that they know them.

Nothing here is ever changed but the moment an attempt ended: the runtime role may insert and read (see the migrations).
"""

from datetime import date
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Least

from audits.ledger.ties import tied, told
from charter.programme.models import Contract, choices
from charter.registry.models import RulebookVersion
from charter.rules.vocabulary import Outcome
from governance.training.events import (
    AttemptBegun,
    AttemptEnded,
    ContractAcknowledged,
    CoursePublished,
    QuestionOfCourseAnswered,
    RulesAcknowledged,
    TrainingAttested,
)
from ground import clock
from ground.models import Record
from ground.schema.triggers import Trigger, refuse

_USER = settings.AUTH_USER_MODEL


class Acknowledgement(Record):
    """An account has read one rulebook version and says so; a new version asks again (AR24)."""

    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="acknowledgements")
    rulebook_version = models.ForeignKey(
        RulebookVersion, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    acknowledged_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-acknowledged_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "rulebook_version"], name="acknowledgement_once_a_version"
            )
        ]
        triggers = [
            *tied(
                insert=[
                    told(
                        RulesAcknowledged,
                        about="{row}.rulebook_version_id",
                        says={"by": "'user:' || {row}.user_id"},
                    )
                ]
            )
        ]


class ContractAcknowledgement(Record):
    """An account has read one version of the contract and says so (S133)."""

    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="contract_acknowledgements")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="acknowledgements")
    acknowledged_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-acknowledged_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "contract"], name="contractacknowledgement_once_a_version"
            )
        ]
        triggers = [
            *tied(
                insert=[
                    told(
                        ContractAcknowledged,
                        about="{row}.contract_id",
                        says={"by": "'user:' || {row}.user_id"},
                    )
                ]
            )
        ]


class Course(Record):
    """One version of the course about the rules. The one published last is the one that is taken.

    What is attested by earlier ones counts until its own day, or until `older_until` (last day) where that comes first.
    """

    number = models.PositiveIntegerField(unique=True)
    rulebook_version = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="courses")
    title = models.CharField(max_length=200)
    introduction = models.TextField()
    pass_percent = models.PositiveSmallIntegerField()
    months = models.PositiveSmallIntegerField()  # that an attestation lasts
    older_until = models.DateField(null=True, blank=True)
    content_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(pass_percent__gte=1, pass_percent__lte=100), name="course_can_be_passed"
            ),
            models.CheckConstraint(condition=Q(months__gte=1), name="course_attests_for_a_time"),
        ]
        triggers = [*tied(insert=[told(CoursePublished)])]

    def __str__(self) -> str:
        return self.title


class Question(Record):
    """A use in words, and what the engine said of it when the course was published; nobody types an answer in.

    `rule` is the rule whose example it is, or `metric` the one from whose charter it comes. `rules` are all that matched,
    `options` what can be chosen (`training.questions.Option`), and `answer` is the place of the right one among them.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="questions")
    number = models.PositiveSmallIntegerField()
    family = models.CharField(max_length=40)
    rule = models.CharField(max_length=20, blank=True)
    metric = models.CharField(max_length=100, blank=True)
    says = models.TextField()
    outcome = models.CharField(max_length=10, choices=choices(Outcome))
    rules = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    options = models.JSONField()
    answer = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["course", "number"]
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="question_number_once_a_course"),
            models.CheckConstraint(
                condition=~Q(rule="", metric="") & (Q(rule="") | Q(metric="")),
                name="question_from_a_rule_or_a_charter",
            ),
        ]
        triggers = [*tied(insert=[told(CoursePublished, about="{row}.course_id")])]


class Attempt(Record):
    """An account at a course: which of its questions it is shown, in their order. Its own business and nobody else's."""

    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    shown = ArrayField(models.PositiveSmallIntegerField())  # numbers of questions
    began_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "course"],
                condition=Q(ended_at__isnull=True),
                name="attempt_one_open_a_course",
            ),
            models.CheckConstraint(condition=Q(shown__len__gte=1), name="attempt_shows_questions"),
        ]
        triggers = [*tied(insert=[told(AttemptBegun)], update=[told(AttemptEnded)])]


class AttemptAnswer(Record):
    """What was chosen for one question of an attempt, once."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    chosen = models.PositiveSmallIntegerField()
    answered_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "question"], name="answer_once_a_question")]
        triggers = [*tied(insert=[told(QuestionOfCourseAnswered, about="{row}.attempt_id")])]


class AttestationQuerySet(models.QuerySet["Attestation"]):
    def with_until(self) -> QuerySet[Any]:
        """With `cut`, where a later course asks again, and `until`, the last day on which each counts."""
        later = Course.objects.filter(number__gt=OuterRef("course__number"), older_until__isnull=False)
        cut = Subquery(later.order_by("older_until").values("older_until")[:1])
        found: QuerySet[Any] = self
        found = found.annotate(cut=cut).annotate(until=Least(F("valid_until"), F("cut")))  # null is no day
        return found

    def counting(self, day: date) -> QuerySet[Any]:
        """Those that count on a day."""
        return self.with_until().filter(until__gte=day)


_BY_RIGHT_ANSWERS = f"""
IF NOT EXISTS (
    SELECT FROM {Attempt._meta.db_table} attempt
    JOIN {Course._meta.db_table} course ON course.id = attempt.course_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS answered, count(*) FILTER (WHERE given.chosen = question.answer) AS correct
        FROM {AttemptAnswer._meta.db_table} given JOIN {Question._meta.db_table} question ON question.id = given.question_id
        WHERE given.attempt_id = attempt.id AND question.course_id = course.id
          AND question.number = ANY(attempt.shown)
    ) score
    WHERE attempt.id = NEW.attempt_id AND attempt.user_id = NEW.user_id AND attempt.course_id = NEW.course_id
      AND course.rulebook_version_id = NEW.rulebook_version_id
      AND score.answered = cardinality(attempt.shown)
      AND score.correct * 100 >= course.pass_percent * cardinality(attempt.shown)
) THEN
    {refuse("Only an attempt with enough right answers attests anything.", "attestation_by_right_answers")}
END IF;
RETURN NEW;
"""


class Attestation(Record):
    """An account has passed a course and so attests that it knows the rules, until a day (the last one, AR24).

    A trigger holds it to an attempt with enough right answers.
    """

    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="attestations")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="attestations")
    rulebook_version = models.ForeignKey(
        RulebookVersion, on_delete=models.PROTECT, related_name="attestations"
    )
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="attestation")
    attested_at = models.DateTimeField(default=clock.now)
    valid_until = models.DateField()
    # What `with_until` adds.
    cut: date | None
    until: date

    objects = AttestationQuerySet.as_manager()

    class Meta:
        ordering = ["-attested_at"]
        indexes = [models.Index(fields=["valid_until"], name="attestation_valid_until")]
        triggers = [
            *tied(insert=[told(TrainingAttested, says={"by": "'user:' || {row}.user_id"})]),
            Trigger(
                name="by_right_answers",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_BY_RIGHT_ANSWERS,
            ),
        ]
