"""Reviews of what charters allow, and the contract with everybody."""

import django.contrib.postgres.fields
import django.db.models.deletion
import ground.clock
import ground.ids
from django.conf import settings
from django.db import migrations, models

from ground.grants import runtime_may_only


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0004_drafts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Contract",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("can", models.TextField()),
                ("cannot", models.TextField()),
                ("disputes", models.TextField()),
                ("content_hash", models.CharField(max_length=64)),
                ("published_at", models.DateTimeField(default=ground.clock.now)),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="Review",
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
                            ("quarterly", "Quarterly review"),
                            ("org_change", "Change of the organisation"),
                            ("migration", "Migration of a platform"),
                        ],
                        max_length=20,
                    ),
                ),
                ("says", models.TextField(blank=True)),
                ("happened_on", models.DateField(blank=True, null=True)),
                (
                    "teams",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SlugField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                (
                    "sources",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SlugField(max_length=100), blank=True, default=list, size=None
                    ),
                ),
                ("due_on", models.DateField()),
                ("opened_at", models.DateTimeField(default=ground.clock.now)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-opened_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ReviewItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("rest", "Nothing changed"),
                            ("new", "Never reviewed before"),
                            ("changed", "Changed since the last review"),
                            ("flagged", "Flagged in the last review"),
                            ("untied", "Allows no decision"),
                            ("suspended", "Suspended"),
                            ("affected", "Reached by the change"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("pending", "Not looked at yet"),
                            ("confirmed", "Confirmed"),
                            ("flagged", "Flagged"),
                            ("lapsed", "No longer governs"),
                        ],
                        default="pending",
                        max_length=20,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(("review_days__gte", 1), ("review_days__lte", 92)),
                name="programme_reviews_each_quarter",
            ),
        ),
        migrations.AddField(
            model_name="contract",
            name="published_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="opened_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="programme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="registry.programme"
            ),
        ),
        migrations.AddField(
            model_name="reviewitem",
            name="charter_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="review_items",
                to="registry.charterversion",
            ),
        ),
        migrations.AddField(
            model_name="reviewitem",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reviewitem",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="items", to="registry.review"
            ),
        ),
        migrations.AddField(
            model_name="reviewitem",
            name="since",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.charterversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("can", ""), _negated=True),
                    models.Q(("cannot", ""), _negated=True),
                    models.Q(("disputes", ""), _negated=True),
                ),
                name="contract_has_its_three_blocks",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True), ("kind", "quarterly")),
                fields=("programme",),
                name="review_one_quarterly_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("happened_on__isnull", True), ("kind", "quarterly")),
                    models.Q(
                        models.Q(("kind", "quarterly"), _negated=True),
                        ("happened_on__isnull", False),
                        models.Q(("says", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="review_of_a_change_says_which",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                    models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                    _connector="OR",
                ),
                name="review_closed_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewitem",
            constraint=models.UniqueConstraint(
                fields=("review", "charter_version"), name="reviewitem_once_a_review"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", True), ("decided_by__isnull", True), ("result", "pending")
                    ),
                    models.Q(
                        models.Q(("result", "pending"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="reviewitem_decided_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("result", "flagged"), _negated=True),
                    models.Q(("note", ""), _negated=True),
                    _connector="OR",
                ),
                name="reviewitem_flag_says_why",
            ),
        ),
        runtime_may_only("registry_contract", "SELECT, INSERT"),
        runtime_may_only("registry_review", "SELECT, INSERT", update=["closed_at", "closed_by_id"]),
        runtime_may_only(
            "registry_reviewitem",
            "SELECT, INSERT",
            update=["result", "note", "decided_at", "decided_by_id"],
        ),
    ]
