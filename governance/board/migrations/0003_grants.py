"""A ballot and an outcome are written once, and of a case only how it ended: a passed one cannot be given another matter."""

from django.db import migrations

from ground.grants import runtime_may_only


class Migration(migrations.Migration):
    dependencies = [("board", "0002_only_a_passed_case_activates")]
    operations = [
        runtime_may_only("board_case", "SELECT, INSERT", update=["state", "closed_at", "closed_by_id"]),
        runtime_may_only("board_ballot", "SELECT, INSERT"),
        runtime_may_only("board_boardoutcome", "SELECT, INSERT"),
    ]
