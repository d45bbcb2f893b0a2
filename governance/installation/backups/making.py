"""Making a backup: the database as one snapshot sees it, streamed to a draft, then the keys apart, then the manifest."""

import errno
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
from django.conf import settings

from audits.ledger import keyfiles, keys, signing
from governance.installation.backups import migrations, programs
from governance.installation.backups.errors import BackupFailed, BackupRefused
from governance.installation.backups.key_copies import copy_keys
from governance.installation.backups.manifest import (
    DUMP,
    MANIFEST,
    BackedUpFile,
    Manifest,
    put_in_place,
    sign_manifest,
    write_whole,
)
from ground import clock

Say = Callable[[str], object]
CHUNK_BYTES = 2**20
SAY_SECONDS = 10.0
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

_STATE = """
SELECT pg_export_snapshot(), current_setting('server_version_num')::int,
       (SELECT coalesce(max(number) + 1, 0) FROM ledger_logplace), (SELECT count(*) FROM ledger_outbox),
       coalesce((SELECT note FROM ledger_signedcheckpoint ORDER BY size DESC LIMIT 1), '')
"""
_APPLIED = "SELECT app, name FROM django_migrations ORDER BY app, name"


class _SeenDatabase(NamedTuple):
    """What one snapshot of the database sees, and its name for others to see the same."""

    snapshot: str
    postgresql: int
    entries: int
    waiting: int
    checkpoint: str
    migrations: dict[str, str]


def make_backup(folder: Path, *, keys_folder: Path | None, owner: str, say: Say) -> Manifest:
    """Back the database of the owner's address up into a new folder, and the keys into another where one is named.

    Raises BackupRefused before anything is written, and BackupFailed where it could not be finished; nothing of it is left then.
    """
    keys.check_keys()
    folders = [folder, *([keys_folder] if keys_folder else [])]
    _check_apart(folder, keys_folder)
    with _made(folders):
        with _snapshot(owner) as seen:
            told = _dump(owner, seen, folder / DUMP, say)
        if keys_folder:
            copy_keys(keys_folder)
            say(f"The keys are in {keys_folder}: keep that folder where nobody has the other.")
        manifest = _describe(seen, told)
        key = signing.parse_key(
            keyfiles.read(settings.LEDGER_SIGNING_KEY_FILE), settings.LEDGER_SIGNING_KEY_FILE
        )
        write_whole(folder / MANIFEST, sign_manifest(manifest, origin=settings.LEDGER_ORIGIN, key=key))
    return manifest


def _describe(seen: _SeenDatabase, told: BackedUpFile) -> Manifest:
    return Manifest(
        "metric-charter backup 1",
        clock.now(),
        seen.postgresql,
        seen.migrations,
        told,
        seen.entries,
        seen.waiting,
        seen.checkpoint,
    )


def _check_apart(folder: Path, keys_folder: Path | None) -> None:
    """Whoever has the database must not have its keys with it."""
    if keys_folder is None:
        return
    one, other = folder.resolve(), keys_folder.resolve()
    if one == other or one in other.parents or other in one.parents:
        raise BackupRefused(
            "The keys go into a folder that is not the backup’s, nor in it, nor around it: together they open everything.",
            field="keys",
        )


@contextmanager
def _made(folders: list[Path]) -> Iterator[None]:
    """New folders of their owner's alone, and nothing of them where what is done in them does not end well."""
    made: list[Path] = []
    try:
        for each in folders:
            _make(each)
            made.append(each)
        yield
    except OSError as error:
        _remove(made)
        raise _explain(error, folders) from error
    except BaseException:
        _remove(made)
        raise


def _make(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupRefused(f"{folder} is there and not empty. Name a new folder.", field="folder")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


def _remove(folders: list[Path]) -> None:
    for each in folders:
        shutil.rmtree(each, ignore_errors=True)


def _explain(error: OSError, folders: list[Path]) -> BackupFailed:
    place = error.filename or folders[0]
    if error.errno in _FULL:
        return BackupFailed(
            f"There is no room for the backup in {folders[0]} ({error.strerror}). Nothing of it was kept, and earlier backups are "
            "untouched. Make room, or name a folder on another disk.",
            code="backup_no_room",
        )
    return BackupFailed(f"{place} cannot be written ({error.strerror}). Nothing of this backup was kept.")


@contextmanager
def _snapshot(owner: str) -> Iterator[_SeenDatabase]:
    """Hold one snapshot open while others read by it. Raises BackupRefused where there is no installation."""
    try:
        with psycopg.connect(owner, connect_timeout=10) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            row = connection.execute(_STATE).fetchone()
            applied = connection.execute(_APPLIED).fetchall()
            if row is None:
                raise BackupFailed("The database does not say how far its log reaches.")
            yield _SeenDatabase._make((*row, migrations.describe(applied)))
    except psycopg.errors.UndefinedTable as error:
        raise BackupRefused(
            "There is nothing to back up: this database holds no installation. See DATABASE_OWNER_URL."
        ) from error
    except psycopg.Error as error:
        raise BackupFailed(
            f"The database does not answer its owner ({error}). Nothing of this backup was kept."
        ) from error


def _dump(owner: str, seen: _SeenDatabase, path: Path, say: Say) -> BackedUpFile:
    program = programs.find_program("pg_dump", server=seen.postgresql // 10000)
    words, environment = programs.command(program, owner, *programs.DUMPING, f"--snapshot={seen.snapshot}")
    say(f"Copying the database by {program} ...")
    draft = path.with_name(f"{path.name}.part")
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=errors) as process,
    ):
        try:
            size, digest = _stream(process, draft, say)
        except BaseException:
            process.kill()
            raise
        programs.check_ended(process, errors, left="Nothing of this backup was kept.")
    put_in_place(draft, path)
    return BackedUpFile(DUMP, size, digest)


def _stream(process: "subprocess.Popen[bytes]", draft: Path, say: Say) -> tuple[int, str]:
    """Write what a program says to a file that its owner alone reads; gives its size and SHA-256."""
    digest, size, told = hashlib.sha256(), 0, time.monotonic()
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while process.stdout and (chunk := process.stdout.read(CHUNK_BYTES)):
            file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
            if time.monotonic() - told > SAY_SECONDS:
                told = time.monotonic()
                say(f"{size / 2**20:,.0f} MiB ...")
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()
