"""What a notice says never changes; only whether it was read and mailed does."""

from django.db import migrations

from ground.grants import runtime_may_only


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]
    operations = [
        runtime_may_only(
            "notices_notice", "SELECT, INSERT", update=["read_at", "mail", "mail_attempts", "mailed_at"]
        )
    ]
