"""Issue 19, bad input: a backup that is half, changed, of a newer version or of somebody else is refused before a database is asked."""

import hashlib
import json
from datetime import timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings as told
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from audits.ledger import signing, tree
from audits.ledger.notes import Checkpoint, Verifier, sign_checkpoint
from governance.config.doctor_backups import look_at_backups
from governance.config.looked_over import PartState
from governance.installation.backups import migrations, programs
from governance.installation.backups.errors import BackupRefused
from governance.installation.backups.manifest import BackedUpFile, Manifest, sign_manifest
from governance.installation.backups.restored_log import find_root
from governance.installation.backups.restoring import restore
from governance.installation.supervising import Databases
from ground import clock

DUMP = b"what pg_dump has written"
NOWHERE = Databases("postgresql:///nowhere?host=/nowhere", "postgresql:///nowhere?host=/nowhere")


def a_manifest(**changes) -> Manifest:
    file = BackedUpFile("database.dump", len(DUMP), hashlib.sha256(DUMP).hexdigest())
    made = Manifest("metric-charter backup 1", clock.now(), 180000, migrations.list_known(), file, 0, 0, "")
    return replace(made, **changes)


def own_key() -> Ed25519PrivateKey:
    return signing.signing_key(told.LEDGER_SIGNING_KEY_FILE)


@pytest.fixture
def folder(tmp_path):
    """A backup of nothing much, whole and signed."""
    write(tmp_path, a_manifest())
    return tmp_path


def write(folder, manifest: Manifest, key: Ed25519PrivateKey | None = None) -> None:
    (folder / "database.dump").write_bytes(DUMP)
    signed = sign_manifest(manifest, origin=told.LEDGER_ORIGIN, key=key or own_key())
    (folder / "manifest.json").write_bytes(signed)


def refused(folder, **more) -> str:
    with pytest.raises(BackupRefused) as caught:
        restore(folder, databases=NOWHERE, say=lambda _line: None, **{"trusted": [], **more})
    assert caught.value.detail.endswith(".")
    return caught.value.code


def test_one_that_is_whole_comes_as_far_as_the_database(folder):
    """What the others are refused for is not that there is none."""
    with pytest.raises(Exception, match="Nothing was restored"):
        restore(folder, databases=NOWHERE, trusted=[], say=lambda _line: None)


def test_without_its_manifest_it_is_half(folder):
    """It is written last: killed before, the rest is no backup."""
    (folder / "manifest.json").unlink()
    assert refused(folder) == "backup_half"


@pytest.mark.parametrize(
    ("content", "code"),
    [(DUMP[:-1], "backup_cut_short"), (DUMP[:-1] + b"!", "backup_changed"), (None, "backup_cut_short")],
    ids=["truncated", "a byte", "gone"],
)
def test_a_dump_that_is_not_the_one_is_refused(folder, content, code):
    path = folder / "database.dump"
    path.unlink() if content is None else path.write_bytes(content)
    assert refused(folder) == code


def _with(**changes):
    return lambda said: {**said, "manifest": {**said["manifest"], **changes}}


@pytest.mark.parametrize(
    "change",
    [
        _with(entries=7),
        _with(migrations={}),
        _with(checkpoint="x"),
        _with(more=1),
        _with(file={"name": "../../etc/passwd", "size": 1, "sha256": ""}),
        lambda said: {**said, "signature": "00" * 64},
        lambda said: {**said, "signature": "no hex"},
        lambda _said: [],
    ],
)
def test_a_changed_manifest_is_refused(folder, change):
    """Whoever holds the copy cannot let it say something else: it is signed with the log's key."""
    path = folder / "manifest.json"
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    assert refused(folder) == "backup_changed"


