"""The log under a hammer: writers, the sequencer and PostgreSQL are killed at random while others write, witness and verify.

Ten minutes in `make proof`, some seconds otherwise. Nothing that was acknowledged is lost or doubled, and nothing that was signed
forks: the checkpoints that were kept on the way, and the witness's, all hold against the copy at the end.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import charter_verify
import psycopg
import pytest

from audits.ledger.keys import list_verifiers
from audits.ledger.witness import Witness, make_witness
from ground import embedded
from tests import databases
from tests.audits.ledger.servers import witness_at_work
from tests.proof import whole_or_short

pytestmark = pytest.mark.proof

WRITERS = 3
# A writer says of each entry that its commit was acknowledged, a line each, and goes on where the database was away.
WRITE = """
import sys, django
django.setup()
from uuid import UUID
from django.db import DatabaseError, connection, transaction
from audits.ledger import services
from governance.people.events import PasswordChanged
while True:
    try:
        with transaction.atomic():
            entry = services.append(PasswordChanged(user=UUID(int=1)), by="user:1")
    except DatabaseError:
        connection.close()
        continue
    sys.stdout.write(f"{entry.pk}\\n")
    sys.stdout.flush()
"""


class Hammer:
    """The processes, each restarted after it was killed, and what was kept on the way."""

    def __init__(self, folder: Path, place: Path, policy: Path) -> None:
        self._folder, self._place = folder, place
        self._server = embedded.start(place)
        databases.create(self._server, "hammer")
        databases._migrate(self._server, "hammer")
        self.dsn = databases.runtime_url(self._server, "hammer")
        self._environment = {
            **os.environ, "DATABASE_URL": self.dsn, "LEDGER_POLICY_FILE": str(policy), "DJANGO_SETTINGS_MODULE": "tests.settings",
        }  # fmt: skip
        self.kept: list[str] = []
        self._running: dict[str, subprocess.Popen] = {}
        for name in self.names():
            self._start(name)

    def names(self) -> list[str]:
        return ["sequencer", *(f"writer-{number}" for number in range(WRITERS))]

    def _start(self, name: str) -> None:
        command = [sys.executable, "-c", WRITE] if name != "sequencer" else self._manage("sequence")
        with (
            (self._folder / f"{name}.out").open("a") as out,
            (self._folder / f"{name}.err").open("a") as errors,
        ):
            self._running[name] = subprocess.Popen(
                command, env=self._environment, cwd=databases.PROJECT, stdout=out, stderr=errors
            )

    def _manage(self, *words: str) -> list[str]:
        return [sys.executable, "manage.py", "ledger", *words]

    def strike(self, name: str) -> None:
        """Kill one of them at once, and let it begin again; the database by its own process."""
        if name == "database":
            os.kill(int(embedded.cluster.read_pid_file(self._place)[0]), signal.SIGKILL)
            embedded.stop(self._server)  # reaps what was killed
            self._server = embedded.start(self._place)
            return
        self._running[name].kill()
        self._running[name].wait()
        self._start(name)

    def keep(self) -> None:
        """The newest checkpoint, as somebody keeps it; nothing where the database is just away."""
        try:
            with psycopg.connect(self.dsn, connect_timeout=5) as connection:
                row = connection.execute(
                    "SELECT note FROM ledger_signedcheckpoint ORDER BY size DESC LIMIT 1"
                ).fetchone()
        except psycopg.Error:
            return
        if row and row[0] not in self.kept:
            self.kept.append(row[0])

    def finish(self) -> Path:
        """Stop those that write, let the sequencer end its work, and take a copy."""
        for process in self._running.values():
            process.kill()
            process.wait()
        self._run("sequence", "--once")
        copy = self._folder / "copy"
        self._run("export", str(copy), "--with-payloads")
        return copy

    def _run(self, *words: str) -> None:
        subprocess.run(
            self._manage(*words),
            env=self._environment,
            cwd=databases.PROJECT,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        for process in self._running.values():
            process.kill()
            process.wait()
        embedded.stop(self._server)

    def acknowledged(self) -> list[str]:
        """Every entry whose commit a writer was told of; the last line of one that was killed may be cut short."""
        lines = [
            line
            for number in range(WRITERS)
            for line in (self._folder / f"writer-{number}.out").read_text().splitlines()
        ]
        return [line for line in lines if len(line) == 36]


@pytest.fixture
def hammer(tmp_path, tmp_path_factory) -> Iterator[Hammer]:
    witness = tmp_path / "witness"
    make_witness(witness, name="witness.example/hammer", logs=[list_verifiers()[-1].format()])
    place = databases.PROJECT / "var" / "hammer-postgres"
    with witness_at_work(witness) as url:
        policy = tmp_path / "policy"
        policy.write_text(f"witness w {Witness(witness).verifier.format()} {url}\nquorum w\n")
        made = Hammer(tmp_path, place, policy)
        try:
            yield made
        finally:
            made.stop()


@pytest.mark.django_db
def test_nothing_is_lost_and_nothing_forks(hammer, tmp_path):
    """Issue 13, faults: kill -9 of a writer, the sequencer and PostgreSQL, at random, again and again."""
    chance = random.Random(13)  # noqa: S311 - the same blows each time
    ends, struck = time.monotonic() + whole_or_short(600, 15), []
    first = ["sequencer", "database", "writer-0"]
    while time.monotonic() < ends or first or len(hammer.kept) < 3:
        time.sleep(chance.uniform(0.2, 2.0))
        hammer.keep()
        struck.append(first.pop(0) if first else chance.choice([*hammer.names(), "database"]))
        hammer.strike(struck[-1])
        assert time.monotonic() < ends + 120, "nothing is published any more"
    copy = hammer.finish()
    policy = charter_verify.parse_policy((tmp_path / "policy").read_text())
    seen = [path.read_text() for path in (tmp_path / "witness/states").iterdir()]
    trusted = [charter_verify.parse_key(list_verifiers()[-1].format())]
    report = charter_verify.verify(copy, trusted=trusted, policy=policy, known=[*hammer.kept, *seen])
    assert report.faults == [] and not (tmp_path / "witness/evidence").exists()
    told = [
        json.loads(json.loads(line)["leaf"])["id"]
        for line in (copy / "entries.ndjson").read_text().splitlines()
    ]
    assert len(told) == len(set(told)) and set(hammer.acknowledged()) <= set(told)
    assert report.entries > 50 and len(struck) >= 3
