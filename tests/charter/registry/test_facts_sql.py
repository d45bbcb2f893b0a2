"""Facts queries: what one may say, which tables it reads, and every way out that we could think of."""

import duckdb
import pytest

from charter.registry import catalogue
from charter.registry.document import Measure
from charter.registry.facts_sql import carries_person, check_facts_sql, list_tables, looks_at_clock
from charter.rules.vocabulary import Aggregation
from ground.errors import BadInput

GOOD = "SELECT merged_at AS at, team, 1 AS value FROM changes"


def measure(facts: str, *sources: str) -> Measure:
    return Measure(sources=sources or ("changes",), facts=facts, aggregation=Aggregation.COUNT)


def refusal(facts: str, *sources: str) -> BadInput:
    with pytest.raises(BadInput) as caught:
        check_facts_sql(measure(facts, *sources))
    assert caught.value.code == "facts_query"
    assert caught.value.field.startswith("what.measure.")
    return caught.value


@pytest.mark.parametrize(
    "facts",
    [
        GOOD,
        GOOD + ";",
        GOOD + " -- DROP TABLE changes",
        "/* ; DROP TABLE changes */ " + GOOD,
        'SELECT "merged_at" AS "at", "author" AS "person", "team", 1.5 AS "value", 2 AS weight FROM "changes"',
        'SELECT merged_at AS at, team, 1 AS value FROM "CHANGES"',
        "WITH merged AS (SELECT * FROM (SELECT merged_at, team FROM changes)) SELECT merged_at AS at, team, 1 AS value FROM merged".replace("*", "merged_at, team"),
        "SELECT merged_at AS at, team, CASE WHEN revert THEN 1 ELSE 0 END AS value FROM changes WHERE additions > 0 AND team IN ('a', 'b')",
        "SELECT max(merged_at) AS at, team, count(*) AS value FROM changes GROUP BY team HAVING count(*) > 1",
        "SELECT a.merged_at AS at, a.team, 1 AS value FROM changes AS a JOIN changes AS b ON a.id = b.id",
        "SELECT at, team, value FROM (SELECT merged_at AS at, team, 1 AS value FROM changes UNION ALL SELECT merged_at, team, 2 FROM changes)",
        "SELECT merged_at AS at, team, 1 AS value FROM changes WHERE EXISTS (SELECT 1 FROM changes AS other WHERE other.id = changes.id)",
    ],
)  # fmt: skip
def test_a_query_over_its_sources_is_accepted(facts):
    """S15, DESIGN published values: one SELECT; CTEs, joins, subqueries, comments and quoted names are fine."""
    check_facts_sql(measure(facts))
    assert list_tables(facts) == {"changes"}


@pytest.mark.parametrize(
    "facts",
    [
        "",
        ";",
        "SELECT",
        "not SQL at all (",
        GOOD + "; SELECT 1",
        GOOD + "; DROP TABLE changes",
        GOOD + ";;" + GOOD,
        "DROP TABLE changes",
        "CREATE TABLE x AS " + GOOD,
        "INSERT INTO changes " + GOOD,
        "UPDATE changes SET team = 'a'",
        "DELETE FROM changes",
        "PRAGMA database_list",
        "ATTACH 'x.duckdb'",
        "COPY changes TO 'x.csv'",
        "EXPORT DATABASE 'x'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "CALL pragma_version()",
        "DESCRIBE changes",
        "SUMMARIZE changes",
        "SHOW TABLES",
        "VALUES (1, 2, 3)",
        GOOD + " UNION ALL " + GOOD,
        "SELECT merged_at AS at, team, 1 AS value INTO x FROM changes",
        "PIVOT changes ON team USING sum(additions)",
        "EXPLAIN ANALYZE " + GOOD,
        "SELECT " + "(" * 4000 + "1" + ")" * 4000,
        GOOD + " WHERE team <> '" + "x" * 10_000 + "'",
    ],
)  # fmt: skip
def test_anything_but_one_select_is_refused(facts):
    """DESIGN published values: the query is exactly one SELECT; no DDL, PRAGMA, ATTACH, COPY, second statement."""
    refusal(facts)


