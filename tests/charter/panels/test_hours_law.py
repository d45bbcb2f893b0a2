"""A law: what the analysis lets pass says the same at whatever hour people were at work (AR03). Checked on a real engine.

Two databases hold the same events of the same days, the second one at other hours. A statement that is not denied gives the same rows, unless it
shows a moment as it stands, which is what its column is for and is told as such.
"""

import duckdb
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from charter.panels.analysing import analyse
from charter.panels.tables import gather_tables
from tests.proof import whole_or_short

pytestmark = pytest.mark.stands_on()
TABLES = gather_tables()
EVENTS = [(f"s{number}", f"r{number % 3}", number % 28 + 1, (number * 7) % 24) for number in range(40)]


def make(shift: int) -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect(":memory:")
    engine.execute("CREATE TABLE commits (sha TEXT, repo_id TEXT, authored_date TIMESTAMP)")
    for sha, repo, day, hour in EVENTS:
        at = f"2024-01-{day:02} {(hour + shift * (day % 5)) % 24:02}:30:00"
        engine.execute("INSERT INTO commits VALUES (?, ?, ?)", [sha, repo, at])
    return engine


@pytest.fixture(scope="module")
def engines():
    """The same days twice, the second time at other hours."""
    both = make(0), make(7)
    yield both
    for engine in both:
        engine.close()


MOMENTS = st.sampled_from(
    ["authored_date", "(authored_date + INTERVAL 1 DAY)", "(authored_date - INTERVAL 7 DAY)", "CASE WHEN sha > 's2' THEN authored_date END",
     "greatest(authored_date, TIMESTAMP '2023-01-01')", "coalesce(authored_date, TIMESTAMP '2023-01-01')", "(SELECT max(authored_date) FROM commits)"]
)  # fmt: skip
MADE = st.sampled_from(
    ["date_trunc('day', {})", "date_trunc('month', {})", "{}::DATE", "year({})", "month({})", "extract(hour FROM {})", "hour({})", "minute({})", "{}::TIME",
     "{}::TEXT", "strftime({}, '%Y-%m')", "strftime({}, '%H')", "strftime({}, '%Y-%m-%d %p')", "substr({}::TEXT, 12, 2)", "left({}::TEXT, 10)",
     "epoch({}) % 86400", "(epoch({})::BIGINT // 3600) % 24", "epoch({} - date_trunc('day', {}))", "{} > date_trunc('day', {}) + INTERVAL 12 HOUR",
     "datediff('day', TIMESTAMP '2024-01-01', {})", "datediff('hour', date_trunc('day', {}), {})", "date_trunc('hour', {}) = date_trunc('day', {})",
     "age({}, date_trunc('day', {}))", "round(epoch({}) / 86400)", "time_bucket(INTERVAL 6 HOUR, {})::TEXT", "md5({}::TEXT)", "to_json({})::TEXT",
     "(epoch({}) / 3600)::INT % 24", "{} >= TIMESTAMP '2024-01-10'", "{} BETWEEN '2024-01-05' AND '2024-01-20'", "{}::TIME > TIME '19:00:00'",
     "least({} - date_trunc('day', {}), INTERVAL 9 HOUR)::TEXT", "date_part('epoch', {}::TIME)", "[extract(hour FROM {})][1]", "{} IS NOT NULL"]
)  # fmt: skip
SHAPES = st.sampled_from(
    ["SELECT {}, count(*) FROM commits GROUP BY 1", "SELECT count(*) FROM commits WHERE ({})::TEXT > '1'", "SELECT repo_id, max({})::TEXT FROM commits GROUP BY 1",
     "SELECT sum(CASE WHEN ({})::TEXT < '5' THEN 1 ELSE 0 END) FROM commits", "WITH w AS (SELECT repo_id, {} AS k FROM commits) SELECT k, count(*) FROM w GROUP BY k",
     "SELECT count(*) FROM (SELECT DISTINCT {} FROM commits) x", "SELECT repo_id, count(*) FROM commits GROUP BY repo_id, {}",
     "SELECT count(*) FROM commits GROUP BY repo_id HAVING min({})::TEXT > '2'", "SELECT repo_id FROM commits ORDER BY {}, sha LIMIT 3",
     "SELECT count(*) FILTER (WHERE ({})::TEXT > '1') FROM commits", "SELECT count(DISTINCT {}) FROM commits"]
)  # fmt: skip


@pytest.mark.proof
@settings(max_examples=whole_or_short(2_000, 60), deadline=None, suppress_health_check=list(HealthCheck))
@given(moment=MOMENTS, made=MADE, shape=SHAPES)
def test_what_passes_says_the_same_at_whatever_hour(engines, moment, made, shape):
    sql = shape.format(made.replace("{}", moment))
    assume(not analyse(sql, "duckdb", TABLES).denied)
    try:
        first, second = (sorted(map(repr, engine.execute(sql).fetchall())) for engine in engines)
    except duckdb.Error:
        assume(False)
    assert first == second, sql
