"""The made-up organisation and its events."""

import csv
import hashlib
from collections import Counter
from datetime import UTC, date, datetime

import duckdb
import pytest

from governance.demo import dataset, made_names, warehouse
from governance.demo.organisation import PLANS, make_up, write_import_files

AS_OF = dataset.AS_OF


@pytest.fixture(scope="module")
def made_up():
    return dataset.make_up_data_set()


@pytest.fixture(scope="module")
def events(made_up, tmp_path_factory):
    path = tmp_path_factory.mktemp("made-up") / "warehouse.duckdb"
    made_up.write_warehouse(path, lambda table, rows: None)
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def test_same_seed_same_organisation(tmp_path):
    """Issue 2, item 1: the organisation is deterministic from a seed, to the byte of its import files."""

    def written(seed: int, folder: str) -> str:
        write_import_files(make_up(seed=seed, as_of=AS_OF.date()), tmp_path / folder)
        files = sorted((tmp_path / folder).iterdir())
        return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()

    assert written(1, "a") == written(1, "b")
    assert written(1, "a") != written(2, "c")


def test_same_seed_same_events(events, made_up, tmp_path):
    """Issue 2, item 1: the events are deterministic from a seed, in every table."""
    path = tmp_path / "again.duckdb"
    made_up.write_warehouse(path, lambda table, rows: None)
    with duckdb.connect(str(path), read_only=True) as again:
        for table in warehouse.TABLES:
            assert _hash(again, table) == _hash(events, table), table
    dataset.make_up_data_set(seed=1).write_warehouse(tmp_path / "other.duckdb", lambda table, rows: None)
    with duckdb.connect(str(tmp_path / "other.duckdb"), read_only=True) as other:
        assert _hash(other, "changes") != _hash(events, "changes")


def test_about_200_people_in_24_teams(made_up):
    """Issue 2, item 1: about 200 people in 24 teams with lines, roles, locations, tenure, arrangement, context."""
    organisation = made_up.organisation
    assert 190 <= len(organisation.people) <= 210
    assert len(organisation.teams) == 24
    assert "payments" in {team.slug for team in organisation.teams}
    assert all(person.location and person.working_arrangement for person in organisation.people)
    assert len({person.role_family for person in organisation.people}) >= 6
    assert len({team.context_class for team in organisation.teams}) == 6
    reporting = {line.person for line in organisation.lines}
    assert {person.external_id for person in organisation.people} - reporting == {organisation.head}


def test_some_teams_are_too_small_and_some_people_move(made_up):
    """Issue 2, items 1 and 4: two teams are below five people, so that merging shows; people move, by date."""
    sizes = Counter(row.team for row in made_up.organisation.memberships if row.valid_to is None)
    assert sum(size < 5 for size in sizes.values()) == 2
    spells = Counter(row.person for row in made_up.organisation.memberships)
    assert sum(count == 2 for count in spells.values()) == 8
    for person in (person for person, count in spells.items() if count == 2):
        first, second = sorted(
            (row for row in made_up.organisation.memberships if row.person == person),
            key=lambda row: row.valid_from,
        )
        assert first.valid_to == second.valid_from
        assert made_up.data_from < second.valid_from < AS_OF.date()


def test_nobody_can_be_taken_for_a_real_person(made_up):
    """Issue 2, item 1: the people are obviously made up: a role and a number."""
    assert all(person.name[-3:].isdigit() for person in made_up.organisation.people)
    assert all(person.external_id.startswith("made-up-") for person in made_up.organisation.people)


