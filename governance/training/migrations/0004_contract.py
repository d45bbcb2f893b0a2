"""Who has acknowledged which version of the contract; written once."""

import django.db.models.deletion
import ground.clock
import ground.ids
from django.conf import settings
from django.db import migrations, models

from ground.grants import runtime_may_only


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0005_reviews"),
        ("training", "0003_marks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ContractAcknowledgement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("acknowledged_at", models.DateTimeField(default=ground.clock.now)),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acknowledgements",
                        to="registry.contract",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contract_acknowledgements",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-acknowledged_at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "contract"), name="contractacknowledgement_once_a_version"
                    )
                ],
            },
        ),
        runtime_may_only("training_contractacknowledgement", "SELECT, INSERT"),
    ]
