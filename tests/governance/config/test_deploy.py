"""What is handed out in deploy/: units that systemd takes, a compose file whose commands are ours, and nginx before a real server."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from governance.config.operating_settings import read_sql_door
from ground.guard import spawn
from tests import databases, web_server
from tests.governance.config import test_nginx
from tests.governance.config.test_settings import PRODUCTION, manage

DEPLOY = databases.PROJECT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
# What runs each night and ends; all others go on.
BACKUP = DEPLOY / "systemd" / "metric-charter-backup.service"
INSTALLED = "/opt/metric-charter"
nginx = test_nginx.nginx


def read_environment() -> dict[str, str]:
    lines = (DEPLOY / "environment.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def read_command(unit: Path, instance: str = "") -> list[str]:
    """What a unit starts, on this machine."""
    [command] = re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)
    return shlex.split(command.replace(INSTALLED, str(databases.PROJECT)).replace("%i", instance))


# Units


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_takes_the_units(tmp_path):
    """Issue 19, 2: with the paths of this machine, since it looks whether what is started is there."""
    for unit in (*UNITS, BACKUP.with_suffix(".timer")):
        text = unit.read_text().replace(INSTALLED, str(databases.PROJECT))
        (tmp_path / unit.name.replace("@", "@8000")).write_text(text)
    units = [str(each) for each in sorted(tmp_path.iterdir())]
    assert len(units) == 7
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    said = [line for line in told.stderr.splitlines() if "metric-charter" in line]
    assert (told.returncode, said) == (0, [])


def test_units_and_compose_start_the_same_and_what_there_is():
    """Issue 19, 2: web, worker, beat, sequencer and SQL door, by commands that this version has."""
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    of_units = {
        unit.stem.removeprefix("metric-charter-").rstrip("@"): read_command(unit)[1:]
        for unit in UNITS
        if unit != BACKUP
    }
    assert set(of_units) == {"web", "worker", "beat", "sequencer", "sql-door"} <= set(services)
    for name in ("worker", "beat", "sequencer", "sql-door"):
        assert services[name]["command"][1:] == of_units[name]
    for words in re.findall(r"manage\.py ([a-z_]+)", (DEPLOY / "compose.yaml").read_text()):
        assert words in get_commands()
    subprocess.run([sys.executable, "-m", of_units["web"][1], "--help"], cwd=databases.PROJECT, check=True)


def test_the_compose_file_names_what_is_there_or_said_to_be_the_operators():
    """Issue 19, 2: no engine is at hand, so it is read alone."""
    text = (DEPLOY / "compose.yaml").read_text()
    composed = yaml.safe_load(text)
    theirs = {"environment", "owner.environment", "database.environment", "nginx.conf", "tls"}
    for name, service in composed["services"].items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in composed["volumes"] or (DEPLOY / source).exists() or source[2:] in theirs, (
                name,
                source,
            )
        files = service.get("env_file", [])
        assert set([files] if isinstance(files, str) else files) <= theirs
        assert set(service.get("depends_on", {})) <= set(composed["services"])
    comment = text.partition("name:")[0]
    assert all(each in comment for each in theirs)
    for source in re.findall(r"^COPY (.*) \S+$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE):
        assert all((databases.PROJECT / each).exists() for each in source.split())


def test_containers_have_the_roles_of_the_how_to():
    """Issue 19, 2: without the third the SQL door of a container lets nobody in."""
    page = (databases.PROJECT / "docs/how-to/run-it-for-real.md").read_text()
    made = (DEPLOY / "make-roles.sh").read_text()
    for pattern in (r"CREATE ROLE (\w+ LOGIN(?: NOINHERIT)?)", r"^(REVOKE ALL .*|GRANT CONNECT .*);$"):
        found = re.findall(pattern, page, re.MULTILINE)
        assert found and found == re.findall(pattern, made, re.MULTILINE)


def test_a_backup_goes_where_it_is_looked_for():
    """Issue 19, 2: `doctor` and the figures read the folder that the timer's unit writes to, as the same user."""
    text = BACKUP.read_text()
    folder = read_environment()["BACKUP_FOLDER"]
    assert f"ReadWritePaths={folder}\n" in text and f"find {folder} " in text
    assert read_command(BACKUP)[1:] == ["manage.py", "backup"]


