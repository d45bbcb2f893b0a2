"""Real clients at the SQL door: psycopg in all that it can, psql, and ibis (issue 20, 3)."""

import os
import subprocess
import threading

import ibis
import psycopg
import pytest

from charter.registry import services as registry
from governance.decisions.models import DecisionRecord
from ground.embedded.binaries import find_binaries
from tests import factories
from tests.governance.sql_door.conftest import LEAD_TIME

pytestmark = pytest.mark.committed

PAYMENTS = f"SELECT value FROM {LEAD_TIME} WHERE cohort = 'team:payments' ORDER BY period"
VALUES = [(20.0,), (None,), (20.0,)]
REFUSED = psycopg.errors.InsufficientPrivilege


def test_parameters_prepared_statements_and_binary(opened):
    """Issue 20, 2: prepared once, decided each time; a group as a parameter is the group that the line is asked for."""
    query = f"SELECT value FROM {LEAD_TIME} WHERE cohort = %s ORDER BY period"
    with opened.connect() as client:
        for _ in range(3):
            assert client.execute(query, ["team:payments"], prepare=True, binary=True).fetchall() == VALUES
        client.execute(
            f"PREPARE mine (text) AS SELECT value FROM {LEAD_TIME} WHERE cohort = $1 ORDER BY period"
        )
        assert client.execute("EXECUTE mine('team:payments')").fetchall() == VALUES
        with pytest.raises(REFUSED, match="AR"):
            client.execute(query, ["team:search"], prepare=True)
    assert [each.cohorts for each in DecisionRecord.objects.order_by("at", "id")][:3] == [
        ["team:payments"]
    ] * 3
    assert DecisionRecord.objects.count() == 5


def test_a_pipeline_stops_at_what_is_refused_and_goes_on_after_it(opened):
    """Issue 20, 2: what stood before the refusal is answered, what follows it is skipped until the client synchronises."""
    with opened.connect() as client:
        with pytest.raises(REFUSED), client.pipeline() as pipeline:
            first = client.execute(PAYMENTS)
            pipeline.sync()
            client.execute("SELECT 1")
            client.execute("SELECT name FROM people_person")
            never = client.execute("SELECT 2")
            pipeline.sync()
        assert first.fetchall() == VALUES
        assert never.pgresult is None or never.pgresult.status == psycopg.pq.ExecStatus.PIPELINE_ABORTED
        with client.pipeline():
            several = [client.execute(PAYMENTS) for _ in range(5)]
        assert [each.fetchall() for each in several] == [VALUES] * 5
    assert DecisionRecord.objects.count() == 6


def test_cursors_hold_what_was_released_when_they_were_declared(opened):
    """Issue 20, 2: another statement between two fetches changes nothing of what a cursor shows."""
    with opened.connect(autocommit=False) as client, client.cursor("held") as cursor:
        cursor.execute(PAYMENTS)
        assert client.execute("SELECT 1").fetchone() == (1,)
        assert cursor.fetchone() == (20.0,)
        assert client.execute("SELECT count(*) FROM governed.metrics").fetchone() == (2,)
        assert cursor.fetchall() == VALUES[1:]
    assert DecisionRecord.objects.count() == 1


def test_rows_are_copied_out_as_an_export(opened):
    """Issue 20, 2: COPY of a query works, and the line is told that values are taken out."""
    with opened.connect() as client, client.cursor().copy(f"COPY ({PAYMENTS}) TO STDOUT") as copied:
        assert [row[0] for row in copied.rows()] == ["20", None, "20"]
    assert DecisionRecord.objects.get().request["export"] is True


def test_a_statement_is_cancelled_by_its_own_client_alone(opened):
    """Issue 20, Bad input: the secret of a session cancels that one; another's number without it does nothing."""
    slow = "SELECT count(*) FROM generate_series(1, 30000000)"
    with opened.connect() as client, opened.connect() as other:
        threading.Timer(0.3, client.cancel_safe).start()
        with pytest.raises(psycopg.errors.QueryCanceled):
            client.execute(slow)
        assert client.execute("SELECT 1").fetchone() == (1,)
        pid = client.info.backend_pid
        assert pid in opened.door.sessions and other.info.backend_pid != pid
        assert opened.door.sessions[pid][1].process != pid  # not PostgreSQL's own number


