"""Hosts with addresses of their own on this machine, and clients that ask them.

Each host is a network namespace with the processes that a test wants. What they share is the database (a socket file, which no
namespace parts) and the folder that stands for the broker. The network between them is a namespace too, in which the clients ask: an
address that came and went among the machine's own would break off what browsers of other tests load (ERR_NETWORK_CHANGED).
"""

import ctypes
import http.client
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TextIO
from uuid import uuid4

import psycopg
import pytest

from audits.ledger import sequencer
from ground import guard
from tests import databases
from tests.benchmarks.checks import _prepare

NEEDS_ROOT = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("ip") is None, reason="network namespaces are made by root, with ip"
)
ADDRESSES = ["127.0.0.1", "10.231.1.2", "10.231.2.2"]
PORT = 8000
CLONE_NEWNET = 0x40000000
PYTHON = sys.executable
COMMANDS = {
    "web": [PYTHON, "-m", "governance.config.web", "--host", "{address}", "--port", str(PORT)],
    "worker": [PYTHON, "-m", "celery", "--app", "governance.config", "worker", "--concurrency", "1", "--without-gossip", "--without-mingle"],
    "beat": [PYTHON, "-m", "celery", "--app", "governance.config", "beat", "--pidfile", "", "--loglevel", "INFO", "--schedule", "{folder}/beat"],
    "sequencer": [PYTHON, "manage.py", "ledger", "sequence"],
}  # fmt: skip


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


class Network:
    """The namespace that joins the hosts, and from which they are asked."""

    def __init__(self) -> None:
        self.name = f"mc-network-{os.getpid()}"
        ip("netns", "add", self.name)
        ip("-n", self.name, "link", "set", "lo", "up")

    def connect(self, link: http.client.HTTPConnection) -> None:
        """Open a connection as if from within; only this thread goes there, and it comes back."""
        with open("/proc/thread-self/ns/net") as home, open(f"/run/netns/{self.name}") as there:
            _go(there)
            try:
                link.connect()
            finally:
                _go(home)

    def end(self) -> None:
        ip("netns", "del", self.name)


def _go(namespace: TextIO) -> None:
    """Enter a network namespace; `os.setns` comes with Python 3.12."""
    if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "this thread cannot enter the network namespace")


class Host:
    """A namespace, its address, and its processes, each started again after it was killed."""

    def __init__(self, number: int, network: Network, folder: Path, told: dict[str, str]) -> None:
        self.name, self.address = f"mc-host-{os.getpid()}-{number}", f"10.231.{number}.2"
        self.network = network
        self._folder, self._told = folder / self.name, told
        self._folder.mkdir()
        self.running: dict[str, guard.Guarded] = {}
        self._make(number)

    def _make(self, number: int) -> None:
        outer, inner, network = f"mco-{number}", f"mci-{number}", self.network.name
        ip("netns", "add", self.name)
        ip("-n", network, "link", "add", outer, "type", "veth", "peer", "name", inner, "netns", self.name)
        ip("-n", network, "addr", "add", f"10.231.{number}.1/24", "dev", outer)
        ip("-n", network, "link", "set", outer, "up")
        ip("-n", self.name, "addr", "add", f"{self.address}/24", "dev", inner)
        ip("-n", self.name, "link", "set", inner, "up")
        ip("-n", self.name, "link", "set", "lo", "up")

    @contextmanager
    def ask(self, timeout: float) -> Iterator[http.client.HTTPConnection]:
        """A connection to its web server, through the network."""
        with closing(http.client.HTTPConnection(self.address, PORT, timeout=timeout)) as link:
            self.network.connect(link)
            yield link

    def start(self, name: str) -> None:
        words = [each.format(address=self.address, folder=self._folder) for each in COMMANDS[name]]
        self.running[name] = guard.spawn(
            ["ip", "netns", "exec", self.name, *words],
            env={**os.environ, **self._told, "ALLOWED_HOSTS": "*"},
            cwd=databases.PROJECT,
            log=self._folder / f"{name}.log",
            grace=5.0,
        )

    def kill(self, name: str) -> None:
        """At once, with all that it has started, as a host does that loses its power."""
        for pid in _family(self.running[name].pid):
            subprocess.run(["kill", "-KILL", str(pid)], check=False, stderr=subprocess.DEVNULL)
        self.running[name].stop()

    def end(self) -> None:
        for each in self.running.values():
            each.stop()
        ip("netns", "del", self.name)

    def logs(self) -> str:
        return "\n".join(f"{path.name}: {path.read_text()[-600:]}" for path in self._folder.glob("*.log"))


