"""Restoring a backup into an empty database: looked at whole first, then all of it or nothing, then held against the log."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from audits.ledger import keys, sequencer, signing, store
from audits.ledger.asking import WitnessAway, WitnessRefuses, ask
from audits.ledger.notes import Checkpoint, Verifier, parse_note
from audits.ledger.policies import PolicyWitness
from audits.ledger.witnesses import find_policy
from governance.installation import kept
from governance.installation.backups import migrations, programs
from governance.installation.backups.errors import BackupFailed, BackupRefused
from governance.installation.backups.manifest import (
    DUMP,
    Manifest,
    check_file,
    read_manifest,
    read_state,
)
from governance.installation.backups.restored_log import check_log
from governance.installation.supervising import Databases

Say = Callable[[str], object]

# What an extension brought is in every new database.
_ANYTHING = """
SELECT relname FROM pg_class found
WHERE relkind IN ('r', 'p', 'v', 'm') AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = found.oid AND deptype = 'e')
ORDER BY relname LIMIT 1
"""
_MAY = """
SELECT has_table_privilege('ledger_entry', 'INSERT') AND has_table_privilege('ledger_entry', 'SELECT'),
       has_table_privilege('ledger_entry', 'UPDATE') OR has_table_privilege('ledger_entry', 'DELETE')
"""
LEFT_EMPTY = "The database is as empty as it was."


class Restored(NamedTuple):
    """What is there again, and the state of the log that its entries were held against; None where nothing was signed."""

    manifest: Manifest
    state: Checkpoint | None


class WitnessWord(NamedTuple):
    """What a witness says to the restored log; `refuses` where it has seen more of it, or another past."""

    name: str
    sentence: str
    refuses: bool


def restore(folder: Path, *, databases: Databases, trusted: Sequence[Verifier], say: Say) -> Restored:
    """Restore the backup in a folder into an empty database, migrate it forward, and hold its log against what was signed.

    `trusted` are keys of the log that count beside the one that is here. Raises BackupRefused before anything is done, BackupFailed
    where the sentence says what is there now.
    """
    keys.check_keys()
    trusted = [_own_key(), *trusted]
    say(f"Looking at {folder} ...")
    manifest = read_manifest(folder, trusted)
    migrations.check_known(manifest.migrations)
    state = read_state(manifest, trusted)
    check_file(folder, manifest.file)
    _check_target(databases.owner, manifest)
    say(f"Restoring what was backed up on {manifest.made_at:%Y-%m-%d at %H:%M} UTC ...")
    _read_back(folder / DUMP, databases.owner, manifest)
    try:
        _check_content(databases.owner, manifest, state, say)
    except BackupFailed:
        _close(databases.owner)
        raise
    say("Migrating it to this version ...")
    _migrate(databases.owner)
    _enter(databases.runtime)
    _check_rights()
    _place_waiting()
    return Restored(manifest, state)


def hear_witnesses(state: Checkpoint, manifest: Manifest) -> list[WitnessWord]:
    """What each witness of the policy says to the state that was restored: nobody else knows whether more was signed since."""
    note = parse_note(manifest.checkpoint)
    asked = [each for each in find_policy().witnesses.values() if each.url]
    return [
        _hear(each, lambda each: ask(each, note, state, old=state.size, prove=store.find_consistency))
        for each in asked
    ]


def _hear(witness: PolicyWitness, ask_it: Callable[[PolicyWitness], object]) -> WitnessWord:
    try:
        ask_it(witness)
    except WitnessAway as error:
        return WitnessWord(witness.name, str(error), False)
    except WitnessRefuses as error:
        return WitnessWord(witness.name, str(error), True)
    return WitnessWord(witness.name, "It has cosigned this state, and has seen nothing after it.", False)


def _own_key() -> Verifier:
    return Verifier(settings.LEDGER_ORIGIN, signing.public_key(settings.LEDGER_SIGNING_KEY_FILE))


def _check_target(owner: str, manifest: Manifest) -> None:
    with _connect(owner) as database:
        version = database.info.server_version // 10000
        if version < manifest.postgresql // 10000:
            raise BackupRefused(
                f"The backup is of PostgreSQL {manifest.postgresql // 10000}, and this server is of {version}. Restore it on the same "
                "version or a newer one.",
                code="backup_server_old",
            )
        found = database.execute(_ANYTHING).fetchone()
    if found:
        raise BackupRefused(
            f"This database is not empty: it holds {found[0]}. A backup is restored into an empty one and never over another; name a "
            "new database, or set VAR_DIR to a new folder.",
            code="database_not_empty",
        )


def _read_back(dump: Path, owner: str, manifest: Manifest) -> None:
    program = programs.find_program("pg_restore", server=manifest.postgresql // 10000)
    words, environment = programs.command(program, owner, *programs.RESTORING, dump)
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=errors)
        try:
            programs.check_ended(process, errors, left=LEFT_EMPTY)
        except BaseException:
            process.kill()
            raise


def _check_content(owner: str, manifest: Manifest, state: Checkpoint | None, say: Say) -> None:
    with _connect(owner) as database:
        database.execute("ANALYZE")
        applied = database.execute("SELECT app || '.' || name FROM django_migrations").fetchall()
        if {name for (name,) in applied} != set(manifest.migrations):
            raise BackupFailed(
                "The database that was restored has had other migrations than its manifest says. It is closed to everybody: drop it.",
                code="backup_changed",
            )
        if state is not None:
            say(f"Hashing {state.size:,} entries of the log anew ...")
            check_log(database, state)


def _close(owner: str) -> None:
    """Let nobody but a superuser into what must not be used, so that nothing starts on it."""
    with _connect(owner) as database:
        name = sql.Identifier(database.info.dbname)
        database.execute(sql.SQL("ALTER DATABASE {} CONNECTION LIMIT 0").format(name))


def _migrate(owner: str) -> None:
    environment = {**kept.process_environment(settings.VAR_DIR), "DATABASE_URL": owner}
    environment.pop("DATABASE_OWNER_URL", None)
    words = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"]
    ran = subprocess.run(
        words, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise BackupFailed(
            f"The backup is restored and could not be migrated: {ran.stderr.strip()[-2000:]}\nRun `manage.py migrate` as the owner."
        )


def _enter(runtime: str) -> None:
    """Let this process be one of the product's, on a database that may not have been there when it began."""
    told = conninfo_to_dict(runtime)
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    connection.close()
    connection.settings_dict.update({name: told.get(key) or "" for key, name in names.items()})


def _check_rights() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_MAY)
        works, rewrites = cursor.fetchone()
    if not works or rewrites:
        raise BackupFailed(
            "The backup is restored, and the role that the product runs as "
            f"{'may change the log' if rewrites else 'may not write to it'}. See RUNTIME_ROLE, and run `manage.py migrate` as the owner."
        )


def _place_waiting() -> None:
    """Transactions count anew on another server: none must be taken for one whose entry still waits."""
    with sequencer.the_only_one():
        while sequencer.place_batch():
            pass


def _connect(dsn: str) -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(dsn, connect_timeout=10)
    except psycopg.Error as error:
        raise BackupFailed(
            f"The database does not answer its owner ({error}). Nothing was restored."
        ) from error
