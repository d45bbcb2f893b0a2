"""A published value is frozen; only a revision may say that it was superseded."""

from django.db import migrations

from ground.grants import runtime_may_only


class Migration(migrations.Migration):
    dependencies = [("measures", "0001_initial")]
    operations = [
        runtime_may_only(
            "measures_publishedvalue", "SELECT, INSERT", update=["superseded_at", "superseded_by_id"]
        ),
        runtime_may_only("measures_snapshot", "SELECT, INSERT"),
    ]
