"""Issue 19, bad input: what goes wrong while a backup is made or restored leaves nothing half-done, and says so."""

import dataclasses
import hashlib
import resource
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from msgspec.structs import replace

from audits.ledger.notes import parse_checkpoint, parse_note
from governance.installation.backups.errors import BackupFailed, BackupRefused
from governance.installation.backups.manifest import DUMP, BackedUpFile
from governance.installation.backups.restored_log import check_log
from tests import databases
from tests.factories import as_owner
from tests.governance.installation.backups import test_reading, worlds

pytestmark = pytest.mark.usefixtures("committed_db")


@contextmanager
def little_room(most: int):
    """No file of this process grows beyond so many bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_fills_leaves_nothing_and_earlier_backups_stay(server, tmp_path, settings, monkeypatch):
    """Issue 19, bad input: a clear sentence, exit 2, nothing half-done."""
    settings.BACKUP_FOLDER = str(tmp_path / "backups")
    name = connection.settings_dict["NAME"]
    monkeypatch.setenv("DATABASE_URL", databases.runtime_url(server, name))
    monkeypatch.setenv("DATABASE_OWNER_URL", databases.owner_url(server, name))
    call_command("backup", verbosity=0)
    (earlier,) = Path(settings.BACKUP_FOLDER).iterdir()
    was = {path.name: path.stat() for path in earlier.iterdir()}
    with little_room(100_000), pytest.raises(CommandError, match="no room for the backup") as caught:
        call_command("backup", str(tmp_path / "other"), "--keys", str(tmp_path / "keys"), verbosity=0)
    assert caught.value.returncode == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backups"]
    assert {path.name: path.stat() for path in earlier.iterdir()} == was


def test_it_is_its_owners_alone_and_the_keys_are_apart(server, tmp_path, settings):
    """Keys never beside the database, each folder 0700 and each file 0600."""
    worlds.grow(1)
    for inside in (tmp_path / "b", tmp_path / "b" / "keys", tmp_path):
        with pytest.raises(BackupRefused, match="not the backup’s"):
            worlds.back_up(server, tmp_path / "b", keys_folder=inside)
    worlds.back_up(server, tmp_path / "b", keys_folder=tmp_path / "k")
    for folder, names in ((tmp_path / "b", {DUMP, "manifest.json"}), (tmp_path / "k", KEYS)):
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {path.name for path in folder.iterdir()} >= names
        assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())
    assert {path.name for path in (tmp_path / "b").iterdir()} == {DUMP, "manifest.json"}
    assert (tmp_path / "k" / "ledger.pem").read_bytes() == settings.LEDGER_SIGNING_KEY_FILE.read_bytes()
    with pytest.raises(BackupRefused, match="not empty"):
        worlds.back_up(server, tmp_path / "b")


KEYS = {"ledger.pem", "sealing.key", "appeals.key"}


def test_it_goes_into_an_empty_database_whole_or_not_at_all(server, tmp_path):
    """Never over another; cut short in the middle, the database is as empty as it was."""
    made = worlds.back_up(server, tmp_path / "b")
    with pytest.raises(BackupRefused, match="not empty") as caught:
        worlds.restore_into(server, connection.settings_dict["NAME"], tmp_path / "b")
    assert caught.value.code == "database_not_empty"
    half = (tmp_path / "b" / DUMP).read_bytes()[: made.file.size * 9 // 10]
    test_reading.write(tmp_path / "b", replace(made, file=_of(half)))
    (tmp_path / "b" / DUMP).write_bytes(half)
    with worlds.empty_database(server) as empty:
        with pytest.raises(BackupFailed, match="as empty as it was"):
            worlds.restore_into(server, empty, tmp_path / "b")
        with psycopg.connect(databases.owner_url(server, empty)) as owner:
            assert owner.execute("SELECT to_regclass('ledger_entry')").fetchone() == (None,)


def _of(content: bytes) -> BackedUpFile:
    return BackedUpFile(DUMP, len(content), hashlib.sha256(content).hexdigest())


def test_a_log_that_is_not_the_signed_one_is_said_loudly(server, tmp_path):
    """The signed root, over leaves that are hashed anew: an entry rewritten with its hash, or missing, is found out."""
    worlds.grow(3)
    made = worlds.back_up(server, tmp_path / "b")
    state = parse_checkpoint(parse_note(made.checkpoint))
    with psycopg.connect(databases.owner_url(server, connection.settings_dict["NAME"])) as owner:
        check_log(owner, state)
        for touched, match in (
            (dataclasses.replace(state, root=bytes(32)), "the root over its first 3 entries"),
            (dataclasses.replace(state, size=4), "it holds 3 entries of 4"),
        ):
            with pytest.raises(BackupFailed, match=match):
                check_log(owner, touched)


def test_a_database_that_was_rewritten_before_its_backup_is_closed(server, tmp_path):
    """Whoever held the database and not the key: every hash is as they left it, and nothing starts on what comes back."""
    worlds.grow(3)
    as_owner(
        "UPDATE ledger_entry SET leaf = '{}' WHERE id = (SELECT entry_id FROM ledger_logplace WHERE number = 1)"
    )
    worlds.back_up(server, tmp_path / "b")
    with worlds.empty_database(server) as empty:
        with pytest.raises(BackupFailed, match="entry 1 is missing, or is not what its hash says"):
            worlds.restore_into(server, empty, tmp_path / "b")
        with pytest.raises(psycopg.OperationalError, match="too many connections"):
            psycopg.connect(databases.runtime_url(server, empty))
