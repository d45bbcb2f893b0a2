"""Issue 19, 2: the drill: back up, destroy, restore, verify; it ends with the witness's word."""

import io
import os

import pytest
from charter_verify import parse_key, parse_policy, verify
from django.core.management import call_command
from django.db import connection

from audits.ledger import sequencer
from audits.ledger.keys import list_verifiers
from audits.ledger.models import Entry, LogPlace, Outbox
from audits.ledger.witnesses import NotWitnessed
from governance.installation.backups import restoring
from governance.people.models import User
from tests import databases
from tests.audits.ledger.servers import witness_at_work
from tests.audits.ledger.test_append import append
from tests.governance.installation.backups import worlds

pytestmark = pytest.mark.usefixtures("committed_db")


def test_what_was_destroyed_is_there_again_and_the_witness_says_so(server, tmp_path, settings, monkeypatch):
    """By the commands, with the migration of a real restore."""
    council = worlds.a_council(tmp_path / "council")
    with witness_at_work(council) as url, worlds.empty_database(server) as empty:
        policy = worlds.ask_council(council, settings, url)
        people = worlds.open_accounts(3)
        size = worlds.grow(300)
        append()  # it waits for its place while the backup is made
        name = connection.settings_dict["NAME"]
        _reach(monkeypatch, server, name)
        call_command("backup", str(tmp_path / "backup"), "--keys", str(tmp_path / "keys"), verbosity=0)
        connection.close()
        databases.drop(server, name)
        _reach(monkeypatch, server, empty)
        said = io.StringIO()
        call_command("restore", str(tmp_path / "backup"), stdout=said)
        assert (
            "Witness council: It has cosigned this state, and has seen nothing after it." in said.getvalue()
        )
        assert connection.settings_dict["NAME"] == empty
        assert {*User.objects.values_list("username", flat=True)} >= people
        assert LogPlace.objects.count() == size + 1 and not Outbox.objects.exists()
        assert worlds.grow(2) == size + 3
        call_command("ledger", "export", str(tmp_path / "copy"), "--with-payloads", verbosity=0)
        report = verify(
            tmp_path / "copy",
            trusted=[parse_key(each.format()) for each in list_verifiers()],
            policy=parse_policy(policy),
        )
        assert report.faults == [] and report.holds
        assert (report.entries, report.witnessed) == (size + 3, report.checkpoints)


def _reach(monkeypatch, server, name: str) -> None:
    monkeypatch.setitem(os.environ, "DATABASE_URL", databases.runtime_url(server, name))
    monkeypatch.setitem(os.environ, "DATABASE_OWNER_URL", databases.owner_url(server, name))


def test_an_older_backup_is_whole_and_the_witness_refuses_it(server, tmp_path, settings, monkeypatch):
    """Issue 13, faults: only the witness knows that more was signed since, and says so before anything is published."""
    monkeypatch.setattr(restoring, "_migrate", lambda _owner: None)
    council = worlds.a_council(tmp_path / "council")
    with witness_at_work(council) as url, worlds.empty_database(server) as empty:
        worlds.ask_council(council, settings, url)
        worlds.grow(5)
        worlds.back_up(server, tmp_path / "old")
        worlds.grow(2)
        _reach(monkeypatch, server, empty)
        said, warned = io.StringIO(), io.StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("restore", str(tmp_path / "old"), stdout=said, stderr=warned)
        assert ended.value.code == 3 and Entry.objects.count() == 5
        assert "Restored: 5 entries of the log are those that were signed." in said.getvalue()
        assert "council: It has seen 7 entries of this log, and this state is of 5" in said.getvalue()
        assert "Look for a newer backup" in " ".join(warned.getvalue().split())
        append()
        with pytest.raises(NotWitnessed, match="refuses"):
            sequencer.sequence()
