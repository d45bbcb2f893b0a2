"""The log's tiles as files: in a folder, or in whatever storage Django is given."""

import charter_verify
import pytest
from django.core.files.storage import InMemoryStorage, storages
from django.db import transaction

from audits.ledger import publishing, sequencer, services, store
from audits.ledger.keys import list_verifiers
from audits.ledger.models import FullTile
from tests.audits.ledger.test_append import OPEN

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
