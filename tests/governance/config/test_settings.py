"""What an installation must be told before anything starts, and that nothing of it is guessed."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from governance.demo import state
from manage import LOOKING, main
from tests import databases, web_server

TOLD = {
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "charter.example.org",
    "BASE_URL": "https://charter.example.org",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as an installation does, to which nothing was told but this."""
    return run("manage.py", *arguments, **environment)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"DEBUG", *TOLD}}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=databases.PROJECT,
        env={**kept, "DJANGO_SETTINGS_MODULE": "governance.config.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""), ("SECRET_KEY", "short"), ("ALLOWED_HOSTS", ""), ("ALLOWED_HOSTS", "*"), ("BASE_URL", ""),
        ("BASE_URL", "http://charter.example.org"),
    ],
)  # fmt: skip
def test_nothing_starts_that_is_not_told_its_key_its_hosts_and_its_https_address(name, value, tmp_path):
    """Issue 9: DEBUG was on, and the key a guess, unless somebody said otherwise."""
    refused = run("-c", "import governance.config.settings", **{**TOLD, name: value}, VAR_DIR=str(tmp_path))
    assert refused.returncode != 0
    assert f"Set {name}:" in refused.stderr


def test_a_command_that_looks_at_files_alone_is_told_of_no_installation(tmp_path):
    """Issue 9: asking for the key had stopped commands that the documents say to run anywhere."""
    asked = manage(*LOOKING[0], "--help", VAR_DIR=str(tmp_path))
    assert "Set SECRET_KEY" not in asked.stderr
    assert asked.returncode == 0, asked.stderr
    assert " ".join(LOOKING[0]) in asked.stdout


@pytest.mark.parametrize("words", LOOKING, ids=" ".join)
def test_each_of_them_is_given_what_the_settings_ask_for(words, untold, monkeypatch, capsys):
    """Issue 9: the same in this process, whose settings are read already; starting one takes as long as fifty of these."""
    for name in TOLD:
        monkeypatch.setenv(name, "")  # so that whatever the command sets is taken back
        monkeypatch.delenv(name)
    monkeypatch.setenv("VAR_DIR", str(untold))
    monkeypatch.setattr("sys.argv", ["manage.py", *words, "--help"])
    monkeypatch.setattr("django.setup", lambda: None)
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    assert " ".join(words) in capsys.readouterr().out
    assert all(os.environ.get(name) for name in TOLD)


def test_an_installation_passes_djangos_own_checks(tmp_path):
    """Issue 9: `manage.py check --deploy` is clean, which `make check` asks as well."""
    told = manage("check", "--deploy", "--fail-level", "WARNING", **TOLD, VAR_DIR=str(tmp_path))
    assert told.returncode == 0, told.stderr


def test_a_name_that_is_not_ours_is_refused_without_a_word(server, tmp_path):
    """Issue 9: a bad Host was answered with the debug page; and without HTTPS nothing is answered but how it lives."""
    installed = {**PRODUCTION, "VAR_DIR": str(tmp_path)}
    assert manage("collectstatic", "--noinput", **installed).returncode == 0
    with (
        databases.copy(server) as name,
        production(databases.runtime_url(server, name), installed) as started,
    ):
        refused = web_server.ask(started.port, "/sign-in", Host="evil.example.org")
        assert refused.status == 400
        assert b"DEBUG" not in refused.body and b"Traceback" not in refused.body
        plain = web_server.ask(started.port, "/sign-in", Host="charter.example.org")
        assert (plain.status, plain.headers["Location"]) == (301, "https://charter.example.org/sign-in")
        assert web_server.get(started.port, "/healthz", Host="charter.example.org")[0] == 200
        forwarded = {"Host": "charter.example.org", "X-Forwarded-Proto": "https"}
        page = web_server.ask(started.port, "/sign-in", **forwarded)
        assert page.status == 200 and "max-age" in page.headers["Strict-Transport-Security"]
        assert "secure" in page.headers["Set-Cookie"].lower()


@contextmanager
def production(dsn: str, installed: dict[str, str]) -> Iterator[web_server.Started]:
    with web_server.started(dsn, log=Path(installed["VAR_DIR"]) / "web.log", **installed) as started:
        yield started


PRODUCTION = {
    **TOLD,
    "DEBUG": "false",
    "DJANGO_SETTINGS_MODULE": "governance.config.settings",
    "ALLOWED_HOSTS": "charter.example.org,localhost,127.0.0.1",
    "BEHIND_PROXY": "true",
}


@pytest.fixture
def untold(monkeypatch, tmp_path: Path) -> Path:
    """A folder for what varies, and an environment in which nothing was said."""
    for name in ("DEBUG", "DATABASE_URL", "CLOCK_OFFSET", "WAREHOUSE_URL"):
        monkeypatch.setenv(name, "")  # so that whatever a test leaves is taken back
        monkeypatch.delenv(name)
    return tmp_path


