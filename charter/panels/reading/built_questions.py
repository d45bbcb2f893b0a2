"""Questions that were built in Metabase without SQL (MBQL), written out as SQL that says the same of people. Pure."""

from collections.abc import Mapping
from typing import Any

from charter.panels.expanding.metabase import name_card

_COMPARED = {"=": "=", "!=": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_TEXTS = {"contains": "%any%", "starts-with": "any%", "ends-with": "%any", "does-not-contain": "%any%"}
_AGGREGATED = {
    "sum": "SUM",
    "avg": "AVG",
    "min": "MIN",
    "max": "MAX",
    "median": "MEDIAN",
    "stddev": "STDDEV",
    "cum-sum": "SUM",
}
_CLOCK = {"hour-of-day": "HOUR", "day-of-week": "DOW", "minute-of-hour": "MINUTE", "hour": "HOUR"}
Fields = Mapping[int, str]


def write_question(query: Mapping[str, Any], metadata: Any = None) -> str:
    """A built question as SQL. What cannot be told, such as a field by a number alone, is a name that nobody knows."""
    inner = query.get("query")
    stages = query.get("stages")
    if not isinstance(inner, dict) and isinstance(stages, list) and stages and isinstance(stages[0], dict):
        inner = stages[0]
    return _write(inner if isinstance(inner, dict) else {}, _fields(metadata))


def _fields(metadata: Any) -> Fields:
    listed = metadata if isinstance(metadata, list) else []
    return {
        each["id"]: str(each.get("name"))
        for each in listed
        if isinstance(each, dict) and isinstance(each.get("id"), int)
    }


def _write(query: Mapping[str, Any], fields: Fields) -> str:
    groups = [name_field(each, fields) for each in _list(query.get("breakout"))]
    made = [_aggregate(each, fields) for each in _list(query.get("aggregation"))]
    plain = [name_field(each, fields) for each in _list(query.get("fields"))]
    parts = ["SELECT " + ", ".join([*groups, *made] or plain or ["*"]), "FROM " + _source(query, fields)]
    parts += [_join(each, fields) for each in _list(query.get("joins")) if isinstance(each, dict)]
    held = [
        _condition(each, fields) for each in (_list(query.get("filters")) or [query.get("filter")]) if each
    ]
    parts += ["WHERE " + " AND ".join(held)] if held else []
    parts += ["GROUP BY " + ", ".join(groups)] if groups else []
    order = [_ordered(each, fields, made) for each in _list(query.get("order-by"))]
    parts += ["ORDER BY " + ", ".join(order)] if order else []
    parts += [f"LIMIT {query['limit']}"] if isinstance(query.get("limit"), int) else []
    return "\n".join(parts)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _source(query: Mapping[str, Any], fields: Fields) -> str:
    if isinstance(query.get("source-query"), dict):
        inner = query["source-query"]
        native = inner.get("native")
        return f"({native if isinstance(native, str) else _write(inner, fields)}) AS source"
    return _table(query.get("source-table", query.get("source-card")), query.get("source-card") is not None)


def _table(table: Any, is_card: bool = False) -> str:
    if isinstance(table, list) and table:
        return _name(table[-1])
    if isinstance(table, str) and table.startswith("card__"):
        return name_card(table[len("card__") :])
    if is_card or (isinstance(table, str) and len(table) == 21):  # an entity id
        return name_card(table)
    return f"table_{table}"


def _join(join: Mapping[str, Any], fields: Fields) -> str:
    alias = _name(join.get("alias") or "joined")
    listed = _list(join.get("conditions")) or [join.get("condition")]
    held = [_condition(each, fields) for each in listed if each]
    return f"JOIN {_table(join.get('source-table'))} AS {alias} ON {' AND '.join(held) or 'TRUE'}"


def name_field(field: Any, fields: Fields) -> str:
    """A field as SQL: with its table where the file says it, and cut or taken apart as the question wants its time."""
    if not isinstance(field, list) or len(field) < 2:
        return "field_unknown"
    options = next((each for each in field[1:] if isinstance(each, dict)), {})
    which = next((each for each in field[1:] if not isinstance(each, dict) and each is not None), None)
    if isinstance(which, list):
        name = ".".join(_name(part) for part in which[-2:])
    elif isinstance(which, int):
        name = _name(fields[which]) if which in fields else f"field_{which}"
    else:
        name = _name(which)
    if alias := options.get("join-alias"):
        name = f"{_name(alias)}.{name.rpartition('.')[2]}"
    unit = options.get("temporal-unit")
    if unit in _CLOCK:
        return f"EXTRACT({_CLOCK[unit]} FROM {name})"
    return f"CAST({name} AS DATE)" if unit else name


def _aggregate(item: Any, fields: Fields) -> str:
    if not isinstance(item, list) or not item:
        return "COUNT(*)"
    kind = str(item[0])
    rest = [each for each in item[1:] if isinstance(each, list)]
    if kind == "aggregation-options" and rest:
        return _aggregate(rest[0], fields)
    if kind in ("count", "cum-count"):
        return "COUNT(*)"
    if kind in ("count-where", "share") and rest:
        return f"COUNT(CASE WHEN {_condition(rest[0], fields)} THEN 1 END)"
    if kind == "distinct" and rest:
        return f"COUNT(DISTINCT {name_field(rest[0], fields)})"
    if kind in _AGGREGATED and rest:
        return f"{_AGGREGATED[kind]}({name_field(rest[0], fields)})"
    return "unknown_aggregation"


def _ordered(item: Any, fields: Fields, made: list[str]) -> str:
    by = next((each for each in _list(item)[1:] if isinstance(each, list)), [])
    if by and by[0] == "aggregation":
        place = next((each for each in by[1:] if isinstance(each, int)), 0)
        return f"{made[place] if place < len(made) else 'COUNT(*)'} DESC"
    return name_field(by, fields)


def _condition(item: Any, fields: Fields) -> str:
    if not isinstance(item, list) or not item:
        return "TRUE"
    kind, rest = str(item[0]), [each for each in item[1:] if not isinstance(each, dict)]
    if kind in ("and", "or"):
        return "(" + f" {kind.upper()} ".join(_condition(each, fields) for each in rest) + ")"
    if kind == "not" and rest:
        return f"NOT ({_condition(rest[0], fields)})"
    if kind in ("is-null", "not-null", "is-empty", "not-empty") and rest:
        return f"{_operand(rest[0], fields)} IS {'NOT ' if kind.startswith('not') else ''}NULL"
    if kind in ("time-interval", "relative-time-interval", "during"):
        return f"{_operand(rest[0], fields)} > '2024-01-01'" if rest else "TRUE"
    return _compared(kind, rest, fields)


def _compared(kind: str, rest: list[Any], fields: Fields) -> str:
    operands = [_operand(each, fields) for each in rest]
    if kind in _TEXTS and operands:
        return f"{operands[0]} LIKE '{_TEXTS[kind]}'"
    if kind == "between" and len(operands) == 3:
        return f"{operands[0]} BETWEEN {operands[1]} AND {operands[2]}"
    if kind in ("=", "!=") and len(operands) > 2:
        return f"{operands[0]} {'NOT ' if kind == '!=' else ''}IN ({', '.join(operands[1:])})"
    if kind in _COMPARED and len(operands) == 2:
        return f"{operands[0]} {_COMPARED[kind]} {operands[1]}"
    return "unknown_condition"


def _operand(item: Any, fields: Fields) -> str:
    if isinstance(item, list) and item and item[0] == "field":
        return name_field(item, fields)
    if isinstance(item, bool) or item is None:
        return str(item).upper() if item is not None else "NULL"
    if isinstance(item, int | float):
        return str(item)
    return "'" + str(item).replace("'", "''") + "'" if isinstance(item, str) else "unknown_operand"


def _name(name: Any) -> str:
    text = str(name)
    return text if text.isidentifier() else '"' + text.replace('"', '""') + '"'
