"""What an import would change: checked sheets held against the tables. Reads alone; `writing` then carries it out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from governance.people.importing.names import ALIASES, IDENTITIES, name_key
from governance.people.importing.sheets import Sheet, SheetRow
from governance.people.models import (
    Identity,
    Membership,
    Person,
    ReportingLine,
    Team,
    TeamAlias,
    User,
    ValueStream,
)
from ground import calendar, clock

Named = TypeVar("Named", ValueStream, Team, Person)
InSources = TypeVar("InSources", Identity, TeamAlias)
Spanning = TypeVar("Spanning", Membership, ReportingLine)


@dataclass(frozen=True)
class ImportCounts:
    """What became of one file's rows; `not_in_file` are those we hold that it does not name, and that stay."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    not_in_file: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in asdict(self).items())


@dataclass(frozen=True)
class EndCounts:
    """How many rows an import removes or ends sooner, of all that are held; and the same of those that last today."""

    ended: int = 0
    held: int = 0
    lasting_ended: int = 0
    lasting: int = 0

    def is_large(self, share: int) -> bool:
        """Whether that is more than one in `share`, of all or of what lasts."""
        return self.ended * share > self.held or self.lasting_ended * share > self.lasting


@dataclass(frozen=True)
class RowDifference:
    """What one file changes: records to add, those to update in `fields`, and those to take away."""

    model: type[models.Model]
    fields: tuple[str, ...]
    added: Sequence[models.Model]
    changed: Sequence[models.Model]
    gone: Sequence[models.Model]
    unchanged: int
    not_in_file: int = 0
    ends: EndCounts = EndCounts()
    # What is added, changed and removed, in words.
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def counts(self) -> ImportCounts:
        return ImportCounts(
            len(self.added), len(self.changed), len(self.gone), self.unchanged, self.not_in_file
        )

    def lines(self) -> Iterator[str]:
        """Each row that would change, with how."""
        for how, names in self.names.items():
            yield from (f"  {how}: {name}" for name in names)


def find_differences(sheets: Mapping[str, Sheet], by: User) -> dict[str, RowDifference]:
    """What each file would change, by its name and in the order of writing. Sheets must have passed `check`."""
    found: dict[str, RowDifference] = {}
    streams, found["value_streams.csv"] = _compare(ValueStream, "slug", sheets["value_streams.csv"], _as_is)
    teams, found["teams.csv"] = _compare(Team, "slug", sheets["teams.csv"], lambda row: _team(row, streams))
    people, found["people.csv"] = _compare(Person, "external_id", sheets["people.csv"], _as_is)
    today = calendar.today()
    found["memberships.csv"] = _compare_spans(
        Membership, "team", sheets["memberships.csv"], people, teams, today
    )
    found["lines.csv"] = _compare_spans(ReportingLine, "manager", sheets["lines.csv"], people, people, today)
    if IDENTITIES in sheets:
        found[IDENTITIES] = _compare_names(Identity, "person", sheets[IDENTITIES], people, by)
    if ALIASES in sheets:
        found[ALIASES] = _compare_names(TeamAlias, "team", sheets[ALIASES], teams, by)
    return found


def _as_is(row: SheetRow) -> dict[str, Any]:
    return dict(row.cells)


def _team(row: SheetRow, streams: Mapping[str, ValueStream]) -> dict[str, Any]:
    return {**row.cells, "value_stream": streams[row.text("value_stream")]}


def _compare(
    model: type[Named], key: str, sheet: Sheet, values_of: Callable[[SheetRow], dict[str, Any]]
) -> tuple[dict[str, Named], RowDifference]:
    """All records by their key, those to come among them, and the difference; those not in the file stay."""
    held = {getattr(record, key): record for record in model.objects.all()}
    added: list[Named] = []
    changed: list[Named] = []
    fields: tuple[str, ...] = ()
    for row in sheet.rows:
        values = values_of(row)
        fields = tuple(name for name in values if name != key)
        record = held.get(row.text(key))
        if record is None:
            added.append(model(**values))
        elif _update(record, values):
            changed.append(record)
    known = held | {getattr(record, key): record for record in added}
    names = {
        how: [f"{getattr(record, key)} ({record.name})" for record in records]
        for how, records in ((_("added"), added), (_("changed"), changed))
    }
    unchanged = len(sheet.rows) - len(added) - len(changed)
    missing = len(known) - len(sheet.rows)
    return known, RowDifference(model, fields, added, changed, (), unchanged, missing, names=names)


