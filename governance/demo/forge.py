"""A folder of real delivery facts, such as git histories: teams, persons, changes, commits and release tags.

It knows nothing of managers, roles or the kind of project: those are made up here, and their names say so.
"""

import csv
import gzip
import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from charter.rules.vocabulary import ContextClass
from governance.demo.dataset import DataSet, Progress
from governance.demo.organisation import (
    LineRow,
    MembershipRow,
    Organisation,
    PersonRow,
    TeamRow,
    ValueStreamRow,
)
from governance.demo.warehouse import add_query, new_warehouse
from ground.errors import BadInput

# What each file must have; others may stand beside it. Each may be plain (.csv) or gzipped (.csv.gz).
COLUMNS = {
    "teams": ("id", "value_stream"),
    "people": ("id", "team", "utc_offset", "first_seen", "commits"),
    "commits": (
        "id", "team", "author", "authored_at", "committed_at", "files", "additions", "deletions", "revert",
    ),
    "changes": (
        "id", "team", "author", "first_commit_at", "merged_at", "commits", "additions", "deletions", "revert",
    ),
    "deployments": ("id", "team", "kind", "finished_at"),
}  # fmt: skip
_KINDS = {
    "DATE": {"first_seen"},
    "TIMESTAMPTZ": {"authored_at", "committed_at", "first_commit_at", "merged_at", "finished_at"},
    "BIGINT": {"commits", "files", "additions", "deletions"},
    "BOOLEAN": {"revert"},
}
_QUERIES = {
    "changes": "SELECT * FROM raw_changes",
    # The wall clock where the author was is the time as written, without its offset.
    "commits": "SELECT *, CAST(left(authored_at, 19) AS TIMESTAMP) AS authored_local FROM raw_commits",
    "deployments": "SELECT * FROM raw_deployments",
}
_USUAL_TEAM = "forge-07"
_ABOUT = (
    "Teams, contributors, commits, changes and releases are real and pseudonymised. Made up for the demo: "
    "managers, leads, roles, what kind of project each team works in, and the approval of earlier data."
)


def read_folder(folder: Path) -> DataSet:
    """The data set in a folder. Raises BadInput that names the file, and the column or row, at fault."""
    files = _find_files(folder)
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    _load(connection, files)
    _check(connection)
    first, last = _span(connection)
    team = _sign_in_team(connection)
    organisation = _organisation(connection)
    employee = _most_active(connection, team, last)

    def write_warehouse(path: Path, progress: Progress) -> None:
        with new_warehouse(path) as warehouse:
            _load(warehouse, files)
            for table, query in _QUERIES.items():
                progress(table, add_query(warehouse, table, query))
            for name in files:
                warehouse.execute(f"DROP TABLE raw_{name}")

    return DataSet(
        name=str(folder.resolve()),
        about=_ABOUT,
        as_of=datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1),
        data_from=first.replace(day=1),
        values_kept="P5Y",
        team=team,
        employee=employee,
        organisation=organisation,
        content_hash=_content_hash(files),
        write_warehouse=write_warehouse,
    )


# Reading


