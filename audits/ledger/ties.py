"""Rows that the log tells of: nothing is written to their tables but with an entry of its kind in the same transaction.

A model says so among its triggers, by what happens to its rows: `*tied(insert=[told(RoleGranted)], update=[told(RoleEnded)])`.
The database looks when the transaction ends, whoever wrote the row, past all our code. Knows no app: each names its own events.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pgtrigger

from audits.ledger.events import Event
from audits.ledger.states import Visibility
from ground.schema.triggers import Trigger

ON_THE_LOG = "on_the_log"  # what the constraint is called, and how the triggers' names begin

_OPERATIONS = {"insert": pgtrigger.Insert, "update": pgtrigger.Update, "delete": pgtrigger.Delete}


class Told(NamedTuple):
    """Kinds of entries of which one accounts for a row, as `told` and `told_by` say it."""

    events: tuple[type[Event], ...]
    about: str
    says: Mapping[str, str]
    entry: str

    def condition(self, row: str) -> str:
        """SQL that is true where such an entry of the transaction that ends accounts for the row of this name."""
        kinds = ", ".join(f"'{event.kind}'" for event in self.events)
        parts = (
            "queued.xact = pg_current_xact_id()",
            f"entry.kind IN ({kinds})",
            *self._own(),
            *self._same(),
        )
        return f"""EXISTS (
    SELECT FROM ledger_outbox queued JOIN ledger_entry entry ON entry.id = queued.entry_id
    WHERE {" AND ".join(parts)}
)""".replace("{row}", row)

    def _own(self) -> Iterator[str]:
        if self.entry:
            yield f"queued.entry_id = {{row}}.{self.entry}"
        elif self.about:
            yield (
                f"queued.about IN ({self.about})"
                if self.about.startswith("SELECT")
                else f"queued.about = ({self.about})::text"
            )

    def _same(self) -> Iterator[str]:
        """A payload is parsed last: what is queued besides may be sealed."""
        if self.says:
            same = " AND ".join(
                f"nullif(said -> '{key}', 'null') IS NOT DISTINCT FROM to_jsonb({value})"
                for key, value in self.says.items()
            )
            yield f"""CASE WHEN entry.visibility <> '{Visibility.SEALED.value}' THEN (
        SELECT {same} FROM ledger_payload payload, CAST(convert_from(payload.body, 'UTF8') AS jsonb) said
        WHERE payload.entry_id = entry.id
    ) END"""


class Tie(Trigger):
    """The trigger by which one of `told` must account for each row that is written so; `word` is how."""

    def __init__(self, *, word: str, told: Sequence[Told], **parts: Any) -> None:
        self.word, self.told = word, tuple(told)
        super().__init__(**parts)


def told(*events: type[Event], about: str = "{row}.id", says: Mapping[str, str] | None = None) -> Told:
    """That an entry of one of these kinds accounts for the written `{row}`.

    `about` is what `Event.names_row` gave: a value of the row, a query of several as text, or blank where one entry accounts for
    many rows. `says` holds the entry to the row: by key of its payload, the value that it must have.
    """
    if says and any(event.visibility == Visibility.SEALED for event in events):
        raise TypeError("The database cannot read what a sealed entry says.")
    if says and any(event.packed for event in events):
        raise TypeError("The database cannot read what is packed.")
    if about and (nameless := [event.__name__ for event in events if not event.names_row]):
        raise TypeError(f"These events do not say which row they are about: {nameless}")
    return Told(events, about, says or {}, "")


def told_by(entry: str, *events: type[Event]) -> Told:
    """The same, of a row that names its entry in a column."""
    return Told(events, "", {}, entry)


def tied(
    *,
    insert: Sequence[Told] = (),
    update: Sequence[Told] = (),
    delete: Sequence[Told] = (),
    of: Sequence[str] = (),
) -> Iterator[Tie]:
    """The ties of a table: for each row that is written so, one of these must hold.

    What the runtime role may not do to the table needs none. Of updates, those that change nothing are let through, and with
    `of` those of other columns.
    """
    for word, ways in {"insert": insert, "update": update, "delete": delete}.items():
        if ways:
            yield _tie(word, ways, of if word == "update" else ())


def _tie(word: str, ways: Sequence[Told], of: Sequence[str]) -> Tie:
    holds = "\nOR ".join(each.condition("OLD" if word == "delete" else "NEW") for each in ways)
    changed = pgtrigger.Condition("OLD.* IS DISTINCT FROM NEW.*") if word == "update" else None
    return Tie(
        word=word,
        told=ways,
        name=f"{ON_THE_LOG}_{word}",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf(*of) if of else _OPERATIONS[word],
        timing=pgtrigger.Deferred,
        condition=changed,
        func=f"""
IF ({holds}) IS NOT TRUE THEN
    RAISE EXCEPTION 'no entry of the log tells of this row of %', TG_TABLE_NAME
    USING ERRCODE = 'check_violation', CONSTRAINT = '{ON_THE_LOG}', TABLE = TG_TABLE_NAME;
END IF;
RETURN NULL;
""",
    )
