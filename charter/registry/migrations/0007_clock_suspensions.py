"""Which charters are suspended because nobody acted in time."""

import django.db.models.deletion
import ground.clock
import ground.ids
from django.conf import settings
from django.db import migrations, models

from ground.grants import runtime_may_only


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0006_clock"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClockSuspension",
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
                            ("review", "Its review was overdue"),
                            ("untied", "It allows no decision, and nobody said why it stays"),
                        ],
                        max_length=20,
                    ),
                ),
                ("suspended_at", models.DateTimeField(default=ground.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "charter_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clock_suspensions",
                        to="registry.charterversion",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "suspended_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-suspended_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("charter_version",),
                        name="clocksuspension_one_open_a_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="clocksuspension_ended_at_and_by",
                    ),
                ],
            },
        ),
        runtime_may_only("registry_clocksuspension", "SELECT, INSERT", update=["ended_at", "ended_by_id"]),
    ]
