"""What the registry's clock reminds of and flags, and the settings it goes by."""

import charter.registry.reminders
import django.contrib.postgres.fields
import django.db.models.deletion
import ground.clock
import ground.ids
from django.conf import settings
from django.db import migrations, models

from ground.grants import runtime_may_only


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0005_reviews"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reminder",
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
                            ("expiry", "The charter is about to expire"),
                            ("review", "The review of its decisions is due"),
                        ],
                        max_length=20,
                    ),
                ),
                ("due_on", models.DateField()),
                ("days", models.PositiveSmallIntegerField(default=0)),
                ("given_on", models.DateField()),
                ("given_at", models.DateTimeField(default=ground.clock.now)),
            ],
            options={
                "ordering": ["-given_at"],
            },
        ),
        migrations.CreateModel(
            name="UntiedFlag",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("flagged_on", models.DateField()),
                ("flagged_at", models.DateTimeField(default=ground.clock.now)),
                ("asked_on", models.DateField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-flagged_at"],
            },
        ),
        migrations.AddField(
            model_name="programme",
            name="expiry_reminder_days",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(),
                default=charter.registry.reminders.two_reminders,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="review_notice_days",
            field=models.PositiveSmallIntegerField(default=14),
        ),
        migrations.AddField(
            model_name="programme",
            name="untied_days",
            field=models.PositiveSmallIntegerField(default=30),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(("review_notice_days__gte", 1)), name="programme_suspends_after_notice"
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="charter_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reminders",
                to="registry.charterversion",
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="given_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="untiedflag",
            name="charter_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="untied_flags",
                to="registry.charterversion",
            ),
        ),
        migrations.AddField(
            model_name="untiedflag",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="untiedflag",
            name="flagged_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                fields=("charter_version", "kind", "due_on", "days"), name="reminder_once_a_stage"
            ),
        ),
        migrations.AddConstraint(
            model_name="untiedflag",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("charter_version",),
                name="untiedflag_one_open_a_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="untiedflag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("asked_on__isnull", True), ("asked_on__gte", models.F("flagged_on")), _connector="OR"
                ),
                name="untiedflag_asked_after_flagged",
            ),
        ),
        migrations.AddConstraint(
            model_name="untiedflag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                    _connector="OR",
                ),
                name="untiedflag_ended_at_and_by",
            ),
        ),
        runtime_may_only("registry_reminder", "SELECT, INSERT"),
        runtime_may_only(
            "registry_untiedflag", "SELECT, INSERT", update=["asked_on", "ended_at", "ended_by_id"]
        ),
    ]