@pytest.mark.parametrize(
    "source",
    [
        "'changes.csv'",
        '"changes.csv"',
        "'/etc/passwd'",
        "\"/etc/passwd\"",
        "'https://example.org/x.parquet'",
        "read_csv('changes.csv')",
        "read_csv_auto('changes.csv')",
        "read_parquet('x.parquet')",
        "read_json('x.json')",
        "read_text('/etc/passwd')",
        "read_blob('/etc/passwd')",
        "glob('/etc/*')",
        "parquet_scan('x')",
        "sqlite_scan('x', 'y')",
        "postgres_scan('', '', '')",
        "query('SELECT 1')",
        "query_table('changes')",
        "duckdb_settings()",
        "duckdb_secrets()",
        "pragma_table_info('changes')",
        "duckdb_tables",
        "sqlite_master",
        "pg_catalog.pg_class",
        "information_schema.tables",
        "information_schema.changes",
        "main.changes",
        "other.main.changes",
        '"main"."changes"',
        "commits",
        "changes, commits",
        "changes JOIN commits USING (id)",
        "changes, LATERAL (SELECT 1 FROM commits)",
        "changes POSITIONAL JOIN commits",
        "(SELECT merged_at, team FROM commits)",
        "changes TABLESAMPLE 10 PERCENT",
        "changes AT (VERSION => 1)",
        "(PIVOT changes ON team USING sum(additions))",
        "(VALUES (1, 2, 3)) AS t(merged_at, team, value)",
        "unnest([1, 2])",
        "range(10)",
    ],
)  # fmt: skip
def test_nothing_but_declared_tables_is_read(source):
    """S65, AR01: the tables that the query reads equal the declared sources, whatever form it hides them in."""
    refusal(f"SELECT merged_at AS at, team, 1 AS value FROM {source}")


@pytest.mark.parametrize(
    "value",
    [
        "(SELECT count(*) FROM commits)",
        "(SELECT max(size) FROM read_text('/etc/passwd'))",
        "CASE WHEN EXISTS (SELECT 1 FROM duckdb_secrets()) THEN 1 ELSE 0 END",
        "getenv('HOME')",
        "current_setting('secret_directory')",
        "current_user",
        "current_database()",
        "version()",
        "random()",
        "uuid()",
        "gen_random_uuid()",
        "now()",
        "current_timestamp",
        "current_date",
        "today()",
        "txid_current()",
        "nextval('s')",
        "hash(author)",
        "md5(author)",
        "write_log('x')",
        "sql_auto_complete('x')",
        "main.getenv('HOME')",
        "changes.author.upper()",
        "columns('a.*')",
        "$1",
        "?",
        "list_transform([1], x -> getenv('HOME'))",
        "[x FOR x IN [1] IF x > 0]",
        "{'a': 1}",
        "main.changes.additions",
    ],
)  # fmt: skip
def test_functions_that_reach_outside_or_change_their_mind_are_refused(value):
    """DESIGN published values: values depend on the snapshot alone; no environment, clock, chance or settings."""
    refusal(f"SELECT merged_at AS at, team, {value} AS value FROM changes")


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ("WITH commits AS (SELECT merged_at, team FROM changes) SELECT merged_at AS at, team, 1 AS value FROM commits", None),
        ("WITH changes AS (SELECT * EXCLUDE (team) FROM changes) SELECT merged_at AS at, team, 1 AS value FROM changes", "may not use"),
        ("WITH changes AS (SELECT merged_at, team FROM changes) SELECT merged_at AS at, team, 1 AS value FROM changes", "another name"),
        ("WITH a AS (SELECT merged_at, team FROM b), b AS (SELECT merged_at, team FROM changes) SELECT merged_at AS at, team, 1 AS value FROM a", "another name"),
        ("WITH a AS (SELECT merged_at, team FROM changes), A AS (SELECT merged_at, team FROM changes) SELECT merged_at AS at, team, 1 AS value FROM a", "twice"),
        ("WITH RECURSIVE a AS (SELECT merged_at, team FROM changes) SELECT merged_at AS at, team, 1 AS value FROM a", "recursive"),
        ("SELECT merged_at AS at, team, 1 AS value FROM (WITH commits AS (SELECT 1 AS one FROM changes) SELECT merged_at, team FROM changes), commits", "WITH belongs"),
        ("WITH c AS (WITH commits AS (SELECT merged_at, team FROM changes) SELECT merged_at, team FROM commits) SELECT merged_at AS at, team, 1 AS value FROM c", "WITH belongs"),
    ],
)  # fmt: skip
def test_names_of_ctes_cannot_hide_a_table(facts, says):
    """S65, AR01: a CTE may stand in for no table, and no table may pass for a CTE."""
    if says is None:
        assert list_tables(facts) == {"changes"}
        return
    assert says in refusal(facts).detail


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ("*", "may not use"),
        ("changes.*", "may not use"),
        ("merged_at AS at, team, 1", "a column “1”"),
        ("merged_at AS at, team, additions + 1", "Name each column"),
        ("merged_at AS at, team, 1 AS value, additions + 1", "Name each column"),
        ("merged_at AS at, team, 1 AS value, author", "“author”"),
        ("merged_at AS at, team, 1 AS value, author AS Person", "“Person”"),
        ("merged_at AS at, team, 1 AS value, 2 AS value", "twice"),
        ("team, 1 AS value", "“at”"),
        ("merged_at AS at, team", "“value”"),
        ("merged_at AS at, 1 AS value", "whose it is"),
    ],
)
def test_the_columns_are_those_of_facts(columns, says):
    """DESIGN published values: at, person or team, value, optional weight, and nothing else."""
    assert says in refusal(f"SELECT {columns} FROM changes").detail


