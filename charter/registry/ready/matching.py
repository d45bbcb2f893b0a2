"""Which ready description fits a warehouse: from the names and types of its columns alone, without a row. Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct, structs

from charter.registry.ready import ReadyDescription
from charter.registry.source_descriptions import NUMBERS, TIMES, TYPES_OF, ColumnType, SourceDescription

# Table → column → type, in the words of a description where it has one for it.
Live = Mapping[str, Mapping[str, str]]
# A warehouse keeps a moment with or without its zone, and a number in more or fewer bits, as its engine would have it.
_ALIKE = (TIMES, NUMBERS, frozenset({ColumnType.BOOLEAN, ColumnType.INTEGER, ColumnType.BIGINT}))
# Of the columns of a table, the share that must be there for the table to be taken for one of the tool's.
_ENOUGH = 0.75


class Fit(StrEnum):
    """How well a ready description fits what is there."""

    FITS = "fits"
    ALMOST = "almost"
    NOT = "not"


class TableMatch(Struct, frozen=True):
    """One of its tables, as far as it is there."""

    table: str
    here: bool
    missing: tuple[str, ...]  # columns that are not there
    otherwise: tuple[str, ...]  # columns whose type cannot be read so
    begun: SourceDescription  # of the columns that fit, each of the type that it has here
    alike: bool  # enough of it is here to take it for the tool's table

    @property
    def whole(self) -> bool:
        """Whether every column is there and can be read so."""
        return self.here and not self.missing and not self.otherwise


class ReadyMatch(Struct, frozen=True):
    """A ready description beside what is there."""

    ready: ReadyDescription
    tables: tuple[TableMatch, ...]

    @property
    def fit(self) -> Fit:
        """It fits where all is there, and almost where one of its tables can be told."""
        if all(each.whole for each in self.tables):
            return Fit.FITS
        return Fit.ALMOST if any(each.alike for each in self.tables) else Fit.NOT

    @property
    def usable(self) -> tuple[TableMatch, ...]:
        """The tables that a description can begin from."""
        return tuple(each for each in self.tables if each.alike)

    @property
    def lost(self) -> tuple[str, ...]:
        """What is missing, as table or table.column."""
        tables = [each.table for each in self.tables if not each.here]
        columns = [
            f"{each.table}.{name}"
            for each in self.tables
            if each.here
            for name in (*each.missing, *each.otherwise)
        ]
        return (*tables, *columns)


def match_ready(ready: ReadyDescription, live: Live) -> ReadyMatch:
    """Lay a ready description beside the tables that are there."""
    return ReadyMatch(ready, tuple(_match_table(source, live.get(source.slug)) for source in ready.sources))


def find_matches(descriptions: Iterable[ReadyDescription], live: Live) -> list[ReadyMatch]:
    """Those that fit or almost fit, the ones of most columns found first."""
    matches = [match_ready(ready, live) for ready in descriptions]
    found = [match for match in matches if match.fit is not Fit.NOT]
    return sorted(found, key=lambda match: (match.fit is not Fit.FITS, -_share(match), match.ready.slug))


def _match_table(source: SourceDescription, live: Mapping[str, str] | None) -> TableMatch:
    there = live or {}
    missing = tuple(name for name in source.columns if name not in there)
    types = {name: _read_as(source, name, there[name]) for name in source.columns if name in there}
    otherwise = tuple(name for name, kind in types.items() if kind is None)
    columns = {
        name: structs.replace(column, type=kind)
        for name, column in source.columns.items()
        if (kind := types.get(name)) is not None
    }
    begun = structs.replace(source, columns=columns)
    enough = len(columns) >= _ENOUGH * len(source.columns) and bool(begun.times)
    return TableMatch(source.slug, live is not None, missing, otherwise, begun, enough)


def _read_as(source: SourceDescription, name: str, found: str) -> ColumnType | None:
    """The type that a column has here, where it can mean what the description says; else None."""
    column = source.columns[name]
    if found not in set(ColumnType):
        return None
    kind = ColumnType(found)
    if column.means is not None and kind in TYPES_OF[column.means]:
        return kind
    alike = any({kind, column.type} <= family for family in _ALIKE)
    return kind if kind is column.type or (alike and column.means is None) else None


def _share(match: ReadyMatch) -> float:
    wanted = sum(len(source.columns) for source in match.ready.sources)
    return sum(len(each.begun.columns) for each in match.tables) / wanted
