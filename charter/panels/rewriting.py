"""A panel proposed anew: over a governed view, or with small groups kept back where no view answers it. Pure."""

import sqlglot
from msgspec import Struct
from sqlglot import exp
from sqlglot.errors import SqlglotError

from charter.panels.offers import ViewAnswer
from charter.panels.panel import MacroLanguage, SqlPanel
from charter.panels.queries import LEAST_PEOPLE
from charter.panels.reaching import Reached, ReachKind
from charter.panels.shapes import PanelShape
from charter.registry.finding import Severity

_SMALL = frozenset({ReachKind.SMALL_GROUP, ReachKind.PEOPLE_COUNTED})
_TIME_FILTERS = {
    MacroLanguage.GRAFANA: ("$__timeFilter", "$__timeFilter(starts_on)"),
    MacroLanguage.SUPERSET: ("from_dttm", "starts_on >= '{{ from_dttm }}' AND starts_on < '{{ to_dttm }}'"),
}


class Rewrite(Struct, frozen=True):
    """A statement in the place of another; `view` is what it reads, "" where it reads the same tables as before."""

    sql: str
    view: str
    notes: tuple[str, ...]


def rewrite(
    panel: SqlPanel, shape: PanelShape | None, reached: tuple[Reached, ...], answers: tuple[ViewAnswer, ...]
) -> Rewrite | None:
    """Propose a panel that reads team values anew; None where it needs none, or nobody can say what it asks.

    A panel that reaches people has no governed answer: what it asks is not to be asked.
    """
    if shape is None or not any(each.reach in _SMALL for each in reached):
        return None
    if any(each.severity is Severity.ERROR for each in reached):
        return None
    if answers and shape.plain:
        return _read_view(panel, shape, answers[0])
    return _keep_small_back(panel)


def _read_view(panel: SqlPanel, shape: PanelShape, answer: ViewAnswer) -> Rewrite:
    """The same columns under the same names, of the view."""
    listed = {shape.period: "starts_on", shape.team: "cohort", shape.value: "value"}
    columns = ", ".join(_name_as(listed[name], name) for name in shape.columns)
    conditions = ["withheld IS NULL", *_filter_time(panel)]
    order = (
        ", ".join(column for name, column in ((shape.period, "starts_on"), (shape.team, "cohort")) if name)
        or "starts_on"
    )
    lines = [
        f"SELECT {columns}",
        f"FROM {answer.view}",
        f"WHERE {' AND '.join(conditions)}",
        f"ORDER BY {order}",
    ]
    notes = [*answer.differs]
    if "where" in panel.sql.lower() and shape.by_team:
        notes.append(
            "Name the group as the view does: cohort = 'team:…'. Other filters of the old statement are the charter’s matter."
        )
    return Rewrite("\n".join(lines), answer.view, tuple(notes))


def _filter_time(panel: SqlPanel) -> list[str]:
    found = _TIME_FILTERS.get(panel.language)
    return [found[1]] if found and found[0] in panel.sql else []


def _name_as(column: str, name: str) -> str:
    return (
        column
        if column == name
        else f'{column} AS "{name}"'
        if not name.isidentifier()
        else f"{column} AS {name}"
    )


def _keep_small_back(panel: SqlPanel) -> Rewrite | None:
    """The same statement with groups of few people left out: where it has no macros, and counts who is in a group."""
    if panel.language is not MacroLanguage.NONE and any(
        sign in panel.sql for sign in ("$", "{{", "{%", "[[")
    ):
        return None
    try:
        tree = sqlglot.parse_one(panel.sql, dialect=panel.dialect or None)
    except (SqlglotError, RecursionError):
        return None
    counted = next(
        (
            count
            for count in tree.find_all(exp.Count)
            if isinstance(count.this, exp.Distinct) and count.find_ancestor(exp.Select) is tree
        ),
        None,
    )
    if not isinstance(tree, exp.Select) or counted is None or tree.args.get("having"):
        return None
    kept = tree.having(exp.GTE(this=counted.copy(), expression=exp.Literal.number(LEAST_PEOPLE)))
    note = f"Groups of fewer than {LEAST_PEOPLE} people are left out; everything else is as before."
    return Rewrite(kept.sql(dialect=panel.dialect or None, pretty=True), "", (note,))
