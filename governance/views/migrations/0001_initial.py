"""Saved views; what was put to the board about them is written once."""

import django.contrib.postgres.fields
import django.db.models.deletion
import ground.clock
import ground.ids
from django.conf import settings
from django.db import migrations, models

from ground.grants import runtime_may_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("board", "0008_cases_about_views"),
        ("registry", "0007_clock_suspensions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("slug", models.SlugField(max_length=60, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("purpose", models.TextField()),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("release_readiness", "release readiness"),
                            ("incident_response", "incident response"),
                            ("reliability_tradeoff", "reliability tradeoff"),
                            ("workflow_debugging", "workflow debugging"),
                            ("operational_monitoring", "operational monitoring"),
                            ("retrospective", "retrospective"),
                            ("staffing", "staffing"),
                            ("load_balancing", "load balancing"),
                            ("portfolio_planning", "portfolio planning"),
                            ("tooling_investment", "tooling investment"),
                            ("team_coaching", "team coaching"),
                            ("one_on_one", "one on one"),
                            ("promotion_evidence", "promotion evidence"),
                            ("performance_rating", "performance rating"),
                            ("compensation", "compensation"),
                            ("internal_move", "internal move"),
                            ("discipline", "discipline"),
                            ("termination", "termination"),
                            ("calibration_input", "calibration input"),
                            ("fairness_audit", "fairness audit"),
                            ("gaming_audit", "gaming audit"),
                            ("legal_request", "legal request"),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "grain",
                    models.CharField(
                        choices=[
                            ("org", "org"),
                            ("value_stream", "value stream"),
                            ("team", "team"),
                            ("service", "service"),
                            ("rota", "rota"),
                            ("role_cohort", "role cohort"),
                            ("self", "self"),
                            ("person", "person"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "cohorts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100), blank=True, default=list, size=None
                    ),
                ),
                (
                    "period",
                    models.CharField(
                        choices=[("month", "month"), ("quarter", "quarter")], default="month", max_length=10
                    ),
                ),
                ("created_at", models.DateTimeField(default=ground.clock.now)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "retired_by",
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
                "ordering": ["name", "slug"],
            },
        ),
        migrations.CreateModel(
            name="Listing",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("founding", models.BooleanField()),
                ("listed_at", models.DateTimeField(default=ground.clock.now)),
                ("dropped_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="board.case",
                    ),
                ),
                (
                    "dropped_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "listed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.metric"
                    ),
                ),
                (
                    "view",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="listings",
                        to="views.savedview",
                    ),
                ),
            ],
            options={
                "ordering": ["listed_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Expectation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("role_family", models.CharField(max_length=100)),
                ("text", models.TextField()),
                ("written_at", models.DateTimeField(default=ground.clock.now)),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "view",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="expectations",
                        to="views.savedview",
                    ),
                ),
            ],
            options={
                "ordering": ["role_family", "-written_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Classing",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "view_class",
                    models.CharField(
                        choices=[("diagnostic", "Diagnostic"), ("performance", "Performance")], max_length=20
                    ),
                ),
                ("classed_at", models.DateTimeField(default=ground.clock.now)),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="board.case",
                    ),
                ),
                (
                    "classed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "view",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="classings",
                        to="views.savedview",
                    ),
                ),
            ],
            options={
                "ordering": ["classed_at", "id"],
            },
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose", ""), _negated=True),
                name="savedview_says_what_for",
                violation_error_message="Say what this view is for.",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cohorts", []), ("grain__in", ["person", "self"])),
                    models.Q(
                        models.Q(("grain__in", ["person", "self"]), _negated=True),
                        models.Q(("cohorts", []), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="savedview_cohorts_go_with_the_grain",
                violation_error_message="Name the cohorts, or ask about single people without any.",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("retired_at__isnull", True), ("retired_by__isnull", True)),
                    models.Q(("retired_at__isnull", False), ("retired_by__isnull", False)),
                    _connector="OR",
                ),
                name="savedview_retired_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=models.Q(("founding", True), ("case__isnull", False), _connector="OR"),
                name="listing_added_by_a_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("founding", True)), fields=("view", "metric"), name="listing_founded_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dropped_at__isnull", True), ("dropped_by__isnull", True)),
                    models.Q(("dropped_at__isnull", False), ("dropped_by__isnull", False)),
                    _connector="OR",
                ),
                name="listing_dropped_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="expectation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("text", ""), _negated=True), models.Q(("role_family", ""), _negated=True)
                ),
                name="expectation_says_of_whom_and_what",
                violation_error_message="Say which role, and what is expected of it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="classing",
            constraint=models.CheckConstraint(
                condition=models.Q(("view_class", "diagnostic"), ("case__isnull", False), _connector="OR"),
                name="classing_performance_by_a_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="classing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("case__isnull", True)),
                fields=("view",),
                name="classing_one_without_a_case",
            ),
        ),
        runtime_may_only("views_savedview", "SELECT, INSERT", update=["retired_at", "retired_by_id"]),
        runtime_may_only("views_classing", "SELECT, INSERT"),
        runtime_may_only("views_listing", "SELECT, INSERT", update=["dropped_at", "dropped_by_id"]),
        runtime_may_only("views_expectation", "SELECT, INSERT"),
    ]
