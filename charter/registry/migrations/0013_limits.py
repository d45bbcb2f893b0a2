"""How far single people may be looked at before the board is asked, and how long rulings and delays last."""

from django.db import migrations, models


def _setting(name: str, default: int) -> migrations.AddField:
    return migrations.AddField(
        model_name="programme", name=name, field=models.PositiveSmallIntegerField(default=default)
    )


class Migration(migrations.Migration):
    dependencies = [("registry", "0012_error_budget")]
    operations = [
        _setting("looks_a_day", 10),
        _setting("enumeration_share", 80),
        _setting("enumeration_people", 5),
        _setting("enumeration_minutes", 60),
        _setting("hop_share", 50),
        _setting("hop_days", 7),
        _setting("ruling_days", 92),
        _setting("notice_delay_days", 90),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("enumeration_people__gte", 1),
                    ("enumeration_share__range", (1, 100)),
                    ("hop_share__range", (1, 100)),
                ),
                name="programme_notices_series",
            ),
        ),
    ]
