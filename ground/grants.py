"""What the runtime role may do with a table, as each app's `grants.py` declares it.

The owner role migrates; everything else runs as the runtime role (setting RUNTIME_ROLE), which may read all tables and write
what an app says here and nothing else: a promise that the database keeps needs no trust in our code. A test holds each
right to a service that uses it (`tests/ground/test_grants.py`).
"""

from typing import NamedTuple


class May(NamedTuple):
    """Privileges on a table ("SELECT, INSERT"), and the fields that may be updated."""

    privileges: str
    update: tuple[str, ...] = ()


READ = May("SELECT")
WRITE = May("SELECT, INSERT, UPDATE, DELETE")
ADD = May("SELECT, INSERT")
ADD_AND_REMOVE = May("SELECT, INSERT, DELETE")


def add_and_change(*fields: str) -> May:
    """Rows are added, and of each only these fields change."""
    return May("SELECT, INSERT", fields)
