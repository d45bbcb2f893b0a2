"""What names mean in a part of a query: the tables, subqueries and aliases that stand there. Pure."""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct
from sqlglot import exp

from charter.panels.reaching import HeldColumn, Holds
from charter.panels.tables import PanelTable
from charter.registry.facts_times import CLOCK, NO_TIME, TimeKind, TimeOf


class Traced(Struct, frozen=True):
    """What an expression rests on. `unchanged` where it is one column as it stands, `aggregated` where it is of many rows."""

    cells: frozenset[HeldColumn] = frozenset()
    unchanged: bool = False
    time: TimeOf = NO_TIME
    aggregated: bool = False

    def select(self, holds: Holds) -> frozenset[HeldColumn]:
        """The columns of one kind that it rests on."""
        return frozenset(cell for cell in self.cells if cell.holds is holds)

    @property
    def persons(self) -> frozenset[HeldColumn]:
        return self.select(Holds.PERSON)

    def without(self, *holds: Holds) -> "Traced":
        """The same, as if it rested on no column of these kinds."""
        kept = frozenset(cell for cell in self.cells if cell.holds not in holds)
        return Traced(kept, False, self.time, self.aggregated)


NOTHING = Traced()
Columns = Mapping[str, Traced]


def unite(parts: Iterable[Traced]) -> Traced:
    """What several expressions rest on together, changed."""
    found = list(parts)
    if len(found) == 1:
        return found[0]
    times = [part.time for part in found if part.time.kind is not TimeKind.NONE]
    time = max(times, key=lambda each: each.kind) if times else NO_TIME
    return Traced(
        frozenset().union(*(part.cells for part in found)),
        False,
        time,
        any(part.aggregated for part in found),
    )


class Relation(Struct, frozen=True):
    """What stands in FROM under a name. `columns` are those that it has for certain; `guess` tells of others."""

    columns: Columns
    guess: Callable[[str], Traced] | None = None
    tables: tuple[PanelTable, ...] = ()
    of_people: bool = False
    aggregated: bool = False
    star: Traced = NOTHING  # what `*` gives beside its columns

    def find(self, name: str) -> Traced | None:
        """A column that it has for certain."""
        return self.columns.get(name.lower())

    def whole(self) -> Traced:
        """A whole row."""
        return unite([*self.columns.values(), self.star, NOTHING])


def read_table(table: PanelTable) -> Relation:
    """A table of the database, with what is known of it."""
    columns = {name: _read_cell(table, name, holds) for name, holds in table.columns.items()}
    star = NOTHING if table.whole else Traced(frozenset({HeldColumn(table.name, "*", Holds.UNRESOLVED)}))
    return Relation(
        columns,
        lambda name: _read_cell(table, name.lower(), table.find(name)),
        (table,),
        table.of_people,
        False,
        star,
    )


def _read_cell(table: PanelTable, name: str, holds: Holds) -> Traced:
    cell = HeldColumn(table.name, name, holds)
    time = NO_TIME
    if holds is Holds.WORKING_TIME:
        time = CLOCK
    elif holds is Holds.TIME:
        time = TimeOf(TimeKind.MOMENT, "", "", frozenset({(table.name, name)}))
    return Traced(frozenset({cell}), True, time)


def read_result(
    columns: Iterable[tuple[str, Traced]], relation: Relation, names: Iterable[str] = ()
) -> Relation:
    """A subquery as something to read from; `names` rename its columns."""
    listed = list(columns)
    renamed = [*names, *(name for name, _ in listed[len(list(names)) :])]
    found: dict[str, Traced] = {}
    for name, (_, traced) in zip(renamed, listed, strict=False):
        low = name.lower()
        found[low] = unite([found[low], traced]) if low in found else traced
    guess = relation.guess if "*" in found else None
    return Relation(
        found, guess, relation.tables, relation.of_people, relation.aggregated, found.get("*", NOTHING)
    )


def _merge(first: Relation, second: Relation) -> Relation:
    names = {*first.columns, *second.columns}
    columns = {
        name: unite([each.columns[name] for each in (first, second) if name in each.columns])
        for name in names
    }
    people = first.of_people or second.of_people
    return Relation(
        columns,
        second.guess or first.guess,
        (*first.tables, *second.tables),
        people,
        False,
        unite([first.star, second.star]),
    )


class SqlScope:
    """The names of one SELECT, and of those around it."""

    def __init__(self, known: Mapping[str, Relation], outer: "SqlScope | None") -> None:
        self.known = dict(known)  # each WITH
        self.outer = outer
        self.relations: dict[str, Relation] = {}
        self.aliases: dict[str, Traced] = {}
        self.counted: set[HeldColumn] = set()
        self.correlated: set[HeldColumn] = set()  # people who are matched with those of a query around
        self.ranks: list[bool] = []  # whether each is of rows of several teams

    def add(self, name: str, relation: Relation) -> None:
        """Let a relation stand under a name; what has none gets one that nobody writes."""
        key = name.lower() or f"?{len(self.relations)}"
        if key in self.relations:  # two of one name: a column may be of either
            self.relations[f"?{len(self.relations)}"] = self.relations[key]
            relation = _merge(self.relations[key], relation)
        self.relations[key] = relation

    def find_relation(self, name: str) -> Relation | None:
        """The relation of a name here or further out."""
        found = self.relations.get(name.lower())
        return found or (self.outer.find_relation(name) if self.outer else None)

    def find(self, name: str) -> Traced:
        """What a column without a table means: for certain, then as an alias or a whole row, then as guessed."""
        return self._find_certain(name) or self._find_guessed(name)

    def find_in(self, table: str, name: str) -> Traced:
        """What a column of a named relation means; a field of a column where there is no such relation."""
        relation = self.find_relation(table)
        if relation is None:
            return unite([self.find(table), self._find_guessed(name)])
        found = relation.find(name)
        if found is None and relation.guess is not None:
            found = relation.guess(name)
        return found if found is not None else _unresolved(table, name)

    def _find_certain(self, name: str) -> Traced | None:
        found = [each for relation in self.relations.values() if (each := relation.find(name)) is not None]
        if found:
            return unite(found)
        low = name.lower()
        if low in self.aliases:
            return self.aliases[low]
        if low in self.relations:
            return self.relations[low].whole()
        return self.outer._find_certain(name) if self.outer else None

    def _find_guessed(self, name: str) -> Traced:
        scope: SqlScope | None = self
        while scope is not None:
            guesses = [each.guess(name) for each in scope.relations.values() if each.guess is not None]
            if guesses:
                return unite(guesses)
            scope = scope.outer
        return _unresolved("", name)

    def has(self, column: exp.Column) -> bool:
        """Whether a column is of this query, and not of one around it."""
        if column.table:
            return column.table.lower() in self.relations
        return any(each.find(column.name) or each.guess for each in self.relations.values())

    @property
    def of_people(self) -> bool:
        return any(relation.of_people for relation in self.relations.values())

    @property
    def tables(self) -> tuple[PanelTable, ...]:
        """Every table that is read here, also below."""
        return tuple(table for relation in self.relations.values() for table in relation.tables)


def _unresolved(table: str, name: str) -> Traced:
    return Traced(frozenset({HeldColumn(table, name.lower(), Holds.UNRESOLVED)}))
