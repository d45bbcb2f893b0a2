"""A published value is frozen, and context notes change: they are joined when it is read."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("measures", "0002_grants")]
    operations = [migrations.RemoveField(model_name="publishedvalue", name="context")]
