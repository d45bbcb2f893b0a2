#!/usr/bin/env python3
"""charter-verify: checks a copy of a Metric Charter log, and receipts, without the service that wrote them.

One file that needs Python 3.11 and `cryptography`, and imports nothing of Metric Charter, so that whoever checks need not trust
its code: read this, or write your own from RFC 9162 and https://c2sp.org (tlog-tiles, tlog-checkpoint, tlog-cosignature,
tlog-proof, tlog-policy), whose forms these are.

    charter-verify COPY [RECEIPT ...] --key 'NAME+NUMBER+KEY' [--policy FILE] [--known CHECKPOINT]

COPY is a folder of `manage.py ledger export` (entries.ndjson, checkpoints.ndjson, tile/) or a mirror's (checkpoint, tile/).
A RECEIPT is a .tlog-proof file, or the JSON of the API. It ends with 0 where all holds, 1 where something is wrong, 2 where it
could not look. What it cannot show: that an entry was written at all of which nobody has a receipt.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import multiprocessing
import os
import re
import struct
import sys
from binascii import a2b_base64
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ENTRIES, CHECKPOINTS, CHECKPOINT, KEYS = "entries.ndjson", "checkpoints.ndjson", "checkpoint", "keys.txt"
ERASED = "ledger.payload.erased"  # the kind of entry that says of another that what it said was destroyed
LOG_KEY, WITNESS_KEY = 0x01, 0x04
# A log that tells times further ahead than clocks differ, or goes back further than a transaction lasts, has been touched.
AHEAD, BACK = timedelta(minutes=5), timedelta(days=1)
# A receipt promises its entry's place within ten seconds; a copy with entries this much later has to have it.
PROMISED = timedelta(hours=1)
TILE, CHUNK = 256, 4096  # hashes of a tile; entries that are read at a time, whole tiles
MANY = 40_000  # entries from which on all processors share the work
LISTED = 20  # faults that are listed; more of them tell nothing new
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


class Wrong(ValueError):
    """Something does not hold, and the sentence says what."""


# The tree (RFC 9162, section 2.1)


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def add_peak(peaks: list[tuple[int, bytes]], top: bytes, leaves: int = 1) -> None:
    """Add a full subtree of `leaves` (a power of two) at the end of a tree, which is the tops of its full subtrees."""
    while peaks and peaks[-1][0] == leaves:
        top, leaves = node_hash(peaks.pop()[1], top), 2 * leaves
    peaks.append((leaves, top))


def root_of(peaks: Sequence[tuple[int, bytes]]) -> bytes:
    """The root over the tops of full subtrees, the largest first; of none, the hash of nothing."""
    if not peaks:
        return hashlib.sha256(b"").digest()
    reached = peaks[-1][1]
    for _leaves, top in reversed(peaks[:-1]):
        reached = node_hash(top, reached)
    return reached


def root(hashes: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    peaks: list[tuple[int, bytes]] = []
    for each in hashes:
        add_peak(peaks, each)
    return root_of(peaks)


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> None:
    """Raise Wrong unless the leaf hash stands at `index` of the tree of `size` leaves with this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise Wrong(f"a log of {size} entries has none at place {index}")
    place, last, reached = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise Wrong("its proof goes on above the root")
        if place & 1 or place == last:
            reached = node_hash(sibling, reached)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            reached = node_hash(reached, sibling)
        place, last = place >> 1, last >> 1
    if last or reached != expected:
        raise Wrong("its entry does not stand in the log at this place")


# Signed notes, checkpoints and policies (C2SP)


