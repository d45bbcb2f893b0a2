"""The two keys: never made by themselves, looked for at each start, and exchanged by both."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import transaction

from audits.ledger import keyfiles, keys, sealing, services, signing
from audits.ledger.events import SigningKeyMade, SigningKeyRotated
from audits.ledger.keyfiles import KeyMissing
from audits.ledger.models import Entry
from audits.ledger.receipts import verify_receipt
from ground.errors import Conflict
from tests import databases
from tests.audits.ledger.test_append import append

pytestmark = pytest.mark.django_db


@pytest.fixture
def places(settings, tmp_path):
    """An installation without keys; gives where they belong."""
    settings.LEDGER_SIGNING_KEY_FILE = tmp_path / "keys" / "ledger.pem"
    settings.LEDGER_SEALING_KEY_FILE = tmp_path / "keys" / "sealing.key"
    return settings.LEDGER_SIGNING_KEY_FILE, settings.LEDGER_SEALING_KEY_FILE


def told(kind: str) -> list[dict]:
    entries = Entry.objects.filter(kind=kind).order_by("at")
    return [msgspec.json.decode(services.read_payload(each.payload)) for each in entries]


def test_a_missing_key_is_never_made_by_using_it(places):
    """Issue 9: a lost signing key was silently replaced by the next receipt."""
    with pytest.raises(KeyMissing, match="ledger keys init"):
        services.sign(append(), {})
    with pytest.raises(KeyMissing):
        sealing.seal(b"a vote", places[1])
    assert not any(each.exists() for each in places)


@pytest.mark.parametrize("kept", [0, 1])
def test_a_missing_key_stops_the_start(places, kept):
    """Issue 9: the web server and the worker say which, and how one is made, and do not start."""
    keyfiles.place(places[kept], (signing.make_key, sealing.make_key)[kept]())
    with pytest.raises(KeyMissing, match=places[1 - kept].name):
        keys.check_keys()
    environment = {
        **os.environ,
        "LEDGER_SIGNING_KEY_FILE": str(places[0]),
        "LEDGER_SEALING_KEY_FILE": str(places[1]),
    }
    for start in ("import governance.config.wsgi", BEGIN_WORKER):
        done = subprocess.run(
            [sys.executable, "-c", start],
            cwd=databases.PROJECT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0 and places[1 - kept].name in done.stderr, done.stderr


BEGIN_WORKER = """
import django
django.setup()
import governance.config.celery
from celery.signals import worker_init
worker_init.send(sender=None)
"""


def test_keys_are_made_once_for_this_account_only_and_the_log_tells_of_it(places):
    """Issue 9: `ledger keys init` makes both; again, it has nothing to do."""
    call_command("ledger", "keys", "init")
    keys.check_keys()
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in places)
    (made,) = told("ledger.key.made")
    assert (made["key_id"], made["instead_of"]) == (signing.key_id(places[0]), "")
    with pytest.raises(CommandError, match="there already"):
        call_command("ledger", "keys", "init")


def test_keys_that_the_log_does_not_know_are_told_of(places, monkeypatch):
    """Issue 15: cut short before the log was told, and beside keys that were there, setting up said “there already” for good."""
    with monkeypatch.context() as patch:
        patch.setattr(keys, "_tell_made", lambda by: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            call_command("ledger", "keys", "ensure")
    assert all(each.exists() for each in places) and told("ledger.key.made") == []
    call_command("ledger", "keys", "ensure")
    call_command("ledger", "keys", "ensure")
    (made,) = told("ledger.key.made")
    assert (made["key_id"], made["instead_of"]) == (signing.key_id(places[0]), "")


def test_a_key_that_is_lost_for_good_is_replaced_in_the_open(places):
    """Issue 9: the log says in whose place the new one signs, and old receipts still verify."""
    keys.make_keys(by="installation")
    old_id, receipt = signing.key_id(places[0]), services.sign(append(), {})
    places[0].unlink()
    signing.signing_key.cache_clear()
    keys.make_keys(by="installation")
    assert told("ledger.key.made")[-1]["instead_of"] == old_id != signing.key_id(places[0])
    assert any(verify_receipt(receipt, public) for public in keys.list_public_keys())


def test_a_rotation_is_signed_by_both_keys(places, client):
    """Issue 9: neither somebody with a new key alone nor with the old one alone can make it."""
    keys.make_keys(by="installation")
    receipt = services.sign(append(), {})
    call_command("ledger", "keys", "rotate")
    (said,) = told("ledger.key.rotated")
    old, new = bytes.fromhex(said["old_public_key"]), bytes.fromhex(said["public_key"])
    assert signing.public_key(places[0]) == new != old
    both = {"by_old": said["signed_by_old"], "by_new": said["signed_by_new"]}
    assert signing.verify_rotation(old, new, **both)
    assert not signing.verify_rotation(new, old, **both)
    assert not signing.verify_rotation(old, new, by_old=both["by_new"], by_new=both["by_new"])
    assert verify_receipt(receipt, old) and verify_receipt(services.sign(append(), {}), new)
    assert keys.list_public_keys() == [old, new]
    published = client.get("/.well-known/metric-charter/keys").json()["keys"]
    assert [each["public_key"] for each in published] == [old.hex(), new.hex()]
    retired = places[0].with_name(f"ledger-{said['old_key_id']}.pem")
    assert signing.public_key(retired) == old and stat.S_IMODE(retired.stat().st_mode) == 0o600


DOCS = Path(__file__).resolve().parents[3] / "docs/reference/receipts.md"
FOLLOW = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)[1]


def follow(folder: Path, known: bytes, published: object) -> int:
    """Run the lines of the docs as an outsider who knows one key; gives how they ended."""
    (folder / "known.txt").write_text(f"{known.hex()}\n")
    (folder / "keys.json").write_text(json.dumps(published))
    return subprocess.run(
        [sys.executable, "-c", FOLLOW], cwd=folder, capture_output=True, check=False
    ).returncode


def test_an_outsider_follows_key_to_key(places, client, tmp_path):
    """Issue 9: rotation is a command that both keys sign, which tests alone looked at; the address says it and the docs follow it."""
    keys.make_keys(by="installation")
    first = signing.public_key(places[0])
    for _ in range(2):
        call_command("ledger", "keys", "rotate")
    address = "/.well-known/metric-charter/keys"
    told = client.get(address).json()
    assert len(told["keys"]) == 3 and follow(tmp_path, first, told) == 0
    assert follow(tmp_path, b"\1" * 32, told) != 0
    for change in ("signed_by_old", "signed_by_new"):
        forged = client.get(address).json()
        forged["keys"][1]["in_place_of"][change] = forged["keys"][2]["in_place_of"][change]
        assert follow(tmp_path, first, forged) != 0


def test_a_rotation_that_no_key_signed_leads_nowhere(places, client, tmp_path):
    """Issue 9: whoever can write entries but has no key; a lost key's successor is not led to either."""
    keys.make_keys(by="installation")
    old, mallory = signing.public_key(places[0]), Ed25519PrivateKey.generate()
    new = signing.public_bytes(mallory)
    signature = mallory.sign(signing.format_rotation(old, new)).hex()
    event = SigningKeyRotated(
        signing.name_key(old), old.hex(), signing.name_key(new), new.hex(), signature, signature
    )
    with transaction.atomic():
        services.append(event, by="installation")
        services.append(SigningKeyMade(signing.name_key(new), new.hex(), ""), by="installation")
    assert keys.list_rotations() == [] and keys.list_public_keys() == [old]
    places[0].unlink()
    signing.signing_key.cache_clear()
    keys.make_keys(by="installation")
    told = client.get("/.well-known/metric-charter/keys").json()
    assert [each["in_place_of"] for each in told["keys"]] == [None] * len(told["keys"])
    assert follow(tmp_path, old, told) != 0


def test_a_rotation_that_was_cut_short_is_finished_by_the_next(places, monkeypatch):
    """Issue 9: where the log has the new key and its place has not, no third one is made."""
    keys.make_keys(by="installation")
    with monkeypatch.context() as patch, pytest.raises(OSError):
        patch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("the power went")))
        keys.rotate_signing_key(by="installation")
    keys.rotate_signing_key(by="installation")
    (said,) = told("ledger.key.rotated")
    assert signing.public_key(places[0]).hex() == said["public_key"]


def test_a_key_is_placed_whole_or_not_at_all(tmp_path):
    """Security: of two that make one at once, the first stays."""
    path = tmp_path / "keys" / "a.key"
    keyfiles.place(path, b"first")
    with pytest.raises(Conflict):
        keyfiles.place(path, b"second")
    assert path.read_bytes() == b"first" and list(path.parent.iterdir()) == [path]
