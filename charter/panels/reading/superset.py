"""Exports of Superset: datasets, charts, dashboards and saved queries as YAML, joined by their UUIDs. Pure.

Most charts hold no SQL: what Superset would ask is written out from their parameters.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, structs

from charter.panels.panel import MacroLanguage, PanelVariable, SqlPanel
from charter.panels.reading.decoding import TextLines, text_of

_DIALECTS = {
    "postgresql": "postgres", "postgres": "postgres", "mysql": "mysql", "mariadb": "mysql", "mssql": "tsql", "bigquery": "bigquery",
    "snowflake": "snowflake", "trino": "trino", "presto": "presto", "redshift": "redshift", "clickhouse": "clickhouse",
    "clickhousedb": "clickhouse", "databricks": "databricks", "sqlite": "sqlite", "duckdb": "duckdb", "awsathena": "athena",
    "hive": "hive", "oracle": "oracle", "druid": "druid", "starrocks": "starrocks", "doris": "doris", "cockroachdb": "postgres",
}  # fmt: skip
_GRAINS = {"P1M": "month", "P3M": "quarter", "P1Y": "year"}
_MOST_OF_A_TOP = 100  # rows: more is no list of the first
_GROUPS = (
    "groupby", "columns", "groupbyColumns", "groupbyRows", "series", "series_columns", "entity", "source", "target",
)  # fmt: skip
_METRICS = (
    "metrics",
    "metric",
    "percent_metrics",
    "secondary_metric",
    "metrics_b",
    "metric_2",
    "size",
    "x",
    "y",
)
_OPERATORS = {
    "IN": "IN", "NOT IN": "NOT IN", "==": "=", "EQUALS": "=", "!=": "<>", "NOT_EQUALS": "<>", "LIKE": "LIKE", "ILIKE": "ILIKE",
    "<": "<", ">": ">", "<=": "<=", ">=": ">=",
}  # fmt: skip


class NamedDocument(Struct, frozen=True):
    """A decoded file, with its name and where texts stand in it."""

    file: str
    value: dict[str, Any]
    lines: TextLines


def is_superset(document: Any) -> bool:
    """Whether YAML is a part of an export of Superset."""
    if not isinstance(document, dict):
        return False
    keys = set(document)
    return any(
        each <= keys
        for each in (
            {"slice_name", "viz_type"},
            {"table_name", "columns"},
            {"dashboard_title", "position"},
            {"database_name", "sqlalchemy_uri"},
            {"sql", "label", "database_uuid"},
        )
    )


def read_superset(documents: Sequence[NamedDocument]) -> Iterator[SqlPanel]:
    """Every statement of an export's datasets, charts, filters and saved queries."""
    export = _Export(documents)
    for document in documents:
        value = document.value
        if "slice_name" in value:
            yield from export.read_chart(document)
        elif "table_name" in value and text_of(value.get("sql")):
            yield export.read_dataset(document)
        elif "dashboard_title" in value:
            yield from export.read_filters(document)
        elif "label" in value and isinstance(value.get("sql"), str):
            yield export.make(
                document, "Saved queries", str(value["label"]), value["sql"], value.get("database_uuid")
            )


