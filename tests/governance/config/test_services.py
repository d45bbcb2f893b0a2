"""The product on the services of this machine: a PostgreSQL of its own, Redis and RabbitMQ as brokers.

Under CI=true a service that is missing fails its test; elsewhere the test is skipped with the reason.
"""

import os
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from ground.guard import spawn
from tests import databases

pytestmark = pytest.mark.services

SERVER = os.environ.get("TEST_SERVER_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
BROKERS = {
    "redis": ("redis://127.0.0.1:6379/9", 6379),
    "rabbitmq": ("amqp://guest:guest@127.0.0.1:5672//", 5672),
}


def need(name: str, port: int) -> None:
    """Skip, or under CI fail, unless something listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        reason = f"{name} does not listen on 127.0.0.1:{port}"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)


@pytest.fixture
def own_server():
    """A database with an owner and a runtime role on the machine's PostgreSQL; gives both addresses."""
    need("PostgreSQL", 5432)
    name = f"mc_{uuid.uuid4().hex[:10]}"
    owner, runtime = f"{name}_owner", f"{name}_runtime"
    with psycopg.connect(SERVER, autocommit=True) as admin:
        for role in (owner, runtime):
            admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'secret'").format(sql.Identifier(role)))
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner))
        )
        yield runtime, *(f"postgresql://{role}:secret@127.0.0.1:5432/{name}" for role in (owner, runtime))
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        for role in (owner, runtime):
            admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def manage(address: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": address, **more}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, cwd=databases.PROJECT, env=environment, capture_output=True, text=True, check=False
    )


TRIGGER = """
    SELECT quote_ident(tgname) FROM pg_trigger
    WHERE tgrelid = 'registry_charterversion'::regclass AND NOT tgisinternal ORDER BY tgname LIMIT 1"""


@pytest.mark.proof(alone=True)
def test_a_server_of_ones_own_is_migrated_by_its_owner_and_kept_from_the_runtime_role(own_server):
    """Issue 2, 8 and DESIGN, ground rules: two roles on any PostgreSQL from 15, as how-to/run-on-your-own-postgresql says."""
    role, owner, runtime = own_server
    done = manage(owner, "migrate", "--verbosity", "0", RUNTIME_ROLE=role)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(runtime, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO ground_heartbeat VALUES (gen_random_uuid(), 's', '', now(), now(), false, NULL, 0, 0)"
        )
        trigger = connection.execute(TRIGGER).fetchone()[0]
        for forbidden in (
            "DELETE FROM ledger_entry",
            "UPDATE registry_charterversion SET document = '{}'",
            "DELETE FROM registry_charterversion",
            "UPDATE data_version SET version = gen_random_uuid()",
            f"DROP TRIGGER {trigger} ON registry_charterversion",
            "CREATE TABLE loophole (id int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(forbidden)
    undone = manage(runtime, "migrate", "training", "zero", "--verbosity", "0", RUNTIME_ROLE=role)
    assert undone.returncode != 0
    assert "permission denied" in undone.stderr or "must be owner" in undone.stderr


@pytest.mark.proof(alone=True)
@pytest.mark.parametrize("broker", ["files", *BROKERS])
def test_a_worker_takes_its_work_from_any_of_the_brokers(broker, server, tmp_path: Path):
    """DESIGN, Parts: files under var/ where no broker is named, Redis or RabbitMQ where one is."""
    url = "filesystem://"
    if broker in BROKERS:
        url, port = BROKERS[broker]
        need(broker, port)
    log = tmp_path / "worker.log"
    with databases.copy(server) as name:
        environment = {
            **os.environ,
            "DATABASE_URL": databases.runtime_url(server, name),
            "CELERY_BROKER_URL": url,
            "VAR_DIR": str(tmp_path),
        }
        queue = f"test-{uuid.uuid4().hex[:8]}"
        command = [sys.executable, "-m", "celery", "--app", "governance.config"]
        worker = spawn(
            [*command, "worker", "--concurrency", "1", "--queues", queue, "--loglevel", "INFO"],
            env=environment,
            cwd=databases.PROJECT,
            log=log,
        )
        try:
            wait_for(log, "ready.")
            task = "scans.publishing"
            subprocess.run(
                [*command, "call", task, "--queue", queue], cwd=databases.PROJECT, env=environment, check=True
            )
            wait_for(log, "succeeded in")
        finally:
            worker.stop()


def wait_for(log: Path, sentence: str) -> None:
    for _ in range(300):
        if log.exists() and sentence in log.read_text():
            return
        time.sleep(0.1)
    pytest.fail(f"{sentence!r} is not in the worker's log:\n{log.read_text() if log.exists() else ''}")
