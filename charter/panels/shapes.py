"""The shape of a panel: which of its columns is the period, the group and the value, and how the value is made. Pure."""

from collections.abc import Iterator

import sqlglot
from msgspec import Struct
from sqlglot import exp
from sqlglot.errors import SqlglotError

from charter.panels.reaching import Holds
from charter.panels.scopes import Traced

_MADE: dict[type[exp.Expr], str] = {
    exp.Count: "count", exp.CountIf: "count", exp.ApproxDistinct: "count", exp.Sum: "sum", exp.Avg: "avg", exp.Median: "median",
}  # fmt: skip
_QUANTILES = (exp.PercentileCont, exp.PercentileDisc, exp.Quantile, exp.ApproxQuantile)


class PanelShape(Struct, frozen=True):
    """What a panel gives. `period`, `team` and `value` are the names of its columns, "" where it has none."""

    tables: frozenset[str]
    made_by: frozenset[str] = frozenset()
    value_columns: frozenset[str] = frozenset()
    period: str = ""
    team: str = ""
    value: str = ""
    by_team: bool = False
    columns: tuple[str, ...] = ()

    @property
    def aggregated(self) -> bool:
        return bool(self.value)

    @property
    def plain(self) -> bool:
        """Whether it has one value, and a period and a group at most: what a governed view can stand for."""
        return self.aggregated and len(self.columns) == sum(map(bool, (self.period, self.team, self.value)))


def read_shape(
    sql: str, dialect: str, columns: tuple[tuple[str, Traced], ...], tables: frozenset[str]
) -> PanelShape | None:
    """The shape of one statement, by what its columns rest on; None where it is no query."""
    try:
        tree = sqlglot.parse_one(sql, dialect=dialect or None)
    except (SqlglotError, RecursionError):
        return None
    select = tree.find(exp.Select) if isinstance(tree, exp.Query) else None
    if select is None:
        return None
    period = next((name for name, traced in columns if _is_only(traced, Holds.TIME)), "")
    team = next(
        (name for name, traced in columns if not traced.aggregated and _is_only(traced, Holds.TEAM)), ""
    )
    value = next((name for name, traced in columns if traced.aggregated), "")
    made = next(
        (
            each
            for each in select.expressions
            if each.alias_or_name == value or each.sql(dialect=dialect) == value
        ),
        None,
    )
    return PanelShape(
        tables,
        frozenset(_find_making(made)) if made is not None else frozenset(),
        frozenset(column.name.lower() for column in made.find_all(exp.Column))
        if made is not None
        else frozenset(),
        period,
        team,
        value,
        bool(team) or _filters_team(columns, select),
        tuple(name for name, _ in columns),
    )


def _is_only(traced: Traced, holds: Holds) -> bool:
    return bool(traced.cells) and all(cell.holds is holds for cell in traced.cells)


def _filters_team(columns: tuple[tuple[str, Traced], ...], select: exp.Select) -> bool:
    """Whether some group is kept by name."""
    where = select.args.get("where")
    words = [column.name.lower() for column in where.find_all(exp.Column)] if where is not None else []
    return any("team" in word or "repo" in word or "scope" in word for word in words)


def _find_making(made: exp.Expr) -> Iterator[str]:
    """How a value is made of many rows: `share` where it counts those that fulfil something."""
    for node in made.walk():
        if type(node) in _MADE:
            yield _MADE[type(node)]
        if isinstance(node, _QUANTILES):
            yield from _find_quantile(node)
    shares = any(
        isinstance(node, exp.Avg | exp.Div) and node.find(exp.Case, exp.If, exp.CountIf, exp.Filter)
        for node in made.walk()
    )
    if shares:
        yield "share"


def _find_quantile(node: exp.Expr) -> Iterator[str]:
    levels = {literal.name for literal in node.find_all(exp.Literal)}
    if levels & {"0.5", ".5", "50"}:
        yield "median"
    if levels & {"0.9", ".9", "90"}:
        yield "p90"
