"""What is in the warehouse beside what is described: names and types, so that it can be described. No row is read."""

from collections.abc import Collection

from msgspec import Struct

from charter.measures.warehouse.facts import Warehouse
from charter.registry.source_descriptions import ColumnType

# A warehouse may hold thousands of tables; each costs a question.
MOST_TABLES = 200
# How a described type is called where DuckDB has it otherwise.
_TYPES = {
    "VARCHAR": ColumnType.TEXT,
    "UUID": ColumnType.TEXT,
    "TIMESTAMP WITH TIME ZONE": ColumnType.TIMESTAMPTZ,
    "FLOAT": ColumnType.DOUBLE,
    "SMALLINT": ColumnType.INTEGER,
    "TINYINT": ColumnType.INTEGER,
}


class TableFound(Struct, frozen=True):
    """A table of the warehouse: whether it is described, and its columns as a description would name them."""

    name: str
    described: bool
    columns: tuple[tuple[str, str], ...]

    @property
    def lines(self) -> str:
        """The columns as the form of a source takes them, what each means still to be said."""
        return "\n".join(f"{name} {kind}" for name, kind in self.columns)


def list_tables(opened: Warehouse, described: Collection[str]) -> list[TableFound]:
    """The tables and views that this account sees, by name, at most so many."""
    names = sorted(opened.tables())[:MOST_TABLES]
    return [find_table(opened, name, described) for name in names]


def find_table(opened: Warehouse, name: str, described: Collection[str]) -> TableFound:
    """One table with its columns."""
    columns = tuple((column, name_type(kind)) for column, kind in opened.columns(name).items())
    return TableFound(name, name in described, columns)


def name_type(found: str) -> str:
    """The type of a column in the words of a description; another one stays as it is called, and cannot be described."""
    if found.startswith("DECIMAL"):
        return ColumnType.DOUBLE
    return _TYPES.get(found, ColumnType(found) if found in set(ColumnType) else found)
