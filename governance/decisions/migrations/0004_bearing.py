"""Holds, context notes and protections; what was told beside an answer; what the runtime role may do with them."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
import governance.decisions.models.holds
import ground.clock
import ground.ids
import uuid
from django.conf import settings
from django.db import migrations, models

from ground.grants import runtime_may_only
from ground.marks import mark_writes


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0003_mark"),
        ("people", "0002_marks"),
        ("registry", "0007_clock_suspensions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="paired",
            field=models.JSONField(default=list),
        ),
        migrations.CreateModel(
            name="ContextNote",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("on_call", "on call"),
                            ("parental_leave", "parental leave"),
                            ("leave", "leave"),
                            ("production_incident", "production incident"),
                            ("migration", "migration"),
                            ("freeze", "freeze"),
                            ("onboarding", "onboarding"),
                            ("mentoring", "mentoring"),
                            ("architecture_work", "architecture work"),
                            ("rest_after_intensity", "rest after intensity"),
                            ("tooling_constraint", "tooling constraint"),
                            ("dependency_delay", "dependency delay"),
                            ("stretch", "stretch"),
                        ],
                        max_length=30,
                    ),
                ),
                ("service", models.CharField(blank=True, max_length=100)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("says", models.CharField(max_length=300)),
                ("proposed_at", models.DateTimeField(default=ground.clock.now)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("turned_down_at", models.DateTimeField(blank=True, null=True)),
                ("turned_down_because", models.TextField(blank=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="registry.metric",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="people.person",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="people.team",
                    ),
                ),
                (
                    "turned_down_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_on", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                        name="contextnote_ends_after_it_begins",
                        violation_error_message="The window must end after it begins.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person__isnull", True), ("team__isnull", False)),
                            models.Q(("person__isnull", False), ("service", ""), ("team__isnull", True)),
                            _connector="OR",
                        ),
                        name="contextnote_of_a_team_or_a_person",
                        violation_error_message="A note is about a team, or about a person.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("says", ""), _negated=True),
                        name="contextnote_says_what",
                        violation_error_message="Say what was going on.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="contextnote_confirmed_at_and_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True),
                            models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="contextnote_not_confirmed_by_its_proposer",
                        violation_error_message="Nobody confirms a note of their own.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("turned_down_at__isnull", True),
                                ("turned_down_because", ""),
                                ("turned_down_by__isnull", True),
                            ),
                            models.Q(
                                ("turned_down_at__isnull", False),
                                ("turned_down_by__isnull", False),
                                models.Q(("turned_down_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="contextnote_turned_down_at_by_and_why",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("turned_down_at__isnull", True)),
                        expressions=[
                            ("kind", "="),
                            (
                                django.db.models.functions.comparison.Coalesce(
                                    models.F("team"),
                                    models.Value(uuid.UUID("00000000-0000-0000-0000-000000000000")),
                                    output_field=models.UUIDField(),
                                ),
                                "=",
                            ),
                            (
                                django.db.models.functions.comparison.Coalesce(
                                    models.F("person"),
                                    models.Value(uuid.UUID("00000000-0000-0000-0000-000000000000")),
                                    output_field=models.UUIDField(),
                                ),
                                "=",
                            ),
                            (
                                django.db.models.functions.comparison.Coalesce(
                                    models.F("metric"),
                                    models.Value(uuid.UUID("00000000-0000-0000-0000-000000000000")),
                                    output_field=models.UUIDField(),
                                ),
                                "=",
                            ),
                            ("service", "="),
                            (
                                governance.decisions.models.holds._Days(
                                    "starts_on",
                                    "ends_on",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(
                                        inclusive_upper=False
                                    ),
                                ),
                                "&&",
                            ),
                        ],
                        name="contextnote_once_a_time",
                        violation_error_message="There is a note of this kind for part of that time already.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("turned_down_at__isnull", True), ("kind", "stretch")),
                        expressions=[
                            (
                                django.db.models.functions.comparison.Coalesce(
                                    models.F("team"),
                                    models.Value(uuid.UUID("00000000-0000-0000-0000-000000000000")),
                                    output_field=models.UUIDField(),
                                ),
                                "=",
                            ),
                            (
                                django.db.models.functions.comparison.Coalesce(
                                    models.F("person"),
                                    models.Value(uuid.UUID("00000000-0000-0000-0000-000000000000")),
                                    output_field=models.UUIDField(),
                                ),
                                "=",
                            ),
                            (
                                governance.decisions.models.holds._Days(
                                    "starts_on",
                                    "ends_on",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True),
                                ),
                                "&&",
                            ),
                        ],
                        name="contextnote_stretches_apart",
                        violation_error_message="A stretch period cannot follow another at once, nor overlap it. Ask the review board first.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_blind_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("data_quality", "Data quality"),
                            ("administrator", "Administrator"),
                            ("appeal", "Appeal"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.TextField()),
                ("placed_at", models.DateTimeField(default=ground.clock.now)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("released_because", models.TextField(blank=True)),
                (
                    "cohort",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="people.cohort",
                    ),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="registry.metric",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="people.person",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["metric", "starts_on", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("released_at__isnull", True)), fields=["metric"], name="hold_open"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                        name="hold_ends_after_it_begins",
                        violation_error_message="The window must end after it begins.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cohort__isnull", True), ("person__isnull", True), _connector="OR"
                        ),
                        name="hold_of_a_cohort_or_a_person",
                        violation_error_message="A hold is on a cohort's values or on a person's, not on both.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="hold_says_why",
                        violation_error_message="Say why.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("released_at__isnull", True),
                                ("released_because", ""),
                                ("released_by__isnull", True),
                            ),
                            models.Q(
                                ("released_at__isnull", False),
                                ("released_by__isnull", False),
                                models.Q(("released_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="hold_released_at_by_and_why",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(
                            ("released_at__isnull", True), models.Q(("cause", "appeal"), _negated=True)
                        ),
                        expressions=[
                            ("placed_by", "="),
                            ("metric", "="),
                            (
                                django.db.models.functions.comparison.Coalesce(
                                    models.F("cohort"),
                                    models.Value(uuid.UUID("00000000-0000-0000-0000-000000000000")),
                                    output_field=models.UUIDField(),
                                ),
                                "=",
                            ),
                            (
                                django.db.models.functions.comparison.Coalesce(
                                    models.F("person"),
                                    models.Value(uuid.UUID("00000000-0000-0000-0000-000000000000")),
                                    output_field=models.UUIDField(),
                                ),
                                "=",
                            ),
                            (
                                governance.decisions.models.holds._Days(
                                    "starts_on",
                                    "ends_on",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(
                                        inclusive_upper=False
                                    ),
                                ),
                                "&&",
                            ),
                        ],
                        name="hold_not_twice_by_one",
                        violation_error_message="You hold these values already in part of that time.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Protection",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_blind_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("made_at", models.DateTimeField(default=ground.clock.now)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="protections",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_on", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                        name="protection_ends_after_it_begins",
                        violation_error_message="The window must end after it begins.",
                    )
                ],
            },
        ),
        runtime_may_only(
            "decisions_hold", "SELECT, INSERT", update=["released_at", "released_by_id", "released_because"]
        ),
        runtime_may_only(
            "decisions_contextnote",
            "SELECT, INSERT",
            update=[
                "confirmed_at",
                "confirmed_by_id",
                "turned_down_at",
                "turned_down_by_id",
                "turned_down_because",
            ],
        ),
        runtime_may_only("decisions_protection", "SELECT, INSERT"),
        mark_writes(
            "decisions", {"decisions_hold": (), "decisions_contextnote": (), "decisions_protection": ()}
        ),
    ]
