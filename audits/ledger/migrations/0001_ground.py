"""What every later table stands on: the extensions, and what the runtime role may do unless a migration says less."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations

from ground.grants import open_house, runtime_may_only
from ground.marks import CREATE


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    run_before = [("people", "0001_initial"), ("registry", "0001_initial")]
    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        open_house(),
        migrations.RunSQL(CREATE),
        runtime_may_only("room_mark", "SELECT"),
    ]
