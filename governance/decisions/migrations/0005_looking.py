"""What looking needs to know at once, what was put to the board, and notices that a legal request delays."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import ground.clock
import ground.ids
from django.conf import settings
from django.db import migrations, models

from ground.grants import runtime_may_only
from ground.marks import mark_writes


class Migration(migrations.Migration):
    dependencies = [
        ("board", "0005_grants_marks_and_pilots"),
        ("decisions", "0004_bearing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DelayedNotice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("person", models.CharField(max_length=100)),
                ("due_at", models.DateTimeField()),
                ("given_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["due_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "rules",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), size=None
                    ),
                ),
                (
                    "shapes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), size=None
                    ),
                ),
                ("asked_at", models.DateTimeField(default=ground.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-asked_at", "-id"],
            },
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("checked_only", False), ("verdict__in", ["deny", "refer"])),
                fields=["actor", "at"],
                name="decision_refused",
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(
                    ("checked_only", False), ("verdict", "permit"), models.Q(("subjects", []), _negated=True)
                ),
                fields=["actor", "at"],
                name="decision_looks",
            ),
        ),
        migrations.AddField(
            model_name="delayednotice",
            name="decision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="delayed_notices",
                to="decisions.decision",
            ),
        ),
        migrations.AddField(
            model_name="delayednotice",
            name="given_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="referrals",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="case",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="referral", to="board.case"
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="decision",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="referral", to="decisions.decision"
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="delayednotice",
            index=models.Index(
                condition=models.Q(("given_at__isnull", True)),
                fields=["due_at"],
                name="delayednotice_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="delayednotice",
            constraint=models.UniqueConstraint(fields=("decision", "person"), name="delayednotice_once"),
        ),
        migrations.AddConstraint(
            model_name="delayednotice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("given_at__isnull", True), ("given_by__isnull", True)),
                    models.Q(("given_at__isnull", False), ("given_by__isnull", False)),
                    _connector="OR",
                ),
                name="delayednotice_given_at_and_by",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=django.contrib.postgres.indexes.GinIndex(fields=["shapes"], name="referral_shapes"),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                    _connector="OR",
                ),
                name="referral_ended_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("rules__len__gte", 1)),
                name="referral_has_a_rule",
                violation_error_message="Only what a rule leaves to the board is put to it.",
            ),
        ),
        runtime_may_only("decisions_referral", "SELECT, INSERT", update=["ended_at", "ended_by_id"]),
        runtime_may_only("decisions_delayednotice", "SELECT, INSERT", update=["given_at", "given_by_id"]),
        mark_writes("decisions", {"decisions_referral": ()}),
    ]
