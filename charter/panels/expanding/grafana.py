"""Grafana's macros and variables in SQL. After grafana.com/docs: global variables, variable syntax and the SQL data sources. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import islice, product

from charter.panels.expanding.calls import MacroError, find_end, settle, split_arguments
from charter.panels.panel import Expanded, PanelVariable, SqlPanel

MOST_VARIANTS = 24  # choices of columns and tables that are tried
_FROM, _TO = "'2024-01-01'", "'2025-01-01'"
_FROM_SECONDS, _TO_SECONDS = "1704067200", "1735689600"
_MACRO = re.compile(r"\$__(?P<name>\w+)(?P<call>\()?|\$\{__(?P<braced>[\w.]+)(?::[^}]*)?\}")
_VARIABLE = re.compile(
    r"\$\{(?P<braced>\w+)(?:\.\w+)?(?::(?P<format>\w+)(?::[^}]*)?)?\}|\[\[(?P<boxed>\w+)(?::(?P<form>\w+))?\]\]|\$(?P<plain>[A-Za-z]\w*)"
)
# What stands before a value rather than before a column or a table.
_BEFORE_VALUE = re.compile(
    r"(=|<|>|\blike|\bilike|\bin\s*\(|\bin|\bbetween|\blimit|\boffset|~\*?|\(\s*'[^']*'\s*,)\s*\(?\s*$",
    re.IGNORECASE,
)
_NAMES = {
    "timeFrom": _FROM, "timeTo": _TO, "from": _FROM_SECONDS + "000", "to": _TO_SECONDS + "000", "interval": "1d",
    "interval_ms": "86400000", "interval_s": "86400", "rate_interval": "1d", "range": "31622400s", "range_s": "31622400",
    "range_ms": "31622400000", "unixEpochFrom": _FROM_SECONDS, "unixEpochTo": _TO_SECONDS, "fromTime": _FROM, "toTime": _TO,
    "timeFilter": "TRUE", "dashboard": "dashboard", "org": "1", "unixEpochNanoFrom": _FROM_SECONDS, "unixEpochNanoTo": _TO_SECONDS,
    "user.login": "somebody", "user.email": "somebody", "user.id": "1", "user": "somebody", "org.name": "org", "org.id": "1",
    "fromTime_ms": _FROM, "toTime_ms": _TO, "interval_msFrom": "1", "adHocFilters": "TRUE", "all": "'all'",
}  # fmt: skip


def _between(column: str, *_: str) -> str:
    return f"{column} BETWEEN {_FROM} AND {_TO}"


def _bucket(column: str, length: str = "", *_: str) -> str:
    """A moment cut to its day, or to its week or month where the panel says so."""
    unit = _BUCKETS.get(length.strip("'\" ").lstrip("1").strip())
    return f"DATE_TRUNC('{unit}', {column})" if unit else f"CAST({column} AS DATE)"


_BUCKETS = {
    "M": "month",
    "mo": "month",
    "month": "month",
    "w": "week",
    "week": "week",
    "y": "year",
    "year": "year",
}
_CALLS: dict[str, Callable[..., str]] = {
    "timeFilter": _between,
    "dateFilter": _between,
    "dateTimeFilter": lambda day, time="", *_: f"{day} BETWEEN {_FROM} AND {_TO}",
    "timeFilter_ms": _between,
    "time": lambda column, *_: f"{column} AS time",
    "timeEpoch": lambda column, *_: f"{column} AS time",
    "timeGroup": _bucket,
    "timeGroupAlias": lambda *args: f"{_bucket(*args)} AS time",
    "timeInterval": _bucket,
    "timeInterval_ms": _bucket,
    "unixEpochFilter": lambda column, *_: f"{column} BETWEEN {_FROM_SECONDS} AND {_TO_SECONDS}",
    "unixEpochNanoFilter": lambda column, *_: f"{column} BETWEEN {_FROM_SECONDS} AND {_TO_SECONDS}",
    "unixEpochGroup": lambda column, *_: column,
    "unixEpochGroupAlias": lambda column, *_: f"{column} AS time",
    "timeFrom": lambda *args: f"{args[0]} >= {_FROM}" if args and args[0] else _FROM,
    "timeTo": lambda *args: f"{args[0]} <= {_TO}" if args and args[0] else _TO,
    "unixEpochFrom": lambda *_: _FROM_SECONDS,
    "unixEpochTo": lambda *_: _TO_SECONDS,
    "fromTime": lambda *_: _FROM,
    "toTime": lambda *_: _TO,
    "conditionalAll": lambda condition, *_: condition,
}


def expand_grafana(panel: SqlPanel) -> Expanded:
    """A panel's statement with macros and variables expanded, once for each column or table that a viewer may choose.

    Raises MacroError where that never ends.
    """
    unknown: dict[str, None] = {}
    free = list(_find_free(panel.sql, panel.variables))
    choices = [_offered(panel.variables[name]) for name in free]
    statements: dict[str, None] = {}
    for chosen in islice(product(*choices), MOST_VARIANTS):
        taken = {
            **panel.variables,
            **{name: PanelVariable((value,)) for name, value in zip(free, chosen, strict=True)},
        }
        made = settle(panel.sql, partial(_expand_once, variables=taken, unknown=unknown))
        if any(_name(found) in taken for found in _VARIABLE.finditer(made)):
            raise MacroError("a variable expands to itself")
        statements[made] = None
    if len(list(islice(product(*choices), MOST_VARIANTS + 1))) > MOST_VARIANTS:
        unknown[f"more than {MOST_VARIANTS} choices of {', '.join(free)}"] = None
    return Expanded(tuple(statements), tuple(unknown))


def _expand_once(text: str, *, variables: Mapping[str, PanelVariable], unknown: dict[str, None]) -> str:
    return _macros(_variables(text, variables, unknown), unknown)


def _find_free(sql: str, variables: Mapping[str, PanelVariable]) -> Iterator[str]:
    """The variables that stand where a column or a table may, each once."""
    seen = set()
    for found in _VARIABLE.finditer(sql):
        name = _name(found)
        if name in seen or name not in variables or _is_quoted(sql, found.start()):
            continue
        if not _BEFORE_VALUE.search(sql[: found.start()]) and len(variables[name].options) > 1:
            seen.add(name)
            yield name


def set_window(statement: str, written: str, window: tuple[str, str]) -> str:
    """An expanded statement over the days of a window, where its panel has not named those that stand for any."""
    for placeholder, day in zip((_FROM, _TO), window, strict=True):
        if day and placeholder not in written:
            statement = statement.replace(placeholder, f"'{day}'")
    return statement


def _name(found: re.Match[str]) -> str:
    return found["braced"] or found["boxed"] or found["plain"]


def _offered(variable: PanelVariable) -> tuple[str, ...]:
    return tuple(option for option in variable.options if option != "$__all") or variable.chosen


def _variables(text: str, variables: Mapping[str, PanelVariable], unknown: dict[str, None]) -> str:
    parts, begun = [], 0
    for found in _VARIABLE.finditer(text):
        name = _name(found)
        if name.startswith("__"):
            continue
        parts += [text[begun : found.start()]]
        value = _is_quoted(text, found.start()), bool(_BEFORE_VALUE.search(text[: found.start()]))
        parts += [_write(name, variables.get(name), found["format"] or found["form"] or "", *value, unknown)]
        begun = found.end()
    return "".join([*parts, text[begun:]])


def _write(
    name: str,
    variable: PanelVariable | None,
    form: str,
    quoted: bool,
    is_value: bool,
    unknown: dict[str, None],
) -> str:
    """What stands for a variable. One that may be anything is a word in quotes or for a value, and unknown elsewhere."""
    values = [
        value for value in (variable.chosen or variable.options[:1] if variable else ()) if value != "$__all"
    ]
    if not values and quoted:
        return "any"
    if not values and is_value:
        return "'any'"
    if not values:
        unknown[f"the variable ${name}"] = None
        return f"unknown_{name}"
    if quoted or form in ("raw", "text", "percentencode", "glob", "pipe", "regex", "lucene"):
        return values[0].replace("'", "''") if quoted else values[0]
    if form in ("singlequote", "sqlstring") or (
        variable and variable.multi and form in ("", "csv") and is_value
    ):
        return ",".join(_quote(value) for value in values)
    if form == "doublequote":
        return ",".join(f'"{value}"' for value in values)
    return ",".join(values)


def _quote(value: str) -> str:
    return value if value.startswith("'") else "'" + value.replace("'", "''") + "'"


def _macros(text: str, unknown: dict[str, None]) -> str:
    parts, begun = [], 0
    while found := _MACRO.search(text, begun):
        end = find_end(text, found.end("call") - 1) if found["call"] else found.end()
        parts += [text[begun : found.start()]]
        name = found["name"] or found["braced"]
        parts += [_call(name, text[found.end("call") : end - 1] if found["call"] else None, unknown)]
        begun = end
    return "".join([*parts, text[begun:]])


def _call(name: str, inside: str | None, unknown: dict[str, None]) -> str:
    if inside is None and name in _NAMES:
        return _NAMES[name]
    arguments = split_arguments(inside or "")
    if name in _CALLS:
        try:
            return _CALLS[name](*arguments)
        except TypeError:
            pass  # too few arguments: unknown
    unknown[f"the macro $__{name}"] = None
    return f"unknown_macro({', '.join(arguments)})"


def _is_quoted(text: str, place: int) -> bool:
    """Whether a place lies inside single quotes."""
    return text.count("'", 0, place) % 2 == 1
