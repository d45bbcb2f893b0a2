"""Marks: a room's mark changes with every committed write to its tables.

What was read under a mark is true while the mark is the same, so the line reads the marks at every question, in its
transaction and under its locks, and the rest only when they have changed. A mark is random, never counted up, so that
no two databases or rolled-back transactions ever share one. Only the trigger writes it: the runtime role may not.
"""

from collections.abc import Mapping, Sequence

from django.db.migrations import RunSQL
from msgspec import Struct

from ground import statements
from ground.statements import Read

CREATE = """
CREATE TABLE room_mark (room text PRIMARY KEY, mark uuid NOT NULL);
CREATE FUNCTION mark_room() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE public.room_mark SET mark = gen_random_uuid() WHERE room = TG_ARGV[0];
    RETURN NULL;
END $$;
"""


class Marks(Struct, frozen=True):
    """The marks of the rooms that facts are read from, and of the tokens that askers show."""

    registry: str
    people: str
    training: str
    board: str
    decisions: str
    tokens: str


# To be read alone, or in one statement with what has to be seen at the same instant.
MARKS = Read(
    "SELECT "
    + ", ".join(
        f"(SELECT mark::text FROM room_mark WHERE room = '{room}') AS {room}"
        for room in Marks.__struct_fields__
    ),
    Marks,
)


def read() -> Marks:
    """The marks now, in one statement."""
    return Marks(*statements.fetch(MARKS.sql, {})[0])


def mark_writes(room: str, tables: Mapping[str, Sequence[str]]) -> RunSQL:
    """A migration operation: let writes to these tables change the room's mark.

    A table's columns, where any are named, are those whose update matters; inserting and deleting always does.
    A room's first migration makes its mark, later ones add tables.
    """
    forwards = [f"INSERT INTO room_mark VALUES ('{room}', gen_random_uuid()) ON CONFLICT DO NOTHING"]
    backwards = []
    for table, columns in tables.items():
        of = f" OF {', '.join(columns)}" if columns else ""
        forwards.append(
            f"CREATE TRIGGER mark_room AFTER INSERT OR UPDATE{of} OR DELETE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION mark_room('{room}')"
        )
        backwards.append(f"DROP TRIGGER mark_room ON {table}")
    return RunSQL(forwards, backwards or RunSQL.noop)
