"""An acknowledgement changes the training's mark."""

from django.db import migrations

from ground.marks import mark_writes


class Migration(migrations.Migration):
    dependencies = [("training", "0002_grants")]
    operations = [
        mark_writes(
            "training",
            {"training_acknowledgement": ()},
        )
    ]