class _Export:
    """The parts of an export by their UUIDs."""

    def __init__(self, documents: Sequence[NamedDocument]) -> None:
        self._by_uuid = {
            str(each.value.get("uuid")): each.value for each in documents if each.value.get("uuid")
        }
        self._dashboards = dict(_place_charts(documents))

    def make(
        self, document: NamedDocument, dashboard: str, name: str, sql: str, database: object
    ) -> SqlPanel:
        """A panel in the dialect of its database."""
        uri = str(self._by_uuid.get(str(database), {}).get("sqlalchemy_uri", ""))
        dialect = _DIALECTS.get(uri.partition(":")[0].partition("+")[0].lower(), "")
        return SqlPanel(
            document.file, document.lines.find(sql), dashboard, name, sql, dialect, MacroLanguage.SUPERSET, self._parameters(document),
            shown_in="Superset",
        )  # fmt: skip

    def read_dataset(self, document: NamedDocument) -> SqlPanel:
        """A virtual dataset: it shows nothing itself, and charts read it."""
        value = document.value
        panel = self.make(
            document, "Datasets", str(value["table_name"]), str(value["sql"]), value.get("database_uuid")
        )
        return structs.replace(panel, is_model=True)

    def read_chart(self, document: NamedDocument) -> Iterator[SqlPanel]:
        value = document.value
        dataset = self._by_uuid.get(str(value.get("dataset_uuid")), {})
        name = text_of(value.get("slice_name"), document.file)
        dashboard = self._dashboards.get(str(value.get("uuid")), "Charts on no dashboard")
        sql = write_chart(_params(value), dataset, str(value.get("viz_type") or ""))
        yield self.make(document, dashboard, name, sql, dataset.get("database_uuid"))

    def read_filters(self, document: NamedDocument) -> Iterator[SqlPanel]:
        """The filters of a dashboard, with which a viewer picks values of a column."""
        meta = document.value.get("metadata")
        listed = meta.get("native_filter_configuration") if isinstance(meta, dict) else None
        for each in listed if isinstance(listed, list) else ():
            for target in each.get("targets") or () if isinstance(each, dict) else ():
                column = _column(target.get("column", {}).get("name")) if isinstance(target, dict) else ""
                dataset = self._by_uuid.get(str(target.get("datasetUuid")), {}) if column else {}
                if dataset:
                    sql = f"SELECT DISTINCT {column} FROM {_from(dataset)} WHERE {column} = 'any'"
                    title = str(document.value["dashboard_title"])
                    yield self.make(
                        document,
                        title,
                        f"filter {text_of(each.get('name'))}",
                        sql,
                        dataset.get("database_uuid"),
                    )

    def _parameters(self, document: NamedDocument) -> Mapping[str, PanelVariable]:
        dataset = self._by_uuid.get(str(document.value.get("dataset_uuid")), document.value)
        given = dataset.get("template_params")
        if isinstance(given, str):
            try:
                given = json.loads(given)
            except ValueError:
                given = None
        named = given.items() if isinstance(given, dict) else ()
        return {str(name): PanelVariable((str(value),)) for name, value in named}


def _place_charts(documents: Sequence[NamedDocument]) -> Iterator[tuple[str, str]]:
    """The dashboard of each chart, by the chart's UUID."""
    for document in documents:
        position = document.value.get("position")
        for each in position.values() if isinstance(position, dict) else ():
            meta = each.get("meta") if isinstance(each, dict) else None
            if isinstance(meta, dict) and meta.get("uuid"):
                yield str(meta["uuid"]), text_of(document.value.get("dashboard_title"), document.file)


def _params(value: Mapping[str, Any]) -> Mapping[str, Any]:
    params = value.get("params")
    if isinstance(params, str):
        try:
            params = json.loads(params)
        except ValueError:
            params = {}
    return params if isinstance(params, dict) else {}


def write_chart(params: Mapping[str, Any], dataset: Mapping[str, Any], kind: str) -> str:
    """What Superset would ask for a chart, as SQL: groups, metrics, filters, and the order of a list of the first."""
    columns = {
        str(each.get("column_name")): each for each in dataset.get("columns") or () if isinstance(each, dict)
    }
    raw = params.get("query_mode") == "raw"
    groups = [_expression(each, columns) for each in _listed(params, ("all_columns",) if raw else _GROUPS)]
    times = [] if raw else _listed(params, ("x_axis", "granularity_sqla"))
    period = [_part(_expression(each, columns), params) for each in times]
    listed = [] if raw else _listed(params, _METRICS)
    metrics = [_metric(each, dataset) for each in listed]
    named = [_name(metric, each) for metric, each in zip(metrics, listed, strict=True)]
    dated = [_name(part, {"label": each}) for part, each in zip(period, times, strict=True)]
    where, having = _filters(params, columns)
    parts = ["SELECT " + ", ".join([*dated, *groups, *named] or ["COUNT(*)"]), f"FROM {_from(dataset)}"]
    parts += ["WHERE " + " AND ".join(where)] if where else []
    parts += ["GROUP BY " + ", ".join([*period, *groups])] if metrics and (period or groups) else []
    parts += ["HAVING " + " AND ".join(having)] if having else []
    return "\n".join([*parts, *_order(params, metrics, period)])


def _order(params: Mapping[str, Any], metrics: Sequence[str], period: Sequence[str]) -> list[str]:
    limit = str(params.get("row_limit") or params.get("limit") or "")
    first = limit.isdigit() and 0 < int(limit) <= _MOST_OF_A_TOP
    chosen = params.get("timeseries_limit_metric") or params.get("sort_by_metric")
    if metrics and not period and (first or chosen):
        return [f"ORDER BY {metrics[0]} DESC", f"LIMIT {limit if limit.isdigit() else 1000}"]
    return []


