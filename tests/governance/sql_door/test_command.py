"""`manage.py sql_door`: where it listens, and what it prints for a superuser (issue 20, 2)."""

import asyncio
import os
import re
import socket
import subprocess
import sys

import psycopg
import pytest
from django.core.management import CommandError, call_command

from governance.people.scopes import Scope
from governance.sql_door import probe
from governance.sql_door.server import SqlDoor
from governance.sql_door.upstream import Address
from ground.embedded import cluster
from tests import databases, factories
from tests.governance.sql_door.conftest import LEAD_TIME


@pytest.mark.parametrize(
    "given", [["--host", "192.0.2.1"], ["--certificate", "/no/such/file"], ["--host", "charter.example.org"]]
)
def test_nothing_crosses_a_network_in_clear(given):
    """Values are read behind TLS, or on this machine."""
    with pytest.raises(CommandError, match="certificate"):
        call_command("sql_door", *given)


def test_what_a_superuser_runs_is_printed(capsys):
    """Issue 20, 1: catalogs are trimmed on a PostgreSQL of one's own too, by the same statement."""
    call_command("sql_door", "--trim")
    printed = capsys.readouterr().out
    assert printed.startswith("DO $trim$") and '"mc_runtime"' in printed and printed.rstrip().endswith(";")


@pytest.mark.committed
@pytest.mark.parametrize("by_socket", [False, True])
def test_it_opens_the_door_and_ends_with_it(house, committed_db, server, tmp_path, by_socket):
    """The command as a supervisor runs it: it says where it listens, answers, and ends at once when it is told to."""
    token = factories.a_token(house.manager, Scope.ASK)
    environment = {
        **os.environ,
        "DATABASE_URL": databases.runtime_url(server, committed_db),
        "GOVERNED_DATABASE_URL": cluster.address(databases.FOLDER, cluster.READER, committed_db),
    }
    host, asked = (str(tmp_path), str(cluster.PORT)) if by_socket else ("127.0.0.1", "0")
    command = [sys.executable, "manage.py", "sql_door", "--host", host, "--port", asked]
    with subprocess.Popen(
        command, cwd=databases.PROJECT, env=environment, stdout=subprocess.PIPE, text=True
    ) as started:
        try:
            port = int(re.search(r":(\d+)\.$", started.stdout.readline())[1])
            assert probe.is_open(host, port)  # as doctor and Prometheus ask
            with psycopg.connect(
                host=host, port=port, user="manager", password=token, dbname="retrospective"
            ) as client:
                client.execute("SELECT metric FROM governed.metrics").fetchall()
                with pytest.raises(psycopg.Error):
                    client.execute(f"SELECT * FROM {LEAD_TIME} WHERE cohort = 'team:none'")
        finally:
            started.terminate()
        assert started.wait(10) == 0


def test_a_socket_that_a_door_listens_on_is_not_taken_from_it(tmp_path):
    """One that a door has left behind is; the other is said to be taken, as a port is."""

    async def open_it() -> None:
        server = await SqlDoor(Address("", 0, "", "", "")).open(str(tmp_path), 5433)
        server.close()
        await server.wait_closed()

    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(tmp_path / ".s.PGSQL.5433"))
        other.listen()
        with pytest.raises(OSError, match="in use"):
            asyncio.run(open_it())
    asyncio.run(open_it())