@pytest.mark.parametrize(
    ("sources", "says"),
    [
        (("changes", "commits"), "does not read it"),
        (("commits",), "does not declare"),
        (("changes", "changes"), "named twice"),
        (("changes", "x.csv"), "cannot be the name"),
        (("changes", "main.commits"), "cannot be the name"),
    ],
)
def test_declared_sources_are_exactly_those_read(sources, says):
    """S65: a source that is declared and not read is as wrong as one read and not declared."""
    assert says in refusal(GOOD, *sources).detail


def test_whether_facts_carry_a_person_is_read_off_the_query():
    """DESIGN published values: contributors are counted where facts carry a person, rosters where not."""
    assert not carries_person(measure(GOOD))
    assert carries_person(measure("SELECT merged_at AS at, author AS person, 1 AS value FROM changes"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1", False),
        ("date_diff('hour', first_commit_at, merged_at)", False),
        ("epoch(merged_at)", False),
        ("isodow(merged_at)", True),
        ("dayofweek(merged_at)", True),
        ("extract(hour FROM merged_at)", True),
        ("extract(dow FROM merged_at)", True),
        ("extract(year FROM merged_at)", False),
        ("authored_local", True),
        ('"AFTER_HOURS"', True),
    ],
)
def test_looking_at_the_clock_is_read_off_the_query(value, expected):
    """AR03, S56: a metric cannot hide that it looks at the hour or the day of the week."""
    facts = f"SELECT merged_at AS at, team, {value} AS value FROM changes"
    assert looks_at_clock(measure(facts)) is expected


@pytest.fixture(scope="module")
def tables():
    """An engine with the tables of the starter catalogue, empty."""
    with duckdb.connect() as connection:
        for source in catalogue.read_starter_sources():
            columns = ", ".join(f'"{name}" {column.type}' for name, column in source.columns.items())
            connection.execute(f"CREATE TABLE {source.slug} ({columns})")
        yield connection


@pytest.fixture
def warehouse(tables):
    """The tables, left empty again."""
    tables.execute("BEGIN")
    yield tables
    tables.execute("ROLLBACK")


@pytest.mark.parametrize("slug", sorted(catalogue.read_starter_charters()))
def test_facts_of_the_catalogue_run_on_the_described_tables(warehouse, slug):
    """Issue 2, clause 2: the starter charters' queries fit the described columns and give times and numbers."""
    measured = catalogue.read_starter_charters()[slug].what.measure
    check_facts_sql(measured)
    given = {name: str(kind) for name, kind, *_ in warehouse.execute(measured.facts).description}
    assert given["at"] in {"TIMESTAMP WITH TIME ZONE", "DATE"}, "a moment, or a calendar day of the programme"
    assert given["value"] in {"INTEGER", "BIGINT", "DOUBLE"}


