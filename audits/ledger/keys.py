"""The installation's two keys: made once by a command, looked for at each start, and the signing one exchanged by both.

A key that is lost is not replaced in silence: what starts without it stops, and the log keeps of each signing key when it began
to sign, and in whose place.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from msgspec import UNSET

from audits.ledger import keyfiles, sealing, services, signing
from audits.ledger.events import SigningKeyMade, SigningKeyRotated
from audits.ledger.models import Entry
from audits.ledger.notes import Verifier
from ground.errors import Conflict


def check_keys() -> None:
    """Raise KeyMissing unless all keys are there: asked before anything starts that needs them."""
    signing.signing_key(settings.LEDGER_SIGNING_KEY_FILE)
    sealing.check_key(settings.LEDGER_SEALING_KEY_FILE)
    sealing.check_key(settings.APPEALS_KEY_FILE)


def make_keys(*, by: str) -> list[Path]:
    """Make the keys that are missing, each for good; gives where. Raises Conflict where none is."""
    made, is_told = ensure_keys(by=by)
    if not made and not is_told:
        raise Conflict(
            "All keys are there already. `manage.py ledger keys rotate` exchanges the one that signs."
        )
    return made


def ensure_keys(*, by: str) -> tuple[list[Path], bool]:
    """Make the keys that are missing, and tell the log of the one that signs where it does not know it; gives both.

    The file comes first: a log that tells of a key which nobody has would be worse than a key of which it does not tell yet.
    What was cut short in between, and keys that another log in this folder began with, are told of by the next call.
    """
    made = [path for path in _places() if not path.exists()]
    for path in made:
        keyfiles.place(path, _places()[path]())
    public = signing.public_bytes(signing.signing_key(settings.LEDGER_SIGNING_KEY_FILE))
    if public in _told_keys():
        return made, False
    _tell_made(by)
    return made, True


@transaction.atomic
def _tell_made(by: str) -> None:
    key = signing.signing_key(settings.LEDGER_SIGNING_KEY_FILE)
    public = signing.public_bytes(key)
    lost = [each for each in _told_keys() if each != public]
    event = SigningKeyMade(
        key_id=signing.name_key(public),
        public_key=public.hex(),
        instead_of=signing.name_key(lost[-1]) if lost else "",
        instead_of_key=lost[-1].hex() if lost else UNSET,
        signed_by_new=key.sign(signing.format_rotation(lost[-1], public)).hex() if lost else UNSET,
    )
    services.append(event, by=by)


def rotate_signing_key(*, by: str) -> str:
    """Let a new key sign from now on, which both have signed; gives the old one's new place. Raises KeyMissing.

    The log comes first; what a crash then leaves undone, the next call does.
    """
    path = settings.LEDGER_SIGNING_KEY_FILE
    old = signing.signing_key(path)
    draft = path.with_name(f"{path.name}.new")
    if not _is_told_of(draft):
        draft = keyfiles.write_draft(path, signing.make_key())
        _tell_rotated(old, signing.parse_key(draft.read_bytes(), draft), by)
    retired = path.with_name(f"{path.stem}-{signing.name_key(signing.public_bytes(old))}{path.suffix}")
    retired.unlink(missing_ok=True)
    os.link(path, retired)
    os.replace(draft, path)
    signing.signing_key.cache_clear()
    return str(retired)


@transaction.atomic
def _tell_rotated(old: Ed25519PrivateKey, new: Ed25519PrivateKey, by: str) -> None:
    before, after = signing.public_bytes(old), signing.public_bytes(new)
    text = signing.format_rotation(before, after)
    event = SigningKeyRotated(
        old_key_id=signing.name_key(before),
        old_public_key=before.hex(),
        key_id=signing.name_key(after),
        public_key=after.hex(),
        signed_by_old=old.sign(text).hex(),
        signed_by_new=new.sign(text).hex(),
    )
    services.append(event, by=by)


class Rotation(NamedTuple):
    """That one key took another's place, by their public halves, and what both signed (`signing.format_rotation`), in hex."""

    old: bytes
    new: bytes
    by_old: str
    by_new: str


def list_public_keys() -> list[bytes]:
    """Every key that has signed, by its public half, oldest first: the present one, and which it says that came before.

    Each step back is signed by the later key, so that whoever writes the database without a key can slip none in. Raises KeyMissing.
    """
    before = dict(_signed_steps())
    chain = [signing.public_key(settings.LEDGER_SIGNING_KEY_FILE)]
    while (former := before.get(chain[-1])) and former not in chain:
        chain.append(former)
    return chain[::-1]


def _signed_steps() -> Iterator[tuple[bytes, bytes]]:
    """Keys, and the one in whose place each began to sign, as it has signed itself."""
    for each in list_rotations():
        yield each.new, each.old
    for told in _told(SigningKeyMade.kind):
        if "signed_by_new" in told:
            old, new = bytes.fromhex(told["instead_of_key"]), bytes.fromhex(told["public_key"])
            if signing.verify_half(old, new, signature=told["signed_by_new"], by=new):
                yield new, old


def list_rotations() -> list[Rotation]:
    """Every rotation that the log tells of and both keys have signed, oldest first.

    One that somebody wrote into the database without the keys is left out, so that nobody is led on by it.
    """
    found = (
        Rotation(
            bytes.fromhex(told["old_public_key"]),
            bytes.fromhex(told["public_key"]),
            told["signed_by_old"],
            told["signed_by_new"],
        )
        for told in _told(SigningKeyRotated.kind)
    )
    return [
        each
        for each in found
        if signing.verify_rotation(each.old, each.new, by_old=each.by_old, by_new=each.by_new)
    ]


def list_verifiers() -> list[Verifier]:
    """The keys that the log's own checkpoints are signed by: every one that has signed, and the present one."""
    present = signing.public_key(settings.LEDGER_SIGNING_KEY_FILE)
    return [Verifier(settings.LEDGER_ORIGIN, key) for key in dict.fromkeys((*list_public_keys(), present))]


def _told_keys() -> Iterator[bytes]:
    for told in _told(SigningKeyMade.kind, SigningKeyRotated.kind):
        if "old_public_key" in told:
            yield bytes.fromhex(told["old_public_key"])
        yield bytes.fromhex(told["public_key"])


def _told(*kinds: str) -> Iterator[dict[str, str]]:
    for entry in Entry.objects.filter(kind__in=kinds).select_related("payload").order_by("at"):
        yield msgspec.json.decode(services.read_payload(entry.payload))


def _is_told_of(draft: Path) -> bool:
    """Whether an earlier call was cut short after the log had the new key."""
    if not draft.exists():
        return False
    return signing.public_bytes(signing.parse_key(draft.read_bytes(), draft)) in _told_keys()


def _places() -> dict[Path, Callable[[], bytes]]:
    return {
        settings.LEDGER_SIGNING_KEY_FILE: signing.make_key,
        settings.LEDGER_SEALING_KEY_FILE: sealing.make_key,
        settings.APPEALS_KEY_FILE: sealing.make_key,
    }
