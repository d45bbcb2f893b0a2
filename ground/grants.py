"""What the runtime role may do with a table, as migration operations.

The owner role migrates; everything else runs as the runtime role (setting RUNTIME_ROLE), which may read and write
rows everywhere except where a migration says less: a promise that the database keeps needs no trust in our code.
"""

from collections.abc import Sequence

from django.conf import settings
from django.db.migrations import RunPython
from psycopg import sql


def open_house() -> RunPython:
    """Let the runtime role read and write rows of all tables that are and will be, but change no table."""
    return RunPython(_open_house, RunPython.noop)


def runtime_may_only(table: str, privileges: str, update: Sequence[str] = ()) -> RunPython:
    """Take all from the runtime role on `table` but `privileges` ("SELECT, INSERT") and UPDATE of the columns named."""

    def forwards(_apps, editor) -> None:
        _run(editor, "REVOKE ALL ON {table} FROM {role}", table=sql.Identifier(table))
        _run(editor, "GRANT " + privileges + " ON {table} TO {role}", table=sql.Identifier(table))
        if update:
            columns = sql.SQL(", ").join(map(sql.Identifier, update))
            _run(
                editor,
                "GRANT UPDATE ({columns}) ON {table} TO {role}",
                table=sql.Identifier(table),
                columns=columns,
            )

    def backwards(_apps, editor) -> None:
        _run(editor, "GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {role}", table=sql.Identifier(table))

    return RunPython(forwards, backwards)


def _open_house(_apps, editor) -> None:
    rows = "SELECT, INSERT, UPDATE, DELETE"
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT {rows} ON ALL TABLES IN SCHEMA public TO {{role}}",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rows} ON TABLES TO {{role}}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {role}",
        "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
    ):
        _run(editor, statement)


def _run(editor, statement: str, **parts: sql.Composable) -> None:
    role = sql.Identifier(settings.RUNTIME_ROLE)
    with editor.connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(role=role, **parts))
