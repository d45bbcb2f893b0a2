"""A charter on trial names the cohort that tries it out, so that values are published for that cohort alone."""

from django.conf import settings
from django.db import migrations, models
from psycopg import sql

# The registry is older than the board: in a new house there are no pilots yet to learn the cohort from.
FILL = """
DO $$ BEGIN
    IF to_regclass('public.board_pilot') IS NOT NULL THEN
        UPDATE registry_charterversion version SET pilot_cohort = latest.cohort
        FROM (
            SELECT DISTINCT ON (charter_version_id) charter_version_id, cohort
            FROM board_pilot ORDER BY charter_version_id, starts_on DESC, id DESC
        ) latest
        WHERE latest.charter_version_id = version.id;
    END IF;
END $$;
"""


def let_runtime_say_which(_apps, editor) -> None:
    grant = sql.SQL("GRANT UPDATE (pilot_cohort) ON registry_charterversion TO {}")
    with editor.connection.cursor() as cursor:
        cursor.execute(grant.format(sql.Identifier(settings.RUNTIME_ROLE)))


class Migration(migrations.Migration):
    dependencies = [("registry", "0013_limits")]
    operations = [
        migrations.AddField(
            model_name="charterversion",
            name="pilot_cohort",
            field=models.CharField(blank=True, max_length=100, default=""),
            preserve_default=False,
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunPython(let_runtime_say_which, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="charterversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("standing", "pilot"), _negated=True),
                    ("activated_at__isnull", True),
                    models.Q(("pilot_cohort", ""), _negated=True),
                    _connector="OR",
                ),
                name="charterversion_pilot_runs_for_a_cohort",
            ),
        ),
    ]
