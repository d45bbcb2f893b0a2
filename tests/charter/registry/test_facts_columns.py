"""Facts are checked by what a column is, wherever it goes, and never by what it is called."""

import pytest

from charter.registry import catalogue
from charter.registry.document import Measure
from charter.registry.facts_columns import check_columns, find_naming_sources, reads_clock
from charter.registry.facts_sql import check_facts_sql
from charter.rules.vocabulary import Aggregation
from ground.errors import BadInput

SOURCES = {source.slug: source for source in catalogue.read_starter_sources()}
WHOLE = "SELECT merged_at AS at, author AS person, team, {} AS value FROM changes"


def measure(facts: str) -> Measure:
    from charter.registry.facts_sql import list_tables

    measured = Measure(sources=tuple(sorted(list_tables(facts))), facts=facts, aggregation=Aggregation.COUNT)
    check_facts_sql(measured)
    return measured


def refusal(facts: str) -> str:
    with pytest.raises(BadInput) as caught:
        check_columns(measure(facts), SOURCES)
    assert (caught.value.code, caught.value.field) == ("facts_query", "what.measure.facts")
    return caught.value.detail


@pytest.mark.parametrize("slug", sorted(catalogue.read_starter_charters()))
def test_the_catalogue_binds_to_its_sources(slug):
    """S15, S151: every starter charter carries the person where its source has one, and says when it reads the clock."""
    document = catalogue.read_starter_charters()[slug]
    measured = document.what.measure
    check_columns(measured, SOURCES)
    rota = {SOURCES[source].kind for source in measured.sources} == {"rota"}
    assert reads_clock(measured, SOURCES) is (document.what.counts_hours and not rota)


@pytest.mark.parametrize(
    "facts",
    [
        WHOLE.format("1"),
        'SELECT "MERGED_AT" AS at, "Author" AS person, 1 AS value FROM "CHANGES"',
        "WITH a AS (SELECT merged_at, author AS who FROM changes), b AS (SELECT merged_at AS m, who AS w FROM a) SELECT m AS at, w AS person, 1 AS value FROM b",
        "SELECT at, person, value FROM (SELECT merged_at AS at, author AS person, 1 AS value FROM changes UNION ALL SELECT committed_at, author, 1 FROM commits)",
        "SELECT max(merged_at) AS at, author AS person, sum(additions) AS value FROM changes GROUP BY author, team",
        WHOLE.format("row_number() OVER (PARTITION BY author ORDER BY merged_at)"),
        WHOLE.format("additions - lag(additions) OVER (PARTITION BY author ORDER BY merged_at)"),
        WHOLE.format("1") + " WHERE author IS NOT NULL",
        "SELECT a.merged_at AS at, a.author AS person, 1 AS value FROM changes a JOIN commits b ON a.id = b.id AND a.author = b.author",
        "SELECT started_at AS at, service AS team, 1 AS value FROM incidents",
    ],
)  # fmt: skip
def test_a_person_may_be_followed_anywhere(facts):
    """Issue 10, lineage: through WITH, subqueries, UNION, groups, windows and joins, by whatever name."""
    check_columns(measure(facts), SOURCES)


