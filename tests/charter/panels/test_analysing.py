"""Claims on what a statement reaches: the tricks of shared/data/sql and our own, and what has to pass."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.panels.analysing import DIALECTS, LONGEST_SQL, analyse
from charter.panels.reaching import TOLD, ReachKind
from charter.panels.tables import gather_tables
from charter.registry.finding import Severity
from charter.registry.source_descriptions import ColumnType, Meaning, SourceColumn, SourceDescription
from charter.rules.builtin_rules import builtin_rulebook
from charter.rules.vocabulary import SourceKind
from tests.proof import whole_or_short
from tests.shared_data import find_shared

pytestmark = pytest.mark.stands_on()
TABLES = gather_tables()

# What must be told of each, in the dialect that it is written in.
DENIED = [
    ("mysql", "SELECT author_name, COUNT(*) FROM commits GROUP BY 1 ORDER BY 2 DESC LIMIT 10", "projected grouped ranked"),
    ("mysql", "WITH x AS (SELECT author_id AS k, COUNT(*) n FROM commits GROUP BY author_id) SELECT k FROM x", "projected grouped"),
    ("postgres", "WITH x(k) AS (SELECT author_id FROM commits) SELECT k FROM x", "projected"),
    ("postgres", "SELECT z.k FROM (SELECT author_id FROM commits) AS z(k)", "projected"),
    ("mysql", "SELECT COUNT(*) FROM commits GROUP BY author_id", "grouped"),
    ("postgres", "SELECT COUNT(*) FROM commits GROUP BY GROUPING SETS ((author_id), ())", "grouped"),
    ("postgres", "SELECT COUNT(*) FROM commits GROUP BY ROLLUP (author_id)", "grouped"),
    ("duckdb", "SELECT author_id, COUNT(*) FROM commits GROUP BY ALL", "grouped projected"),
    ("postgres", "SELECT MD5(author_email) h, COUNT(*) FROM commits GROUP BY 1", "grouped projected"),
    ("postgres", "SELECT COUNT(*) OVER (PARTITION BY author_id) FROM commits", "windowed"),
    ("postgres", "SELECT sum(additions) OVER w FROM commits WINDOW w AS (PARTITION BY author_id)", "windowed"),
    ("mysql", "SELECT author_name, ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC) r FROM commits GROUP BY author_name", "ranked"),
    ("postgres", "SELECT sha FROM commits ORDER BY author_name", "ordered"),
    ("postgres", "SELECT JSON_AGG(c) FROM commits c", "projected"),
    ("postgres", "SELECT to_jsonb(c) ->> 'author_name' FROM commits c", "projected"),
    ("postgres", "SELECT (c).author_name FROM commits c", "projected"),
    ("postgres", "SELECT c.* FROM commits c", "projected"),
    ("bigquery", "SELECT * EXCEPT (author_name) FROM commits", "projected"),
    ("postgres", "TABLE users", "projected"),
    ("mysql", "SELECT COUNT(IF(author_id='u1',1,NULL)) FROM commits", "filtered"),
    ("postgres", "SELECT COUNT(*) FILTER (WHERE author_id = 'u1') FROM commits", "filtered"),
    ("postgres", "SELECT SUM((author_id = 'u1')::int) FROM commits", "filtered"),
    ("postgres", "SELECT COUNT(NULLIF(author_id, 'u1')) FROM commits", "filtered"),
    ("mysql", "SELECT COUNT(CASE author_id WHEN 'u1' THEN 1 END) FROM commits", "filtered"),
    ("mysql", "SELECT COUNT(*) FROM commits WHERE author_id IN ('u1')", "filtered"),
    ("mysql", "SELECT COUNT(*) FROM commits WHERE author_id NOT IN ('u1')", "filtered"),
    ("mysql", "SELECT COUNT(*) FROM commits c JOIN (SELECT 'u1' AS id) v ON v.id = c.author_id", "filtered"),
    ("mysql", "SELECT COUNT(*) FROM commits NATURAL JOIN (SELECT 'u1' AS author_id) v", "filtered"),
    ("postgres", "SELECT COUNT(*) FROM commits JOIN (VALUES ('u1')) v(author_id) USING (author_id)", "filtered"),
    ("postgres", "SELECT COUNT(*) FROM commits c WHERE EXISTS (SELECT 1 WHERE c.author_id = 'u1')", "filtered"),
    ("postgres", "SELECT COUNT(*) FROM commits c, LATERAL (SELECT c.author_id k) l WHERE l.k = 'u1'", "filtered"),
    ("postgres", "SELECT COUNT(*) FROM commits WHERE author_id IN (SELECT 'u1')", "filtered"),
    ("postgres", "SELECT COUNT(*) FROM commits WHERE position('ali' in author_name) > 0", "filtered"),
    ("postgres", "SELECT COUNT(*) FROM commits WHERE starts_with(author_name, 'Al')", "filtered"),
    ("postgres", "SELECT (SELECT author_name FROM commits LIMIT 1)", "projected ranked"),
    ("postgres", "SELECT UNNEST(ARRAY_AGG(author_name)) FROM commits", "projected"),
    ("postgres", "SELECT u.k FROM commits, UNNEST(ARRAY[author_name]) AS u(k)", "projected"),
    ("postgres", "SELECT MODE() WITHIN GROUP (ORDER BY author_name) FROM commits", "projected"),
    ("tsql", "SELECT [Alice] FROM (SELECT author_name FROM commits) s PIVOT (COUNT(author_name) FOR author_name IN ([Alice])) p", "grouped"),
    ("mysql", "SELECT sha FROM commits EXCEPT SELECT sha FROM commits WHERE author_id = 'u1'", "filtered"),
    ("mysql", "WITH x AS (SELECT project_name g FROM project_mapping UNION SELECT author_email FROM commits) SELECT g FROM x", "projected"),
    ("postgres", "WITH RECURSIVE x AS (SELECT author_id k FROM commits UNION ALL SELECT k FROM x) SELECT k FROM x", "projected"),
    ("clickhouse", "SELECT author_name FROM commits FINAL PREWHERE sha = 'x'", "projected"),
    ("clickhouse", "SELECT sha FROM commits LIMIT 1 BY author_name", "grouped"),
    ("postgres", "SELECT DISTINCT ON (author_id) sha FROM commits", "grouped"),
    ("hive", "SELECT sha FROM commits DISTRIBUTE BY author_id", "grouped"),
    ("snowflake", "SELECT COUNT(*) FROM commits c ASOF JOIN (SELECT 'u1' k) v MATCH_CONDITION (c.author_id >= v.k)", "filtered"),
    ("duckdb", "SELECT COLUMNS('auth.*') FROM commits", "projected"),
    ("duckdb", "FROM commits", "projected"),
    ("duckdb", "FROM commits SELECT author_name", "projected"),
    ("postgres", "SELECT * FROM (pull_requests p JOIN users u ON u.id = p.author_id)", "projected"),
    ("postgres", "WITH x AS (DELETE FROM commits RETURNING author_name) SELECT * FROM x", "no_query"),
    ("postgres", "SELECT k FROM some_function(1) AS f(k)", "outside"),
    ("postgres", "SELECT ARRAY(SELECT author_id FROM commits)", "projected"),
    ("postgres", "SELECT COUNT(*) FROM commits WHERE (author_id, sha) IN (('u1', 'x'))", "filtered"),
    ("postgres", "SELECT COUNT(*) FROM commits WHERE author_id = ANY(ARRAY['u1'])", "filtered"),
    ("bigquery", "SELECT x.author_name FROM UNNEST((SELECT ARRAY_AGG(c) FROM commits c)) AS x", "projected"),
    ("tsql", "SELECT q.author_id FROM teams t CROSS APPLY (SELECT TOP 1 author_id FROM pull_requests p WHERE p.base_repo_id = t.id) q",
     "projected"),
    ("oracle", "SELECT sha FROM commits START WITH author_id = 'u1' CONNECT BY PRIOR sha = author_id", "filtered"),
    ("postgres", "SELECT (SELECT COUNT(*) FROM commits b WHERE b.author_id = a.author_id) FROM commits a", "grouped"),
    ("postgres", "SELECT n FROM commits a, LATERAL (SELECT COUNT(*) n FROM commits b WHERE b.author_id = a.author_id) x", "grouped"),
    ("postgres", "SELECT COUNT(*) FROM commits WHERE author_id IN (SELECT author_id FROM commits WHERE sha = 'abc')", "filtered"),
    ("postgres", "SELECT COUNT(*) FROM commits WHERE author_id IN (SELECT user_id FROM team_users LIMIT 1)", "filtered"),
    ("mysql", "SELECT message FROM commits", "free_text"),
    ("mysql", "SELECT GROUP_CONCAT(title) FROM pull_requests", "free_text"),
    ("mysql", "SELECT _raw_data_params FROM commits", "free_text"),
    ("mysql", "SELECT owner_ref, COUNT(*) FROM commits GROUP BY owner_ref", "projected grouped"),
    ("mysql", "SELECT xyzzy, COUNT(*) FROM commits GROUP BY xyzzy", "unresolved"),
    ("mysql", "SELECT * FROM things_nobody_described", "unresolved"),
    ("postgres", "SELECT name FROM people", "projected"),
    ("postgres", "SELECT \"assigneeId\", count(*) FROM \"Tickets\" GROUP BY 1", "projected grouped"),
    ("mysql", "SELECT COUNT(*) FROM commits WHERE DAYOFWEEK(authored_date) IN (1,7)", "hours"),
    ("mysql", "SELECT SUM(CASE WHEN WEEKDAY(authored_date) > 4 THEN 1 END) FROM commits", "hours"),
    ("mysql", "SELECT COUNT(*) FROM commits WHERE MOD(DATEDIFF(authored_date,'2024-01-01'),7) >= 5", "hours"),
    ("mysql", "SELECT COUNT(*) FROM commits WHERE TIME(authored_date) > '19:00:00'", "hours"),
    ("mysql", "SELECT SUBSTRING(authored_date, 12, 2) h, COUNT(*) FROM commits GROUP BY 1", "hours"),
    ("mysql", "SELECT DATE_FORMAT(authored_date, '%a') d, COUNT(*) FROM commits GROUP BY 1", "hours"),
    ("mysql", "SELECT DAYNAME(authored_date), COUNT(*) FROM commits GROUP BY 1", "hours"),
    ("postgres", "SELECT COUNT(*) FROM commits WHERE extract(isodow from authored_date) > 5", "hours"),
    ("postgres", "SELECT date_part('hour', authored_date), COUNT(*) FROM commits GROUP BY 1", "hours"),
    ("postgres", "SELECT to_char(authored_date, 'HH24'), COUNT(*) FROM commits GROUP BY 1", "hours"),
    ("postgres", "SELECT authored_date::time, COUNT(*) FROM commits GROUP BY 1", "hours"),
    ("postgres", "SELECT (extract(epoch from authored_date)::bigint % 86400) / 3600, COUNT(*) FROM commits GROUP BY 1", "hours"),
    ("postgres", "SELECT authored_date - date_trunc('day', authored_date), COUNT(*) FROM commits GROUP BY 1", "hours"),
    ("tsql", "SELECT DATEPART(weekday, authored_date), COUNT(*) FROM commits GROUP BY DATEPART(weekday, authored_date)", "hours"),
    ("bigquery", "SELECT FORMAT_TIMESTAMP('%H', authored_date), COUNT(*) FROM commits GROUP BY 1", "hours"),
    ("clickhouse", "SELECT toHour(authored_date), count() FROM commits GROUP BY 1", "hours"),
    ("snowflake", "SELECT DAYOFWEEK(authored_date), COUNT(*) FROM commits GROUP BY 1", "hours"),
    ("postgres", "SELECT COUNT(*) FROM commits WHERE authored_date > date_trunc('day', authored_date) + interval '19 hours'", "hours"),
    ("postgres", "SELECT is_weekend, COUNT(*) FROM commits GROUP BY 1", "hours"),
    ("mysql", "SELECT COUNT(*) FROM commits WHERE DATE_SUB(DATE(authored_date), INTERVAL WEEKDAY(committed_date) DAY) = '2024-01-01'", "hours"),
    ("mysql", "SELECT DATEDIFF(DATE(authored_date), DATE_SUB(DATE(authored_date), INTERVAL WEEKDAY(DATE(authored_date)) DAY)) d, "
     "COUNT(*) FROM commits GROUP BY 1", "hours"),
    ("postgres", "SELECT r, RANK() OVER (ORDER BY c) FROM (SELECT base_repo_id r, COUNT(*) c FROM pull_requests GROUP BY 1) x", "teams_ranked"),
    ("mysql", "SELECT t.name, AVG(w.score), COUNT(c.sha) FROM wellness_survey w JOIN commits c ON c.author_id = w.user_id "
     "JOIN teams t ON t.id = w.team_id GROUP BY t.name", "wellness"),
    ("postgres", "SELECT COUNT(*) FROM keystrokes", "monitoring"),
    ("postgres", "SELECT COUNT(*) FROM slack_presence", "monitoring"),
    ("postgres", "SELECT base_repo_id, COUNT(*) c FROM pull_requests GROUP BY 1 ORDER BY c DESC LIMIT 5", "teams_ranked"),
    ("postgres", "SELECT base_repo_id, RANK() OVER (ORDER BY COUNT(*)) FROM pull_requests GROUP BY 1", "teams_ranked"),
    ("postgres", "SELECT cohort, value FROM governed.lead_time_team ORDER BY value DESC", "teams_ranked"),
    ("postgres", "SELECT base_repo_id FROM pull_requests GROUP BY 1 HAVING COUNT(DISTINCT author_id) < 3", "singled_out"),
    ("postgres", "SELECT base_repo_id FROM pull_requests GROUP BY 1 HAVING COUNT(DISTINCT author_id) = 1", "singled_out"),
    ("postgres", "SELECT * FROM dblink('dbname=lake','select name from users') AS t(n text)", "outside"),
    ("postgres", "SELECT query_to_xml('select name from users', true, false, '')", "outside"),
    ("postgres", "SELECT pg_read_file('/etc/passwd')", "outside"),
    ("duckdb", "SELECT count(*) FROM read_csv('people.csv')", "outside"),
    ("mysql", "SELECT IF((SELECT COUNT(*) FROM commits WHERE author_id='u1')>50, SLEEP(5), 0)", "filtered outside"),
    ("postgres", "COPY (SELECT * FROM users) TO PROGRAM 'curl x'", "no_query projected"),
    ("postgres", "SELECT author_name INTO somewhere FROM commits", "no_query projected"),
    ("mysql", "SELECT author_name INTO OUTFILE 'PATH' FROM commits", "unreadable"),
    ("postgres", "EXPLAIN SELECT name FROM users", "no_query"),
    ("postgres", "PREPARE x AS SELECT name FROM users", "no_query"),
    ("postgres", "DECLARE c CURSOR FOR SELECT name FROM users", "no_query"),
    ("mysql", "SELECT 1; SELECT name FROM users", "projected"),
    ("mysql", "SELECT table_name FROM information_schema.tables", "catalogue"),
    ("postgres", "SELECT relname FROM pg_class", "catalogue"),
    ("postgres", "SELECT аuthor_name FROM commits", "look_alike"),  # the first letter is Cyrillic
    ("postgres", "SELECT ａuthor FROM commits", "look_alike"),  # full width
    ("postgres", 'SELECT "sh\u200ba" FROM commits', "look_alike"),
    ("postgres", "SELECT FROM WHERE", "unreadable"),
]  # fmt: skip

# What somebody would rightly want, which nothing may deny; what is told of it beside.
ALLOWED = [
    ("mysql", "SELECT DATE(finished_date) d, COUNT(DISTINCT cicd_deployment_id) FROM cicd_deployment_commits "
     "WHERE result='SUCCESS' AND environment='PRODUCTION' GROUP BY 1", ""),
    ("mysql", "SELECT DISTINCT name FROM boards", ""),
    ("mysql", "SELECT pm.project_name, COUNT(DISTINCT c.author_id) FROM commits c JOIN repo_commits rc ON rc.commit_sha=c.sha "
     "JOIN project_mapping pm ON pm.row_id=rc.repo_id GROUP BY 1", "people_counted"),
    ("mysql", "SELECT pm.project_name, COUNT(DISTINCT c.author_id) FROM commits c JOIN repo_commits rc ON rc.commit_sha=c.sha "
     "JOIN project_mapping pm ON pm.row_id=rc.repo_id GROUP BY 1 HAVING COUNT(DISTINCT c.author_id) >= 5", ""),
    ("postgres", "SELECT date_trunc('month', merged_date) m, percentile_cont(0.5) WITHIN GROUP (ORDER BY merged_date - created_date) "
     "FROM pull_requests WHERE merged_date IS NOT NULL GROUP BY 1 ORDER BY 1", ""),
    ("postgres", "SELECT base_repo_id, avg(extract(epoch from (merged_date - created_date)) / 3600) FROM pull_requests GROUP BY 1 "
     "ORDER BY 1", "small_group"),
    ("mysql", "SELECT AVG(TIMESTAMPDIFF(HOUR, created_date, resolution_date)) FROM incidents", ""),
    ("mysql", "SELECT DATE_FORMAT(finished_date, '%Y-%m') m, COUNT(*) FROM cicd_deployments GROUP BY 1", ""),
    ("mysql", "SELECT COUNT(*) FROM commits WHERE authored_date >= '2024-05-01 12:00:00'", ""),
    ("postgres", "SELECT to_char(finished_date, 'YYYY-MM') m, COUNT(*) FROM cicd_deployments GROUP BY 1", ""),
    ("postgres", "SELECT COUNT(*) FROM commits WHERE author_id IN (SELECT user_id FROM team_users WHERE team_id = 't1')", "narrowed"),
    ("postgres", "SELECT COUNT(*) FROM (SELECT DISTINCT author_id FROM commits) x", ""),
    ("postgres", "SELECT COUNT(*) FROM commits WHERE author_id IS NULL", ""),
    ("postgres", "SELECT COUNT(*) FROM commits WHERE author_name <> ''", ""),
    ("postgres", "SELECT COUNT(*) FROM pull_requests WHERE merged_by_id = author_id", ""),
    ("postgres", "SELECT period, cohort, value, low, high FROM governed.lead_time_team WHERE withheld IS NULL ORDER BY cohort, period", ""),
    ("postgres", "SELECT name, purpose FROM governed.metrics", ""),
    ("postgres", "SELECT status, COUNT(*) FROM incidents GROUP BY status", "small_group"),
    ("postgres", "SELECT 1", ""),
    ("postgres", "SELECT now()", ""),
    ("postgres", "SELECT d FROM generate_series(date '2024-01-01', date '2024-02-01', interval '1 day') AS g(d)", ""),
    ("postgres", "SELECT hour(finished_date), COUNT(*) FROM cicd_deployments GROUP BY 1", "hours"),
    ("bigquery", "SELECT TIMESTAMP_TRUNC(finished_date, WEEK) w, COUNT(*) FROM cicd_deployments GROUP BY w ORDER BY w", ""),
    ("mysql", "SELECT DATE_ADD(DATE(merged_date), INTERVAL -WEEKDAY(DATE(merged_date)) DAY) w, COUNT(*) FROM pull_requests GROUP BY 1", ""),
    ("mysql", "SELECT DATE_SUB(DATE(merged_date), INTERVAL DAYOFMONTH(DATE(merged_date)) - 1 DAY) m, COUNT(*) FROM pull_requests "
     "GROUP BY 1", ""),
    ("mysql", "WITH r AS (SELECT base_repo_id, additions, PERCENT_RANK() OVER (PARTITION BY base_repo_id ORDER BY additions) p "
     "FROM pull_requests) SELECT MAX(additions) FROM r WHERE p <= 0.5", ""),
    ("postgres", "SELECT * FROM (SELECT cohort, value, row_number() OVER (PARTITION BY cohort ORDER BY starts_on DESC) n "
     "FROM governed.lead_time_team) q WHERE n = 1", ""),
    ("postgres", "SELECT avg(extract(day from merged_date - created_date) * 24 + extract(hour from merged_date - created_date)) "
     "FROM pull_requests", ""),
    ("mysql", "SELECT YEARWEEK(merged_date), ROUND(AVG(TIMESTAMPDIFF(MINUTE, created_date, merged_date)) / 60, 1) FROM pull_requests "
     "GROUP BY 1", ""),
    ("mysql", "SELECT AVG(UNIX_TIMESTAMP(merged_date) - UNIX_TIMESTAMP(created_date)) / 3600 FROM pull_requests", ""),
    ("postgres", "SELECT time_bucket('1 day', merged_date) AS time, COUNT(*) FROM pull_requests GROUP BY 1", ""),
    ("postgres", "SELECT to_char(merged_date, 'IYYY-IW'), COUNT(*) FROM pull_requests GROUP BY 1", ""),
    ("tsql", "SELECT FORMAT(merged_date, 'yyyy-MM') m, AVG(DATEDIFF(hour, created_date, merged_date)) FROM pull_requests "
     "GROUP BY FORMAT(merged_date, 'yyyy-MM')", ""),
    ("mysql", "SELECT SUM(IF(status = 'DONE', 1, 0)) / COUNT(*) FROM issues WHERE created_date >= NOW() - INTERVAL 30 DAY", ""),
    ("bigquery", "SELECT EXTRACT(YEAR FROM merged_date), APPROX_QUANTILES(additions, 100)[OFFSET(50)] FROM pull_requests GROUP BY 1", ""),
    ("clickhouse", "SELECT toStartOfWeek(merged_date) w, count() FROM pull_requests GROUP BY w ORDER BY w", ""),
    ("snowflake", "SELECT DATE_TRUNC('month', merged_date) m, MEDIAN(DATEDIFF('hour', created_date, merged_date)) FROM pull_requests "
     "GROUP BY 1", ""),
    ("mysql", "SELECT UNIX_TIMESTAMP(finished_date) * 1000 AS time, COUNT(*) FROM cicd_deployments GROUP BY 1", ""),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "sql", "reached"), DENIED)
def test_what_reaches_people_is_denied(dialect, sql, reached):
    found = analyse(sql, dialect, TABLES)
    assert found.denied
    assert set(reached.split()) <= {each.reach.value for each in found.reached}


@pytest.mark.parametrize(("dialect", "sql", "told"), ALLOWED)
def test_what_names_nobody_passes(dialect, sql, told):
    found = analyse(sql, dialect, TABLES)
    assert not found.denied, found.reached
    assert {each.reach.value for each in found.reached} == set(told.split())


def test_every_deny_of_the_shared_statements_is_denied_and_nothing_else():
    path = find_shared("sql/adversarial.jsonl")
    asked = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    wrong = [
        one["id"]
        for one in asked
        if analyse(one["sql"], one["dialect"], TABLES).denied is not (one["expected"] == "deny")
    ]
    assert asked and wrong == []


def test_each_thing_reached_names_rules_of_the_rulebook():
    known = set(builtin_rulebook().by_id)
    assert set(TOLD) == set(ReachKind)
    assert all(told.rules and set(told.rules) <= known for told in TOLD.values())
    assert all(("{}" in told.text and told.fix.endswith((".", ")"))) or told.fix for told in TOLD.values())


def described(**columns: SourceColumn) -> SourceDescription:
    return SourceDescription(
        slug="widgets", name="Widgets", kind=SourceKind.VERSION_CONTROL, description="Of a tool of our own.", owner="Us", cadence="P1D",
        region="EU", columns=columns,
    )  # fmt: skip


def test_a_described_source_stands_before_what_names_say():
    text = ColumnType.TEXT
    tables = gather_tables(
        [described(xyzzy=SourceColumn(text, Meaning.PERSON), plugh=SourceColumn(text), at=SourceColumn(ColumnType.TIMESTAMP, Meaning.TIME))]
    )  # fmt: skip
    person = analyse("SELECT xyzzy FROM widgets", "postgres", tables)
    plain = analyse("SELECT plugh, COUNT(*) FROM widgets GROUP BY 1", "postgres", tables)
    unknown = analyse("SELECT plugh, COUNT(*) FROM widgets GROUP BY 1", "postgres", TABLES)
    assert [each.reach for each in person.reached] == [ReachKind.PROJECTED]
    assert not plain.denied and unknown.denied


def test_a_description_takes_nothing_from_what_a_name_says():
    tables = gather_tables([described(author_email=SourceColumn(ColumnType.TEXT))])
    assert analyse("SELECT author_email FROM widgets", "postgres", tables).denied


def test_a_note_or_a_warning_denies_nothing():
    found = analyse("SELECT base_repo_id, COUNT(*) FROM pull_requests GROUP BY 1", "mysql", TABLES)
    assert [each.severity for each in found.reached] == [Severity.WARNING] and not found.rules


@pytest.mark.parametrize(
    "sql",
    ["(" * 3000 + "SELECT 1" + ")" * 3000, "SELECT " + "1+" * 20_000 + "1", "x" * (LONGEST_SQL + 1), "SELECT '", "\x00", "SELECT \ud800"],
)  # fmt: skip
def test_what_cannot_be_read_counts_as_reached_and_raises_nothing(sql):
    found = analyse(sql, "postgres", TABLES)
    assert found.denied or not found.reached


_PIECES = st.sampled_from(
    [
        "SELECT",
        "FROM",
        "WHERE",
        "GROUP",
        "BY",
        "ORDER",
        "BY",
        "LIMIT",
        "HAVING",
        "(",
        ")",
        ",",
        ".",
        "*",
        "=",
        "'x'",
        "1",
        "author_name",
        "commits",
        "c",
        "u1",
        "WITH",
        "AS",
        "JOIN",
        "ON",
        "USING",
        "OVER",
        "PARTITION",
        "UNION",
        "CASE",
        "WHEN",
        "THEN",
        "END",
        "COUNT",
        "DISTINCT",
        "INTERVAL",
        "VALUES",
        "LATERAL",
        "UNNEST",
    ]
)


@pytest.mark.proof
@settings(max_examples=whole_or_short(1_500, 40), deadline=None)
@given(st.lists(_PIECES, max_size=25), st.sampled_from(sorted(DIALECTS)))
def test_no_text_makes_it_raise(pieces, dialect):
    analyse(" ".join(pieces), dialect, TABLES)


@pytest.mark.proof
@settings(max_examples=whole_or_short(600, 20), deadline=None)
@given(st.integers(0, 4), st.booleans(), st.sampled_from(["author_name", "author_id", "author_email"]))
def test_however_deep_a_person_is_renamed_it_is_told(depth, upper, column):
    sql = f"SELECT {column.upper() if upper else column} AS k0 FROM commits"
    for step in range(depth):
        sql = f"SELECT k{step} AS k{step + 1} FROM ({sql}) AS t{step}"
    reached = {each.reach for each in analyse(sql, "postgres", TABLES).reached}
    assert ReachKind.PROJECTED in reached
