"""Issue 15, done when: from nothing to a first governed answer on real data, by `manage.py start` and one file, without the demo."""

import gzip
import http.cookiejar
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.governance.demo.test_demo import FOREIGN, free_port
from tests.governance.founding.conftest import SEATS
from tests.shared_data import find_shared

PROJECT = Path(__file__).resolve().parents[3]
TEAM, PASSWORD = "forge-07", "correct horse battery staple"
# What of the demo a command of the installation has loaded: that it is there, which Django asks of every app.
LOADED = (
    "import sys; from django.urls import get_resolver; get_resolver().url_patterns; "
    "print(*sorted(name for name in sys.modules if name.startswith('governance.demo')))"
)
ANSWERS = """name: Forge
purpose: To help teams see their own work.
time_zone: Europe/Berlin
administrator: {{username: ada, name: Ada Admin, email: ada@example.org}}
address: http://127.0.0.1:{port}
warehouse: duckdb://{warehouse}
"""


@pytest.fixture
def forge() -> Path:
    """The folder of real data; absent, its tests are skipped, but never in CI."""
    return find_shared("forge")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short path that every user may enter, as the database's server is another one where we are root."""
    path = Path(tempfile.mkdtemp(prefix="mc-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def write_warehouse(forge: Path, path: Path) -> None:
    """The real facts as the starter catalogue describes its tables."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(
            f"""CREATE TABLE changes AS SELECT id, team, author, CAST(first_commit_at AS TIMESTAMPTZ) AS first_commit_at,
                  CAST(merged_at AS TIMESTAMPTZ) AS merged_at, CAST(commits AS INTEGER) AS commits,
                  CAST(additions AS INTEGER) AS additions, CAST(deletions AS INTEGER) AS deletions, CAST(revert AS BOOLEAN) AS revert
                FROM read_csv('{forge}/changes.csv.gz', all_varchar = true)"""
        )


def write_organisation(forge: Path, folder: Path) -> None:
    """The five files: teams and persons as they are, and one made-up manager of all."""
    folder.mkdir()
    with gzip.open(forge / "people.csv.gz", "rt") as file:
        header, *rows = [line.rstrip("\n").split(",") for line in file]
    people = [dict(zip(header, row, strict=True)) for row in rows]
    teams = [line.split(",")[:2] for line in (forge / "teams.csv").read_text().splitlines()[1:]]
    streams = sorted({stream for _team, stream in teams})
    since = {each["id"]: each["first_seen"][:10] for each in people}
    files = {
        "value_streams": ("slug,name", [f"{stream},{stream}" for stream in streams]),
        "teams": (
            "slug,name,value_stream,context_class,valid_from,valid_to",
            [f"{team},{team},{stream},stable_product,2020-01-01," for team, stream in teams],
        ),
        "people": (
            "external_id,name,location,working_arrangement,role_family,employed_from,employed_to",
            ["boss,The manager,,,leadership,2020-01-01,", *(f"{id_},Person {id_},,,,{day}," for id_, day in since.items())],
        ),
        "memberships": (
            "person,team,valid_from,valid_to",
            [f"{each['id']},{each['team']},{since[each['id']]}," for each in people],
        ),
        "lines": ("person,manager,valid_from,valid_to", [f"{id_},boss,{day}," for id_, day in since.items()]),
    }  # fmt: skip
    for name, (columns, lines) in files.items():
        (folder / f"{name}.csv").write_text("\n".join([columns, *lines]) + "\n")


def write_programme(path: Path) -> list[str]:
    """`programme.yaml`; gives whoever is to sign in."""
    members = {seat: f"seat-{seat.replace('_', '-')}" for seat in SEATS}
    accounts = [
        "{username: aud, name: Auditor, roles: [{role: auditor}]}",
        "{username: olga, name: Owner, roles: [{role: metric_owner}]}",
        f"{{username: mo, name: Manager, person: boss, roles: [{{role: manager, team: {TEAM}}}]}}",
        *(f"{{username: {who}, name: {who}, roles: [{{role: board_member}}]}}" for who in members.values()),
    ]
    path.write_text(
        "name: Forge\npurpose: To help teams see their own work.\nfounder: ada\ntime_zone: Europe/Berlin\n"
        "organisation: organisation\naccounts:\n"
        + "".join(f"  - {account}\n" for account in accounts)
        + "seats:\n"
        + "".join(f"  {seat}: {who}\n" for seat, who in members.items())
        + "catalogue: {owner: olga, charters: [lead-time-for-changes, change-failure-rate]}\n"
    )
    return ["olga", "mo", *members.values()]


class Reader:
    """Somebody with a browser at first, then with a token of their own."""

    def __init__(self, address: str, username: str) -> None:
        self._address = address
        jar = http.cookiejar.CookieJar()
        handlers = urllib.request.HTTPCookieProcessor(jar), urllib.request.ProxyHandler({})
        self._opener = urllib.request.build_opener(*handlers)
        self._submit("/sign-in", username=username, password=PASSWORD)
        page = self._submit("/tokens/new", name="first", scope="board", days="7")
        self._token = re.search(r"[0-9a-f]{64}", page)[0]

    def _submit(self, path: str, **fields: str) -> str:
        with self._opener.open(self._address + path, timeout=30) as page:
            csrf = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())[1]
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": csrf, **fields}).encode()
        request = urllib.request.Request(  # noqa: S310 - our own server
            self._address + path, body, {"Referer": self._address + path}
        )
        with self._opener.open(request, timeout=30) as answer:
            return answer.read().decode()

    def ask(self, path: str, body: object = None) -> Any:
        """The API's answer: to a question without a body, or to one that is posted."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Token {self._token}", "Content-Type": "application/json"}
        url = f"{self._address}/api/v1/{path}"
        request = urllib.request.Request(url, data, headers)  # noqa: S310 - our own server
        try:
            with self._opener.open(request, timeout=60) as answer:
                return json.loads(answer.read() or "null")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.code} {error.read().decode()}") from error


class Installed:
    """What was installed in a folder: commands of it, and the process that runs it."""

    def __init__(self, place: Path) -> None:
        self.place, self.port = place, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        self.environment = {**kept, "VAR_DIR": str(place / "var"), "PYTHONUNBUFFERED": "1"}

    def manage(self, *words: str, given: str = "", status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=PROJECT, env=self.environment, input=given, text=True,
            capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def start(self) -> subprocess.Popen[str]:
        log = self.place / "said"
        with log.open("w") as said:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "start", "--answers", str(self.place / "answers.yaml")],
                cwd=PROJECT, env=self.environment, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip
        deadline = time.monotonic() + 180
        while "ready" not in log.read_text().splitlines():
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        return process


def vote(readers: dict[str, Reader], case: str) -> None:
    """Six ballots, and the outcome."""
    for seat in SEATS:
        member = readers[f"seat-{seat.replace('_', '-')}"]
        member.ask(f"cases/{case}/ballots", {"seat": seat, "vote": "approve", "reason": ""})
    readers["seat-legal"].ask(f"cases/{case}/close", {})


def found(installed: Installed, people: list[str]) -> dict[str, Reader]:
    """The board accepts and founds; gives everybody with their tokens."""
    file = str(installed.place / "programme.yaml")
    assert "can be applied" in installed.manage("programme", "check", file)
    assert "6 of 6" not in installed.manage("programme", "apply", file)
    for username in people:
        installed.manage("set_password", username, given=f"{PASSWORD}\n")
    readers = {username: Reader(installed.address, username) for username in people}
    for reader in readers.values():
        for invitation in reader.ask("invitations")["results"]:
            reader.ask(f"invitations/{invitation['id']}/accept", {})
    assert "+ force" in installed.manage("programme", "apply", file)
    (case,) = readers["seat-hr"].ask("cases")["results"]
    vote(readers, case["id"])
    assert "The programme is in force" in installed.manage("programme", "apply", file)
    return readers


@pytest.mark.proof(whole=True)
def test_from_nothing_to_a_first_governed_answer(forge, place):
    """Issue 15, done when; S1, S5, S142, S145, S157."""
    write_warehouse(forge, place / "warehouse.duckdb")
    write_organisation(forge, place / "organisation")
    people = write_programme(place / "programme.yaml")
    installed = Installed(place)
    (place / "answers.yaml").write_text(
        ANSWERS.format(port=installed.port, warehouse=place / "warehouse.duckdb")
    )
    process = installed.start()
    try:
        readers = found(installed, people)
        for draft in readers["olga"].ask("drafts")["results"]:
            readers["olga"].ask(f"drafts/{draft['id']}/hand-in", {})
        for case in readers["seat-hr"].ask("cases?state=open")["results"]:
            vote(readers, case["id"])
        installed.manage("survey_sources")
        installed.manage("publish")
        readers["mo"].ask("rules/acknowledgements", {"number": 1})
        answer = readers["mo"].ask(
            "queries",
            {
                "decision": "retrospective", "metrics": ["lead-time-for-changes"], "grain": "team",
                "cohorts": [f"team:{TEAM}"], "window": {"from": "2026-01-01", "to": "2026-04-01"}, "period": "month",
            },
        )  # fmt: skip
        assert answer["verdict"] == "permit" and answer["receipt"]["signature"]
        assert any(row["value"] is not None for row in answer["rows"])
        assert "Nothing keeps it from its work" in installed.manage("doctor")
        assert installed.manage("shell", "-v", "0", "-c", LOADED).split() == [
            "governance.demo",
            "governance.demo.apps",
        ]
        steps = installed.manage("programme", "steps").splitlines()
        assert [line for line in steps if not line.startswith("done")] == [], steps
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