def test_the_demo_alone_turns_debugging_on(untold):
    """Issue 9: no other command does, in a folder without a demo."""
    state.heed(untold, ["migrate"])
    assert "DEBUG" not in os.environ
    state.heed(untold, ["demo", "--port", "8000"])
    assert os.environ["DEBUG"] == "true"


def test_a_command_on_the_database_that_a_demo_left_debugs_too(untold):
    """Issue 9: what is left of a demo goes by its settings, clock and warehouse."""
    leave_a_demo(untold)
    state.heed(untold, ["migrate"])
    assert os.environ["DEBUG"] == "true"
    assert float(os.environ["CLOCK_OFFSET"]) == 60 and "duckdb" in os.environ["WAREHOUSE_URL"]


def test_a_database_that_is_named_is_no_demos(untold, monkeypatch):
    """Issue 9: an installation is not debugged because somebody looked at the demo in the same folder."""
    leave_a_demo(untold)
    monkeypatch.setenv("DATABASE_URL", "postgresql://charter@db.example.org/charter")
    state.heed(untold, ["migrate"])
    assert not {"DEBUG", "CLOCK_OFFSET", "WAREHOUSE_URL"} & {*os.environ}


def leave_a_demo(var: Path) -> None:
    (var / "demo").mkdir()
    state.State(data="made up", content_hash="sha256:0", clock_offset=60).write(var / "demo")


def test_a_neighbour_of_our_domain_lays_no_session_into_a_browser(tmp_path):
    """Issue 9: a site beside ours (evil.example.org) could set a cookie for all of example.org, with a session of its own.

    Browsers take a cookie of such a name from the very host alone, over HTTPS and for all of it (RFC 6265bis, 4.1.3.2).
    """
    asked = (
        "from governance.config import settings as s; "
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE and s.CSRF_COOKIE_SECURE)"
    )
    told = run("-c", asked, **TOLD, VAR_DIR=str(tmp_path))
    assert told.stdout.split() == ["__Host-session", "__Host-csrf", "True"], told.stderr


def test_a_message_to_the_clock_is_plain_and_its_folder_nobody_elses(tmp_path):
    """Issue 9: whoever writes to the broker could plant work: no pickles, no orders to the worker, and a folder of our own."""
    asked = (
        "import os; os.umask(0); "
        "from governance.config.celery import app; import django; django.setup(); c = app.conf; "
        "print(*c.accept_content, c.task_serializer, c.worker_enable_remote_control); "
        "print(*(oct(os.stat(f).st_mode & 0o777) for f in (os.environ['VAR_DIR'] + '/celery/queue', os.environ['VAR_DIR'] + '/celery')))"
    )
    told = run("-c", asked, DEBUG="true", VAR_DIR=str(tmp_path))
    assert told.stdout.splitlines() == ["json json False", "0o700 0o700"], told.stderr


def test_without_https_no_other_machine_has_a_name_for_the_site(tmp_path):
    """Issue 15, item 1: an address of this machine alone needs no HTTPS, and then nobody else reaches it by any name."""
    asked = "from governance.config import settings as s; print(s.ALONE, hasattr(s, 'SECURE_SSL_REDIRECT'))"
    alone = {**TOLD, "BASE_URL": "http://127.0.0.1:8000", "VAR_DIR": str(tmp_path)}
    told = run("-c", asked, **{**alone, "ALLOWED_HOSTS": "127.0.0.1,localhost"})
    assert told.stdout.split() == ["True", "False"], told.stderr
    refused = run("-c", asked, **alone)
    assert refused.returncode != 0 and "ALLOWED_HOSTS names this site for other machines" in refused.stderr
    told = run("-c", asked, **TOLD, VAR_DIR=str(tmp_path))
    assert told.stdout.split() == ["False", "True"], told.stderr


def test_what_was_set_up_is_heeded_unless_others_may_read_it(tmp_path):
    """Issue 15, item 1: `manage.py setup` keeps what every process reads, in a file of mode 600."""
    from governance.installation import environment_file

    environment_file.write(tmp_path, {**TOLD, "WAREHOUSE_URL": "duckdb:///kept"})
    asked = "from governance.config import settings as s; print(s.BASE_URL, s.WAREHOUSE_URL)"
    told = run("-c", asked, VAR_DIR=str(tmp_path))
    assert told.stdout.split() == [TOLD["BASE_URL"], "duckdb:///kept"], told.stderr
    environment_file.place(tmp_path).chmod(0o644)
    assert "chmod 600" in run("-c", asked, VAR_DIR=str(tmp_path)).stderr
