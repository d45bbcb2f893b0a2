"""One panel looked at: its macros expanded, every statement that they make analysed, and all of it told together. Pure."""

import re
from collections.abc import Callable, Mapping

import sqlglot
from sqlglot.errors import SqlglotError

from charter.panels.analysing import LONGEST_SQL, analyse_columns
from charter.panels.expanding.calls import MacroError
from charter.panels.expanding.dbt import expand_dbt
from charter.panels.expanding.grafana import expand_grafana
from charter.panels.expanding.jinja import expand_superset
from charter.panels.expanding.metabase import expand_metabase
from charter.panels.panel import Expanded, MacroLanguage, SqlPanel
from charter.panels.reaching import Reached, ReachKind, StatementFindings, unreadable
from charter.panels.shapes import PanelShape, read_shape
from charter.panels.tables import Tables
from charter.registry.finding import Severity

_EXPANDING: Mapping[MacroLanguage, Callable[[SqlPanel], Expanded]] = {
    MacroLanguage.NONE: lambda panel: Expanded((panel.sql,)),
    MacroLanguage.GRAFANA: expand_grafana,
    MacroLanguage.SUPERSET: expand_superset,
    MacroLanguage.METABASE: expand_metabase,
    MacroLanguage.DBT: expand_dbt,
}
# Tried in turn where nobody says whose SQL it is.
_ANY_DIALECT = ("", "postgres", "mysql", "tsql", "bigquery", "snowflake", "clickhouse")
# What a model may hold, as others read it: they are looked at for what they show.
_KEPT_BY_MODELS = frozenset({ReachKind.PROJECTED, ReachKind.FREE_TEXT, ReachKind.SINGLE_EVENTS})


class Examined(StatementFindings, frozen=True):
    """What a panel reaches; `statement` is the first that its macros make, in `dialect`, and `shape` what that gives."""

    statement: str = ""
    dialect: str = ""
    shape: PanelShape | None = None


def examine(panel: SqlPanel, tables: Tables) -> Examined:
    """What a panel reaches. What cannot be expanded or read counts as reached, so this never raises for what it is given."""
    try:
        expanded = expand(panel)
    except MacroError as error:
        return fail(ReachKind.UNREADABLE, str(error))
    except RecursionError:
        return fail(ReachKind.UNREADABLE, "its macros are nested too deeply")
    except Exception as error:  # anybody's template, in more ways than can be listed
        return fail(ReachKind.UNREADABLE, f"{type(error).__name__} while its macros were expanded")
    return _gather(panel, expanded, tables)


def fail(reach: ReachKind, why: str) -> Examined:
    """What is said of a panel that could not be looked at: that it counts as reached."""
    return Examined(unreadable(reach, why).reached)


def _gather(panel: SqlPanel, expanded: Expanded, tables: Tables) -> Examined:
    """What all statements of a panel reach, told together."""
    first = expanded.statements[0]
    dialect = find_dialect(first, panel.dialect)
    found = [analyse_columns(sql, find_dialect(sql, panel.dialect), tables) for sql in expanded.statements]
    findings = [each for each, _ in found]
    reached = {each: None for one in findings for each in one.reached}
    reached |= {Reached(ReachKind.UNRESOLVED, unknown): None for unknown in expanded.unknown}
    told = {_soften(each) if panel.is_model else each for each in reached}
    columns = {name: holds for one in findings for name, holds in one.columns}
    read = frozenset[str]().union(*(one.tables for one in findings))
    return Examined(
        tuple(sorted(told)),
        read,
        max(one.statements for one in findings),
        tuple(columns.items()),
        any(one.of_people for one in findings),
        first,
        dialect,
        None if panel.is_model else read_shape(first, dialect, found[0][1], read),
    )


def expand(panel: SqlPanel) -> Expanded:
    """The panel's statements with its tool's macros expanded; MacroError where they never end."""
    if len(panel.sql) > LONGEST_SQL:
        raise MacroError(f"it is longer than {LONGEST_SQL:,} characters")
    return _EXPANDING[panel.language](panel)


def find_dialect(sql: str, said: str) -> str:
    """The dialect that is said, or the first of those that most databases speak in which it can be read."""
    if said:
        return said
    for dialect in _ANY_DIALECT:
        if "`" in sql and not dialect:
            continue
        try:
            sqlglot.parse(sql, dialect=dialect or None)
        except (SqlglotError, RecursionError):
            continue
        return dialect
    return ""


def _soften(reached: Reached) -> Reached:
    if reached.reach in _KEPT_BY_MODELS and reached.severity is Severity.ERROR:
        return Reached(reached.reach, reached.what, True, reached.also)
    return reached


def hash_statement(sql: str) -> str:
    """A statement without how it is laid out, so that it is the same after it was indented anew."""
    return re.sub(r"\s+", " ", sql).strip()
