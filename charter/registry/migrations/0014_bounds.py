"""A charter version says what the board bound its approval to, so that all who read it read it so."""

from django.conf import settings
from django.db import migrations, models
from psycopg import sql

# The registry is older than the board: in a new house there are no conditions yet to learn the bounds from.
FILL = """
DO $$ BEGIN
    IF to_regclass('public.board_condition') IS NOT NULL THEN
        UPDATE registry_charterversion version SET bounds = bound.bounds
        FROM (
            SELECT case_id, jsonb_object_agg(kind, value -> kind) AS bounds FROM board_condition
            WHERE withdrawn_at IS NULL AND kind IN ('grains', 'decisions') GROUP BY case_id
        ) bound
        WHERE bound.case_id = version.case_id;
    END IF;
END $$;
"""


def let_runtime_write_them(_apps, editor) -> None:
    grant = sql.SQL("GRANT UPDATE (bounds) ON registry_charterversion TO {}")
    with editor.connection.cursor() as cursor:
        cursor.execute(grant.format(sql.Identifier(settings.RUNTIME_ROLE)))


class Migration(migrations.Migration):
    dependencies = [("registry", "0010_pilot_cohort")]
    operations = [
        migrations.AddField(
            model_name="charterversion",
            name="bounds",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunPython(let_runtime_write_them, migrations.RunPython.noop),
    ]
