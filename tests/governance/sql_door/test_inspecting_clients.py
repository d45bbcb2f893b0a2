"""Clients that look over a database before they ask, as tools of dashboards do: SQLAlchemy and JDBC (issue 20, 3)."""

import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import exc, select

from governance.decisions.models import DecisionRecord
from tests.governance.sql_door.conftest import Opened

pytestmark = pytest.mark.committed

VIEW = "lead_time_for_changes__team"
PERIODS = ["2026-01", "2026-02", "2026-03"]
DRIVER = Path("/usr/share/java/postgresql.jar")
PROGRAM = Path(__file__).with_name("DashboardByJdbc.java")


@pytest.fixture
def engine(opened: Opened) -> Iterator[sqlalchemy.Engine]:
    """SQLAlchemy by the address that Superset and notebooks are given: the database is the decision."""
    url = f"postgresql+psycopg://manager:{opened.tokens['manager']}@127.0.0.1:{opened.port}/retrospective?sslmode=disable"
    made = sqlalchemy.create_engine(url)
    yield made
    made.dispose()


def test_sqlalchemy_inspects_what_there_is(engine):
    """Issue 20, 3: every view with its columns, and no key, index or constraint that a view has not."""
    found = sqlalchemy.inspect(engine)
    assert "governed" in found.get_schema_names() and found.get_table_names(schema="governed") == []
    assert {"metrics", VIEW} <= set(found.get_view_names(schema="governed"))
    assert found.has_table(VIEW, schema="governed") and not found.has_table("people_person")
    columns = {each["name"]: str(each["type"]) for each in found.get_columns(VIEW, schema="governed")}
    assert columns["value"] == "DOUBLE PRECISION" and columns["starts_on"] == "DATE" and len(columns) == 12
    for look in (found.get_indexes, found.get_foreign_keys, found.get_unique_constraints):
        assert look(VIEW, schema="governed") == []
    assert found.get_pk_constraint(VIEW, schema="governed")["constrained_columns"] == []
    assert DecisionRecord.objects.count() == 0, "to look asks for no value"


def test_sqlalchemy_reads_a_reflected_view_and_is_told_rule_and_fix(engine):
    """Issue 20, 3: reflection, a query of its own making with parameters, and the refusal as its users see it."""
    with engine.connect() as client:
        reflected = sqlalchemy.MetaData(schema="governed")
        reflected.reflect(client, views=True)
        view = reflected.tables[f"governed.{VIEW}"]
        query = select(view.c.period, view.c.value).order_by(view.c.period)
        rows = client.execute(query.where(view.c.cohort == "team:payments")).all()
        assert [row.period for row in rows] == PERIODS and rows[0].value == 20.0
        with pytest.raises(exc.ProgrammingError) as refused:
            client.execute(query.where(view.c.cohort == "team:search"))
        assert "AR14" in str(refused.value) and "HINT" in str(refused.value)
        client.rollback()
    assert sorted(DecisionRecord.objects.values_list("verdict", flat=True)) == ["deny", "permit"]


def test_columns_are_listed_by_a_name_that_is_taken_apart(opened):
    """Issue 20, 3: as the query builder of Grafana asks, whose table may stand with its schema or without."""
    parts = f"parse_ident('governed.{VIEW}')"
    with opened.connect() as client:
        found = client.execute(
            f"SELECT quote_ident(column_name), data_type FROM information_schema.columns "
            f"WHERE array_length({parts}, 1) = 2 AND quote_ident(table_schema) = ({parts})[1] "
            f"AND quote_ident(table_name) = ({parts})[2]"
        ).fetchall()
    assert len(found) == 12 and ("value", "double precision") in found


@pytest.mark.services
@pytest.mark.skipif(shutil.which("javac") is None, reason="no JDK is installed (openjdk-17-jdk-headless)")
@pytest.mark.skipif(not DRIVER.exists(), reason="libpostgresql-jdbc-java is not installed")
def test_jdbc_inspects_prepares_fetches_in_parts_and_shows_refusals(opened):
    """Issue 20, 3: PostgreSQL's own driver for Java, which Metabase and many others stand on."""
    told = run_jdbc(opened)
    assert "governed" in told["schema"] and {"metrics", VIEW} <= set(told["view"])
    assert len(told["column"]) == 12 and told["key"] == told["reference"] == [] and "float8" in told["type"]
    assert told["value"] == ["2026-01 20.0"] * 7 and told["part"] == PERIODS
    assert told["notice"][0].startswith("charter: receipt")
    assert told["state"] == ["42501"] and "AR14" in told["detail"][0] and told["hint"][0]
    assert DecisionRecord.objects.filter(verdict="permit").count() == 8
    assert DecisionRecord.objects.filter(verdict="deny").count() == 1


def run_jdbc(opened: Opened) -> dict[str, list[str]]:
    """What the program says, by the first word of each line."""
    url = f"jdbc:postgresql://127.0.0.1:{opened.port}/charter?sslmode=disable"
    ran = subprocess.run(
        ["java", "-XX:TieredStopAtLevel=1", "-cp", str(DRIVER), str(PROGRAM), url],
        env={**os.environ, "CHARTER_TOKEN": opened.tokens["manager"]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found = defaultdict(list)
    for line in ran.stdout.splitlines():
        word, _, rest = line.partition(" ")
        found[word].append(rest)
    return found
