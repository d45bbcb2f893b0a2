"""What is known of tables: described by the registry or a file, known by their tool, or guessed by their names. Pure."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from charter.panels.guessing import guess_column, guess_kind, names_people
from charter.panels.reaching import WELLNESS_KINDS, Holds
from charter.registry.source_descriptions import Meaning, SourceDescription
from charter.rules.vocabulary import BANNED_SOURCES, SourceKind
from ground.strict_yaml import read_yaml

KNOWN = Path(__file__).parent / "known"
GOVERNED = "governed"
_OF_MEANING = {
    Meaning.PERSON: Holds.PERSON,
    Meaning.TEAM: Holds.TEAM,
    Meaning.SERVICE: Holds.TEAM,
    Meaning.TIME: Holds.TIME,
    Meaning.WORKING_TIME: Holds.WORKING_TIME,
}
# Where what is said and what a name says differ, the one that reaches more.
_TELLING = (Holds.PERSON, Holds.WORKING_TIME, Holds.FREE_TEXT)
_DOING = frozenset(
    {SourceKind.VERSION_CONTROL, SourceKind.ISSUE_TRACKER, SourceKind.MESSAGES, SourceKind.AI_ASSISTANT}
    | {SourceKind.ROTA, SourceKind.HR_SYSTEM}
)
_GOVERNED = {
    "cohort": Holds.TEAM,
    "period": Holds.TIME,
    "starts_on": Holds.TIME,
    **dict.fromkeys(
        ("value", "low", "high", "unit", "n", "people", "coverage", "context", "withheld"), Holds.PLAIN
    ),
}
_METRICS = dict.fromkeys(
    ("metric", "name", "purpose", "status", "decisions", "owner", "charter", "views"), Holds.PLAIN
)
# What DevLake writes on every table; the raw parameters may hold anything.
_BOOKKEEPING = {
    "created_at": Holds.TIME,
    "updated_at": Holds.TIME,
    "_raw_data_params": Holds.FREE_TEXT,
    "_raw_data_table": Holds.PLAIN,
    "_raw_data_id": Holds.PLAIN,
    "_raw_data_remark": Holds.FREE_TEXT,
}
_CATALOGUES = frozenset(
    {"information_schema", "pg_catalog", "performance_schema", "sys", "mysql", "system", "sqlite_master"}
)


class KnownTable(Struct, frozen=True, forbid_unknown_fields=True):
    """A table of a tool as a file says what its columns hold. Each is a list of names of columns."""

    table: str
    kind: SourceKind | None = None
    person: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    working_time: tuple[str, ...] = ()
    free_text: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()

    def read(self) -> "PanelTable":
        """The table as statements are looked at with."""
        columns = {
            name: holds
            for holds in Holds
            if holds is not Holds.UNRESOLVED
            for name in getattr(self, holds.value)
        }
        return PanelTable(self.table, self.kind, {**_BOOKKEEPING, **columns}, whole=True)


class PanelTable(Struct, frozen=True):
    """What is known of a table: how it comes to know what it knows, and what each column holds.

    `guessed` where nobody has said anything of it; `whole` where it has no other columns than these.
    """

    name: str
    kind: SourceKind | None
    columns: Mapping[str, Holds]
    guessed: bool = False
    whole: bool = False
    made_of_people: bool = False  # what it was made of is of people

    def find(self, column: str) -> Holds:
        """What a column holds. One that nobody has described is guessed by its name."""
        known = self.columns.get(column.lower())
        return guess_column(self.name, column) if known is None else known

    @property
    def of_people(self) -> bool:
        """Whether its rows are of people, or of what people did."""
        return (
            self.made_of_people
            or Holds.PERSON in self.columns.values()
            or self.kind in _DOING
            or (self.guessed and names_people(self.name))
        )

    @property
    def banned(self) -> bool:
        return self.kind in BANNED_SOURCES

    @property
    def of_wellness(self) -> bool:
        return self.kind in WELLNESS_KINDS


class Tables(Struct, frozen=True):
    """All that is known of tables, by name in small letters."""

    known: Mapping[str, PanelTable]

    def add(self, table: PanelTable) -> "Tables":
        """The same with one more."""
        return Tables({**self.known, table.name: table})

    def find(self, schema: str, name: str) -> PanelTable:
        """What is known of a table; guessed where nobody has said anything."""
        low = name.lower()
        if schema.lower() == GOVERNED:
            return PanelTable(
                f"{GOVERNED}.{low}", None, _METRICS if low == "metrics" else _GOVERNED, whole=True
            )
        return self.known.get(low) or PanelTable(low, guess_kind(name), {}, guessed=True)


def is_catalogue(schema: str, name: str) -> bool:
    """Whether a table is the database's own."""
    return schema.lower() in _CATALOGUES or name.lower() in _CATALOGUES or name.lower().startswith("pg_")


def gather_tables(described: Iterable[SourceDescription] = ()) -> Tables:
    """What is known where these sources are described: they stand before what is known of tools."""
    return Tables({**read_known(), **{source.slug: read_source_table(source) for source in described}})


@cache
def read_known() -> Mapping[str, PanelTable]:
    """The tables of tools that many have, from the files beside this one."""
    files = sorted(KNOWN.glob("*.yaml"))
    return {known.table: known.read() for file in files for known in read_yaml(file, tuple[KnownTable, ...])}


def read_source_table(source: SourceDescription) -> PanelTable:
    """A described source; a column of which nothing is said holds what its name says, if that is more."""
    columns = {}
    for name, column in source.columns.items():
        guess = guess_column(source.slug, name)
        plain = guess if guess in _TELLING else Holds.PLAIN
        columns[name] = _OF_MEANING.get(column.means, plain) if column.means else plain
    return PanelTable(source.slug, source.kind, columns)