def test_work_in_progress_counts_what_was_open_at_each_midnight(warehouse):
    """S28: an item counts on the days it is open; one that is still open counts up to the end of the data."""
    warehouse.execute(
        """INSERT INTO work_items (id, team, assignee, created_at, started_at, finished_at) VALUES
           ('a', 't', 'ann', '2026-01-01 08:00:00+00', '2026-01-01 09:00:00+00', '2026-01-03 10:00:00+00'),
           ('b', 't', 'bob', '2026-01-01 08:00:00+00', '2026-01-02 09:00:00+00', NULL),
           ('c', 't', 'ann', '2026-01-02 10:00:00+00', '2026-01-02 11:00:00+00', '2026-01-02 12:00:00+00'),
           ('d', 't', 'ann', '2026-01-04 01:00:00+00', NULL, NULL)"""
    )
    facts = catalogue.read_starter_charters()["work-in-progress"].what.measure.facts
    rows = warehouse.execute(
        f"""SELECT "at" AT TIME ZONE 'UTC', person, value, weight FROM ({facts}) ORDER BY 1, 2"""
    ).fetchall()
    assert [(at.day, *rest) for at, *rest in rows] == [
        (2, "ann", 1, 1), (3, "ann", 2, 0.5), (3, "bob", 2, 0.5), (4, "bob", 1, 1)
    ]  # fmt: skip
    # The mean of the parts, as they weigh, is the mean of what was open at each midnight.
    assert sum(value * weight for *_, value, weight in rows) / sum(weight for *_, weight in rows) == 4 / 3


def test_slo_compliance_weighs_days_by_their_events(warehouse):
    """S25: good events of all events, so a quiet day does not hide a busy one."""
    warehouse.execute(
        """INSERT INTO slo_windows VALUES
           ('a', 't', 's', '2026-01-01', 90, 100, 0.9), ('b', 't', 's', '2026-01-02', 0, 0, 0.9)"""
    )
    facts = catalogue.read_starter_charters()["slo-compliance"].what.measure.facts
    rows = warehouse.execute(f"""SELECT "at", value, weight FROM ({facts})""").fetchall()
    assert [(str(at), value, weight) for at, value, weight in rows] == [("2026-01-01", 0.9, 100)]


def test_an_error_budget_is_used_up_when_all_that_may_fail_has_failed(warehouse):
    """S25: failed events as a part of those that the objective allows; without an allowance there is no budget."""
    warehouse.execute(
        """INSERT INTO slo_windows VALUES
           ('a', 't', 's', '2026-01-01', 90, 100, 0.8), ('b', 't', 's', '2026-01-02', 60, 100, 0.8),
           ('c', 't', 's', '2026-01-03', 99, 100, 1.0)"""
    )
    facts = catalogue.read_starter_charters()["error-budget"].what.measure.facts
    rows = warehouse.execute(f"SELECT round(value, 9), weight FROM ({facts}) ORDER BY 1").fetchall()
    assert rows == [(0.5, 100), (2.0, 100)]


def test_recovery_time_is_from_the_end_of_one_severe_incident_to_the_next(warehouse):
    """S111: slighter incidents do not count, other teams' neither; one that overlaps leaves no time at all."""
    warehouse.execute(
        """INSERT INTO incidents VALUES
           ('a', 't', 's', 1, '2026-01-01 00:00:00+00', '2026-01-02 00:00:00+00'),
           ('b', 't', 's', 3, '2026-01-03 00:00:00+00', '2026-01-03 01:00:00+00'),
           ('c', 't', 's', 2, '2026-01-05 00:00:00+00', '2026-01-06 00:00:00+00'),
           ('d', 't', 's', 2, '2026-01-05 12:00:00+00', '2026-01-07 00:00:00+00'),
           ('e', 'u', 's', 1, '2026-01-04 00:00:00+00', '2026-01-04 01:00:00+00')"""
    )
    facts = catalogue.read_starter_charters()["recovery-time"].what.measure.facts
    rows = warehouse.execute(f"""SELECT team, value FROM ({facts}) ORDER BY "at" """).fetchall()
    assert rows == [("t", 3.0), ("t", 0.0)]


def test_context_switching_counts_what_one_person_has_open(warehouse):
    """S111: two items of one person on one day are two at once; one each of two people is one."""
    warehouse.execute(
        """INSERT INTO work_items (id, team, assignee, created_at, started_at, finished_at) VALUES
           ('a', 't', 'p', '2026-01-01 08:00:00+00', '2026-01-01 09:00:00+00', '2026-01-02 09:00:00+00'),
           ('b', 't', 'p', '2026-01-01 08:00:00+00', '2026-01-01 10:00:00+00', '2026-01-02 10:00:00+00'),
           ('c', 't', 'q', '2026-01-01 08:00:00+00', '2026-01-01 10:00:00+00', '2026-01-02 10:00:00+00'),
           ('d', 't', NULL, '2026-01-01 08:00:00+00', '2026-01-01 10:00:00+00', '2026-01-02 10:00:00+00')"""
    )
    facts = catalogue.read_starter_charters()["context-switching"].what.measure.facts
    rows = warehouse.execute(f"SELECT person, value FROM ({facts}) ORDER BY 1").fetchall()
    assert rows == [("p", 2), ("q", 1)]


