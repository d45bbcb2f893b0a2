"""Courses, their questions, attempts and attestations: written once, and attested only by enough right answers."""

import django.contrib.postgres.fields
import django.db.models.deletion
import ground.clock
import ground.ids
from django.conf import settings
from django.db import migrations, models

from ground.grants import runtime_may_only
from ground.marks import mark_writes

# The search path is fixed, so that no temporary table of a session can pass itself off as ours.
FORWARD = """
CREATE FUNCTION attested_by_right_answers() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM training_attempt attempt
        JOIN training_course course ON course.id = attempt.course_id
        CROSS JOIN LATERAL (
            SELECT count(*) AS answered, count(*) FILTER (WHERE given.chosen = question.answer) AS correct
            FROM training_answer given JOIN training_question question ON question.id = given.question_id
            WHERE given.attempt_id = attempt.id AND question.course_id = course.id
              AND question.number = ANY(attempt.shown)
        ) score
        WHERE attempt.id = NEW.attempt_id AND attempt.user_id = NEW.user_id AND attempt.course_id = NEW.course_id
          AND course.rulebook_version_id = NEW.rulebook_version_id
          AND score.answered = cardinality(attempt.shown)
          AND score.correct * 100 >= course.pass_percent * cardinality(attempt.shown)
    ) THEN
        RAISE EXCEPTION 'Only an attempt with enough right answers attests anything.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attestation_by_right_answers';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER attestation_by_right_answers BEFORE INSERT ON training_attestation
    FOR EACH ROW EXECUTE FUNCTION attested_by_right_answers();
"""

BACKWARD = """
DROP TRIGGER attestation_by_right_answers ON training_attestation;
DROP FUNCTION attested_by_right_answers();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0007_clock_suspensions"),
        ("training", "0004_contract"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Course",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("title", models.CharField(max_length=200)),
                ("introduction", models.TextField()),
                ("pass_percent", models.PositiveSmallIntegerField()),
                ("months", models.PositiveSmallIntegerField()),
                ("older_until", models.DateField(blank=True, null=True)),
                ("content_hash", models.CharField(max_length=64)),
                ("published_at", models.DateTimeField(default=ground.clock.now)),
                (
                    "published_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rulebook_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="courses",
                        to="registry.rulebookversion",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pass_percent__gte", 1), ("pass_percent__lte", 100)),
                        name="course_can_be_passed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("months__gte", 1)), name="course_attests_for_a_time"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("family", models.CharField(max_length=40)),
                ("rule", models.CharField(blank=True, max_length=20)),
                ("metric", models.CharField(blank=True, max_length=100)),
                ("says", models.TextField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[("permit", "permit"), ("deny", "deny"), ("refer", "refer")], max_length=10
                    ),
                ),
                (
                    "rules",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                ("options", models.JSONField()),
                ("answer", models.PositiveSmallIntegerField()),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="training.course",
                    ),
                ),
            ],
            options={
                "ordering": ["course", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("course", "number"), name="question_number_once_a_course"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("metric", ""), ("rule", ""), _negated=True),
                            models.Q(("rule", ""), ("metric", ""), _connector="OR"),
                        ),
                        name="question_from_a_rule_or_a_charter",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "shown",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), size=None
                    ),
                ),
                ("began_at", models.DateTimeField(default=ground.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="training.course"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-began_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("user", "course"),
                        name="attempt_one_open_a_course",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("shown__len__gte", 1)), name="attempt_shows_questions"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("chosen", models.PositiveSmallIntegerField()),
                ("answered_at", models.DateTimeField(default=ground.clock.now)),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="training.attempt",
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="training.question"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("attempt", "question"), name="answer_once_a_question")
                ],
            },
        ),
        migrations.CreateModel(
            name="Attestation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("attested_at", models.DateTimeField(default=ground.clock.now)),
                ("valid_until", models.DateField()),
                (
                    "attempt",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestation",
                        to="training.attempt",
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestations",
                        to="training.course",
                    ),
                ),
                (
                    "rulebook_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestations",
                        to="registry.rulebookversion",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-attested_at"],
                "indexes": [models.Index(fields=["valid_until"], name="attestation_valid_until")],
            },
        ),
        runtime_may_only("training_course", "SELECT, INSERT"),
        runtime_may_only("training_question", "SELECT, INSERT"),
        runtime_may_only("training_attempt", "SELECT, INSERT", update=("ended_at",)),
        runtime_may_only("training_answer", "SELECT, INSERT"),
        runtime_may_only("training_attestation", "SELECT, INSERT"),
        mark_writes("training", {"training_course": (), "training_attestation": ()}),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
