"""The archive of an evidence pack: its files, a list of their hashes, and that list signed by the key of receipts.

unzip pack.zip && sha256sum --check MANIFEST && python3 check.py

"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from msgspec import Struct

from audits.ledger import signing
from audits.packs.parts import Days
from governance.about_me.archives import ArchiveFile, stream_archive
from governance.ui.sheets import write_lines

MANIFEST, SIGNATURE, KEY, CHECK = "MANIFEST", "MANIFEST.sig", "public_key.txt", "check.py"
_README = """Evidence of {since} to before {until}, as it was on {at}.

Each file is a part, as JSON; verdicts by rule also as CSV. Nothing here names anybody who asked or was asked about.

MANIFEST lists the SHA-256 of every file, MANIFEST.sig is its Ed25519 signature in hex, by the key that signs receipts.
Its public half is in public_key.txt: compare it with the one that you were given elsewhere, such as /api/v1/keys, or with a
receipt that you keep.

    sha256sum --check MANIFEST
    python3 check.py          # needs `pip install cryptography`

log.json holds the first and the last checkpoint of these days. Whoever keeps an older checkpoint shows with `charter-verify` or
any other tool for C2SP tlog that the log was only added to since.
"""
_CHECK = """from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(open("public_key.txt").read().strip()))
key.verify(bytes.fromhex(open("MANIFEST.sig").read().strip()), open("MANIFEST", "rb").read())
print("The list of files is signed by this key. Check the files by: sha256sum --check MANIFEST")
"""


class MadeArchive(Struct, frozen=True):
    """The archive, its SHA-256 and that of its list of files, in hex."""

    body: bytes
    sha256: str
    manifest_sha256: str


def make_archive(parts: Mapping[str, Any], days: Days, *, at: datetime) -> MadeArchive:
    """Write the parts, their list and its signature."""
    manifests: list[bytes] = []

    def end(digests: Mapping[str, str]) -> Iterable[ArchiveFile]:
        manifest = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()
        manifests.append(manifest)
        yield MANIFEST, [manifest]
        yield SIGNATURE, [_sign(manifest).encode()]

    body = b"".join(stream_archive(_files(parts, days, at), end, at=at))
    return MadeArchive(body, hashlib.sha256(body).hexdigest(), hashlib.sha256(manifests[0]).hexdigest())


def _files(parts: Mapping[str, Any], days: Days, at: datetime) -> Iterator[ArchiveFile]:
    said = _README.format(since=days.since, until=days.until, at=at.isoformat())
    yield "README.txt", [said.encode()]
    yield "period.json", [_json({"from": days.since, "to": days.until, "made_at": at})]
    for name, part in parts.items():
        yield f"{name}.json", [_json(part)]
    header = ("rule", "verdict", "count")
    rows = ([each[name] for name in header] for each in parts["verdicts"]["by_rule"])
    yield "verdicts_by_rule.csv", (line.encode() for line in write_lines(header, rows))
    yield KEY, [f"{signing.public_key(settings.LEDGER_SIGNING_KEY_FILE).hex()}\n".encode()]
    yield CHECK, [_CHECK.encode()]


def _json(part: Any) -> bytes:
    return json.dumps(part, ensure_ascii=False, indent=1, default=str, sort_keys=True).encode() + b"\n"


def _sign(manifest: bytes) -> str:
    return signing.signing_key(settings.LEDGER_SIGNING_KEY_FILE).sign(manifest).hex() + "\n"