def _listed(params: Mapping[str, Any], keys: Sequence[str]) -> list[Any]:
    found: list[Any] = []
    for key in keys:
        value = params.get(key)
        found += value if isinstance(value, list) else [value] if value else []
    return [
        each for index, each in enumerate(found) if each not in found[:index] and isinstance(each, str | dict)
    ]


def _expression(item: Any, columns: Mapping[str, Mapping[str, Any]]) -> str:
    """A column, one that the dataset works out, or an expression of the chart's own."""
    if isinstance(item, dict):
        return (
            text_of(item.get("sqlExpression"))
            or _column(item.get("column_name") or item.get("label"))
            or "NULL"
        )
    worked_out = text_of(columns.get(item, {}).get("expression"))
    return f"({worked_out})" if worked_out else _column(item)


def _metric(item: Any, dataset: Mapping[str, Any]) -> str:
    if isinstance(item, dict):
        if item.get("expressionType") == "SQL" and text_of(item.get("sqlExpression")):
            return text_of(item["sqlExpression"])
        column = item.get("column")
        name = _column(column.get("column_name")) if isinstance(column, dict) else "*"
        kind = str(item.get("aggregate") or "COUNT").upper()
        return f"COUNT(DISTINCT {name})" if kind == "COUNT_DISTINCT" else f"{kind}({name})"
    saved = (
        each
        for each in dataset.get("metrics") or ()
        if isinstance(each, dict) and each.get("metric_name") == item
    )
    return text_of(next(saved, {}).get("expression")) or (
        "COUNT(*)" if item == "count" else f"SUM({_column(item)})"
    )


def _part(time: str, params: Mapping[str, Any]) -> str:
    """A time as the chart's grain cuts it; a finer grain than a month is left out, as the time itself tells more."""
    grain = _GRAINS.get(str(params.get("time_grain_sqla")))
    return f"date_trunc('{grain}', {time})" if grain else time


def _name(written: str, item: Any) -> str:
    """What is written under the name that the chart gives it, where that is one word and another."""
    label = text_of(item.get("label")) if isinstance(item, dict) else ""
    return f"{written} AS {label}" if label.isidentifier() and label != written else written


def _filters(
    params: Mapping[str, Any], columns: Mapping[str, Mapping[str, Any]]
) -> tuple[list[str], list[str]]:
    where: list[str] = []
    having: list[str] = []
    for each in params.get("adhoc_filters") or ():
        if not isinstance(each, dict):
            continue
        written = _filter(each, columns)
        if written:
            (having if str(each.get("clause")).upper() == "HAVING" else where).append(written)
    where += [f"({params[key]})" for key in ("where",) if text_of(params.get(key))]
    return where, having


def _filter(item: Mapping[str, Any], columns: Mapping[str, Mapping[str, Any]]) -> str:
    if item.get("expressionType") == "SQL":
        return f"({item['sqlExpression']})" if text_of(item.get("sqlExpression")) else ""
    subject = _expression(item.get("subject") or "", columns)
    operator = str(item.get("operator") or item.get("operatorId") or "").upper()
    if operator in ("TEMPORAL_RANGE", "") or not item.get("subject"):
        return ""
    if "NULL" in operator:
        return f"{subject} IS {'NOT ' if 'NOT' in operator else ''}NULL"
    value = item.get("comparator")
    if isinstance(value, list):
        return f"{subject} {_OPERATORS.get(operator, 'IN')} ({', '.join(_literal(each) for each in value) or 'NULL'})"
    return f"{subject} {_OPERATORS.get(operator, '=')} {_literal(value)}"


def _literal(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def _column(name: Any) -> str:
    return (
        str(name)
        if isinstance(name, str) and name.isidentifier()
        else f'"{name}"'
        if isinstance(name, str) and name
        else ""
    )


def _from(dataset: Mapping[str, Any]) -> str:
    sql = dataset.get("sql")
    if isinstance(sql, str) and sql.strip():
        return f"(\n{sql.strip().rstrip(';')}\n) AS virtual_table"
    table = _column(dataset.get("table_name")) or "a_dataset_that_is_not_here"
    schema = _column(dataset.get("schema"))
    return f"{schema}.{table}" if schema else table
