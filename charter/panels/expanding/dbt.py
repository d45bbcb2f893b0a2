"""Jinja of dbt projects: ref, source, var and the helpers that most projects use. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from charter.panels.expanding.jinja import AnyValue, Rendering, render_both
from charter.panels.panel import Expanded, SqlPanel

MACROS, VARIABLES = "macros", "vars"  # what a panel of dbt has among its variables


class Helpers:
    """Functions of a package under its name; those that are not here may give anything."""

    def __init__(self, rendering: Rendering, name: str, known: Mapping[str, Callable[..., str]]) -> None:
        self._rendering, self._name, self._known = rendering, name, known

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._known.get(name) or self._rendering.make(f"{self._name}.{name}")


def expand_dbt(panel: SqlPanel) -> Expanded:
    """A model, rendered with the macros of its project."""
    macros = panel.variables.get(MACROS)
    return render_both(panel, _make_names, "\x00".join(macros.chosen) if macros else "")


def name_relation(name: object) -> str:
    """A model or a source as a table is called."""
    return re.sub(r"\W+", "_", str(name)).strip("_") or "unnamed"


def _make_names(rendering: Rendering, panel: SqlPanel) -> Mapping[str, Any]:
    given = panel.variables.get(VARIABLES)
    known = dict(zip(given.options, given.chosen, strict=False)) if given else {}
    return {
        "ref": lambda *names, **_: name_relation(names[-1] if names else ""),
        "source": lambda *names, **_: name_relation(names[-1] if names else ""),
        "var": lambda name, default=None, **_: known.get(
            name, rendering.make(f"var {name}") if default is None else default
        ),
        "env_var": lambda name, default=None, **_: (
            rendering.make(f"env {name}") if default is None else default
        ),
        "config": lambda *_, **__: "",
        "this": name_relation(panel.makes or panel.name),
        "execute": False,
        "log": lambda *_, **__: "",
        "print": lambda *_, **__: "",
        "return": lambda value=None, *_: value,
        "run_query": lambda *_, **__: None,
        "is_incremental": lambda *_: rendering.truth,
        "run_started_at": AnyMoment(),
        "dbt": Helpers(rendering, "dbt", _HELPERS),
        "dbt_utils": Helpers(rendering, "dbt_utils", _HELPERS),
        "dbt_date": Helpers(rendering, "dbt_date", {}),
        "builtins": AnyValue(rendering, "builtins"),
    }


class AnyMoment:
    """When dbt runs."""

    def strftime(self, *_: Any) -> str:
        """Some day."""
        return "2024-01-01"

    def __str__(self) -> str:
        return "2024-01-01"


def _group_by(count: int = 1, **named: int) -> str:
    most = int(named.get("n", count))
    return "group by " + ", ".join(str(place + 1) for place in range(min(most, 200)))


def _hash_of(columns: Any, **_: Any) -> str:
    listed = columns if isinstance(columns, list | tuple) else [columns]
    return f"md5(concat({', '.join(str(column) for column in listed)}))"


_HELPERS: Mapping[str, Callable[..., str]] = {
    "star": lambda *_, **__: "*",
    "group_by": _group_by,
    "generate_surrogate_key": _hash_of,
    "surrogate_key": _hash_of,
    "date_trunc": lambda part, column: f"date_trunc('{part}', {column})",
    "datediff": lambda first, second, part: f"datediff('{part}', {first}, {second})",
    "dateadd": lambda datepart, interval, from_date_or_timestamp: (
        f"{from_date_or_timestamp} + interval '{interval} {datepart}'"
    ),
    "safe_divide": lambda numerator, denominator: f"({numerator}) / nullif({denominator}, 0)",
    "safe_cast": lambda field, type: f"cast({field} as {type})",
    "type_string": lambda: "varchar",
    "type_timestamp": lambda: "timestamp",
    "type_int": lambda: "int",
    "type_float": lambda: "float",
    "type_numeric": lambda: "numeric",
    "current_timestamp": lambda: "current_timestamp",
}
