"""A ballot and an outcome are written once."""

from django.db import migrations

from ground.grants import runtime_may_only


class Migration(migrations.Migration):
    dependencies = [("board", "0002_only_a_passed_case_activates")]
    operations = [
        runtime_may_only("board_ballot", "SELECT, INSERT"),
        runtime_may_only("board_boardoutcome", "SELECT, INSERT"),
    ]