def test_another_key_counts_where_it_is_named(tmp_path):
    """After the signing key was exchanged, and never because the backup says so."""
    other = Ed25519PrivateKey.generate()
    write(tmp_path, a_manifest(migrations={"newer.0002": ""}), key=other)
    assert refused(tmp_path) == "backup_key_unknown"
    named = Verifier(told.LEDGER_ORIGIN, signing.public_bytes(other))
    assert refused(tmp_path, trusted=[named]) == "backup_newer"


def test_a_newer_schema_is_refused(tmp_path):
    """Issue 19, bad input: a restore onto a version that does not know what was done to the tables."""
    write(tmp_path, a_manifest(migrations={**migrations.list_known(), "people.0002_more": "ab"}))
    with pytest.raises(BackupRefused, match=r"newer version: it has had people\.0002_more"):
        restore(tmp_path, databases=NOWHERE, trusted=[], say=lambda _line: None)


def test_a_migration_that_was_written_anew_is_not_taken_for_the_one_that_ran(tmp_path):
    write(tmp_path, a_manifest(migrations={**migrations.list_known(), "people.0001_initial": "ab"}))
    assert refused(tmp_path) == "backup_of_other"


def test_our_migrations_are_hashed_and_those_of_libraries_are_not():
    known = migrations.list_known()
    assert len(known["people.0001_initial"]) == 64 and known["auth.0001_initial"] == ""


def test_a_checkpoint_of_somebody_else_is_no_state_of_the_log(tmp_path):
    other = sign_checkpoint(Checkpoint(told.LEDGER_ORIGIN, 1, bytes(32)), Ed25519PrivateKey.generate())
    write(tmp_path, a_manifest(checkpoint=other.format()))
    assert refused(tmp_path) == "backup_changed"


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70))
def test_the_root_is_that_of_the_tree(hashes):
    """RFC 9162, 2.1.1, in little memory."""
    assert find_root(hashes) == tree.root(hashes)


def a_program(folder, major: int):
    folder.mkdir()
    path = folder / "pg_dump"
    path.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {major}.3'\n")
    path.chmod(0o755)
    return folder


def test_programs_older_than_the_server_are_refused_by_name(tmp_path):
    old, same, newer = (a_program(tmp_path / str(major), major) for major in (14, 17, 18))
    assert programs.find_program("pg_dump", server=17, candidates=[old, newer, same]).parent == same
    assert programs.find_program("pg_dump", server=16, candidates=[newer, same]).parent == same
    with pytest.raises(BackupRefused, match=r"PostgreSQL 17.*14/pg_dump is of 14"):
        programs.find_program("pg_dump", server=17, candidates=[old])
    with pytest.raises(BackupRefused, match="there is none"):
        programs.find_program("pg_dump", server=17, candidates=[])


def test_a_password_stands_among_no_words():
    words, environment = programs.command(
        told.BASE_DIR / "pg_dump", "postgresql://a:secret@db/x?sslmode=require"
    )
    assert "secret" not in " ".join(words) and environment["PGPASSWORD"] == "secret"
    assert "sslmode=require" in words[-1]


def test_the_doctor_says_how_old_the_last_backup_is(settings, tmp_path):
    """Issue 19, 2: where a folder of backups is told."""
    settings.BACKUP_FOLDER = ""
    assert list(look_at_backups()) == []
    settings.BACKUP_FOLDER = str(tmp_path)
    (nothing,) = look_at_backups()
    assert nothing.state is PartState.FAULT and nothing.remedy
    for days in (9, 2):
        (tmp_path / str(days)).mkdir()
        write(tmp_path / str(days), a_manifest(made_at=clock.now() - timedelta(days=days)))
    (old,) = look_at_backups()
    assert old.state is PartState.FAULT and "48 hours ago" in old.sentence
    (tmp_path / "0").mkdir()
    write(tmp_path / "0", a_manifest())
    assert [each.state for each in look_at_backups()] == [PartState.OK]
    (tmp_path / "0" / "manifest.json").write_bytes(msgspec.json.encode({}))
    assert [each.state for each in look_at_backups()] == [PartState.FAULT]
