"""Dashboards of Grafana as JSON: panels, rows, variables and annotations, in the classic schema and in the second one. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from charter.panels.panel import MacroLanguage, PanelVariable, SqlPanel
from charter.panels.reading.decoding import TextLines, text_of, walk_objects

# Keys under which the data sources that speak SQL keep a statement.
_SQL_KEYS = ("rawSql", "rawQuery", "queryText", "rawQueryText", "query", "sql", "definition")
_DIALECTS = {
    "mysql": "mysql", "postgres": "postgres", "grafana-postgresql-datasource": "postgres", "mssql": "tsql",
    "grafana-bigquery-datasource": "bigquery", "doitintl-bigquery-datasource": "bigquery", "clickhouse": "clickhouse",
    "grafana-clickhouse-datasource": "clickhouse", "vertamedia-clickhouse-datasource": "clickhouse", "snowflake": "snowflake",
    "michelin-snowflake-datasource": "snowflake", "grafana-snowflake-datasource": "snowflake", "athena": "athena",
    "grafana-athena-datasource": "athena", "grafana-redshift-datasource": "redshift", "grafana-databricks-datasource": "databricks",
    "frser-sqlite-datasource": "sqlite", "trino-datasource": "trino", "grafana-oracle-datasource": "oracle",
    "motherduck-duckdb-datasource": "duckdb",
}  # fmt: skip
# Data sources whose `query` is no SQL.
_OTHERS = (
    "prometheus",
    "loki",
    "influxdb",
    "elasticsearch",
    "graphite",
    "tempo",
    "jaeger",
    "cloudwatch",
    "testdata",
    "datasource",
)


def is_grafana(document: Any) -> bool:
    """Whether JSON is a dashboard, as it is exported, provisioned or given by the API."""
    found = _dashboard(document)
    return isinstance(found, dict) and (
        isinstance(found.get("panels"), list) or isinstance(found.get("rows"), list) or "elements" in found
    )


def read_grafana(document: Any, *, file: str, lines: TextLines) -> Iterator[SqlPanel]:
    """Every statement of a dashboard, with the variables that it may use."""
    dashboard = _dashboard(document)
    title = text_of(dashboard.get("title"), file)
    variables = _variables(dashboard)
    titles: dict[tuple[str, ...], str] = {}
    kinds: dict[tuple[str, ...], str] = {}
    for way, found in walk_objects(dashboard):
        titles[way] = _title(found) or _nearest(titles, way)
        kinds[way] = _kind(found) or _nearest(kinds, way)
        for sql in _statements(found, kinds[way], way):
            dialect = _DIALECTS.get(kinds[way], "")
            name = titles[way] or "/".join(way)
            yield SqlPanel(file, lines.find(sql), title, name, sql, dialect, MacroLanguage.GRAFANA, variables)


def _dashboard(document: Any) -> Any:
    if not isinstance(document, dict):
        return None
    for key in ("dashboard", "spec"):
        inner = document.get(key)
        if isinstance(inner, dict) and ("panels" in inner or "elements" in inner or "rows" in inner):
            return inner
    return document


def _nearest(known: Mapping[tuple[str, ...], str], way: tuple[str, ...]) -> str:
    """What is known of the nearest object around."""
    for end in range(len(way) - 1, 0, -1):
        if way[:end] in known:
            return known[way[:end]]
    return ""


def _title(found: Mapping[str, Any]) -> str:
    title = text_of(found.get("title"))
    if not title and "name" in found and ("query" in found or "definition" in found):
        title = f"variable {text_of(found.get('name'), '?')}"
    return title


def _kind(found: Mapping[str, Any]) -> str:
    source = found.get("datasource")
    if isinstance(source, dict):
        return text_of(source.get("type")).lower()
    if "group" in found and found.get("kind") == "DataQuery":  # the second schema
        return text_of(found.get("group")).lower()
    return ""


def _statements(found: Mapping[str, Any], kind: str, way: tuple[str, ...]) -> Iterator[str]:
    if any(kind.startswith(other) for other in _OTHERS) or (way and way[-1] == "current"):
        return
    for key in _SQL_KEYS:
        value = found.get(key)
        if isinstance(value, str) and _looks_like_sql(value):
            yield value
            return


def _looks_like_sql(text: str) -> bool:
    words = text.strip().lstrip("(").split(None, 1)
    return (bool(words) and words[0].lower() in (
        "select", "with", "show", "explain", "call", "exec", "execute", "values", "table", "from", "copy", "--", "/*", "declare",
        "insert", "update", "delete", "create", "set",
    )) or text.lstrip().startswith(("--", "/*", "$", "{{"))  # fmt: skip


def _variables(dashboard: Mapping[str, Any]) -> dict[str, PanelVariable]:
    listed = dashboard.get("templating")
    found = listed.get("list") if isinstance(listed, dict) else dashboard.get("variables")
    variables = {}
    for each in found if isinstance(found, list) else ():
        spec = each.get("spec", each) if isinstance(each, dict) else {}
        if isinstance(spec, dict) and isinstance(spec.get("name"), str):
            variables[spec["name"]] = _variable(spec)
    return variables


def _variable(spec: Mapping[str, Any]) -> PanelVariable:
    current = spec.get("current")
    value = current.get("value") if isinstance(current, dict) else None
    options = [each.get("value") for each in spec.get("options") or () if isinstance(each, dict)]
    if not options and spec.get("type") == "custom" and isinstance(spec.get("query"), str):
        options = [part.rpartition(" : ")[2].strip() for part in spec["query"].split(",")]
    if spec.get("type") in ("constant", "textbox") and isinstance(spec.get("query"), str):
        value = value or spec["query"]
    return PanelVariable(
        _texts(value),
        _texts(options),
        bool(spec.get("multi") or spec.get("includeAll")),
        text_of(spec.get("type")),
    )


def _texts(value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    return tuple(str(each) for each in listed if isinstance(each, str | int | float) and str(each))
