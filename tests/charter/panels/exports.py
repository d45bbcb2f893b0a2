"""Exports of tools as they are, small: what tests and the benchmark read."""

import json
from pathlib import Path
from textwrap import dedent

GRAFANA = {
    "title": "Team health",
    "templating": {
        "list": [
            {
                "name": "by",
                "type": "custom",
                "query": "author_name,base_repo_id",
                "options": [{"value": "author_name"}, {"value": "base_repo_id"}],
                "current": {"value": "base_repo_id"},
            },
            {"name": "team", "type": "query", "definition": "SELECT name FROM teams", "multi": True, "current": {"value": ["a", "b"]}},
        ]
    },
    "panels": [
        {
            "title": "Top committers",
            "datasource": {"type": "mysql", "uid": "x"},
            "targets": [
                {
                    "rawSql": "SELECT author_name, count(*) c\nFROM commits WHERE $__timeFilter(authored_date)\nGROUP BY 1 ORDER BY 2 DESC LIMIT 10"
                }
            ],
        },
        {
            "type": "row",
            "title": "Delivery",
            "panels": [
                {
                    "title": "Deployments a day",
                    "datasource": {"type": "mysql"},
                    "targets": [
                        {
                            "rawSql": "SELECT $__timeGroupAlias(finished_date, $__interval), count(*) FROM cicd_deployment_commits "
                            "WHERE $__timeFilter(finished_date) AND cicd_scope_id IN (${team:sqlstring}) GROUP BY 1 ORDER BY 1"
                        }
                    ],
                }
            ],
        },
        {"title": "By choice", "datasource": {"type": "mysql"}, "targets": [{"rawSql": "SELECT ${by}, count(*) FROM pull_requests GROUP BY 1"}]},
        {
            "title": "Lead time",
            "datasource": {"type": "grafana-postgresql-datasource"},
            "targets": [
                {
                    "rawSql": "SELECT $__timeGroup(merged_date, '1M') AS time, base_repo_id AS metric,\n"
                    "  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM merged_date - created_date) / 3600) AS hours\n"
                    "FROM pull_requests WHERE $__timeFilter(merged_date) GROUP BY 1, 2 ORDER BY 1"
                }
            ],
        },
        {"title": "Up", "datasource": {"type": "prometheus"}, "targets": [{"expr": "up", "query": "select up"}]},
    ],
}  # fmt: skip

SUPERSET = {
    "metadata.yaml": "version: 1.0.0\ntype: Dashboard\n",
    "databases/lake.yaml": "database_name: lake\nsqlalchemy_uri: postgresql+psycopg2://lake\nuuid: d1\n",
    "datasets/lake/commits.yaml": """
        table_name: commits
        uuid: s1
        database_uuid: d1
        sql: null
        columns:
        - {column_name: author_name, expression: null}
        - {column_name: late, expression: "EXTRACT(hour FROM authored_date)"}
        metrics:
        - {metric_name: count, expression: COUNT(*)}
        """,
    "datasets/lake/late.yaml": """
        table_name: merged
        uuid: s2
        database_uuid: d1
        sql: |
          SELECT base_repo_id AS repo, merged_by_name AS who, merged_date
          FROM pull_requests
          {% if filter_values('repo') %}WHERE base_repo_id IN {{ filter_values('repo')|where_in }}{% endif %}
        columns: []
        """,
    "charts/top.yaml": """
        slice_name: Top committers
        viz_type: table
        uuid: c1
        dataset_uuid: s1
        params: {groupby: [author_name], metrics: [count], row_limit: 10, query_mode: aggregate}
        """,
    "charts/who.yaml": """
        slice_name: Who merged
        viz_type: table
        uuid: c2
        dataset_uuid: s2
        params: {groupby: [who], metrics: [{expressionType: SIMPLE, aggregate: COUNT, column: {column_name: repo}}]}
        """,
    "charts/late.yaml": """
        slice_name: Late
        viz_type: dist_bar
        uuid: c3
        dataset_uuid: s1
        params: '{"groupby": ["late"], "metrics": ["count"]}'
        """,
    "charts/months.yaml": """
        slice_name: Merged a month
        viz_type: line
        uuid: c4
        dataset_uuid: s2
        params: {x_axis: merged_date, metrics: [{expressionType: SQL, sqlExpression: COUNT(*)}]}
        """,
    "dashboards/health.yaml": """
        dashboard_title: Health
        uuid: b1
        position:
          CHART-1: {meta: {uuid: c1}}
          CHART-4: {meta: {uuid: c4}}
        metadata:
          native_filter_configuration:
          - {name: Person, targets: [{column: {name: author_name}, datasetUuid: s1}]}
        """,
    "queries/lake/q.yaml": "label: Names\nsql: SELECT name FROM users\ndatabase_uuid: d1\nuuid: q1\n",
}

