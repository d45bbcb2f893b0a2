"""Loading a folder of real delivery facts."""

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from governance.demo import forge
from ground.errors import BadInput

FILES = {
    "teams.csv": "id,value_stream\na-team,things\nb-team,things\n",
    "people.csv": "id,team,utc_offset,first_seen,commits\np1,a-team,+02:00,2025-01-05,3\np2,b-team,-05:00,2025-02-01,1\n",
    "commits.csv": "id,team,author,authored_at,committed_at,files,additions,deletions,revert\n"
    "c1,a-team,p1,2025-01-05T23:30:00-05:00,2025-01-06T00:00:00-05:00,1,2,3,0\n",
    "changes.csv": "id,team,author,first_commit_at,merged_at,commits,additions,deletions,revert\n"
    "r1,a-team,p1,2025-01-05T10:00:00+02:00,2025-01-06T10:00:00+02:00,1,2,3,1\n",
    "deployments.csv": "id,team,kind,finished_at\nd1,b-team,release,2025-03-31T23:30:00-02:00\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_teams_people_and_events_of_the_real_data(forge_folder, tmp_path):
    """Issue 2, item 1: teams as teams, merged changes as changes, tags as deployments, on the real folder."""
    data = forge.read_folder(forge_folder)
    assert len(data.organisation.teams) == 12
    assert sum(not person.external_id.startswith("made-up-") for person in data.organisation.people) == 1131
    assert data.team == "forge-07"
    assert data.as_of == datetime(2026, 8, 23, tzinfo=UTC)
    rows: dict[str, int] = {}
    data.write_warehouse(tmp_path / "w.duckdb", rows.__setitem__)
    assert rows == {"changes": 13_292, "commits": 28_917, "deployments": 3_045}


def test_the_real_team_has_its_months(forge_folder, tmp_path):
    """Issue 2, done when: forge-07 has five or more contributors in 38 of its 44 months."""
    forge.read_folder(forge_folder).write_warehouse(tmp_path / "w.duckdb", lambda *_: None)
    with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        months = connection.sql(
            """SELECT count(*), count(*) FILTER (people >= 5) FROM (
                 SELECT count(DISTINCT author) AS people FROM changes WHERE team = 'forge-07'
                 GROUP BY date_trunc('month', merged_at))"""
        ).fetchone()
    assert months == (44, 38)


def test_what_is_made_up_is_said_to_be(folder):
    """Issue 2, item 1: managers, roles and charter backfill are made up and said to be."""
    data = forge.read_folder(folder)
    real = {"p1", "p2"}
    assert all(
        "made up" in person.name for person in data.organisation.people if person.external_id not in real
    )
    assert {"managers", "roles"} <= set(data.about.replace(",", "").split())
    assert data.organisation.managers["a-team"] in {row.manager for row in data.organisation.lines}


def test_local_time_comes_from_the_offset(folder, tmp_path):
    """Issue 2, item 1: offsets become local time."""
    forge.read_folder(folder).write_warehouse(tmp_path / "w.duckdb", lambda *_: None)
    with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        row = connection.sql("SELECT authored_local, CAST(authored_at AS VARCHAR) FROM commits").fetchone()
    local = datetime(2025, 1, 5, 23, 30)  # noqa: DTZ001 (a local time has no zone)
    assert row == (local, "2025-01-06 04:30:00+00")


def test_the_clock_begins_on_the_day_after_the_data(folder):
    """Issue 2, item 1: the demo stands just after the end of its data, in UTC, and its first month is whole."""
    data = forge.read_folder(folder)
    assert data.as_of == datetime(2025, 4, 2, tzinfo=UTC)
    assert data.data_from == date(2025, 1, 1)


def test_a_folder_without_the_usual_team(folder):
    """Issue 2, item 1: a team of the data is found for the manager and the employee."""
    data = forge.read_folder(folder)
    assert (data.team, data.employee) == ("a-team", "p1")


def test_gzipped_files(folder):
    """Issue 2, item 1: files may be gzipped, as the real ones are."""
    path = folder / "changes.csv"
    (folder / "changes.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    assert forge.read_folder(folder).data_from == date(2025, 1, 1)


def test_a_missing_folder_and_missing_files(tmp_path):
    """Issue 2, bad input: what is missing is named."""
    with pytest.raises(BadInput, match="There is no folder"):
        forge.read_folder(tmp_path / "nowhere")
    with pytest.raises(
        BadInput, match=r"lacks teams.csv, people.csv, commits.csv, changes.csv, deployments.csv"
    ):
        forge.read_folder(tmp_path)


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("changes.csv", "merged_at", "merged", "no column merged_at"),
        ("changes.csv", "r1,a-team", "r1,c-team", "row r1 names a team that teams.csv lacks"),
        ("changes.csv", "r1,a-team", "r1,", "row r1 names a team"),
        ("changes.csv", "a-team,p1", "a-team,p9", "row r1 names an author unknown"),
        ("changes.csv", "2025-01-06T10:00:00+02:00", "yesterday", "merged_at that is no TIMESTAMPTZ"),
        ("commits.csv", ",1,2,3,0", ",many,2,3,0", "files that is no BIGINT"),
        ("people.csv", "p2,b-team", "p1,b-team", "row p1 stands twice"),
        ("people.csv", "2025-02-01", "soon", "first_seen that is no DATE"),
    ],
)
def test_faults_name_file_and_row(folder, name, old, new, sentence):
    """Issue 2, bad input: a fault in the data names the file and the row or column."""
    (folder / name).write_text(FILES[name].replace(old, new))
    with pytest.raises(BadInput, match=sentence) as refused:
        forge.read_folder(folder)
    assert name in refused.value.detail


def test_a_file_that_is_no_table(folder):
    """Issue 2, bad input: what cannot be read is said, with its name."""
    (folder / "changes.csv").unlink()
    (folder / "changes.csv.gz").write_bytes(b"not gzipped")
    with pytest.raises(BadInput, match=r"changes.csv.gz cannot be read"):
        forge.read_folder(folder)