def _family(pid: int) -> list[int]:
    """The processes below one, the deepest first."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    try:
        children = [int(each) for listed in lists for each in listed.read_text().split()]
    except OSError:
        children = []
    return [each for child in children for each in (*_family(child), child)]


@contextmanager
def two_hosts(
    server: object, name: str, folder: Path, processes: Sequence[str], **told: str
) -> Iterator[tuple[list[Host], str, dict]]:
    """Two hosts on a committed database, each with these processes started; a token, and a question that it may ask."""
    token, question = _prepare()
    told = {
        "DATABASE_URL": databases.runtime_url(server, name),
        "VAR_DIR": str(folder),
        "CELERY_BROKER_URL": "filesystem://",
        "DEBUG": "true",
        "API_RATE": "1000000/s",
        "COST_RATE": "100000000/s",
        **told,
    }
    with ExitStack() as stack:
        network = Network()
        stack.callback(network.end)
        made = [Host(number, network, folder, told) for number in (1, 2)]
        for host in made:
            stack.callback(host.end)
            for each in processes:
                host.start(each)
        yield made, token, question


class Clients:
    """Threads that ask either host, and the other under the same key where one does not answer."""

    def __init__(self, hosts: list[Host], token: str, question: dict, count: int) -> None:
        self._hosts, self._body = hosts, json.dumps(question)
        self._token, self.over = token, threading.Event()
        self.told: dict[str, str] = {}  # by key, the receipt that was given
        self.wrong: list[object] = []
        self.failed: list[object] = []  # tries that were answered by nobody, or by 503
        self._threads = [threading.Thread(target=self._ask, args=[number]) for number in range(count)]

    def start(self) -> None:
        for each in self._threads:
            each.start()

    def finish(self) -> None:
        self.over.set()
        for each in self._threads:
            each.join(60)

    def _ask(self, number: int) -> None:
        while not self.over.is_set():
            key, place = str(uuid4()), number
            deadline = time.monotonic() + 90
            while key not in self.told and time.monotonic() < deadline:
                self._try(key, self._hosts[place % 2])
                place += 1
            if key not in self.told:
                self.wrong.append("never answered")

    def _try(self, key: str, host: Host) -> None:
        """Ask one host under a key; where it does not answer, nobody knows whether it has decided."""
        said = {
            "Authorization": f"Token {self._token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        try:
            with host.ask(timeout=20) as link:
                link.request("POST", "/api/v1/queries", self._body, said)
                answer = link.getresponse()
                body = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.failed.append(error)
            time.sleep(0.05)
            return
        if answer.status == 200:
            self.told[key] = body["receipt"]["id"]
        else:
            (self.failed if answer.status == 503 else self.wrong).append((answer.status, body))


def wait(until, seconds: float, hosts: list[Host]) -> float:
    """Seconds until something is so."""
    begun = time.monotonic()
    while not until():
        assert time.monotonic() < begun + seconds, "\n".join(host.logs() for host in hosts)
        time.sleep(0.2)
    return time.monotonic() - begun


def answers(host: Host) -> bool:
    try:
        with host.ask(timeout=5) as link:
            link.request("GET", "/healthz")
            return link.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False


def check_nothing_lost(server, name: str, told: dict[str, str]) -> None:
    """Every receipt is of one decision and one place of the log, and no question was decided twice."""
    while sequencer.sequence(signs=False).placed:
        pass
    with psycopg.connect(databases.runtime_url(server, name)) as asked:
        rows = asked.execute("SELECT id::text, entry_id::text FROM decisions_decisionrecord").fetchall()
        placed = [str(each) for (each,) in asked.execute("SELECT entry_id FROM ledger_logplace").fetchall()]
    ids = {each for row in rows for each in row}
    assert len(set(told.values())) == len(told) and set(told.values()) <= ids
    assert len(placed) == len(set(placed)) and {entry for _, entry in rows} <= set(placed)
    # A question that was decided and whose answer was lost on the way was asked again under its key, and decided no second time.
    assert len(rows) == len(told)