@pytest.mark.parametrize(
    "person",
    [
        "CAST(id AS VARCHAR)",
        "id",
        "team",
        "CAST(author AS VARCHAR)",
        "lower(author)",
        "coalesce(author, 'somebody')",
        "CASE WHEN additions > 10 THEN author ELSE id END",
        "CASE WHEN revert THEN author END",
        "nullif(author, 'ann')",
        "greatest(author, id)",
        "(SELECT max(b.author) FROM changes AS b WHERE b.id = changes.id)",
        "lag(author) OVER (ORDER BY merged_at)",
        "max(author) OVER (PARTITION BY team)",
        "'ann'",
    ],
)
def test_a_person_is_a_described_column_unchanged(person):
    """Issue 10, lineage: `CAST(id AS VARCHAR) AS person` made every event its own contributor."""
    assert refusal(f"SELECT merged_at AS at, {person} AS person, team, 1 AS value FROM changes")


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ("SELECT merged_at AS at, max(author) AS person, count(*) AS value FROM changes GROUP BY team, merged_at", "(max)"),
        ("WITH a AS (SELECT merged_at, id AS author FROM changes) SELECT merged_at AS at, author AS person, 1 AS value FROM a", "as it stands"),
        ("SELECT at, person, value FROM (SELECT merged_at AS at, author AS person, 1 AS value FROM changes UNION ALL SELECT merged_at, id, 1 FROM changes)", "as it stands"),
        ("SELECT at, person, value FROM (SELECT merged_at AS at, id AS person, 1 AS value FROM changes UNION SELECT merged_at, author, 1 FROM changes)", "as it stands"),
        ("SELECT a.merged_at AS at, b.author AS person, a.additions AS value FROM changes a JOIN changes b ON a.team = b.team", "its own"),
        ("SELECT a.merged_at AS at, a.author AS person, (SELECT max(b.additions) FROM changes b) AS value FROM changes a", "its own"),
        ("WITH m AS (SELECT team, max(additions) AS most FROM changes GROUP BY team) SELECT merged_at AS at, author AS person, m.most AS value FROM changes JOIN m ON m.team = changes.team", "its own"),
        (WHOLE.format("(SELECT count(*) FROM commits WHERE additions > 100)"), "its own"),
        ("WITH big AS (SELECT id FROM commits WHERE additions > 100) SELECT merged_at AS at, author AS person, (SELECT count(*) FROM big) AS value FROM changes", "its own"),
        (WHOLE.format("(SELECT 1 FROM commits c WHERE c.author = changes.author)"), "its own"),
        (WHOLE.format("count(*) FILTER (WHERE additions > 100) OVER (PARTITION BY team)"), "its own"),
        (WHOLE.format("max(additions) OVER (PARTITION BY team)"), "its own"),
        (WHOLE.format("lag(additions) OVER (ORDER BY merged_at)"), "its own"),
        (WHOLE.format("CASE WHEN author = 'ann' THEN additions ELSE 0 END"), "(eq)"),
        (WHOLE.format("CASE WHEN author IS NULL THEN 1 ELSE 0 END"), "look at whose"),
        (WHOLE.format("1") + " WHERE author <> 'ann'", "(neq)"),
        (WHOLE.format("1") + " WHERE author IN ('ann', 'bob')", "(in)"),
        (WHOLE.format("1") + " WHERE author LIKE 'a%'", "(like)"),
        (WHOLE.format("1") + " WHERE id IN (SELECT id FROM commits WHERE lower(author) = 'ann')", "(lower)"),
    ],
)  # fmt: skip
def test_a_person_is_not_laundered(facts, says):
    """Issue 10, lineage; AR12, AR13: neither another's row nor somebody singled out hides behind many contributors."""
    assert says in refusal(facts)


@pytest.mark.parametrize(
    "facts",
    [
        "SELECT merged_at AS at, team, 1 AS value FROM changes",
        "SELECT finished_at AS at, team, 1 AS value FROM work_items WHERE finished_at IS NOT NULL",
        "SELECT d.finished_at AS at, d.team, 1 AS value FROM deployments d JOIN changes c ON c.id = d.id",
    ],
)
def test_a_charter_may_not_drop_the_person(facts):
    """Issue 10, second row: where the source has a person, its contributors are counted, whatever the charter selects."""
    assert "leaves it out" in refusal(facts)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ("SELECT nope AS at, author AS person, 1 AS value FROM changes", "nope"),
        ("SELECT c.merged_at AS at, c.assignee AS person, 1 AS value FROM changes c", "assignee"),
        ("SELECT finished_at AS at, kind AS team, 1 AS value FROM deployments", "teams or services"),
        ("SELECT finished_at AS at, 'search' AS team, 1 AS value FROM deployments", "teams or services"),
        ("SELECT finished_at AS at, kind AS person, 1 AS value FROM deployments", "as it stands"),
    ],
)
def test_facts_bind_to_described_columns(facts, says):
    """S15, S65: a column that nobody described is not read, and a team is a described one."""
    assert says in refusal(facts)


