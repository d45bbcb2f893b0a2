"""Settings of the programme get words, bounds and the case that changed them last; three more say what is published."""

import charter.registry.reminders
import django.contrib.postgres.fields
import django.core.validators
from django.conf import settings
from django.db import migrations, models

from ground.grants import runtime_may_only


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0014_bounds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Words and bounds that Django alone keeps: nothing in the database changes, so they are taken in one step.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="decisionkind",
                    name="accountable_needed",
                    field=models.BooleanField(default=False, verbose_name="Accountable person needed"),
                ),
                migrations.AlterField(
                    model_name="decisionkind",
                    name="evidence_needed",
                    field=models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(20)],
                        verbose_name="Pieces of other evidence needed",
                    ),
                ),
                migrations.AlterField(
                    model_name="decisionkind",
                    name="fairness_needed",
                    field=models.BooleanField(default=False, verbose_name="Passed fairness audit needed"),
                ),
                migrations.AlterField(
                    model_name="decisionkind",
                    name="minimum_grain",
                    field=models.CharField(
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
                        verbose_name="Finest level",
                    ),
                ),
                migrations.AlterField(
                    model_name="programme",
                    name="charter_months",
                    field=models.PositiveSmallIntegerField(
                        default=12,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="Months until a charter expires",
                    ),
                ),
                migrations.AlterField(
                    model_name="programme",
                    name="coverage_threshold",
                    field=models.FloatField(
                        default=0.7,
                        help_text="From 0.5 to 1. Below it a value is not shown as a number.",
                        validators=[
                            django.core.validators.MinValueValidator(0.5),
                            django.core.validators.MaxValueValidator(1.0),
                        ],
                        verbose_name="Least share of the data that must be usable",
                    ),
                ),
                migrations.AlterField(
                    model_name="programme",
                    name="enumeration_minutes",
                    field=models.PositiveSmallIntegerField(
                        default=60,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="Minutes within which somebody goes through a group",
                    ),
                ),
                migrations.AlterField(
                    model_name="programme",
                    name="enumeration_people",
                    field=models.PositiveSmallIntegerField(
                        default=5, verbose_name="Fewest people that count as going through a group"
                    ),
                ),
                migrations.AlterField(
                    model_name="programme",
                    name="enumeration_share",
                    field=models.PositiveSmallIntegerField(
                        default=80,
                        help_text="In percent, looked at one by one by one metric.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="Share of a group that counts as going through it",
                    ),
                ),
                migrations.AlterField(
                    model_name="programme",
                    name="error_budget_limit",
                    field=models.FloatField(
                        default=1.0,
                        help_text="1 is the whole budget. Speed alone then decides nothing until it has recovered.",
                        verbose_name="Value from which an error budget burns",
                    ),
                ),
                migrations.AlterField(
                    model_name="programme",
                    name="error_budget_metric",
                    field=models.SlugField(
                        default="error-budget",
                        max_length=100,
                        verbose_name="Metric that tells how much of an error budget is used",
                    ),
                ),
                migrations.AlterField(
                    model_name="programme",
                    name="expiry_reminder_days",
                    field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=charter.registry.reminders.two_reminders,
                        size=None,
                        verbose_name="Days before the expiry of a charter on which its owner is reminded",
                    ),
                ),
                migrations.AlterField(
                    model_name="programme",
                    name="hop_days",
                    field=models.PositiveSmallIntegerField(
                        default=7,
                        verbose_name="Days within which asking again for another decision is noticed",
                    ),
                ),
                migrations.AlterField(
                    model_name="programme",
                    name="hop_share",
                    field=models.PositiveSmallIntegerField(
                        default=50,
                        help_text="In percent: asked about for another decision, after one was refused.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="Share of a group that counts as asking again",
                    ),
                ),
                migrations.AlterField(
                    model_name="programme",
                    name="looks_a_day",
                    field=models.PositiveSmallIntegerField(
                        default=10,
                        help_text="Each by name, at the level of single people. One more is referred to the board.",
                        verbose_name="Other people that somebody may look at in a day",
                    ),
                ),
                migrations.AlterField(
                    model_name="programme",
                    name="minimum_group",
                    field=models.PositiveSmallIntegerField(
                        default=5, help_text="Never fewer than 3.", verbose_name="Smallest group of people"
                    ),
                ),
                migrations.AlterField(
                    model_name="programme",
                    name="minimum_group_strain",
                    field=models.PositiveSmallIntegerField(
                        default=8,
                        help_text="Never smaller than the smallest group.",
                        verbose_name="Smallest group for strain and surveys",
                    ),
                ),
                migrations.AlterField(
                    model_name="programme",
                    name="notice_delay_days",
                    field=models.PositiveSmallIntegerField(
                        default=90, verbose_name="Days that a legal request delays the notice of a look"
                    ),
                ),
                migrations.AlterField(
                    model_name="programme",
                    name="review_days",
                    field=models.PositiveSmallIntegerField(
                        default=92,
                        help_text="At most 92: the matrix is reviewed each quarter.",
                        verbose_name="Days between two reviews of a charter",
                    ),
                ),
                migrations.AlterField(
                    model_name="programme",
                    name="review_notice_days",
                    field=models.PositiveSmallIntegerField(
                        default=14, verbose_name="Days of notice before an overdue metric is suspended"
                    ),
                ),
                migrations.AlterField(
                    model_name="programme",
                    name="ruling_days",
                    field=models.PositiveSmallIntegerField(
                        default=92,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="Days that a ruling of the board lasts",
                    ),
                ),
                migrations.AlterField(
                    model_name="programme",
                    name="untied_days",
                    field=models.PositiveSmallIntegerField(
                        default=30,
                        help_text="After that it is suspended: nobody uses it for anything.",
                        verbose_name="Days that a charter may allow no decision",
                    ),
                ),
                migrations.AlterConstraint(
                    model_name="programme",
                    name="programme_minimum_group_floor",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("minimum_group__gte", 3)),
                        name="programme_minimum_group_floor",
                        violation_error_message="The smallest group is never fewer than 3 people.",
                    ),
                ),
                migrations.AlterConstraint(
                    model_name="programme",
                    name="programme_strain_not_below_group",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("minimum_group_strain__gte", models.F("minimum_group"))),
                        name="programme_strain_not_below_group",
                        violation_error_message="The smallest group for strain and surveys is never smaller than the smallest group.",
                    ),
                ),
                migrations.AlterConstraint(
                    model_name="programme",
                    name="programme_reviews_each_quarter",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("review_days__gte", 1), ("review_days__lte", 92)),
                        name="programme_reviews_each_quarter",
                        violation_error_message="A charter is reviewed at least each quarter: within 1 to 92 days.",
                    ),
                ),
                migrations.AlterConstraint(
                    model_name="programme",
                    name="programme_suspends_after_notice",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("review_notice_days__gte", 1)),
                        name="programme_suspends_after_notice",
                        violation_error_message="Give at least one day of notice before a metric is suspended.",
                    ),
                ),
                migrations.AlterConstraint(
                    model_name="programme",
                    name="programme_notices_series",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("enumeration_people__gte", 1),
                            ("enumeration_share__range", (1, 100)),
                            ("hop_share__range", (1, 100)),
                        ),
                        name="programme_notices_series",
                        violation_error_message="Shares are from 1 to 100 percent, and going through a group begins with one person at least.",
                    ),
                ),
            ]
        ),
        migrations.AddField(
            model_name="decisionkind",
            name="case_id",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="programme",
            name="case_id",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="programme",
            name="largest_share",
            field=models.PositiveSmallIntegerField(
                default=50,
                help_text="In percent, from 10 to 50.",
                verbose_name="Largest share of a value that may come from one person",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="least_events",
            field=models.PositiveSmallIntegerField(
                default=10, help_text="Never fewer than 5.", verbose_name="Fewest events behind a value"
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="least_events_unnamed",
            field=models.PositiveSmallIntegerField(
                default=5,
                help_text="As deployments and incidents of a service. Never fewer than 5.",
                verbose_name="Fewest events where the data name nobody",
            ),
        ),
        migrations.AddConstraint(
            model_name="decisionkind",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("group", "people"), _negated=True),
                    models.Q(
                        ("accountable_needed", True), ("evidence_needed__gte", 1), ("fairness_needed", True)
                    ),
                    _connector="OR",
                ),
                name="decisionkind_about_people_is_guarded",
                violation_error_message="A decision about people always needs other evidence, a passed fairness audit and somebody who answers for it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("largest_share__range", (10, 50)),
                    ("least_events__gte", 5),
                    ("least_events_unnamed__gte", 5),
                ),
                name="programme_hides_single_people",
                violation_error_message="A value needs at least 5 events behind it, and no more than 10 to 50 percent may come from one person.",
            ),
        ),
        runtime_may_only(
            "registry_decisionkind",
            "SELECT, INSERT",
            update=["minimum_grain", "evidence_needed", "fairness_needed", "accountable_needed", "case_id"],
        ),
        runtime_may_only("registry_programme", "SELECT, INSERT, UPDATE"),
    ]
