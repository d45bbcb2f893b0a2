"""What the first rows of a table look like: of which type each column is and what its text reads as. No value is told."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _
from msgspec import Struct

from charter.measures.warehouse.facts import Warehouse
from charter.measures.warehouse.listing import name_type

LOOKED_AT = 20


class FirstColumn(Struct, frozen=True):
    """A column in the first rows: its type, how many of them have it, and what they hold; any value might name somebody."""

    name: str
    kind: str
    filled: int
    rows: int
    reads_as: str


def look_at_first_rows(opened: Warehouse, table: str) -> list[FirstColumn]:
    """The columns of a table, by its first rows."""
    kinds = opened.columns(table)
    rows = opened.read_first(table, LOOKED_AT)
    return [
        _tell(name, name_type(kind), [row[place] for row in rows])
        for place, (name, kind) in enumerate(kinds.items())
    ]


def _tell(name: str, kind: str, values: Sequence[object]) -> FirstColumn:
    given = [value for value in values if value is not None and value != ""]
    return FirstColumn(name, kind, len(given), len(values), _read_as(given))


def _read_as(values: Collection[object]) -> str:
    """In words, what all of these are; text is looked at as well, since files have nothing else."""
    if not values:
        return _("nothing")
    texts = [str(value).strip() for value in values]
    if all(
        isinstance(value, bool) or text.lower() in {"true", "false"}
        for value, text in zip(values, texts, strict=True)
    ):
        return _("yes or no")
    for reads, word in (
        (int, _("whole numbers")), (float, _("numbers")), (date.fromisoformat, _("days")),
        (datetime.fromisoformat, _("times")),
    ):  # fmt: skip
        if all(_is_read(reads, text) for text in texts):
            return word
    return _("text")


def _is_read(reads: object, text: str) -> bool:
    try:
        reads(text)  # type: ignore[operator]
    except ValueError:
        return False
    return True