@pytest.mark.parametrize(
    "value",
    [
        "floor((epoch(merged_at) % 86400)/3600)",
        "floor(epoch(merged_at) / 3600)",
        "epoch(merged_at) - floor(epoch(merged_at) / 86400) * 86400",
        "epoch(merged_at) - epoch(date_trunc('day', merged_at))",
        "(epoch(merged_at) - epoch(first_commit_at)) % 86400",
        "CASE WHEN merged_at > date_trunc('day', merged_at) + INTERVAL 18 HOUR THEN 1 ELSE 0 END",
        "date_diff('hour', date_trunc('day', merged_at), merged_at)",
        "date_diff('day', date_trunc('week', merged_at), date_trunc('day', merged_at))",
        "date_diff('hour', TIMESTAMP '2025-01-01', merged_at)",
        "extract(hour FROM merged_at)",
        "extract(epoch FROM merged_at) // 3600",
        "dayofweek(merged_at)",
        "CASE WHEN CAST(merged_at AS VARCHAR) LIKE '% 2%' THEN 1 ELSE 0 END",
        "CASE WHEN merged_at > '2025-01-01 18:00' AND merged_at < '2025-01-02 00:00' THEN 1 ELSE 0 END",
        "CASE WHEN CAST(merged_at AS DATE) IN ('2025-01-04', '2025-01-05') THEN 1 ELSE 0 END",
        "CASE WHEN date_trunc('day', merged_at + INTERVAL 6 HOUR) = date_trunc('day', merged_at) THEN 0 ELSE 1 END",
        "CASE WHEN CAST(merged_at AT TIME ZONE 'UTC' AS DATE) = CAST(merged_at AT TIME ZONE 'Asia/Tokyo' AS DATE) THEN 1 ELSE 0 END",
        "CASE WHEN merged_at BETWEEN '2025-01-01 18:00:00' AND '2025-01-02 00:00:00' THEN 1 ELSE 0 END",
        "epoch(merged_at)",
        "epoch(merged_at) - 1700000000",
    ],
)
def test_the_clock_is_found_in_any_arithmetic(value):
    """Issue 10, lineage; AR03: `floor((epoch(merged_at) % 86400)/3600)` counted evenings without a finding."""
    assert reads_clock(measure(WHOLE.format(value)), SOURCES)


@pytest.mark.parametrize(
    "facts",
    [
        WHOLE.format("1") + " WHERE (epoch(merged_at) % 86400) > 64800",
        "WITH a AS (SELECT merged_at, author, epoch(merged_at) AS e FROM changes) SELECT merged_at AS at, author AS person, 1 AS value FROM a WHERE e % 604800 > 432000",
        "SELECT at, person, value FROM (SELECT merged_at AS at, author AS person, 1 AS value FROM changes UNION ALL SELECT merged_at, author, epoch(merged_at) % 86400 FROM changes)",
        "SELECT authored_at AS at, author AS person, 1 AS value FROM commits WHERE authored_local IS NOT NULL",
        "SELECT at, person, team, 1 AS value FROM interruptions WHERE after_hours",
        "SELECT max(at) AS at, author AS person, count(*) AS value FROM (SELECT merged_at AS at, author, unnest(generate_series(date_trunc('week', merged_at), merged_at, INTERVAL 1 DAY)) AS day FROM changes) GROUP BY author, at",
        "SELECT merged_at AS at, author AS person, row_number() OVER (PARTITION BY author, extract(hour FROM merged_at) ORDER BY id) AS value FROM changes",
    ],
)  # fmt: skip
def test_the_clock_is_found_wherever_it_is_looked_at(facts):
    """AR03: in a condition, a branch, a window, behind another name, in a column that says so, or counted out."""
    assert reads_clock(measure(facts), SOURCES)


@pytest.mark.parametrize(
    "value",
    [
        "(epoch(merged_at) - epoch(first_commit_at)) / 3600",
        "greatest((epoch(merged_at) - epoch(first_commit_at)) / 86400, 0)",
        "floor((epoch(merged_at) - epoch(first_commit_at)) / 86400)",
        "date_diff('day', date_trunc('day', first_commit_at), date_trunc('day', merged_at))",
        "epoch(merged_at - first_commit_at) / 3600",
        "CASE WHEN merged_at > first_commit_at + INTERVAL 2 DAY THEN 1 ELSE 0 END",
        "CASE WHEN merged_at >= TIMESTAMP '2025-01-01' THEN 1 ELSE 0 END",
        "CASE WHEN extract(year FROM merged_at) = 2025 THEN 1 ELSE 0 END",
        "additions % 10",
    ],
)
def test_a_difference_of_two_times_is_no_clock(value):
    """AR03: how long something took, and whether it came before something else, tells nobody's hours."""
    assert not reads_clock(measure(WHOLE.format(value)), SOURCES)


def test_it_is_known_which_sources_name_people():
    """S151: a name is looked up in the source that it comes from."""
    facts = "SELECT a.merged_at AS at, a.author AS person, b.team, 1 AS value FROM changes a JOIN work_items b ON a.id = b.id"
    assert find_naming_sources(measure(facts), SOURCES, "person") == {"changes"}
    assert find_naming_sources(measure(facts), SOURCES, "team") == {"work_items"}