METABASE = {
    "databases/lake/lake.yaml": "name: lake\nengine: postgres\nserdes/meta: [{model: Database, id: lake}]\n",
    "collections/snippets/active.yaml": """
        name: active
        content: status <> 'bot'
        serdes/meta: [{model: NativeQuerySnippet, id: s}]
        """,
    "collections/cards/who.yaml": """
        name: Who closed it
        entity_id: aaaaaaaaaaaaaaaaaaaaa
        dataset_query:
          type: native
          database: lake
          native:
            query: "SELECT count(*) FROM issues WHERE {{snippet: active}} [[AND assignee_name = {{who}}]]"
            template-tags: {who: {type: text}}
        """,
    "collections/cards/opened.yaml": """
        name: Opened a month
        entity_id: bbbbbbbbbbbbbbbbbbbbb
        dataset_query:
          type: query
          database: lake
          query:
            source-table: [lake, public, issues]
            aggregation: [[count]]
            breakout: [[field, [lake, public, issues, created_date], {temporal-unit: month}]]
        """,
    "collections/cards/top.yaml": """
        name: Top closers
        entity_id: ccccccccccccccccccccc
        dataset_query:
          type: query
          database: lake
          query:
            source-table: [lake, public, issues]
            aggregation: [[count]]
            breakout: [[field, [lake, public, issues, assignee_name], null]]
            order-by: [[desc, [aggregation, 0]]]
            limit: 5
        """,
    "collections/cards/again.yaml": """
        name: Over a model
        entity_id: ddddddddddddddddddddd
        dataset_query:
          type: native
          database: lake
          native: {query: "SELECT k, count(*) FROM {{#eeeeeeeeeeeeeeeeeeeee}} AS m GROUP BY k", template-tags: {}}
        """,
    "collections/cards/model.yaml": """
        name: A model
        type: model
        entity_id: eeeeeeeeeeeeeeeeeeeee
        dataset_query:
          type: native
          database: lake
          native: {query: "SELECT creator_name AS k FROM issues", template-tags: {}}
        """,
    "collections/dashboards/board.yaml": """
        name: The board
        entity_id: fffffffffffffffffffff
        dashcards: [{card_id: ccccccccccccccccccccc}]
        """,
}

METABASE_API = [
    {
        "id": 7,
        "name": "By numbers",
        "dataset_query": {"type": "query", "database": 1, "query": {"source-table": 3, "aggregation": [["count"]], "breakout": [["field", 9, None]]}},
    },
    {
        "id": 8,
        "name": "In stages",
        "dataset_query": {"lib/type": "mbql/query", "stages": [{"lib/type": "mbql.stage/native", "native": "SELECT author_name FROM commits"}]},
    },
]  # fmt: skip

DBT = {
    "dbt_project.yml": "name: lake\nvars: {start: '2024-01-01'}\n",
    "macros/who.sql": "{% macro who(column) %}lower({{ column }}){% endmacro %}",
    "models/staging/stg_commits.sql": """
        {{ config(materialized='view') }}
        select {{ who('author_name') }} as k, sha, authored_date as at from {{ source('lake', 'commits') }}
        where authored_date >= '{{ var("start") }}'
        """,
    "models/marts/per_k.sql": "select k, count(*) as amount from {{ ref('stg_commits') }} group by 1",
    "models/marts/by_month.sql": """
        select {{ dbt.date_trunc('month', 'at') }} as month, count(*) as amount from {{ ref('stg_commits') }}
        {% if is_incremental() %}where at > (select max(at) from {{ this }}){% endif %} {{ dbt_utils.group_by(n=1) }}
        """,
    "analyses/top.sql": "select k from {{ ref('per_k') }} order by amount desc limit 3",
}


def write_files(folder: Path, files: dict[str, str]) -> Path:
    """Files of an export below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return folder


def write_json(path: Path, document: object) -> Path:
    """A document as JSON, laid out as tools do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2), encoding="utf-8")
    return path
