"""Governed views: which there are, what they show past the door, and that they follow charters (issue 20, 1)."""

import psycopg
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from charter.registry import services as registry
from charter.rules.vocabulary import Grain
from governance.sql_door import services
from governance.sql_door.naming import map_views, name_view
from governance.sql_door.owner_functions import NAME
from ground.embedded import cluster
from tests import databases, factories
from tests.governance.sql_door.conftest import LEAD_TIME

SLUGS = st.from_regex(r"[a-z0-9](-?[a-z0-9]){0,60}", fullmatch=True)


def list_views() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = 'governed'")
        return {name for (name,) in cursor.fetchall()}


def test_views_follow_charters(house):
    """Issue 20, 1: in force they are there, in the transaction in which the charter moves; suspended or retired they are not."""
    before = list_views()
    assert "metrics" in before and "lead_time_for_changes__team" in before
    registry.suspend(version=house.lead_time, by=factories.system())
    assert not {each for each in list_views() if each.startswith("lead_time")}
    house.lead_time.refresh_from_db()
    registry.reinstate(version=house.lead_time, by=factories.system())
    assert list_views() == before
    services.refresh()
    assert list_views() == before


@given(st.sets(SLUGS, min_size=2, max_size=8))
def test_no_two_metrics_share_a_view(slugs):
    """A view's name is of one metric and grain, fits PostgreSQL's names, and needs no quotes."""
    views = map_views(slugs)
    assert len(views) == 3 * len(slugs)
    assert all(len(name) <= 63 and name.isidentifier() and name == name.lower() for name in views)


@pytest.mark.django_db
def test_the_database_names_views_as_we_do():
    """What the owner's function calls a view is what the door looks for."""
    slugs = ["lead-time", "4keys", "a--b", "a_b", "x" * 41, "a-" * 30 + "z"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT m.slug, g.grain, {NAME} FROM unnest(%s::text[]) AS m(slug), unnest(%s::text[]) AS g(grain)",
            [slugs, [Grain.TEAM.value, Grain.ORG.value]],
        )
        found = cursor.fetchall()
    assert len(found) == 12
    assert all(name == name_view(slug, Grain(grain)) for slug, grain, name in found)


@pytest.mark.committed
def test_past_the_door_there_is_nothing(house, committed_db):
    """Issue 20, Done when: the role that reads governed views finds no value, no count and no lock of its own accord."""
    url = cluster.address(databases.FOLDER, cluster.READER, committed_db)
    with psycopg.connect(url, autocommit=True) as reader:
        metrics = reader.execute("SELECT metric, decisions, owner, views FROM governed.metrics").fetchall()
        assert metrics[0][0] == "commit-count" and "lead_time_for_changes__team" in metrics[1][3]
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="nothing was released"):
            reader.execute(f"SELECT * FROM {LEAD_TIME}")
        reader.execute("SET default_transaction_read_only TO off")
        for statement in CLOSED:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(statement)
        # What it says itself is all that it is shown.
        reader.execute(
            "SELECT set_config('governed.lead_time_for_changes__team', '[{\"cohort\": \"made:up\"}]', false)"
        )
        assert reader.execute(f"SELECT cohort, value FROM {LEAD_TIME}").fetchall() == [("made:up", None)]
        others = "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'v', 'm') AND has_any_column_privilege(oid, 'SELECT') AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'governed'::regnamespace)"
        assert reader.execute(others).fetchone() == (0,)


CLOSED = [
    "SELECT * FROM public.people_person",
    "SELECT * FROM public.measures_publishedvalue",
    "CREATE TABLE governed.x ()",
    "CREATE VIEW governed.x AS SELECT 1",
    "SELECT public.refresh_governed()",
    "SELECT tests.as_owner('SELECT 1')",
    "SELECT reltuples FROM pg_class",
    "SELECT * FROM pg_stat_user_tables",
    "SELECT * FROM pg_stat_activity",
    "SELECT * FROM pg_roles",
    "SELECT pg_stat_get_tuples_inserted(1::oid)",
    "SELECT pg_total_relation_size('pg_class')",
    "SELECT pg_advisory_lock(1)",
    "SELECT pg_try_advisory_xact_lock_shared(1)",
    "SELECT query_to_xml('SELECT 1', true, true, '')",
    "SELECT pg_sleep(1)",
    "SELECT lo_create(1)",
    "SET ROLE mc_owner",
]


@pytest.mark.committed
def test_a_reader_that_stays_holds_up_no_suspension(house, committed_db):
    """Whoever suspends waits for no dashboard: the view may stay a while, and shows nothing more."""
    url = cluster.address(databases.FOLDER, cluster.READER, committed_db)
    with psycopg.connect(url) as reader:
        reader.execute(f"EXPLAIN SELECT * FROM {LEAD_TIME}")  # holds the view until its transaction ends
        registry.suspend(version=house.lead_time, by=factories.system())
        house.lead_time.refresh_from_db()
        assert house.lead_time.standing == "suspended" and "lead_time_for_changes__team" in list_views()
        reader.rollback()
    services.refresh()
    assert "lead_time_for_changes__team" not in list_views()
