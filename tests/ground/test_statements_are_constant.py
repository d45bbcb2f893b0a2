"""Statements are put together from constants alone; whatever anybody asks for is a parameter."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SQL = re.compile(
    r"\b(SELECT .*\bFROM|INSERT INTO|UPDATE .*\bSET|DELETE FROM|CREATE (TABLE|TRIGGER))\b", re.DOTALL
)
# Where names of tables and columns are put in, and where those come from.
OURS = {
    "ground/statements.py": "columns of models, and statements that are constants themselves",
    "ground/counts.py": "where a key comes from, written as a constant by whoever counts in a statement of theirs",
    "audits/retention/owner_functions.py": "parts of functions, written there",
    "audits/retention/queries.py": "the conditions of those functions, and which of three statements",
    "audits/ledger/ties.py": "parts of triggers: kinds of events and columns, written beside the models",
    "charter/measures/warehouse/intake.py": "our own schemas, names of tables as quoted identifiers, and SELECTs that `tables` wrote",
    "charter/measures/warehouse/servers.py": "names of a table and its columns, which the server listed, as quoted identifiers",
    "charter/measures/warehouse/tables.py": "names of tables and columns as quoted identifiers, DuckDB's types, and numbers of ours",
    "charter/measures/warehouse/facts.py": "quoted identifiers, and facts queries that `check_facts_sql` let through",
    "charter/measures/warehouse/made_up.py": "names of tables and columns as quoted identifiers, and DuckDB's types",
    "charter/measures/values/event_table.py": "tables of an engine in memory that we name",
    "charter/panels/expanding/metabase.py": "which question another one reads; looked at, and run over a connection of whoever scans alone",
    "charter/panels/reading/superset.py": "what a chart of somebody's file would ask; looked at, and run over a connection of theirs alone",
    "governance/decisions/facts/access_history.py": "until when is read, and of which setting, written where it is replayed",
    "governance/board/models/guarded.py": "parts of triggers, written there",
    "governance/board/models/ties.py": "parts of triggers and names of their tables, written there",
    "governance/demo/forge.py": "files of a data set and conditions on them, written there",
    "governance/demo/warehouse.py": "columns of the tables that the demo makes",
}


def sources() -> Iterator[Path]:
    for top in ("audits", "charter", "governance", "ground"):
        yield from (path for path in (ROOT / top).rglob("*.py") if "migrations" not in path.parts)


def not_constant(path: Path) -> list[str]:
    """What is put into the statements of a module, but for its constants."""
    return [ast.unparse(each) for each in fillings(path.read_text()) if not is_constant(each)]


def fillings(source: str) -> Iterator[ast.expr]:
    """What is put into texts that read like a statement."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            texts = (part.value if isinstance(part, ast.Constant) else "x" for part in node.values)
            if SQL.search("".join(map(str, texts))):
                yield from (part.value for part in node.values if isinstance(part, ast.FormattedValue))


def is_constant(part: ast.expr) -> bool:
    """Whether it is a constant, a model's table, or made of such alone."""
    match part:
        case ast.Constant():
            return True
        case ast.Name(name) | ast.Attribute(attr=name) if name.isupper() or name == "db_table":
            return True
        case ast.Attribute(word, "value"):
            return is_constant(word)
        case ast.Call(ast.Attribute(text, "format"), arguments, []):
            return all(map(is_constant, [text, *arguments]))
        case ast.Call(ast.Name(), arguments, []):
            return all(map(is_constant, arguments))
    return False


def test_nothing_but_constants_is_put_into_a_statement():
    """Issue 8, item 7: stands in for ruff's S608, which cannot tell a constant from what somebody has typed."""
    found = {str(path.relative_to(ROOT)): parts for path in sources() if (parts := not_constant(path))}
    assert found.keys() == OURS.keys(), found


def test_what_is_no_constant_is_found():
    """What the test above looks for."""
    parts = fillings('f"SELECT a FROM {table} WHERE {_OPEN} AND {rows.MINE} AND {_ON.format(day)}"')
    assert [is_constant(each) for each in parts] == [False, True, True, False]
