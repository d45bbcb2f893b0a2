"""The log takes entries and gives them up to readers; nobody who serves requests can change or remove one."""

from django.db import migrations

from ground.grants import runtime_may_only


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_initial")]
    operations = [
        runtime_may_only("ledger_entry", "SELECT, INSERT"),
        runtime_may_only("ledger_payload", "SELECT, INSERT"),
        runtime_may_only("ledger_outbox", "SELECT, INSERT"),
    ]