def _compare_names(
    model: type[InSources], holder: str, sheet: Sheet, holders: Mapping[str, models.Model], by: User
) -> RowDifference:
    """The difference of what sources call people or teams to what the file says; names that it leaves out are ended.

    A row is the same as long as source, name as it is compared, and whose it is are.
    """
    held = {(each.source, each.key): each for each in model._default_manager.filter(ended_at__isnull=True)}
    now, same, added = clock.now(), set(), []
    for row in sheet.rows:
        key, whose = name_key(row), row.text(holder)
        owner = holders[whose].pk if whose else None
        if key in held and getattr(held[key], f"{holder}_id") == owner:
            same.add(key)
            continue
        made = model(source=key[0], name=row.text("name"), key=key[1], given_at=now, given_by=by)
        setattr(made, f"{holder}_id", owner)
        if isinstance(made, Identity):
            made.is_bot = owner is None
        added.append(made)
    ended = [each for key, each in held.items() if key not in same]
    for each in ended:
        each.ended_at, each.ended_by = now, by
    names = {_("added"): list(map(str, added)), _("ended"): list(map(str, ended))}
    return RowDifference(model, ("ended_at", "ended_by"), added, ended, (), len(same), names=names)


def _update(record: models.Model, values: Mapping[str, Any]) -> bool:
    """Put new values on a record; whether any differed."""
    differing = [name for name, value in values.items() if _held(record, name) != _wanted(value)]
    for name in differing:
        setattr(record, name, values[name])
    return bool(differing)


def _held(record: models.Model, name: str) -> object:
    field = type(record)._meta.get_field(name)
    return getattr(record, field.attname if isinstance(field, models.Field) else name)


def _wanted(value: object) -> object:
    return value.pk if isinstance(value, models.Model) else value


def _compare_spans(
    model: type[Spanning],
    other: str,
    sheet: Sheet,
    people: Mapping[str, Person],
    others: Mapping[str, Team] | Mapping[str, Person],
    today: date,
) -> RowDifference:
    """The difference of a table of dated rows to what the file says, which is the whole truth about them.

    A row is the same row as long as person, other end and first day are.
    """
    wanted: dict[tuple[UUID, UUID, date], date | None] = {
        (people[row.text("person")].pk, others[row.text(other)].pk, row.day("valid_from")): row.end(
            "valid_to"
        )
        for row in sheet.rows
    }
    held: dict[Any, Spanning] = {
        (record.person_id, _held(record, other), record.valid_from): record for record in model.objects.all()
    }
    ends = _count_ends(held, wanted, today)
    gone = [record for key, record in held.items() if key not in wanted]
    kept = [(record, wanted[key]) for key, record in held.items() if key in wanted]
    changed = [record for record, end in kept if _update(record, {"valid_to": end})]
    added = [
        model(**{"person_id": person, f"{other}_id": end, "valid_from": since, "valid_to": wanted[key]})
        for key in wanted
        if key not in held
        for person, end, since in (key,)
    ]
    told = _Teller(other, people, others)
    names = {
        how: list(map(told.say, rows))
        for how, rows in ((_("added"), added), (_("changed"), changed), (_("removed"), gone))
    }
    unchanged = len(wanted) - len(added) - len(changed)
    return RowDifference(model, ("valid_to",), added, changed, gone, unchanged, ends=ends, names=names)


def _count_ends(held: Mapping[Any, Spanning], wanted: Mapping[Any, date | None], today: date) -> EndCounts:
    """How many rows are removed or end sooner, counted before the records take their new ends."""
    lasting = {key for key, record in held.items() if record.valid_from <= today < _until(record.valid_to)}
    ended = {
        key
        for key, record in held.items()
        if key not in wanted or _until(wanted[key]) < _until(record.valid_to)
    }
    return EndCounts(len(ended), len(held), len(ended & lasting), len(lasting))


def _until(end: date | None) -> date:
    return end or date.max


class _Teller:
    """Says a dated row in words: `ana, payments, from 2020-01-01 until 2024-01-01`."""

    def __init__(self, other: str, people: Mapping[str, Person], others: Mapping[str, Any]) -> None:
        self._other = other
        self._people = {record.pk: key for key, record in people.items()}
        self._others = {record.pk: key for key, record in others.items()}

    def say(self, row: Any) -> str:
        ends = _(" until %(day)s") % {"day": row.valid_to} if row.valid_to else ""
        said = {
            "person": self._people[row.person_id],
            "other": self._others[_held(row, self._other)],
            "start": row.valid_from,
            "ends": ends,
        }
        return _("%(person)s, %(other)s, from %(start)s%(ends)s") % said