class Key(NamedTuple):
    """Whose signature counts: `name+number+key` as it is handed on (a vkey). `kind` says whether a log's or a witness's."""

    name: str
    kind: int
    public: bytes

    @property
    def number(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def holds(self, text: str, signed: bytes) -> bool:
        """Whether this key has signed the text; a witness's signature begins with its time."""
        message = text.encode()
        if self.kind == WITNESS_KEY:
            message = f"cosignature/v1\ntime {int.from_bytes(signed[:8], 'big')}\n".encode() + message
            signed = signed[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signed, message)
        except (InvalidSignature, ValueError):
            return False
        return True


def parse_key(text: str) -> Key:
    """The key that a vkey names. Raises Wrong."""
    try:
        name, number, key = text.strip().split("+", 2)
        raw = base64.b64decode(key, validate=True)
    except ValueError:
        raise Wrong(f"“{text.strip()[:60]}” is no key; one is written as name+number+key.") from None
    found = Key(name, raw[0] if raw else 0, raw[1:])
    if len(raw) != 33 or found.kind not in (LOG_KEY, WITNESS_KEY) or found.number.hex() != number:
        raise Wrong(f"The key of {name} is none of Ed25519, or its number is another key's.")
    return found


@dataclass(frozen=True)
class Policy:
    """Which witnesses must have cosigned a checkpoint (c2sp.org/tlog-policy): `quorum` names one of them, or a group."""

    logs: tuple[Key, ...] = ()
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    quorum: str = "none"

    def is_met(self, signers: Iterable[Key], name: str = "") -> bool:
        """Whether these have witnessed it: all that the quorum asks for."""
        name, cosigned = name or self.quorum, set(signers)
        if name == "none":
            return True
        if name in self.witnesses:
            return self.witnesses[name] in cosigned
        least, members = self.groups[name]
        return sum(self.is_met(cosigned, member) for member in members) >= least


def parse_policy(text: str) -> Policy:
    """A policy as its file says it. Raises Wrong."""
    logs: list[Key] = []
    witnesses: dict[str, Key] = {}
    groups: dict[str, tuple[int, tuple[str, ...]]] = {}
    quorum: list[str] = []
    for line in text.split("\n"):
        match [word for word in re.split(r"[ \t]+", line) if word]:
            case [] | ["#", *_]:
                continue
            case [first, *_] if first.startswith("#"):
                continue
            case ["log", key] | ["log", key, _]:
                logs.append(parse_key(key))
            case ["witness", name, key] | ["witness", name, key, _] if name not in {
                *witnesses,
                *groups,
                "none",
            }:
                witnesses[name] = parse_key(key)
            case ["group", name, least, *members] if members and name not in {*witnesses, *groups, "none"}:
                if len(set(members)) < len(members) or not {*members} <= {*witnesses, *groups}:
                    raise Wrong(
                        f"The group {name} of the policy has a member twice, or one that is not named above it."
                    )
                number = {"any": "1", "all": str(len(members))}.get(least, least)
                if not _NUMBER.fullmatch(number) or not 1 <= int(number) <= len(members):
                    raise Wrong(f"The group {name} of the policy asks for {least} of {len(members)}.")
                groups[name] = int(number), tuple(members)
            case ["quorum", name] if name in {*witnesses, *groups, "none"}:
                quorum.append(name)
            case _:
                raise Wrong(f"The policy says what cannot be read: {line.strip()[:80]}")
    if len(quorum) != 1:
        raise Wrong("A policy has exactly one line “quorum”, after what it names.")
    keys = [each.public for each in (*logs, *witnesses.values())]
    if any(key.kind != WITNESS_KEY for key in witnesses.values()) or any(key.kind != LOG_KEY for key in logs):
        raise Wrong("A log of the policy has a witness's kind of key, or the other way round.")
    if len(set(keys)) < len(keys):
        raise Wrong("A key stands in the policy twice.")
    return Policy(tuple(logs), witnesses, groups, quorum[0])


class State(NamedTuple):
    """A signed state of a log: how many entries, the root over them, who signed, and when witnesses say they saw it."""

    size: int
    root: bytes
    signers: tuple[Key, ...]
    seen_at: tuple[int, ...]
    note: str


def read_state(note: str, trusted: Sequence[Key]) -> State:
    """A checkpoint that one of the log's keys has signed. Raises Wrong; signatures of others are passed over."""
    text, gap, below = note.rpartition("\n\n")
    text += "\n"
    origin, size, root_, *more = [*text.split("\n"), "", "", ""]
    if not gap or not below.endswith("\n") or not _NUMBER.fullmatch(size) or any(more):
        raise Wrong("is no signed checkpoint.")
    signers, seen = [], []
    for line in below[:-1].split("\n"):
        key, signed = _signature(line, trusted)
        if key is None:
            continue
        if not key.holds(text, signed):
            raise Wrong(f"The signature of {key.name} does not hold.")
        signers.append(key)
        if key.kind == WITNESS_KEY:
            seen.append(int.from_bytes(signed[:8], "big"))
    if not any(key.kind == LOG_KEY and key.name == origin for key in signers):
        raise Wrong("Nobody whom you trust has signed this as the log.")
    return State(int(size), _decode(root_, "the root", 32), tuple(signers), tuple(seen), note)


def _signature(line: str, trusted: Sequence[Key]) -> tuple[Key | None, bytes]:
    dash, name, signed, *more = [*line.split(" "), "", ""][:4]
    if dash != "—" or not name or any(more):
        raise Wrong("A signature under it is none.")
    raw = _decode(signed, f"the signature of {name}")
    found = [key for key in trusted if key.name == name and key.number == raw[:4]]
    return (found[0] if found else None), raw[4:]


def _decode(text: str, what: str, length: int = 0) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raw = b""
    if not raw or (length and len(raw) != length):
        raise Wrong(f"{what} is not written as it should be")
    return raw


# What is found


@dataclass
class Report:
    """How much was looked at, what is wrong, and what is worth knowing besides."""

    entries: int = 0
    payloads: int = 0
    erased: int = 0
    checkpoints: int = 0
    witnessed: int = 0
    receipts: int = 0
    newest: str = ""
    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.faults

    def lines(self) -> Iterator[str]:
        """The report as it is read."""
        yield (
            f"{self.entries} entries, {self.payloads} of them with what they say, {self.erased} lawfully erased; "
            f"{self.checkpoints} checkpoints, {self.witnessed} of them as the policy asks; {self.receipts} receipts"
        )
        yield from (f"Note: {remark}" for remark in self.remarks)
        yield from (f"WRONG: {fault}" for fault in self.faults[:LISTED])
        if len(self.faults) > LISTED:
            yield f"and {len(self.faults) - LISTED} more"
        yield "All of this holds." if self.holds else "This does NOT hold."
        if self.holds and self.newest:
            yield f"Keep this, to show later that nothing before it was changed:\n{self.newest}"


@dataclass
class Chunk:
    """What was found in up to 4,096 neighbouring entries, by whichever process read them."""

    first: int
    size: int = 0
    hashes: list[bytes] = field(default_factory=list)  # while it is read
    wanted: dict[int, bytes] = field(
        default_factory=dict
    )  # by place, the hashes that receipts are held against
    tops: list[bytes] = field(default_factory=list)  # of its whole tiles
    ids: list[str] = field(default_factory=list)
    told: bytearray = field(default_factory=bytearray)  # 1 where the copy has what the entry says
    erased: list[tuple[int, str]] = field(default_factory=list)
    earliest: tuple[datetime, int] | None = None
    latest: datetime | None = None
    back: timedelta = timedelta(0)
    faults: list[str] = field(default_factory=list)
    partly: dict[int, list[tuple[int, bytes]]] = field(
        default_factory=dict
    )  # by size: its subtrees within this chunk


class Job(NamedTuple):
    """A chunk to be read: of a file of lines from an offset on, or of tiles; the sizes and places that are asked for."""

    folder: Path
    first: int
    length: int  # in entries
    span: tuple[int, int] | None  # where its lines begin, and how many bytes they are
    sizes: tuple[int, ...]
    places: tuple[int, ...]
    now: datetime


def verify(
    folder: Path | None,
    receipts: Iterable[Path] = (),
    *,
    trusted: Sequence[Key],
    policy: Policy | None = None,
    known: Iterable[str] = (),
    now: datetime | None = None,
) -> Report:
    """What holds of a copy of the log and of receipts.

    `trusted` are the log's keys, oldest first, got from elsewhere than the copy; `known` checkpoints that somebody kept, which the
    copy must continue. Raises OSError where there is no such copy.
    """
    policy, now, report = policy or Policy(), now or datetime.now(UTC), Report()
    keys = [*trusted, *policy.witnesses.values()]
    read = [_read_receipt(path, keys, policy, report, alone=folder is None) for path in receipts]
    shown = [each for each in read if each is not None]
    report.receipts = len(read)
    if folder is None:
        return report
    states = _read_checkpoints(folder, keys, policy, now, report)
    for number, text in enumerate(known, 1):
        try:
            states.append((read_state(text, keys), f"Kept checkpoint {number}"))
        except Wrong as error:
            report.faults.append(f"Kept checkpoint {number}: {error}")
    _check_copy(folder, states, shown, now, report)
    return report


# Checkpoints


def _read_checkpoints(
    folder: Path, keys: Sequence[Key], policy: Policy, now: datetime, report: Report
) -> list[tuple[State, str]]:
    """Every checkpoint of the copy that holds, in its order; what is wrong with the others is reported."""
    notes = _list_notes(folder)
    found: list[tuple[State, str]] = []
    for number, state in enumerate(_each(_try_state, ((note, keys) for note in notes), len(notes))):
        report.checkpoints += 1
        if isinstance(state, str):
            report.faults.append(f"Checkpoint {number}: {state}")
        else:
            found.append((state, f"Checkpoint {number}"))
    for (before, _), (after, whose) in pairwise(found):
        if after.size <= before.size:
            report.faults.append(f"{whose} is of no more entries than the one before it.")
    if not found:
        report.faults.append("The copy has no checkpoint that holds, so nothing vouches for its entries.")
        return []
    report.newest = found[-1][0].note
    _check_signers(found, keys, report)
    _check_policy(found, policy, now, report)
    return found


def _list_notes(folder: Path) -> list[str]:
    if not (folder / CHECKPOINTS).exists():
        return [(folder / CHECKPOINT).read_text(encoding="utf-8")]
    with (folder / CHECKPOINTS).open(encoding="utf-8") as lines:
        return [json.loads(line)["note"] for line in lines]


def _try_state(given: tuple[str, Sequence[Key]]) -> State | str:
    try:
        return read_state(*given)
    except Wrong as error:
        return str(error)


def _check_signers(found: Sequence[tuple[State, str]], keys: Sequence[Key], report: Report) -> None:
    """A key that another took the place of signs no more, and the newest state is signed by the newest key."""
    order = {key: place for place, key in enumerate(keys) if key.kind == LOG_KEY}
    newest = -1
    for state, whose in found:
        by = max(order[key] for key in state.signers if key in order)
        if by < newest:
            report.faults.append(f"{whose} is signed by a key that another had taken the place of.")
        newest = max(newest, by)
    if newest < max(order.values()):
        report.faults.append(
            "The newest key that you trust has signed none of these checkpoints; an older one alone vouches for them."
        )


def _check_policy(found: Sequence[tuple[State, str]], policy: Policy, now: datetime, report: Report) -> None:
    """From the first checkpoint that is witnessed as the policy asks, all are; the newest is."""
    met = [policy.is_met(state.signers) for state, _ in found]
    report.witnessed = sum(met)
    since = met.index(True) if True in met else len(met)
    report.faults += [
        f"{found[place][1]} lacks cosignatures that the policy asks for."
        for place in range(since, len(met))
        if not met[place]
    ]
    if since == len(met):
        report.faults.append("No checkpoint has the cosignatures that the policy asks for.")
    elif since:
        report.remarks.append(
            f"The first {since} checkpoints are from before the policy; the later ones cover what they cover."
        )
    if policy.quorum == "none":
        report.remarks.append(
            "No witness was asked for: whoever holds both database and key can have written another past. Give --policy."
        )
    ahead = (now + AHEAD).timestamp()
    report.faults += [
        f"{whose} was cosigned at a time to come."
        for state, whose in found
        if any(at > ahead for at in state.seen_at)
    ]


# Entries


def _check_copy(
    folder: Path, states: list[tuple[State, str]], shown: list[Shown], now: datetime, report: Report
) -> None:
    """Hash every leaf, hold each signed state and each receipt against it, and look for what is missing or doubled."""
    due = sorted(states, key=lambda each: each[0].size)
    sizes, places = [state.size for state, _ in due], [each.place for each in shown if each.place is not None]
    jobs = list(_cut(folder, sizes, places, now))
    peaks: list[tuple[int, bytes]] = []
    roots = {0: root_of([])}
    whole = _Whole(report)
    levels: list[list[bytes]] = [[]]
    for chunk in _each(_read_chunk, jobs, sum(job.length for job in jobs)):
        whole.add(chunk)
        for size, partly in chunk.partly.items():
            roots[size] = root_of([*peaks, *partly])
        levels[0] += chunk.tops
        for leaves, top in _subtrees(chunk):
            add_peak(peaks, top, leaves)
    total = whole.report.entries
    for state, whose in due:
        if state.size > total:
            report.faults.append(f"{whose} is of {state.size} entries, and the copy has {total}.")
        elif roots.get(state.size) != state.root:
            report.faults.append(
                f"{whose} is not of these {state.size} entries: one of them was changed, added or taken away."
            )
    newest = max((state.size for state, _ in states), default=0)
    if states and total > newest:
        report.faults.append(f"{total - newest} entries stand under no checkpoint.")
    _check_upper_tiles(folder, levels[0], report)
    whole.end()
    _check_seen(states, whole, report)
    for each in shown:
        whole.look_up(each, newest)


def _cut(folder: Path, sizes: Sequence[int], places: Sequence[int], now: datetime) -> Iterator[Job]:
    """The copy in chunks: of its lines, or where it has none, of its tiles up to the newest checkpoint."""

    def job(first: int, count: int, span: tuple[int, int] | None) -> Job:
        end = first + count
        within = tuple(sizes[bisect_right(sizes, first) : bisect_right(sizes, end)])
        asked = tuple(place for place in places if first <= place < end)
        return Job(folder, first, count, span, within, asked, now)

    if not (folder / ENTRIES).exists():
        total = max(sizes, default=0)
        yield from (job(first, min(CHUNK, total - first), None) for first in range(0, total, CHUNK))
        return
    with (folder / ENTRIES).open("rb") as lines:
        first = count = offset = at = 0
        for line in lines:
            count, at = count + 1, at + len(line)
            if count == CHUNK:
                yield job(first, count, (offset, at - offset))
                first, count, offset = first + count, 0, at
        if count:
            yield job(first, count, (offset, at - offset))


def _read_chunk(job: Job) -> Chunk:
    """Hash and look at the entries of a chunk, wherever they lie."""
    chunk = Chunk(job.first, job.length)
    if job.span is None:
        _read_tiles(job, chunk)
    else:
        with (job.folder / ENTRIES).open("rb") as lines:
            lines.seek(job.span[0])
            text = lines.read(job.span[1]).decode("utf-8", "replace")
        for number, line in enumerate(text.split("\n")[: job.length], job.first):
            _look_at_line(line, number, job.now, chunk)
    _fold(job, chunk)
    chunk.wanted = {place: chunk.hashes[place - job.first] for place in job.places}
    chunk.hashes = []
    return chunk


def _look_at_line(line: str, number: int, now: datetime, chunk: Chunk) -> None:
    try:
        told = _parse(line)
        leaf, index = told["leaf"], told["index"]
        chunk.hashes.append(leaf_hash(leaf.encode()))
    except (ValueError, KeyError, TypeError, AttributeError):
        chunk.faults.append(f"Line {number + 1} of the entries cannot be read.")
        told, leaf, index = {}, "", number
        chunk.hashes.append(leaf_hash(b""))
    if index != number:
        chunk.faults.append(f"Entry {index} stands where {number} should: one is missing, or doubled.")
    said = _look_at_leaf(leaf, number, now, chunk)
    payload = told.get("payload")
    chunk.told.append(1 if payload else 0)
    if payload:
        body = _unpack_payload(told, said, number, chunk)
        if said.get("kind") == ERASED and body is not None:
            chunk.erased.append((number, str(json.loads(body).get("entry"))))


_RAW = json.JSONDecoder().raw_decode


def _parse(text: str) -> Any:
    """As json.loads, of a text without blanks around it; most of an audit's time goes here."""
    value, end = _RAW(text)
    if end != len(text):
        raise ValueError("more than one value")
    return value


def _look_at_leaf(leaf: str, number: int, now: datetime, chunk: Chunk) -> dict[str, Any]:
    """When an entry was written, and which it is; gives what its leaf says."""
    try:
        said: dict[str, Any] = _parse(leaf)
        at, name = datetime.fromisoformat(said["at"]), said["id"]
    except (ValueError, KeyError, TypeError):
        chunk.faults.append(
            f"Entry {number} is none of this log's: it does not say which it is, and when it was written."
        )
        chunk.ids.append(f"#{number}")
        return {}
    chunk.ids.append(name)
    if at > now + AHEAD:
        chunk.faults.append(f"Entry {number} is of {at:%Y-%m-%d %H:%M}, which is yet to come.")
    if chunk.earliest is None or at < chunk.earliest[0]:
        chunk.earliest = at, number
    if chunk.latest is None or at >= chunk.latest:
        chunk.latest = at
    else:
        chunk.back = max(chunk.back, chunk.latest - at)
        if chunk.latest - at > BACK:
            chunk.faults.append(f"Entry {number} is of {at:%Y-%m-%d %H:%M}, long before the one before it.")
    return said


def _unpack_payload(told: dict[str, str], said: dict[str, Any], number: int, chunk: Chunk) -> bytes | None:
    """What an entry says, where it is what its leaf was made of."""
    try:
        body, key = a2b_base64(told["payload"]), a2b_base64(told["key"])
    except (ValueError, KeyError):
        body, key = b"", b""
    if hmac.digest(key, body, "sha256").hex() != said.get("payload_hmac"):
        chunk.faults.append(f"Entry {number} says something else than what was logged.")
        return None
    return body


def _read_tiles(job: Job, chunk: Chunk) -> None:
    """Entries out of bundles, where the mirror has them; otherwise their hashes alone, out of tiles."""
    has_entries = (job.folder / "tile" / "entries").exists()
    for first in range(job.first, job.first + job.length, TILE):
        width = min(TILE, job.first + job.length - first)
        data = _read_tile(job.folder, "0", first // TILE, width, chunk.faults)
        hashes = [data[start : start + 32] for start in range(0, len(data), 32)]
        if has_entries:
            _look_at_bundle(job, first, hashes, chunk)
        else:
            chunk.hashes += hashes


def _look_at_bundle(job: Job, first: int, hashes: Sequence[bytes], chunk: Chunk) -> None:
    path = tile_path("entries", first // TILE, len(hashes))
    bundle = job.folder / "tile" / path
    entries = list(_unpack(bundle.read_bytes())) if bundle.exists() else []
    if len(entries) != len(hashes):
        chunk.faults.append(f"The bundle {path} is missing, or has another number of entries.")
    entries = [*entries, *[b""] * len(hashes)][: len(hashes)]
    for number, (leaf, expected) in enumerate(zip(entries, hashes, strict=True), first):
        chunk.hashes.append(leaf_hash(leaf))
        _look_at_leaf(leaf.decode("utf-8", "replace"), number, job.now, chunk)
        chunk.told.append(0)
        if leaf_hash(leaf) != expected:
            chunk.faults.append(f"Entry {number} is not the one whose hash its tile has.")


def _unpack(data: bytes) -> Iterator[bytes]:
    place = 0
    while place + 2 <= len(data):
        (length,) = struct.unpack_from(">H", data, place)
        yield data[place + 2 : place + 2 + length]
        place += 2 + length


def tile_path(level: str, number: int, width: int = TILE) -> str:
    """Where a tile lies below `tile/` (c2sp.org/tlog-tiles)."""
    parts, above = [f"{number % 1000:03d}"], number // 1000
    while above:
        parts.append(f"x{above % 1000:03d}")
        above //= 1000
    return f"{level}/{'/'.join(reversed(parts))}" + ("" if width == TILE else f".p/{width}")


def _read_tile(folder: Path, level: str, number: int, width: int, faults: list[str]) -> bytes:
    path = folder / "tile" / tile_path(level, number, width)
    data = path.read_bytes() if path.exists() else b""
    if len(data) != 32 * width:
        faults.append(f"The tile {tile_path(level, number, width)} is missing, or cut short.")
        return bytes(32 * width)
    return data


def _fold(job: Job, chunk: Chunk) -> None:
    """The tops of a chunk's tiles, its part of the signed states that end in it, and its tiles held against its leaves."""
    hashes, has_tiles = chunk.hashes, (job.folder / "tile").exists()
    for start in range(0, len(hashes), TILE):
        part = hashes[start : start + TILE]
        if has_tiles and job.span is not None:
            number, faults = (job.first + start) // TILE, chunk.faults
            if _read_tile(job.folder, "0", number, len(part), faults) != b"".join(part):
                faults.append(f"The tile {tile_path('0', number, len(part))} is not of these entries.")
        if len(part) == TILE:
            chunk.tops.append(root(part))
    for size in {*job.sizes, job.first + len(hashes)}:
        chunk.partly[size] = _peaks(hashes[: size - job.first], chunk.tops)


def _peaks(hashes: Sequence[bytes], tops: Sequence[bytes]) -> list[tuple[int, bytes]]:
    peaks: list[tuple[int, bytes]] = []
    whole = len(hashes) // TILE
    for top in tops[:whole]:
        add_peak(peaks, top, TILE)
    for each in hashes[whole * TILE :]:
        add_peak(peaks, each)
    return peaks


def _subtrees(chunk: Chunk) -> list[tuple[int, bytes]]:
    return chunk.partly[chunk.first + chunk.size]


def _check_upper_tiles(folder: Path, tops: list[bytes], report: Report) -> None:
    """Tiles above the first level hold the tops of those below."""
    level = 1
    while tops and (folder / "tile").exists():
        above = []
        for start in range(0, len(tops), TILE):
            part = tops[start : start + TILE]
            if _read_tile(folder, str(level), start // TILE, len(part), report.faults) != b"".join(part):
                report.faults.append(
                    f"The tile {tile_path(str(level), start // TILE, len(part))} is not of those below it."
                )
            if len(part) == TILE:
                above.append(root(part))
        tops, level = above, level + 1


class _Whole:
    """What is known of all chunks together: which entries there are, and which were erased."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.places: dict[str, int] = {}
        self.hashes: dict[int, bytes] = {}
        self.latest: datetime | None = None
        self.times: list[tuple[int, datetime]] = []  # the latest so far, by how many entries there are
        self._told = bytearray()
        self._ids: list[str] = []
        self._erased: dict[str, int] = {}
        self._back = timedelta(0)

    def add(self, chunk: Chunk) -> None:
        """Add the next chunk, in the order of the log."""
        for number, name in enumerate(chunk.ids, chunk.first):
            if self.places.setdefault(name, number) != number:
                self.report.faults.append(f"Entry {number} is entry {self.places[name]} again.")
        if self.latest and chunk.earliest and chunk.earliest[0] < self.latest - BACK:
            at, number = chunk.earliest
            self.report.faults.append(
                f"Entry {number} is of {at:%Y-%m-%d %H:%M}, long before those before it."
            )
        self._back = max(self._back, chunk.back)
        if chunk.latest:
            self.latest = chunk.latest if self.latest is None else max(self.latest, chunk.latest)
        self._told += chunk.told
        self._ids += chunk.ids
        self._erased.update((name, number) for number, name in chunk.erased)
        self.hashes.update(chunk.wanted)
        self.report.entries += chunk.size
        self.report.faults += chunk.faults

    def end(self) -> None:
        """Tell lawful erasures from holes, in a copy that has what entries say."""
        self.report.payloads = sum(self._told)
        if self._back > timedelta(minutes=1):
            self.report.remarks.append(f"Times go back by up to {self._back}, as when a clock is set.")
        if not self.report.payloads:
            self.report.remarks.append(
                "The copy has nothing of what entries say, so erasures and holes were not looked for."
            )
            return
        for number, (name, told) in enumerate(zip(self._ids, self._told, strict=True)):
            if told and name in self._erased:
                self.report.faults.append(
                    f"Entry {number} was erased, says entry {self._erased[name]}, and is still there."
                )
            elif not told and name in self._erased:
                self.report.erased += 1
            elif not told:
                self.report.faults.append(
                    f"What entry {number} says is missing, and no entry tells that it was erased."
                )
        self.report.faults += [
            f"Entry {number} tells of the erasure of an entry that is not there."
            for name, number in self._erased.items()
            if name not in self.places
        ]

    def look_up(self, shown: Shown, size: int) -> None:
        """Whether the entry of a receipt stands in the copy where it says."""
        if shown.place is not None and shown.place < size and self.hashes.get(shown.place) != shown.leaf:
            self.report.faults.append(
                f"{shown.whose}: its entry does not stand in this copy at place {shown.place}."
            )
        elif shown.place is not None and shown.place >= size:
            self.report.faults.append(
                f"{shown.whose}: its entry stands at place {shown.place}, and the copy has {size}."
            )
        elif shown.place is None and self.places and shown.name not in self.places:
            if self.latest and shown.at < self.latest - PROMISED:
                self.report.faults.append(
                    f"{shown.whose}: it was promised on {shown.at:%Y-%m-%d}, and its entry is not there."
                )
            else:
                self.report.remarks.append(
                    f"{shown.whose}: its entry is not in this copy, which may be older. Get a newer one."
                )


def _check_seen(states: Sequence[tuple[State, str]], whole: _Whole, report: Report) -> None:
    """A witness's time bounds those of the entries that it vouches for, where they are all of the copy."""
    for state, whose in states:
        if state.seen_at and state.size == report.entries and whole.latest:
            late = whole.latest.timestamp() > max(state.seen_at) + AHEAD.total_seconds()
            if late:
                report.faults.append(
                    f"{whose} was cosigned before its newest entry says that it was written."
                )


# Receipts


class Shown(NamedTuple):
    """A receipt that holds by itself: its entry's hash and id, when it was given, and its place, where it has one."""

    whose: str
    leaf: bytes
    name: str
    at: datetime
    place: int | None


def _read_receipt(
    path: Path, keys: Sequence[Key], policy: Policy, report: Report, *, alone: bool
) -> Shown | None:
    """A receipt whose own signatures and proof hold; None where they do not, which is reported."""
    whose = f"Receipt {path.name}"
    try:
        told = _parse_receipt(path.read_text(encoding="utf-8"))
        leaf, said = told["leaf"].encode(), json.loads(told["leaf"])
        shown = Shown(whose, leaf_hash(leaf), said["id"], datetime.fromisoformat(said["at"]), told["index"])
        _check_signed(told["receipt"], shown, keys)
        if shown.place is None:
            report.remarks.append(f"{whose}: it has no proof yet, only the promise of one.")
            return shown
        state = read_state(told["checkpoint"], keys)
        check_inclusion(shown.leaf, shown.place, state.size, told["proof"], state.root)
        _check_witnessed(whose, state, keys, policy, report, alone=alone)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        report.faults.append(
            f"{whose}: {error if isinstance(error, Wrong) else 'it cannot be read as a receipt'}"
        )
        return None
    return shown


def _check_witnessed(
    whose: str, state: State, keys: Sequence[Key], policy: Policy, report: Report, *, alone: bool
) -> None:
    """By itself a receipt needs what the policy asks for; beside a copy, the copy's newest checkpoint covers it."""
    if alone and not policy.is_met(state.signers):
        raise Wrong("its checkpoint lacks cosignatures that the policy asks for")
    newest = [key for key in keys if key.kind == LOG_KEY][-1]
    if alone and newest not in state.signers:
        report.remarks.append(
            f"{whose}: a former key of the log signed it. Hold it against a copy of the log."
        )


def _check_signed(receipt: dict[str, Any] | None, shown: Shown, keys: Sequence[Key]) -> None:
    """Where there is a receipt's text beside the proof, one of the log's keys has signed it, of this entry."""
    if not receipt:
        return
    said = json.loads(receipt["text"])
    if said["leaf_hash"] != shown.leaf.hex() or said["entry"] != shown.name:
        raise Wrong("it is of another entry than its leaf")
    signed = bytes.fromhex(receipt["signature"])
    if not any(key.kind == LOG_KEY and key.holds(receipt["text"], signed) for key in keys):
        raise Wrong("nobody whom you trust has signed its text")


def _parse_receipt(text: str) -> dict[str, Any]:
    """What a receipt has, from a .tlog-proof file or the API's JSON: leaf, receipt, index, proof and checkpoint."""
    if text.lstrip().startswith("{"):
        told = json.loads(text)
        proof = [bytes.fromhex(each) for each in told.get("proof") or []]
        return {"receipt": None, "index": None, "checkpoint": None, **told, "proof": proof}
    head, gap, checkpoint = text.partition("\n\n")
    first, *lines = head.split("\n")
    if first != "c2sp.org/tlog-proof@v1" or not gap:
        raise Wrong("this is no proof of a log (c2sp.org/tlog-proof)")
    extra = (
        _decode(lines.pop(0)[6:], "what comes with the proof")
        if lines[:1] and lines[0].startswith("extra ")
        else b""
    )
    index = lines.pop(0).removeprefix("index ") if lines else ""
    if not _NUMBER.fullmatch(index) or not extra:
        raise Wrong("the proof does not say which entry it is of")
    proof = [_decode(line, "a hash of the proof", 32) for line in lines]
    return {
        "receipt": None,
        **json.loads(extra),
        "index": int(index),
        "proof": proof,
        "checkpoint": checkpoint,
    }


# Many at a time


def _each(act: Callable[[Any], Any], given: Iterable[Any], work: int) -> Iterator[Any]:
    """What `act` gives for each, in order; where there is much work, by all processors."""
    if work < MANY or (os.cpu_count() or 1) < 2:
        yield from map(act, given)
        return
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(act, given, chunksize=4 if act is _read_chunk else 500)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: 0 where all holds, 1 where something is wrong, 2 where it could not look."""
    parser = argparse.ArgumentParser(
        prog="charter-verify", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "paths", type=Path, nargs="+", metavar="COPY or RECEIPT", help="a folder, and files of receipts"
    )
    parser.add_argument(
        "--key", action="append", default=[], help="a key of the log as its holder gave it; oldest first"
    )
    parser.add_argument(
        "--policy", type=Path, help="which witnesses must have cosigned (c2sp.org/tlog-policy)"
    )
    parser.add_argument(
        "--known", type=Path, action="append", default=[], help="a checkpoint that you kept earlier"
    )
    parser.add_argument("--json", action="store_true", help="say what was found as JSON")
    given = parser.parse_args(arguments)
    if missing := [str(path) for path in given.paths if not path.exists()]:
        print(f"This cannot be looked at: there is no {missing[0]}", file=sys.stderr)
        return 2
    folders = [path for path in given.paths if path.is_dir()]
    if len(folders) > 1:
        parser.error("name one copy at a time")
    folder = folders[0] if folders else None
    try:
        policy = parse_policy(given.policy.read_text(encoding="utf-8")) if given.policy else None
        keys = [parse_key(text) for text in given.key] or list(policy.logs if policy else ())
        own = not keys and folder is not None
        if own and folder:
            keys = [parse_key(text) for text in (folder / KEYS).read_text(encoding="utf-8").split()]
        if not keys:
            raise Wrong("Give the log's key with --key, as you got it from its holder.")
        known = [path.read_text(encoding="utf-8") for path in given.known]
        receipts = [path for path in given.paths if path != folder]
        report = verify(folder, receipts, trusted=keys, policy=policy, known=known)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"This cannot be looked at: {error}", file=sys.stderr)
        return 2
    if own:
        report.remarks.append(
            "The key was taken from the copy itself: that shows that the copy fits together, not whose it is. Give --key."
        )
    found = {**vars(report), "holds": report.holds}
    print(json.dumps(found) if given.json else "\n".join(report.lines()))
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
