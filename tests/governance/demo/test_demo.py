"""`manage.py demo` as whoever starts it sees it: a process, its output, its children, its refusals."""

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from governance.demo import state as demo_state
from governance.demo.dataset import make_up_data_set
from governance.demo.state import State
from governance.demo.supervisor import DemoSupervisor
from ground import locks
from ground.errors import Conflict

PROJECT = Path(__file__).resolve().parents[3]
SIGN_INS = {
    "board-engineering", "board-product", "board-hr", "board-legal", "board-security", "board-worker-rep",
    "hr", "auditor", "owner", "manager", "lead", "employee", "admin",
}  # fmt: skip
# Whatever a machine sets that would point the demo elsewhere.
FOREIGN = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "CELERY_BROKER_URL",
    "CLOCK_OFFSET",
    "WAREHOUSE_URL",
    "PORT",
    "SQL_DOOR_PORT",
    "GOVERNED_DATABASE_URL",
    "DEBUG",
    "DJANGO_SETTINGS_MODULE",
    "LEDGER_SIGNING_KEY_FILE",
    "LEDGER_SEALING_KEY_FILE",
    "APPEALS_KEY_FILE",
)


@pytest.fixture
def place() -> Iterator[Path]:
    """A VAR_DIR with a short path that every user may enter, which pytest's own is not."""
    path = Path(tempfile.mkdtemp(prefix="mc-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@dataclass
class Run:
    """A demo that was started: its process, and what it has said so far."""

    process: subprocess.Popen[str]
    log: Path
    started: float

    def said(self) -> str:
        return self.log.read_text()

    def wait_for(self, line: str, seconds: float) -> float:
        """Seconds from the start until it says a line."""
        while line not in self.said().splitlines():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < self.started + seconds, self.said()
            time.sleep(0.05)
        return time.monotonic() - self.started


def start(place: Path, *arguments: str, shell: bool = False, **environment: str) -> Run:
    """Start a demo, on a free port unless one is named; with `shell`, as the child of a shell that waits, as make does."""
    command = [sys.executable, "manage.py", "demo", *arguments]
    if shell:
        command = ["/bin/sh", "-c", '"$@" & wait', "sh", *command]
    log = place / f"said-{time.monotonic_ns()}"
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env={**kept, "VAR_DIR": str(place), "PORT": free_port(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    return Run(process, log, time.monotonic())


def refused(place: Path, *arguments: str, **environment: str) -> str:
    """What a demo says that must not start."""
    run = start(place, *arguments, **environment)
    assert run.process.wait(30) != 0, run.said()
    return run.said()


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def descendants(pid: int) -> set[int]:
    """All processes below one, by /proc."""
    children: dict[int, set[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, set()).add(int(entry.name))
    found: set[int] = set()
    left = [pid]
    while left:
        below = children.get(left.pop(), set()) - found
        found |= below
        left += below
    return found


def living(pids: set[int]) -> set[int]:
    """Those that run; a zombie does not."""
    alive = set()
    for pid in pids:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                alive.add(pid)
        except OSError:
            continue
    return alive


def all_end(pids: set[int], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while living(pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def ask(port: str, token: str, question: dict[str, object]) -> tuple[int, dict]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/queries",
        data=json.dumps(question).encode(),
        headers={"Authorization": f"Token {token}", "Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as answer:
        return answer.status, json.load(answer)


@pytest.mark.proof(alone=True)
@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")
def test_a_demo_from_its_first_start_to_its_last(place):
    """Issue 2, item 1: ready; sign-ins; a second demo says so; a killed one leaves nothing; the next start is quick."""
    port = free_port()
    first = start(place, "--port", port, SQL_DOOR_PORT=(door := free_port()))
    try:
        founding = first.wait_for("ready", 240)
        credentials = check_credentials(place)
        check_dashboard(door, credentials["manager"]["token"])
        check_answer(port, credentials["manager"]["token"])
        told = refused(place, PORT=free_port())
        assert f"process {first.process.pid} at http://127.0.0.1:{port}" in told
        started = descendants(first.process.pid)
        assert len(started) >= 6, "guards, PostgreSQL, web server, worker"
        check_secrets(place, started)
    finally:
        first.process.kill()
        first.process.wait(30)
    assert all_end(started), "a killed demo leaves no process behind"

    second = start(place, "--with-parent", shell=True, PORT=port)  # noqa: S604 (a person types it into one)
    try:
        assert second.wait_for("ready", 120) < founding / 2, "nothing changed, so the start is quick"
        assert check_credentials(place) == credentials
        check_answer(port, credentials["manager"]["token"])
        started = descendants(second.process.pid)
    finally:
        second.process.kill()  # the shell, which stands for make
        second.process.wait(30)
    assert all_end(started), "the demo ends with its parent"

    assert (place / "demo" / "web.log.1").exists(), "what the one before said is kept"
    third = start(place, "--port", port)
    third.wait_for("ready", 120)
    started = descendants(third.process.pid)
    third.process.send_signal(signal.SIGINT)
    assert third.process.wait(30) == 0, third.said()
    assert not living(started), "Ctrl-C stops every child before the demo ends"
    assert "other data (made-up)" in refused(place, "--data", str(other_data(place)))


def check_secrets(place: Path, pids: set[int]) -> None:
    """Issue 9: no process that runs has the owner's or the superuser's password in its environment or its command."""
    secrets = json.loads((place / "postgres" / "credentials.json").read_text()).values()
    for pid in living(pids):
        seen = b"".join(Path(f"/proc/{pid}/{name}").read_bytes() for name in ("environ", "cmdline"))
        assert not [secret for secret in secrets if secret.encode() in seen], pid


def check_credentials(place: Path) -> dict[str, dict[str, str]]:
    path = place / "demo" / "credentials.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    credentials = json.loads(path.read_text())
    assert set(credentials) == SIGN_INS
    assert all(set(secret) == {"password", "token"} for secret in credentials.values())
    assert len({secret["password"] for secret in credentials.values()}) == len(SIGN_INS)
    return credentials


def check_answer(port: str, token: str) -> None:
    """A manager gets the monthly lead time of their team, with the demo's clock at the end of its data."""
    status, answer = ask(
        port,
        token,
        {
            "decision": "retrospective",
            "view": "diagnostic",
            "metrics": ["lead-time-for-changes"],
            "grain": "team",
            "cohorts": ["team:payments"],
            "window": {"from": "2026-01-01", "to": "2026-07-01"},
            "period": "month",
        },
    )
    assert (status, answer["verdict"]) == (200, "permit")
    assert [row["period"] for row in answer["rows"]] == [f"2026-{month:02}" for month in range(1, 7)]
    assert all(row["value"] > 0 for row in answer["rows"] if row["withheld"] is None)


def check_dashboard(port: str, token: str) -> None:
    """Issue 20, 2: the SQL door is open, and a dashboard reads the same by it."""
    says = {
        "host": "127.0.0.1",
        "port": port,
        "user": "manager",
        "password": token,
        "dbname": "retrospective",
    }
    lead_time = "SELECT count(*) FROM governed.lead_time_for_changes__team WHERE cohort = 'team:payments'"
    deadline = time.monotonic() + 30  # it is no part of what `ready` waits for
    while True:
        try:
            with psycopg.connect(**says) as dashboard:
                assert dashboard.execute(lead_time).fetchone()[0] > 12
                return
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def other_data(place: Path) -> Path:
    from tests.governance.demo.test_forge import FILES

    folder = place / "other"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


def test_refused_where_debug_is_off(place):
    """Issue 2, item 1: the demo refuses to run with DEBUG=false, and starts nothing."""
    address = {"ALLOWED_HOSTS": "localhost", "BASE_URL": "https://localhost"}
    told = refused(place, DEBUG="false", SECRET_KEY="a key for this test" * 3, **address)
    assert "does not run with DEBUG=false" in told
    assert not (place / "postgres").exists()


def test_refused_where_the_port_is_taken(place):
    """Issue 2, item 1: PORT sets the port; one in use is said to be, with what to do, before anything starts."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        told = refused(place, PORT=port)
    assert f"Port {port} " in told and "make demo PORT=" in told
    assert not (place / "postgres").exists()


@pytest.mark.parametrize("port", ["web", "0", "70000", "-1"])
def test_refused_where_the_port_is_none(place, port):
    """Issue 2, bad input: a PORT that is no port is said to be."""
    assert "PORT is a number from 1 to 65535" in refused(place, PORT=port)


def test_refused_where_the_data_are_not_there(place):
    """Issue 2, bad input: a folder of data that is not there is named, and nothing starts."""
    told = refused(place, "--data", str(place / "nowhere"), "--port", free_port())
    assert re.search(r"CommandError: There is no folder .*nowhere", told)
    assert "Traceback" not in told
    assert not (place / "postgres").exists()


def test_refused_where_only_the_runtime_role_is_known(place):
    """DESIGN, ground rules: the owner migrates, so a server of one's own needs both addresses."""
    told = refused(place, "--port", free_port(), DATABASE_URL="postgresql://runtime@localhost/nothing")
    assert "DATABASE_OWNER_URL" in told


def test_the_processes_of_a_killed_demo_are_waited_for(place):
    """Issue 2, item 1: starting again after a kill waits for what is still ending, rather than refusing."""
    (place / "demo").mkdir()
    lock = locks.take(place / "demo" / "demo.lock", wait=False)
    os.write(lock, b'{"pid": 4194305, "address": "http://127.0.0.1:1"}')  # above the largest process id
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # so that it gets no further than the port
        taken.listen()
        run = start(place, PORT=str(taken.getsockname()[1]))
        run.wait_for("Waiting for the processes of an earlier demo to end ...", 30)
        assert run.process.poll() is None
        os.close(lock)
        assert run.process.wait(30) != 0
    assert "cannot be used" in run.said()


def test_the_clock_begins_at_the_end_of_the_data_and_goes_on(tmp_path, monkeypatch):
    """DESIGN: the demo has an `as of`, held over restarts; a clock moved by the environment does not move it twice."""
    data = make_up_data_set()
    state = demo_state.begin_or_continue(tmp_path, data)
    assert abs((demo_state.moment(state) - data.as_of).total_seconds()) < 5
    assert demo_state.begin_or_continue(tmp_path, data) == state
    monkeypatch.setenv("CLOCK_OFFSET", "-100000")
    assert abs((demo_state.moment(state) - data.as_of).total_seconds()) < 5


def test_a_folder_keeps_to_its_data(tmp_path):
    """Issue 2, item 1: starting on other data is refused, with how to start over."""
    demo_state.begin_or_continue(tmp_path, make_up_data_set())
    with pytest.raises(Conflict, match="make clean"):
        demo_state.begin_or_continue(tmp_path, make_up_data_set(seed=1))


def test_a_damaged_state_is_said_to_be(tmp_path):
    """Issue 2, bad input: a state file that cannot be read is named, with what to do."""
    (tmp_path / "state.json").write_text("{")
    with pytest.raises(Conflict, match=r"state\.json is damaged.*make clean"):
        State.read(tmp_path)


def test_the_fingerprint_follows_what_a_demo_is_made_from(tmp_path):
    """Issue 2, item 1: a changed migration, starter charter or data set makes the next start do its work again."""
    data = make_up_data_set()
    path = tmp_path / "charter" / "registry" / "migrations" / "0001_initial.py"
    path.parent.mkdir(parents=True)
    path.write_text("before")
    before = demo_state.fingerprint(tmp_path, data)
    assert demo_state.fingerprint(tmp_path, data) == before
    path.write_text("after")
    assert demo_state.fingerprint(tmp_path, data) != before
    path.write_text("before")
    assert demo_state.fingerprint(tmp_path, make_up_data_set(seed=1)) != before


def test_refused_where_the_folder_cannot_be_made(place):
    """Issue 2, bad input: a folder that cannot be written is named, with what to do."""

    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(place / "demo"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "mkdir", forbidden)
        supervisor = DemoSupervisor(data="", port=int(free_port()), with_parent=False, say=lambda line: None)
        with pytest.raises(Conflict, match=r"demo cannot be written by this user.*VAR_DIR"):
            supervisor._take_folder()
