"""A decision is written once, with what was true when it was made."""

from django.db import migrations

from ground.grants import runtime_may_only


class Migration(migrations.Migration):
    dependencies = [("decisions", "0001_initial")]
    operations = [
        runtime_may_only("decisions_decision", "SELECT, INSERT"),
    ]
