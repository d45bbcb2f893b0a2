"""What every later table stands on: the extensions, that the runtime role reads and no more unless an app says so, data versions."""

from collections.abc import Callable, Sequence

from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from psycopg import sql

from ground.ids import new_id
from ground.schema.operations import CreateTables

# For periods that do not overlap, and for search. They stay when this is undone: they may be older, and another role's.
EXTENSIONS = "CREATE EXTENSION IF NOT EXISTS btree_gist; CREATE EXTENSION IF NOT EXISTS pg_trgm;"

# A data version is random, so that no two databases or rolled-back transactions share one. Only the trigger writes it.
DATA_VERSIONS = """
CREATE TABLE data_version (name text PRIMARY KEY, version uuid NOT NULL);
CREATE FUNCTION bump_data_version() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.data_version SET version = gen_random_uuid() WHERE name = TG_ARGV[0];
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION bump_data_version() FROM PUBLIC;
"""
NO_DATA_VERSIONS = "DROP TABLE data_version; DROP FUNCTION bump_data_version();"

OPEN = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {role}",
)
# Signs of life and counts are of no consequence, and come and go.
OWN = (
    "GRANT INSERT, UPDATE, DELETE ON ground_heartbeat TO {role}",
    "GRANT INSERT, UPDATE, DELETE ON ground_count TO {role}",
)
CLOSE = (
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {role}",
    "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}",
    "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
    "REVOKE ALL ON SCHEMA public FROM {role}",
)


def _run(statements: Sequence[str]) -> Callable[[StateApps, BaseDatabaseSchemaEditor], None]:
    def run(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        role = sql.Identifier(settings.RUNTIME_ROLE)
        for statement in statements:
            editor.execute(sql.SQL(statement).format(role=role).as_string(), params=None)

    return run


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(EXTENSIONS, migrations.RunSQL.noop),
        migrations.RunSQL(DATA_VERSIONS, NO_DATA_VERSIONS),
        migrations.RunPython(_run(OPEN), _run(CLOSE)),
        CreateTables(
            models=[
                migrations.CreateModel(
                    name="Heartbeat",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("scan", models.CharField(max_length=60)),
                        ("worker", models.CharField(blank=True, max_length=200)),
                        ("at", models.DateTimeField()),
                        ("due_at", models.DateTimeField()),
                        ("running", models.BooleanField(default=False)),
                        ("took", models.FloatField(null=True)),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("failed", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ["scan", "worker"],
                        "constraints": [
                            models.UniqueConstraint(fields=("scan", "worker"), name="heartbeat_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Count",
                    fields=[
                        ("key", models.CharField(max_length=100, primary_key=True, serialize=False)),
                        ("spent", models.BigIntegerField()),
                        ("ends_at", models.DateTimeField()),
                        ("granted", models.BooleanField()),
                    ],
                ),
            ],
        ),
        # It may be lost in a crash, and is written at every request: no wait for the disk.
        migrations.RunSQL("ALTER TABLE ground_count SET UNLOGGED", migrations.RunSQL.noop),
        migrations.RunPython(_run(OWN), migrations.RunPython.noop),
    ]
