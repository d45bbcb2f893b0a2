"""The programme says which metric tells of an error budget, and from which value on it burns."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0009_draft_permissions")]
    operations = [
        migrations.AddField(
            model_name="programme",
            name="error_budget_metric",
            field=models.SlugField(default="error-budget", max_length=100),
        ),
        migrations.AddField(
            model_name="programme", name="error_budget_limit", field=models.FloatField(default=1.0)
        ),
    ]
