"""Sources beside the live warehouse: whether they are as described, how fresh they are, and which of their names mean nobody."""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.ledger import services as ledger
from charter.measures.events import SourcesSurveyed
from charter.measures.models import NameKind, SourceSurvey, UnmatchedName
from charter.measures.permissions import check_can_publish
from charter.measures.warehouse.connecting import is_connected, open_warehouse
from charter.measures.warehouse.facts import Warehouse
from charter.registry import describing
from charter.registry.models.sources import Source
from charter.registry.permissions import check_can_describe_source
from charter.registry.source_descriptions import ColumnType, SourceDescription
from governance.people import identities
from governance.people.models import User
from governance.people.names import NameBook, SourceNames, fold_name
from ground import clock
from ground.errors import BadInput, Unavailable

MOST_NAMES = 200  # unmatched ones that are kept of each source and kind, those of most events
_INTEGERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
)
# The DuckDB types, without what they are of, that a column of each type may have in the warehouse.
_FITTING: Mapping[ColumnType, frozenset[str]] = {
    ColumnType.TEXT: frozenset({"VARCHAR", "UUID", "ENUM"}),
    ColumnType.BOOLEAN: frozenset({"BOOLEAN"}),
    ColumnType.INTEGER: _INTEGERS,
    ColumnType.BIGINT: _INTEGERS,
    ColumnType.DOUBLE: _INTEGERS | {"DOUBLE", "FLOAT", "DECIMAL"},
    ColumnType.DATE: frozenset({"DATE"}),
    ColumnType.TIMESTAMP: frozenset({"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}),
    ColumnType.TIMESTAMPTZ: frozenset({"TIMESTAMP WITH TIME ZONE"}),
}


def describe_source(*, description: SourceDescription, by: User) -> Source:
    """Describe a source once the connected warehouse was seen to hold it so; where none is connected, as it is said.

    Raises BadInput naming the column that is missing or of another type; otherwise as `describing.describe_source`.
    """
    check_can_describe_source(by)
    check_live([description])
    with transaction.atomic(durable=True):
        return describing.describe_source(description=description, by=by)


def check_live(descriptions: Collection[SourceDescription]) -> None:
    """Raise BadInput for the first thing that the connected warehouse has otherwise; nothing where none is connected."""
    if not descriptions or not is_connected():
        return
    with open_warehouse() as opened:
        tables = opened.tables()
        for description in descriptions:
            for field, sentence in find_live_faults(description, opened, tables):
                raise BadInput(sentence, field=field, code="not_in_the_warehouse")


def find_live_faults(
    description: SourceDescription, opened: Warehouse, tables: Collection[str]
) -> Iterator[tuple[str, str]]:
    """What the warehouse has otherwise than a source is described: the field and a sentence."""
    if description.slug not in tables:
        yield "slug", _("The warehouse has no table %(table)s.") % {"table": description.slug}
        return
    live = opened.columns(description.slug)
    for name, column in description.columns.items():
        place = {"table": description.slug, "column": name}
        if name not in live:
            yield f"columns.{name}", _("The table %(table)s has no column %(column)s.") % place
        elif not _fits(live[name], column.type):
            told = {**place, "said": column.type.value, "found": live[name]}
            sentence = _("The column %(column)s of %(table)s is %(found)s in the warehouse, not %(said)s.")
            yield f"columns.{name}", sentence % told


def survey_sources(*, by: User) -> list[SourceSurvey]:
    """Look at every described source, and keep what was seen in place of what was seen before.

    Raises Unavailable where no warehouse is connected or it cannot be opened; what fails of one source is one of its faults.
    """
    check_can_publish(by)
    described = list(Source.objects.all())
    names = identities.read_names()
    with open_warehouse() as opened:
        tables = opened.tables()
        seen = [(source, _survey(source.read(), opened, tables, names)) for source in described]
    with transaction.atomic(durable=True):
        SourceSurvey.objects.all().delete()
        surveys = SourceSurvey.objects.bulk_create(
            SourceSurvey(source=source, taken_at=clock.now(), **each.told()) for source, each in seen
        )
        pairs = zip(surveys, seen, strict=True)
        rows = [
            UnmatchedName(survey=survey, **name)
            for survey, (_source, each) in pairs
            for name in each.unmatched
        ]
        UnmatchedName.objects.bulk_create(rows, batch_size=1000)
        ledger.append(
            SourcesSurveyed(
                rows={source.slug: each.rows for source, each in seen},
                unmatched={source.slug: len(each.unmatched) for source, each in seen},
            ),
            by=by.actor,
        )
    return surveys


def is_stale(survey: SourceSurvey, cadence: str, now: datetime) -> bool:
    """Whether nothing newer than two of a source's cadences was there when it was looked at, or is by now."""
    return survey.newest_at is not None and survey.newest_at + 2 * parse_cadence(cadence) < now


def parse_cadence(cadence: str) -> timedelta:
    """How long there is between two loads (ISO 8601: days, weeks or hours)."""
    number = int("".join(letter for letter in cadence if letter.isdigit()) or "0")
    unit = {"D": "days", "W": "weeks", "H": "hours"}[cadence[-1]] if cadence else "days"
    return timedelta(**{unit: number})


class _Seen(Struct, frozen=True):
    """What was seen of one source."""

    connected: bool
    faults: tuple[str, ...] = ()
    rows: int | None = None
    newest_at: datetime | None = None
    people_known: float | None = None
    teams_known: float | None = None
    unmatched: tuple[dict[str, object], ...] = ()

    def told(self) -> dict[str, object]:
        """The fields of the survey's record."""
        shown = ("connected", "rows", "newest_at", "people_known", "teams_known")
        return {**{name: getattr(self, name) for name in shown}, "faults": list(self.faults)}


def _survey(
    description: SourceDescription, opened: Warehouse, tables: Collection[str], names: SourceNames
) -> _Seen:
    try:
        faults = list(find_live_faults(description, opened, tables))
        if faults:
            return _Seen(description.slug in tables, tuple(sentence for _field, sentence in faults))
        return _look(description, opened, names)
    except Unavailable as error:
        return _Seen(description.slug in tables, (error.detail,))


def _look(description: SourceDescription, opened: Warehouse, names: SourceNames) -> _Seen:
    table, rows = description.slug, opened.count_rows(description.slug)
    times = [_moment(opened.find_newest(table, column)) for column in description.times]
    known: dict[NameKind, float | None] = {}
    unmatched: list[dict[str, object]] = []
    columns = {
        NameKind.PERSON: (description.persons, names.people),
        NameKind.TEAM: (description.teams or description.services, names.teams),
    }
    for kind, (named, book) in columns.items():
        counts = [opened.count_names(table, column) for column in named]
        known[kind], found = _match(counts, book, table)
        unmatched += [
            {"kind": kind, "name": name[:200], "events": number, "suggestion": book.suggest(name) or ""}
            for name, number in found
        ]
    newest = max((moment for moment in times if moment is not None), default=None)
    return _Seen(True, (), rows, newest, known[NameKind.PERSON], known[NameKind.TEAM], tuple(unmatched))


def _match(
    counts: Collection[Mapping[str, int]], book: NameBook, source: str
) -> tuple[float | None, list[tuple[str, int]]]:
    """The share of names that mean somebody or nobody by our word, of those that there are; and the others by their number."""
    together: dict[str, int] = {}
    for each in counts:
        for name, number in each.items():
            if fold_name(name):
                together[name] = together.get(name, 0) + number
    others = {name: number for name, number in together.items() if not book.find(name, [source]).known}
    whole = sum(together.values())
    ordered = sorted(others.items(), key=lambda each: (-each[1], each[0]))
    return (1 - sum(others.values()) / whole if whole else None), ordered[:MOST_NAMES]


def _fits(live: str, said: ColumnType) -> bool:
    return live.partition("(")[0] in _FITTING[said]


def _moment(found: datetime | date | None) -> datetime | None:
    """A day counts from its beginning, a time without a zone as UTC."""
    if found is None:
        return None
    if not isinstance(found, datetime):
        found = datetime.combine(found, time())
    return found if found.tzinfo else found.replace(tzinfo=UTC)
