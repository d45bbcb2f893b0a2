"""What an organisation says of a table that measures may read: its kind, and what each column is. Pure."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from charter.rules.vocabulary import BANNED_SOURCES, SourceKind

TABLE_NAME = r"[a-z][a-z0-9_]{0,59}"


class ColumnType(StrEnum):
    """What a column holds, in DuckDB's words; a `TIMESTAMP` says no zone."""

    TEXT = "TEXT"
    BOOLEAN = "BOOLEAN"
    INTEGER = "INTEGER"
    BIGINT = "BIGINT"
    DOUBLE = "DOUBLE"
    DATE = "DATE"
    TIMESTAMP = "TIMESTAMP"
    TIMESTAMPTZ = "TIMESTAMPTZ"


class Meaning(StrEnum):
    """What a column is, as far as it matters to how values are made. A column without a meaning is read as it stands."""

    EVENT_KEY = "event_key"  # one event, one value of it: a row loaded twice is one event
    TIME = "time"  # when something happened; a DATE is a day of the programme's zone
    WORKING_TIME = "working_time"  # at which hour or on which day of the week somebody was at work (AR03)
    PERSON = "person"  # whose event it is, as its system calls them
    TEAM = "team"  # whose event it is, as a team
    SERVICE = "service"
    DURATION = "duration"  # how long something waited or took, not how much somebody did


TIMES = frozenset({ColumnType.DATE, ColumnType.TIMESTAMP, ColumnType.TIMESTAMPTZ})
NUMBERS = frozenset({ColumnType.INTEGER, ColumnType.BIGINT, ColumnType.DOUBLE})
NAMES = frozenset({ColumnType.TEXT, ColumnType.INTEGER, ColumnType.BIGINT})
# Which types a meaning can have.
TYPES_OF: Mapping[Meaning, frozenset[ColumnType]] = {
    Meaning.EVENT_KEY: NAMES,
    Meaning.TIME: TIMES,
    Meaning.WORKING_TIME: frozenset(ColumnType),
    Meaning.DURATION: NUMBERS,
    **dict.fromkeys((Meaning.PERSON, Meaning.TEAM, Meaning.SERVICE), NAMES),
}
# What decides whose an event is, and whether two rows are one.
DECIDING = frozenset({Meaning.EVENT_KEY, Meaning.PERSON, Meaning.TEAM})


class SourceColumn(Struct, frozen=True, forbid_unknown_fields=True):
    """A column of a source: what it holds, and what it is."""

    type: ColumnType
    means: Meaning | None = None


Columns = dict[Annotated[str, Meta(pattern=f"^{TABLE_NAME}$")], SourceColumn]


class SourceDescription(Struct, frozen=True, forbid_unknown_fields=True):
    """A source as it is described, by a file, a page or the API. `slug` is the name of its table.

    `cadence` says how often its rows are loaded (ISO 8601, days, weeks or hours), `region` where they are kept, `owner`
    who answers for them.
    """

    slug: Annotated[str, Meta(pattern=f"^{TABLE_NAME}$")]
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    kind: SourceKind
    description: Annotated[str, Meta(min_length=1, max_length=2000)]
    owner: Annotated[str, Meta(min_length=1, max_length=200)]
    cadence: Annotated[str, Meta(pattern=r"^(P[1-9][0-9]{0,2}[DW]|PT[1-9][0-9]{0,2}H)$")]
    region: Annotated[str, Meta(min_length=1, max_length=100)]
    columns: Columns

    def columns_of(self, meaning: Meaning) -> tuple[str, ...]:
        """The names of the columns that are this, as they are listed."""
        return tuple(name for name, column in self.columns.items() if column.means is meaning)

    def find_faults(self) -> Iterator[tuple[str, str]]:
        """What does not go together: the field and a sentence."""
        if self.kind in BANNED_SOURCES:
            yield (
                "kind",
                f"This is {self.kind.value} monitoring, which no measure may read, whatever it is called (AR01).",
            )
        if not self.columns_of(Meaning.TIME):
            yield "columns", "No column says when something happened. Say of one that it is a time."
        if len(self.columns_of(Meaning.EVENT_KEY)) > 1:
            yield "columns", "A source has one event key. Two events with the same key are one event."
        for name, column in self.columns.items():
            fitting = (
                TYPES_OF.get(column.means, frozenset(ColumnType)) if column.means else frozenset(ColumnType)
            )
            if column.type not in fitting:
                yield f"columns.{name}", f"A column of type {column.type.value} cannot be “{column.means}”."

    def keeps(self, before: "SourceDescription") -> bool:
        """Whether whatever fitted an earlier description fits this one, and makes the same values."""
        kept = self.kind is before.kind and all(
            self.columns.get(name) == col for name, col in before.columns.items()
        )
        added = [column for name, column in self.columns.items() if name not in before.columns]
        return kept and all(column.means not in DECIDING for column in added)

    @property
    def event_key(self) -> str | None:
        """The column that tells one event from another; None where there is none."""
        return next(iter(self.columns_of(Meaning.EVENT_KEY)), None)

    @property
    def times(self) -> dict[str, ColumnType]:
        """The columns that say when something happened, each with its type."""
        return {name: self.columns[name].type for name in self.columns_of(Meaning.TIME)}

    @property
    def persons(self) -> tuple[str, ...]:
        """The columns that say whose an event is."""
        return self.columns_of(Meaning.PERSON)

    @property
    def teams(self) -> tuple[str, ...]:
        return self.columns_of(Meaning.TEAM)

    @property
    def services(self) -> tuple[str, ...]:
        return self.columns_of(Meaning.SERVICE)