# nginx before what the unit starts, told what the example says


def test_the_web_server_looks_for_the_sql_door_where_it_is():
    """In a container of its own: at 127.0.0.1 there is none, and the doctor, the page and Prometheus would say so for ever."""
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    told = {name: services[name].get("environment", {}) for name in ("web", "sql-door")}
    places = {name: read_sql_door(read_environment() | each) for name, each in told.items()}
    assert places["web"].port == places["sql-door"].port != 0
    assert places["web"].reached_at in services and places["sql-door"].host == "0.0.0.0"  # noqa: S104


@pytest.fixture
def installed(server, nginx, tmp_path) -> Iterator[tuple[test_nginx.Front, int]]:
    """nginx by the how-to before the unit's web server, by the example's environment; and that one's port."""
    told = {
        **PRODUCTION,
        **read_environment(),
        "VAR_DIR": str(tmp_path),
        "PROMETHEUS_FOLDER": str(tmp_path / "counts"),
    }
    told |= {"SECRET_KEY": PRODUCTION["SECRET_KEY"], "EMAIL_HOST": "127.0.0.1"}
    assert manage("collectstatic", "--noinput", **told).returncode == 0
    [unit] = [each for each in UNITS if "web" in each.name]
    http, https, port = (web_server.free_port() for _ in range(3))
    test_nginx.write_site(tmp_path, http, https, port)
    with databases.copy(server) as name:
        told["DATABASE_URL"] = databases.runtime_url(server, name)
        web = started_by(read_command(unit, str(port)), told, tmp_path)
        proxy = spawn(
            [nginx, "-p", tmp_path, "-e", "error.log", "-c", "nginx.conf"],
            cwd=tmp_path,
            log=tmp_path / "n.log",
        )
        with web as of_web, proxy as of_proxy:
            test_nginx.wait_for(port, of_web, tmp_path)
            test_nginx.wait_for(https, of_proxy, tmp_path)
            yield test_nginx.Front(http, https, []), port


def started_by(command: list[str], told: dict[str, str], folder: Path):
    environment = {**os.environ, **told}
    return spawn(command, env=environment, cwd=databases.PROJECT, log=folder / "web.log", grace=20.0)


@pytest.mark.services
@pytest.mark.proof(alone=True)
def test_a_page_comes_through_nginx_and_figures_do_not(installed, nginx, tmp_path):
    """Issue 19, 2: TLS as the settings expect it; what Prometheus is told is asked beside the proxy alone."""
    front, port = installed
    tried = subprocess.run(
        [nginx, "-t", "-p", tmp_path, "-e", "error.log", "-c", "nginx.conf"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "test is successful" in tried.stderr
    page = test_nginx.ask(front, "GET /sign-in HTTP/1.1")
    head = page.partition("\r\n\r\n")[0].lower()
    assert page.startswith("HTTP/1.1 200") and "<h1" in page
    assert (
        "strict-transport-security: max-age=31536000" in head
        and "__host-csrf" in head
        and "x-request-id: " in head
    )
    token = f"Authorization: Bearer {read_environment()['PROMETHEUS_TOKEN']}"
    for path in test_nginx.OF_OPERATORS:
        assert test_nginx.ask(front, f"GET {path} HTTP/1.1", token).startswith("HTTP/1.1 404"), path
    asked = {"Host": "127.0.0.1", "Authorization": token.partition(": ")[2]}
    status, told = web_server.get(port, "/-/prometheus", **asked)
    assert status == 200 and b'route="sign-in",status="2xx"} 1.0' in told
    assert web_server.get(port, "/-/prometheus", Host="127.0.0.1")[0] == 401