def _find_files(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise BadInput(
            f"There is no folder {folder}. DATA names a folder with the data set's files.", field="data"
        )
    candidates = {name: (folder / f"{name}.csv.gz", folder / f"{name}.csv") for name in COLUMNS}
    found = {
        name: next(filter(Path.is_file, paths))
        for name, paths in candidates.items()
        if any(map(Path.is_file, paths))
    }
    if missing := [f"{name}.csv" for name in COLUMNS if name not in found]:
        raise BadInput(f"{folder} lacks {', '.join(missing)} (or the same as .csv.gz).", field="data")
    for name, path in found.items():
        _check_header(path, COLUMNS[name])
    return found


def _check_header(path: Path, columns: tuple[str, ...]) -> None:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{path} cannot be read: {error}.", field="data") from error
    missing = [column for column in columns if column not in header]
    if missing:
        raise BadInput(f"{path} has no column {', '.join(missing)}.", field="data")


def _load(connection: duckdb.DuckDBPyConnection, files: Mapping[str, Path]) -> None:
    """Copy the files as text into tables raw_*."""
    for name, path in files.items():
        try:
            connection.read_csv(str(path), header=True, all_varchar=True, sep=",").create(f"raw_{name}")
        except duckdb.Error as error:
            raise BadInput(f"{path} cannot be read: {str(error).splitlines()[0]}", field="data") from error


def _check(connection: duckdb.DuckDBPyConnection) -> None:
    """Every reference leads somewhere, every id stands once, every number and time can be read."""
    for name, columns in COLUMNS.items():
        _refuse(connection, name, "id IS NULL", "has no id")
        _refuse(connection, name, "id IN (SELECT id FROM t GROUP BY id HAVING count(*) > 1)", "stands twice")
        for kind, meant in _KINDS.items():
            for column in meant.intersection(columns):
                _refuse(
                    connection,
                    name,
                    f"TRY_CAST({column} AS {kind}) IS NULL",
                    f"has a {column} that is no {kind}",
                )
        if "team" in columns:
            _refuse(
                connection,
                name,
                "team IS NULL OR team NOT IN (SELECT id FROM raw_teams)",
                "names a team that teams.csv lacks",
            )
        if "author" in columns:
            _refuse(
                connection,
                name,
                "author IS NULL OR author NOT IN (SELECT id FROM raw_people)",
                "names an author unknown to people.csv",
            )
    if _one(connection, "SELECT count(*) FROM raw_changes")[0] == 0:
        raise BadInput("changes.csv has no rows.", field="data")


def _refuse(connection: duckdb.DuckDBPyConnection, name: str, condition: str, fault: str) -> None:
    query = f"WITH t AS (SELECT * FROM raw_{name}) SELECT any_value(id), count(*) FROM t WHERE {condition}"
    example, rows = _one(connection, query)
    if rows:
        others = f" ({rows} rows like it)" if rows > 1 else ""
        raise BadInput(f"In {name}.csv, row {example} {fault}{others}.", field="data")


def _span(connection: duckdb.DuckDBPyConnection) -> tuple[date, date]:
    """The days (UTC) of the first merge and of the last event."""
    first = _one(connection, "SELECT CAST(min(CAST(merged_at AS TIMESTAMPTZ)) AS DATE) FROM raw_changes")[0]
    last = _one(
        connection,
        """SELECT CAST(max(moment) AS DATE) FROM (
             SELECT CAST(merged_at AS TIMESTAMPTZ) AS moment FROM raw_changes
             UNION ALL SELECT CAST(committed_at AS TIMESTAMPTZ) FROM raw_commits
             UNION ALL SELECT CAST(authored_at AS TIMESTAMPTZ) FROM raw_commits
             UNION ALL SELECT CAST(finished_at AS TIMESTAMPTZ) FROM raw_deployments)""",
    )[0]
    return first, last


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    (row,) = connection.execute(query).fetchall()
    return row


def _content_hash(files: Mapping[str, Path]) -> str:
    digest = hashlib.sha256()
    for path in files.values():
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


# The organisation


def _sign_in_team(connection: duckdb.DuckDBPyConnection) -> str:
    """The team of the manager and employee sign-ins: the usual one, or the one with the most changes."""
    query = "SELECT team FROM raw_changes GROUP BY team ORDER BY team <> ?, count(*) DESC, team LIMIT 1"
    return str(connection.execute(query, [_USUAL_TEAM]).fetchall()[0][0])


def _most_active(connection: duckdb.DuckDBPyConnection, team: str, last: date) -> str:
    """The member of a team with the most changes in the last year of the data."""
    query = """SELECT p.id FROM raw_people p
               LEFT JOIN raw_changes c ON c.author = p.id AND c.team = p.team
                 AND CAST(c.merged_at AS TIMESTAMPTZ) >= CAST(? AS DATE) - INTERVAL 1 YEAR
               WHERE p.team = ? GROUP BY p.id ORDER BY count(c.id) DESC, p.id LIMIT 1"""
    found = connection.execute(query, [last, team]).fetchone()
    if found is None:
        raise BadInput(f"In people.csv nobody belongs to the team {team}.", field="data")
    return str(found[0])


def _organisation(connection: duckdb.DuckDBPyConnection) -> Organisation:
    """Teams and persons as they are; managers, leads, a head and context classes made up."""
    teams = connection.execute("SELECT id, value_stream FROM raw_teams ORDER BY id").fetchall()
    people = connection.execute(
        "SELECT id, team, utc_offset, CAST(first_seen AS DATE) FROM raw_people ORDER BY id"
    ).fetchall()
    streams = sorted({stream for _, stream in teams})
    start = min(first_seen for *_, first_seen in people).replace(month=1, day=1)
    classes = dict(zip(streams, [*ContextClass] * len(streams), strict=False))
    managers = {team: f"made-up-manager-{team}" for team, _ in teams}
    leads = {stream: f"made-up-lead-{stream}" for stream in streams}
    head = "made-up-head"
    return Organisation(
        value_streams=tuple(ValueStreamRow(slug, slug.replace("-", " ").capitalize()) for slug in streams),
        teams=tuple(TeamRow(slug, slug, stream, classes[stream].value, start) for slug, stream in teams),
        people=(
            _made_up_person(head, "Head of engineering", start),
            *(_made_up_person(leads[stream], f"Lead of {stream}", start) for stream in streams),
            *(_made_up_person(managers[team], f"Manager of {team}", start) for team, _ in teams),
            *(
                PersonRow(id_, f"Contributor {id_}", f"UTC{offset}", "", "", since)
                for id_, _, offset, since in people
            ),
        ),
        memberships=tuple(MembershipRow(id_, team, since) for id_, team, _, since in people),
        lines=(
            *(LineRow(leads[stream], head, start) for stream in streams),
            *(LineRow(managers[team], leads[stream], start) for team, stream in teams),
            *(LineRow(id_, managers[team], since) for id_, team, _, since in people),
        ),
        managers=managers,
        leads=leads,
        head=head,
    )


def _made_up_person(external_id: str, title: str, since: date) -> PersonRow:
    return PersonRow(external_id, f"{title} (made up)", "", "", "leadership", since)
