"""The governed views, made what the charters in force say; the owner's functions do it, and ask the tables themselves."""

from typing import Any

from django.db import connection

from ground import statements


def clear(**_: Any) -> None:
    """Before each migration: no view holds on to a column that it changes. They are laid out anew after it."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS governed CASCADE")


def lay_out(**_: Any) -> None:
    """After each migration: the schema, what it shows of metrics, and the views. As the owner, who migrates."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('lay_out_governed') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute("SELECT lay_out_governed()")


def refresh() -> None:
    """Take away the views that somebody was reading when their charter ended. No row changes, so the log has nothing to tell."""
    statements.run("SELECT refresh_governed()", {})