AT = "SELECT a.merged_at AS at, a.team, 1 AS value FROM "


@pytest.mark.parametrize(
    "joined",
    [
        "changes a JOIN changes b ON a.id = b.id",
        "changes a LEFT JOIN changes b USING (id)",
        "changes AS a JOIN changes AS b ON (lower(a.team) = lower(b.team) AND a.merged_at > b.merged_at)",
        "changes a JOIN changes b ON a.merged_at > b.merged_at AND (b.id = a.id)",
        "changes a JOIN (SELECT id FROM changes) b ON b.id = a.id JOIN changes c ON c.id = b.id",
        "changes a SEMI JOIN changes B ON a.id = b.id",
    ],
)
def test_joins_that_tie_each_row_to_its_like_are_accepted(joined):
    """Issue 9: what a join is for stays possible."""
    check_facts_sql(measure(AT + joined))


@pytest.mark.parametrize(
    "joined",
    [
        "changes a CROSS JOIN changes b", "changes a, changes b", "changes a, changes b WHERE a.id = b.id",
        "changes a JOIN changes b", "changes a JOIN changes b ON TRUE", "changes a JOIN changes b ON 1 = 1",
        "changes a JOIN changes b ON a.id = a.id", "changes a JOIN changes b ON a.id = 7", "changes a JOIN changes b ON a.id = b.id OR TRUE",
        "changes a JOIN changes b ON a.id <> b.id", "changes a JOIN changes b ON a.id < b.id", "changes a JOIN changes b ON NOT (a.id = b.id)",
        "changes a JOIN changes b ON b.id = b.id - 0 * a.id", "changes a JOIN changes b ON (a.id = b.id) IS NOT NULL",
        "changes a NATURAL JOIN changes b", "changes a POSITIONAL JOIN changes b", "changes a ASOF JOIN changes b ON a.at >= b.at",
        "changes a JOIN changes b ON id = id", "changes a JOIN changes b ON a.id = b.id JOIN changes c ON a.id = b.id",
        "changes a JOIN (changes b JOIN changes c ON TRUE) ON a.id = b.id", "(changes a CROSS JOIN changes b)",
        "changes a FULL JOIN changes b ON a.id = b.id, changes c",
    ],
)  # fmt: skip
def test_a_cross_join_is_refused_however_it_is_written(joined):
    """Issue 9: rows that each meet every other held up the one worker until the time was over."""
    refusal(AT + joined)


@pytest.mark.parametrize(
    "facts",
    [
        "WITH b AS (SELECT id FROM changes, changes AS c) SELECT merged_at AS at, team, 1 AS value FROM changes",
        "SELECT merged_at AS at, team, 1 AS value FROM changes WHERE EXISTS (SELECT 1 FROM changes AS b CROSS JOIN changes AS c)",
        "SELECT merged_at AS at, team, unnest(generate_series(1, 1000000000)) AS value FROM changes",
        "SELECT merged_at AS at, team, unnest(generate_series(merged_at, merged_at, INTERVAL 1 SECOND)) AS value FROM changes",
        "WITH b AS (SELECT unnest(generate_series(merged_at, merged_at, INTERVAL 1 DAY)) AS at, team FROM changes) "
        "SELECT unnest(generate_series(at, at, INTERVAL 1 DAY)) AS at, team, 1 AS value FROM b",
    ],
)
def test_nor_where_it_hides_or_where_rows_are_made_from_nothing(facts):
    """Issue 9: in WITH, in a subquery, or of lists without end."""
    refusal(facts)


def test_a_single_value_needs_no_join():
    """Issue 9: what a cross join with one row was for, a subquery says."""
    check_facts_sql(
        measure(
            "WITH edge AS (SELECT max(merged_at) AS last FROM changes) "
            "SELECT coalesce(merged_at, (SELECT last FROM edge)) AS at, team, 1 AS value FROM changes"
        )
    )
