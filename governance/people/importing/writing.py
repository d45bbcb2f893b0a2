"""Bringing the tables to what checked sheets say, in a few bulk statements."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, models

from governance.people.importing.sheets import Row, Sheet
from governance.people.models import Membership, Person, ReportingLine, Team, ValueStream

BATCH = 500
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('people.import_organisation'))"


@dataclass(frozen=True)
class Counts:
    """What became of one file's rows; `not_in_file` are those we hold that it does not name, and that stay."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    not_in_file: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in asdict(self).items())


def write(sheets: Mapping[str, Sheet]) -> dict[str, Counts]:
    """Write the difference and say how much it was, by file. Sheets must have passed `check`."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)  # two imports at once would each write half of the other's difference
    counts: dict[str, Counts] = {}
    streams, counts["value_streams.csv"] = _upsert(ValueStream, "slug", sheets["value_streams.csv"], _as_is)
    teams, counts["teams.csv"] = _upsert(Team, "slug", sheets["teams.csv"], lambda row: _team(row, streams))
    people, counts["people.csv"] = _upsert(Person, "external_id", sheets["people.csv"], _as_is)
    counts["memberships.csv"] = _replace(Membership, "team", sheets["memberships.csv"], people, teams)
    counts["lines.csv"] = _replace(ReportingLine, "manager", sheets["lines.csv"], people, people)
    return counts


def _as_is(row: Row) -> dict[str, Any]:
    return dict(row.cells)


def _team(row: Row, streams: Mapping[str, models.Model]) -> dict[str, Any]:
    return {**row.cells, "value_stream": streams[row["value_stream"]]}


def _upsert(
    model: type[models.Model], key: str, sheet: Sheet, values_of: Callable[[Row], dict[str, Any]]
) -> tuple[dict[str, models.Model], Counts]:
    """Add new rows and update changed ones; those not in the file stay, as history refers to them."""
    held = {getattr(record, key): record for record in model.objects.all()}
    added, changed, fields = [], [], []
    for row in sheet.rows:
        values = values_of(row)
        fields = [name for name in values if name != key]
        record = held.get(row[key])
        if record is None:
            added.append(model(**values))
        elif _update(record, values):
            changed.append(record)
    model.objects.bulk_create(added, batch_size=BATCH)
    if changed:
        model.objects.bulk_update(changed, fields, batch_size=BATCH)
    known = held | {getattr(record, key): record for record in added}
    unchanged = len(sheet.rows) - len(added) - len(changed)
    return known, Counts(len(added), len(changed), 0, unchanged, len(known) - len(sheet.rows))


def _update(record: models.Model, values: Mapping[str, Any]) -> bool:
    """Put new values on a record; whether any differed."""
    differing = [name for name, value in values.items() if _held(record, name) != _wanted(value)]
    for name in differing:
        setattr(record, name, values[name])
    return bool(differing)


def _held(record: models.Model, name: str) -> object:
    return getattr(record, type(record)._meta.get_field(name).attname)


def _wanted(value: object) -> object:
    return value.pk if isinstance(value, models.Model) else value


def _replace(
    model: type[models.Model],
    other: str,
    sheet: Sheet,
    people: Mapping[str, models.Model],
    others: Mapping[str, models.Model],
) -> Counts:
    """Make a table of dated rows exactly what the file says: it is the whole truth about them.

    A row is the same row as long as person, other end and first day are. Removals come before new ends and new rows,
    so that no two spans of a person ever overlap on the way.
    """
    wanted: dict[tuple[UUID, UUID, date], date | None] = {
        (people[row["person"]].pk, others[row[other]].pk, row["valid_from"]): row["valid_to"]
        for row in sheet.rows
    }
    held = {
        (record.person_id, _held(record, other), record.valid_from): record for record in model.objects.all()
    }
    gone = [record.pk for key, record in held.items() if key not in wanted]
    model.objects.filter(pk__in=gone).delete()
    changed = [
        record for key, record in held.items() if key in wanted and _update(record, {"valid_to": wanted[key]})
    ]
    model.objects.bulk_update(changed, ["valid_to"], batch_size=BATCH)
    added = [
        model(
            **{
                "person_id": person,
                f"{other}_id": end,
                "valid_from": since,
                "valid_to": wanted[person, end, since],
            }
        )
        for person, end, since in wanted
        if (person, end, since) not in held
    ]
    model.objects.bulk_create(added, batch_size=BATCH)
    return Counts(len(added), len(changed), len(gone), len(wanted) - len(added) - len(changed))
