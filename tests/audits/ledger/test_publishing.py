"""The log's tiles as files: in a folder, or in whatever storage Django is given."""

import charter_verify
import pytest
from django.core.files.storage import InMemoryStorage, Storage, storages
from django.db import transaction

from audits.ledger import publishing, sequencer, services, store
from audits.ledger.keys import list_verifiers
from audits.ledger.models import FullTile
from tests.audits.ledger.test_append import OPEN
from tests.factories import as_owner

pytestmark = pytest.mark.usefixtures("committed_db")


def grow(count: int) -> None:
    with transaction.atomic():
        for _ in range(count):
            services.append(OPEN, by="user:1")
    sequencer.sequence()


@pytest.fixture
def folder(settings, tmp_path):
    backend = {
        "BACKEND": "audits.ledger.publishing.TileFolder",
        "OPTIONS": {"location": str(tmp_path / "tiles")},
    }
    settings.STORAGES = {**settings.STORAGES, "log": backend}
    return tmp_path / "tiles"


def test_the_folder_is_a_copy_that_anybody_verifies(folder, settings):
    """Issue 13, 3: also written to a folder; what is there is not written again, and the checkpoint comes last."""
    settings.LEDGER_ENTRIES_PUBLIC = True
    trusted = [charter_verify.parse_key(each.format()) for each in list_verifiers()]
    for count, written in ((3, 3), (300, 6), (0, 0)):
        grow(count)
        assert publishing.publish_tiles() == written
        report = charter_verify.verify(folder, trusted=trusted)
        assert report.faults == [] and report.entries == store.count_places()
    assert FullTile.objects.count() == 1


def test_a_stop_between_two_files_is_made_good(folder, monkeypatch):
    """Issue 13, faults: disk full. The checkpoint is not there before what it covers, and the next pass goes on."""
    grow(2)
    publishing.publish_tiles()
    grow(300)
    saved = publishing.TileFolder._save

    def full(self, name, content):
        if name.startswith("tile/1"):
            raise OSError(28, "No space left on device")
        return saved(self, name, content)

    monkeypatch.setattr(publishing.TileFolder, "_save", full)
    with pytest.raises(OSError, match="No space"):
        publishing.publish_tiles()
    assert (folder / "checkpoint").read_text().split("\n")[1] == "2"
    monkeypatch.undo()
    publishing.publish_tiles()
    assert (folder / "checkpoint").read_text().split("\n")[1] == "302"


def test_any_storage_of_djangos_takes_it(settings):
    """Issue 13, 3: object storage, by Django's own interface."""
    backend = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "log": backend}
    for _ in range(2):
        grow(2)
        publishing.publish_tiles()
    kept = storages["log"]
    assert isinstance(kept, InMemoryStorage)
    assert kept.open("checkpoint").read().decode() == store.find_checkpoint().note
    assert kept.listdir("")[1] == ["checkpoint"]
    settings.STORAGES = {name: each for name, each in settings.STORAGES.items() if name != "log"}
    grow(1)
    assert publishing.publish_tiles() == 0


def go_back(size: int) -> None:
    """The database as an older backup has it: this many entries placed and signed, and nothing after them."""
    tables = ("entry", "payload", "outbox", "logplace", "signedcheckpoint", "fulltile")
    later = f"SELECT entry_id FROM ledger_logplace WHERE number >= {size}"
    for table in tables:
        as_owner(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")
    as_owner(f"DELETE FROM ledger_payload WHERE entry_id IN ({later})")
    as_owner(f"CREATE TABLE lost AS {later}")
    as_owner(f"DELETE FROM ledger_logplace WHERE number >= {size}")
    as_owner("DELETE FROM ledger_entry WHERE id IN (SELECT entry_id FROM lost)")
    as_owner(f"DELETE FROM ledger_signedcheckpoint WHERE size > {size}")
    as_owner(f"DELETE FROM ledger_fulltile WHERE (number + 1) * 256 > {size}")
    as_owner("DROP TABLE lost")
    for table in tables:
        as_owner(f"ALTER TABLE ledger_{table} ENABLE TRIGGER USER")


def read(kept: Storage, name: str) -> bytes:
    with kept.open(name) as file:
        return file.read()


@pytest.mark.parametrize(
    ("backend", "after"),
    [("a folder", 0), ("a folder", 2), ("a folder", 5), ("any storage", 9)],
    ids=["at once", "shorter", "as long", "longer"],
)
def test_after_an_older_backup_no_tile_of_the_lost_past_is_served(backend, after, folder, settings, caplog):
    """Issue 13, faults: restored from an older backup, what is shown is what the database has; the lost checkpoint is kept."""
    if backend == "any storage":
        memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
        settings.STORAGES = {**settings.STORAGES, "log": memory}
    grow(3)
    grow(5)
    publishing.publish_tiles()
    lost = store.find_checkpoint()
    go_back(3)
    if after:
        grow(after)
    publishing.publish_tiles()
    kept, newest = storages["log"], store.find_checkpoint()
    assert newest.size == 3 + after
    assert read(kept, "checkpoint").decode() == newest.note
    assert read(kept, f"tile/0/000.p/{newest.size}") == store.read_tile(0, 0, newest.size)
    assert kept.listdir("tile/0/000.p")[1] == [str(newest.size)]
    (evidence,) = kept.listdir("lost")[1]
    assert read(kept, f"lost/{evidence}").decode() == lost.note
    assert "past that this database does not have" in caplog.text
    assert publishing.publish_tiles() == 0 and len(kept.listdir("lost")[1]) == 1


def test_clearing_that_was_stopped_goes_on(folder, monkeypatch):
    """Issue 13, faults: the lost checkpoint goes last, so that tiles of it that are left are found by the next pass."""
    grow(3)
    grow(300)
    publishing.publish_tiles()
    go_back(3)
    grow(260)
    deleted = publishing.TileFolder.delete

    def stop(self, name):
        if name.startswith("tile/1"):
            raise OSError(5, "Input/output error")
        deleted(self, name)

    monkeypatch.setattr(publishing.TileFolder, "delete", stop)
    with pytest.raises(OSError, match="Input/output"):
        publishing.publish_tiles()
    monkeypatch.undo()
    publishing.publish_tiles()
    trusted = [charter_verify.parse_key(each.format()) for each in list_verifiers()]
    assert charter_verify.verify(folder, trusted=trusted).faults == []