def test_the_import_files_have_the_documented_columns(made_up, tmp_path):
    """Issue 2, item 4: import from CSV with documented columns; an open end is an empty cell."""
    write_import_files(made_up.organisation, tmp_path)
    with (tmp_path / "memberships.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["person", "team", "valid_from", "valid_to"]
    assert {row["valid_to"] == "" for row in rows} == {True, False}
    assert date.fromisoformat(rows[0]["valid_from"])


def test_every_table_is_filled_and_small(events):
    """Issue 2, item 1: a warehouse of 18 months of events, each table that charters may read."""
    for table in warehouse.TABLES:
        rows = events.table(table).count("*").fetchone()[0]
        assert 500 < rows <= 60_000, table
    months = events.sql("SELECT DISTINCT strftime(merged_at, '%Y-%m') FROM changes ORDER BY 1").fetchall()
    assert [month for (month,) in months[:18]] == [f"{2025 + i // 12}-{i % 12 + 1:02}" for i in range(18)]


def test_events_name_only_who_and_what_exists(events, made_up):
    """Issue 2, item 1: every team and person of an event is in the organisation."""
    teams = {team.slug for team in made_up.organisation.teams}
    people = {person.external_id for person in made_up.organisation.people}
    teams |= {row.name for row in made_up.organisation.aliases} | {made_names.MISSPELT}
    people |= {row.name for row in made_up.organisation.identities} | {made_names.CONTRACTOR}
    for table, columns in warehouse.TABLES.items():
        for column in {"team", "author", "assignee", "person"} & set(columns):
            found = {value for (value,) in events.sql(f'SELECT DISTINCT "{column}" FROM {table}').fetchall()}
            assert found <= (teams if column == "team" else people), (table, column)


def test_nothing_happens_after_the_end_or_backwards(events):
    """Issue 2, item 1: events end at the demo's `as of`, and what ends has begun."""
    end = AS_OF.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    spans = {
        "changes": ("first_commit_at", "merged_at"),
        "commits": ("authored_at", "committed_at"),
        "incidents": ("started_at", "restored_at"),
        "work_items": ("created_at", "finished_at"),
        "change_requests": ("opened_at", "closed_at"),
    }
    for table, (start, finish) in spans.items():
        wrong = events.sql(
            f"SELECT count(*) FROM {table} WHERE {finish} < {start} OR {finish} > TIMESTAMPTZ '{end}+00'"
        ).fetchone()[0]
        assert wrong == 0, table


def test_work_follows_the_week_and_the_migration(events):
    """Issue 2, item 1: weekly rhythm in local time, and a slower payments team in the months of its migration."""
    weekend = events.sql("SELECT avg(CAST(isodow(authored_local) >= 6 AS INT)) FROM commits").fetchone()[0]
    assert 0.005 < weekend < 0.05
    medians = dict(
        events.sql(
            """SELECT strftime(merged_at, '%Y-%m') IN ('2025-10', '2025-11'), median(epoch(merged_at - first_commit_at))
               FROM changes WHERE team = 'payments' GROUP BY 1"""
        ).fetchall()
    )
    assert medians[True] > 1.6 * medians[False]


def test_local_time_is_utc_and_the_place(events, made_up):
    """Issue 2, item 1: events have the local time of where their author is."""
    place = {person.external_id: person.location for person in made_up.organisation.people}
    query = "SELECT author, round(epoch(authored_local - (authored_at AT TIME ZONE 'UTC')) / 3600, 1) FROM commits"
    ahead = {(place[author], hours) for author, hours in events.sql(query).fetchall()}
    assert {hours for where, hours in ahead if where == "Bengaluru"} == {5.5}
    assert {hours for where, hours in ahead if where == "Lisbon"} == {0.0, 1.0}


def test_plans_are_distinct():
    """Issue 2, item 1: 24 teams, each once, in six value streams."""
    assert len({plan.slug for plan in PLANS}) == 24
    assert len({plan.value_stream for plan in PLANS}) == 6


def test_the_data_begin_eighteen_months_before(made_up):
    """Issue 2, item 1: 18 months of events."""
    assert made_up.data_from == date(2025, 1, 1)
    assert datetime(2026, 7, 1, 9, tzinfo=UTC) == made_up.as_of


def _hash(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    rows = connection.sql(f"SELECT CAST(t AS VARCHAR) FROM {table} t").fetchall()
    return hashlib.sha256("\n".join(text for (text,) in rows).encode()).hexdigest()
