"""A small log, a witness that has cosigned it, and databases to restore into."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from audits.ledger import sequencer
from audits.ledger.keys import list_verifiers
from audits.ledger.witness import Witness, make_witness
from governance.installation.backups.making import make_backup
from governance.installation.backups.restoring import Restored, restore
from governance.installation.supervising import Databases
from governance.people import services
from tests import databases
from tests.audits.ledger.test_append import append


def say(_line: str) -> None:
    """Nobody listens."""


def grow(entries: int) -> int:
    """Let the log have more entries, signed; gives its size."""
    for _ in range(entries):
        append()
    return sequencer.sequence().size


def open_accounts(many: int) -> set[str]:
    """Accounts as the product opens them, rows and entries alike; gives their names."""
    names = {f"ann{number}" for number in range(many)}
    for name in sorted(names):
        services.open_account(username=name, name=name, email="", by=services.get_system_account())
    return names


def back_up(server, folder: Path, **more):
    """A backup of the database that the test stands in."""
    owner = databases.owner_url(server, connection.settings_dict["NAME"])
    return make_backup(folder, owner=owner, say=say, **{"keys_folder": None, **more})


def restore_into(server, name: str, folder: Path, **more) -> Restored:
    """Restore into a database of this name, and stand in it."""
    where = Databases(databases.owner_url(server, name), databases.runtime_url(server, name))
    return restore(folder, databases=where, say=say, **{"trusted": [], **more})


@contextmanager
def empty_database(server) -> Iterator[str]:
    """A new database; gives its name."""
    name = f"restored_{connection.settings_dict['NAME'][-12:]}"
    databases.create(server, name)
    try:
        yield name
    finally:
        connection.close()
        databases.drop(server, name)


def ask_council(folder: Path, settings, url: str) -> str:
    """Let the installation's policy ask the witness in a folder; gives the policy's text."""
    text = f"witness council {Witness(folder).verifier.format()} {url}\nquorum council\n"
    path = folder.parent / "policy"
    path.write_text(text)
    settings.LEDGER_POLICY_FILE = str(path)
    return text


def a_council(folder: Path) -> Path:
    """A witness of this installation's log."""
    make_witness(folder, name="witness.example/council", logs=[each.format() for each in list_verifiers()])
    return folder
