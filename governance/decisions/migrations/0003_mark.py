"""What bears on values has a mark of its own, which later tables change."""

from django.db import migrations

from ground.marks import mark_writes


class Migration(migrations.Migration):
    dependencies = [("decisions", "0002_grants"), ("people", "0002_marks")]
    operations = [mark_writes("decisions", {})]
