"""An acknowledgement is written once."""

from django.db import migrations

from ground.grants import runtime_may_only


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial")]
    operations = [
        runtime_may_only("training_acknowledgement", "SELECT, INSERT"),
    ]
