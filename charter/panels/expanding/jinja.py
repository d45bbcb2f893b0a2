"""Jinja in SQL, as Superset and dbt have it, rendered in Jinja's own sandbox. Pure.

Nobody runs a database for it, so what only one would tell stands for anything: it is written as a name that nobody knows, and is true in
one rendering and false in another, so that both sides of an IF are looked at.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import TemplateError, Undefined
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment

from charter.panels.expanding.calls import LONGEST, MacroError
from charter.panels.panel import Expanded, SqlPanel

_FROM, _TO = "2024-01-01", "2025-01-01"


class Rendering:
    """One rendering: whether what is unknown is true, and what was written of it."""

    def __init__(self, truth: bool) -> None:
        self.truth = truth
        self.unknown: dict[str, None] = {}

    def make(self, name: str) -> "AnyValue":
        """Something that may be anything."""
        return AnyValue(self, name)


class AnyValue:
    """What only a running tool would know. Whatever is done with it gives another of its kind."""

    def __init__(self, rendering: Rendering, name: str) -> None:
        self._rendering, self._name = rendering, name

    def __call__(self, *_: Any, **__: Any) -> "AnyValue":
        return self._rendering.make(self._name)

    def __getattr__(self, name: str) -> "AnyValue":
        if name.startswith("__"):
            raise AttributeError(name)
        return self._rendering.make(f"{self._name}.{name}")

    def __getitem__(self, key: Any) -> "AnyValue":
        return self._rendering.make(self._name)

    def __iter__(self) -> Iterator["AnyValue"]:
        yield self._rendering.make(self._name)

    def __len__(self) -> int:
        return 1

    def __bool__(self) -> bool:
        return self._rendering.truth

    def __eq__(self, other: object) -> bool:
        return self._rendering.truth

    def __lt__(self, other: object) -> bool:
        return self._rendering.truth

    __gt__ = __le__ = __ge__ = __lt__
    __hash__ = object.__hash__

    def __add__(self, other: Any) -> str:
        return f"{self}{other}"

    def __radd__(self, other: Any) -> str:
        return f"{other}{self}"

    def __str__(self) -> str:
        self._rendering.unknown[f"{{{{ {self._name} }}}}"] = None
        return "unknown_" + re.sub(r"\W+", "_", self._name)


class _Unknown(Undefined):
    """Jinja makes one of this class for each name that nobody has given; what it gets is something that may be anything."""

    rendering: Rendering

    def __new__(cls, hint: str | None = None, obj: Any = None, name: str | None = None, *_: Any) -> Any:
        return cls.rendering.make(str(name))


class _Sandbox(SandboxedEnvironment):
    """Jinja's sandbox, in which a name that nobody has given stands for anything."""

    def __init__(self, rendering: Rendering, names: Mapping[str, Any]) -> None:
        unknown = type("Unknown", (_Unknown,), {"rendering": rendering})
        super().__init__(undefined=unknown, extensions=["jinja2.ext.do"], keep_trailing_newline=True)
        self.globals |= names
        self.filters |= {
            "where_in": _where_in,
            "to_datetime": lambda value, *_: value,
            "as_bool": bool,
            "as_number": _as_number,
        }


def render_both(
    panel: SqlPanel, make_names: Callable[[Rendering, SqlPanel], Mapping[str, Any]], macros: str = ""
) -> Expanded:
    """A panel rendered twice, with what is unknown true and false; MacroError where it cannot be."""
    statements: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for truth in (True, False):
        rendering = Rendering(truth)
        statements[_render(panel, rendering, make_names(rendering, panel), macros)] = None
        unknown |= rendering.unknown
    return Expanded(tuple(statements), tuple(unknown))


def _render(panel: SqlPanel, rendering: Rendering, names: Mapping[str, Any], macros: str) -> str:
    sandbox = _Sandbox(rendering, names)
    try:
        for part in _split_macros(macros):
            _learn_macros(sandbox, part)
        made = sandbox.from_string(panel.sql).render()
    except RecursionError:
        raise MacroError("a macro expands to itself") from None
    except SecurityError:
        raise MacroError("its template does what a template may not") from None
    except TemplateError as error:
        raise MacroError(f"its template cannot be read: {error}") from None
    except (
        TypeError,
        ValueError,
        KeyError,
        ArithmeticError,
        AttributeError,
        OverflowError,
        MemoryError,
    ) as error:
        raise MacroError(f"its template fails: {type(error).__name__}") from None
    if len(made) > LONGEST:
        raise MacroError("its macros make it longer than can be read")
    return made


def _learn_macros(sandbox: _Sandbox, part: str) -> None:
    """The macros of a project; a file of them that Jinja alone cannot read is as if it were not there."""
    try:
        module = sandbox.from_string(part).module
    except TemplateError:
        return
    sandbox.globals |= {
        name: each for name, each in vars(module).items() if callable(each) and not name.startswith("_")
    }


@lru_cache(maxsize=8)
def _split_macros(macros: str) -> tuple[str, ...]:
    return tuple(part for part in macros.split("\x00") if "macro" in part)


def name_for_superset(rendering: Rendering, panel: SqlPanel) -> Mapping[str, Any]:
    """What Superset gives a template (superset.apache.org/docs/configuration/sql-templating)."""
    given = {name: variable.chosen[0] for name, variable in panel.variables.items() if variable.chosen}
    return {
        "filter_values": lambda *_, **__: ["any"],
        "get_filters": lambda column="any", *_, **__: [{"op": "IN", "col": column, "val": ["any"]}],
        "current_username": lambda *_, **__: "somebody",
        "current_user_email": lambda *_, **__: "somebody",
        "current_user_id": lambda *_, **__: 1,
        "current_user_roles": lambda *_, **__: ["any"],
        "url_param": lambda name="", default="any", *_, **__: default or "any",
        "cache_key_wrapper": lambda value, *_: value,
        "from_dttm": _FROM,
        "to_dttm": _TO,
        "time_filter": "TRUE",
        "row_limit": 1000,
        "row_offset": 0,
        **given,
    }


def expand_superset(panel: SqlPanel) -> Expanded:
    """A statement of Superset, rendered."""
    return render_both(panel, name_for_superset)


def _where_in(values: Any, mark: str = "'", **_: Any) -> str:
    return "(" + ", ".join(f"{mark}{value}{mark}" for value in values) + ")"


def _as_number(value: Any) -> float:
    return float(str(value))