def test_transactions_fail_and_roll_back_as_they_do_without_the_door(opened):
    """Issue 20, 2: a refusal fails its transaction; after the rollback what is released is set anew."""
    with opened.connect(autocommit=False) as client:
        assert client.execute(PAYMENTS).fetchall() == VALUES
        with pytest.raises(REFUSED):
            client.execute("SELECT * FROM people_user")
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            client.execute(PAYMENTS)
        client.rollback()
        assert client.execute(PAYMENTS).fetchall() == VALUES
        client.execute("SAVEPOINT a")
        assert client.execute(PAYMENTS).fetchall() == VALUES
        client.execute("ROLLBACK TO SAVEPOINT a")
        assert client.execute(PAYMENTS).fetchall() == VALUES


def test_a_suspended_charter_tells_nothing_from_the_next_statement_on(opened, house):
    """Issue 20: prepared before, open before: the next execution is refused, and the view is gone with the charter's standing."""
    with opened.connect() as client:
        assert client.execute(PAYMENTS, prepare=True).fetchall() == VALUES
        registry.suspend(version=house.lead_time, by=factories.system())
        with pytest.raises(REFUSED):
            client.execute(PAYMENTS, prepare=True)
        assert client.execute(
            "SELECT status, views FROM governed.metrics WHERE metric LIKE 'lead%'"
        ).fetchone() == (
            "suspended",
            [],
        )
    assert DecisionRecord.objects.filter(verdict="deny").count() == 1


def test_psql_asks_describes_and_shows_refusals(opened):
    """Issue 20, 3: psql lists the views, reads one, and shows its user what was decided."""
    ran = _psql(opened, r"\dv governed.*", r"\d lead_time_for_changes__team", PAYMENTS)
    assert (
        "lead_time_for_changes__team" in ran.stdout
        and "double precision" in ran.stdout
        and "20" in ran.stdout
    )
    assert "NOTICE:  charter: receipt" in ran.stderr and not ran.returncode, ran.stderr
    refused = _psql(opened, "SELECT name FROM people_person")
    assert "ERROR:  people_person is no governed view." in refused.stderr and "HINT:" in refused.stderr


def _psql(opened, *statements: str) -> subprocess.CompletedProcess[str]:
    says = opened.says()
    environment = {
        "PATH": os.defpath,
        "PGPASSWORD": str(says["password"]),
        "PGOPTIONS": str(says["options"]),
        "PGSSLMODE": "disable",
        "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", ""),
    }
    command: list[str] = [
        str(find_binaries() / "psql"),
        "-X",
        "-h",
        "127.0.0.1",
        "-p",
        str(says["port"]),
        "-U",
        "manager",
        "-d",
        "charter",
    ]
    given = [part for each in statements for part in ("-c", each)]
    return subprocess.run(
        [*command, *given], env=environment, capture_output=True, text=True, timeout=30, check=False
    )


def test_ibis_finds_a_view_and_reads_it(opened):
    """Issue 20, 3: ibis lists tables, infers a schema and runs its own SQL."""
    says = opened.says()
    backend = ibis.postgres.connect(
        host="127.0.0.1",
        port=says["port"],
        user="manager",
        password=says["password"],
        database="retrospective",
        sslmode="disable",
    )
    try:
        assert "lead_time_for_changes__team" in backend.list_tables(database="governed")
        table = backend.table("lead_time_for_changes__team", database="governed")
        assert str(table.schema()["value"]) == "float64"
        found = table.filter(table.cohort == "team:payments").order_by("period").select("period", "value")
        assert found.to_pyarrow().to_pylist()[0] == {"period": "2026-01", "value": 20.0}
    finally:
        backend.disconnect()


def test_many_clients_at_once_get_their_own(opened):
    """Issue 20, Measured: everybody gets their rows or their refusal, and each statement has its entry."""
    wrong: list[object] = []

    def ask(name: str) -> None:
        with opened.connect(name) as client:
            for _ in range(5):
                try:
                    found: object = client.execute(PAYMENTS).fetchall()
                except REFUSED:
                    found = None
                if found != (VALUES if name == "manager" else None):
                    wrong.append(found)

    threads = [threading.Thread(target=ask, args=[name]) for name in ("manager", "stranger") * 4]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not wrong and DecisionRecord.objects.count() == 40
