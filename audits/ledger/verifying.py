"""Checks a copy of the log without us: a folder that `manage.py ledger export` wrote, or a mirror of the same form.

Needs Python and `cryptography`, no Django and no database. Every leaf is hashed, every checkpoint's signature and root is
worked out again from the leaves alone, so that each is shown to continue the one before; then the receipts that are handed in.
What is wrong is listed, all of it; what this cannot show is said.
"""

import argparse
import base64
import hmac
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from audits.ledger.notes import (
    NoteWrong,
    Verifier,
    parse_checkpoint,
    parse_note,
    parse_proof,
    parse_verifier,
    verify_note,
)
from audits.ledger.tree import EMPTY_ROOT, ProofWrong, leaf_hash, node_hash, verify_inclusion

ENTRIES, CHECKPOINTS, KEYS = "entries.ndjson", "checkpoints.ndjson", "keys.txt"
# A log that tells times further ahead than clocks differ, or goes back further than a transaction lasts, has been touched.
AHEAD, BACK = timedelta(minutes=5), timedelta(days=1)
# Of one kind of fault so many are listed; more of it tells nothing new.
LISTED = 20


@dataclass
class Report:
    """What was found: how much was looked at, and what is wrong."""

    entries: int = 0
    payloads: int = 0
    checkpoints: int = 0
    receipts: int = 0
    newest: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.faults

    def lines(self) -> Iterator[str]:
        """The report as it is read."""
        yield f"{self.entries} entries, {self.payloads} of them with what they say, {self.checkpoints} checkpoints, {self.receipts} receipts"
        yield from (f"WRONG: {fault}" for fault in self.faults[:LISTED])
        if len(self.faults) > LISTED:
            yield f"and {len(self.faults) - LISTED} more"
        yield "The log holds." if self.holds else "The log does NOT hold."
        if self.holds and self.newest:
            yield f"Keep this, to show later that nothing before it was changed:\n{self.newest}"


class Growing:
    """The root of a tree as leaves are added: the tops of its full subtrees, the largest first (RFC 9162, 2.1.2)."""

    def __init__(self) -> None:
        self.size = 0
        self._tops: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add the hash of a leaf at the end."""
        self._tops.append(leaf)
        self.size += 1
        filled = self.size
        while filled % 2 == 0:
            right, left = self._tops.pop(), self._tops.pop()
            self._tops.append(node_hash(left, right))
            filled //= 2

    def root(self) -> bytes:
        """The root over what was added."""
        if not self._tops:
            return EMPTY_ROOT
        *left, root = self._tops
        for top in reversed(left):
            root = node_hash(top, root)
        return root


def verify_folder(
    folder: Path,
    *,
    trusted: Sequence[Verifier],
    receipts: Iterable[Path] = (),
    known: Iterable[str] = (),
    now: datetime | None = None,
) -> Report:
    """What holds of a copy of the log. `trusted` are the log's keys, got from elsewhere than the copy; `known` notes of
    checkpoints that somebody kept, which the copy must continue. Raises OSError where there is no such copy."""
    report = Report()
    states = _read_checkpoints(folder, trusted, report)
    for number, text in enumerate(known):
        states += _state(text, trusted, f"kept checkpoint {number + 1}", report)
    leaves = _walk(folder, states, now or datetime.now(UTC), report)
    for path in receipts:
        _check_receipt(path, trusted, leaves, report)
    return report


State = tuple[int, bytes, str]  # size, root, whose


def _read_checkpoints(folder: Path, trusted: Sequence[Verifier], report: Report) -> list[State]:
    states: list[State] = []
    for number, line in _lines(folder / CHECKPOINTS):
        note = json.loads(line)["note"]
        found = _state(note, trusted, f"checkpoint {number}", report)
        if found and states and found[0][0] <= states[-1][0]:
            report.faults.append(f"Checkpoint {number} is of no more entries than the one before it.")
        states += found
        report.checkpoints += 1
        report.newest = note
    if not states:
        report.faults.append("The copy has no checkpoint that holds, so nothing vouches for its entries.")
    return states


def _state(text: str, trusted: Sequence[Verifier], whose: str, report: Report) -> list[State]:
    try:
        note = parse_note(text)
        verify_note(note, trusted)
        checkpoint = parse_checkpoint(note)
    except NoteWrong as error:
        report.faults.append(f"{whose[0].upper()}{whose[1:]}: {error}")
        return []
    if checkpoint.origin not in {verifier.name for verifier in trusted}:
        report.faults.append(f"{whose[0].upper()}{whose[1:]} is of another log, {checkpoint.origin}.")
        return []
    return [(checkpoint.size, checkpoint.root, whose)]


def _walk(
    folder: Path, states: Sequence[State], now: datetime, report: Report
) -> dict[str, tuple[int, bytes]]:
    """Hash every leaf, and hold each signed state against it; gives place and hash of each entry by its id."""
    tree, latest = Growing(), None
    found: dict[str, tuple[int, bytes]] = {}
    due = sorted(states)
    due = _check_states(due, tree, report)
    for number, line in _lines(folder / ENTRIES):
        told = json.loads(line)
        leaf = told["leaf"].encode()
        if told["index"] != number:
            report.faults.append(
                f"Entry {told['index']} stands where {number} should: one is missing, or doubled."
            )
        said = _read_leaf(leaf, number, report)
        latest = _check_time(said, latest, now, number, report)
        name = str(said.get("id", number))
        if name in found:
            report.faults.append(f"Entry {number} is entry {found[name][0]} again.")
        found[name] = number, leaf_hash(leaf)
        _check_payload(told, said, number, report)
        tree.add(leaf_hash(leaf))
        due = _check_states(due, tree, report)
        report.entries += 1
    for size, _root, whose in due:
        report.faults.append(
            f"{whose[0].upper()}{whose[1:]} is of {size} entries, and the copy has {tree.size}."
        )
    if states and tree.size > max(size for size, _, _ in states):
        report.faults.append(
            f"{tree.size - max(size for size, _, _ in states)} entries stand under no checkpoint."
        )
    return found


def _check_states(due: list[State], tree: Growing, report: Report) -> list[State]:
    while due and due[0][0] == tree.size:
        size, root, whose = due[0]
        if tree.root() != root:
            report.faults.append(
                f"{whose[0].upper()}{whose[1:]} is not of these {size} entries: one of them was changed, added or taken away."
            )
        due = due[1:]
    return due


def _read_leaf(leaf: bytes, number: int, report: Report) -> dict[str, object]:
    try:
        said = json.loads(leaf)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        report.faults.append(f"Entry {number} is none of ours: it is no JSON object.")
        return {}
    return said


def _check_time(
    said: dict[str, object], latest: datetime | None, now: datetime, number: int, report: Report
) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(said["at"]))
    except (KeyError, ValueError):
        report.faults.append(f"Entry {number} does not say when it was written.")
        return latest
    if at > now + AHEAD:
        report.faults.append(f"Entry {number} is of {at:%Y-%m-%d %H:%M}, which is yet to come.")
    if latest is not None and at < latest - BACK:
        report.faults.append(f"Entry {number} is of {at:%Y-%m-%d %H:%M}, long before the one before it.")
    return at if latest is None else max(at, latest)


def _check_payload(told: dict[str, str], said: dict[str, object], number: int, report: Report) -> None:
    """Whether what an entry says is what its leaf was made of, where the copy has it."""
    if not told.get("payload"):
        return
    body, key = base64.b64decode(told["payload"]), base64.b64decode(told["key"])
    report.payloads += 1
    if hmac.digest(key, body, "sha256").hex() != said.get("payload_hmac"):
        report.faults.append(f"Entry {number} says something else than what was logged.")


def _check_receipt(
    path: Path, trusted: Sequence[Verifier], leaves: dict[str, tuple[int, bytes]], report: Report
) -> None:
    """Whether a receipt's own proof holds, and its entry stands in this copy where it says."""
    report.receipts += 1
    try:
        proof = parse_proof(path.read_text(encoding="utf-8"))
        told = json.loads(proof.extra)
        leaf = leaf_hash(told["leaf"].encode())
        note = parse_note(proof.checkpoint)
        verify_note(note, trusted)
        state = parse_checkpoint(note)
        verify_inclusion(leaf, proof.index, state.size, proof.hashes, state.root)
    except (OSError, NoteWrong, ProofWrong, ValueError, KeyError, TypeError) as error:
        report.faults.append(f"Receipt {path.name}: {error}")
        return
    name = str(json.loads(told["leaf"]).get("id"))
    if leaves.get(name) != (proof.index, leaf):
        report.faults.append(
            f"Receipt {path.name}: its entry does not stand in this copy at place {proof.index}."
        )


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8") as lines:
        yield from enumerate(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: 0 where all holds, 1 where something is wrong, 2 where it could not look."""
    parser = argparse.ArgumentParser(prog="charter-verify", description=__doc__)
    parser.add_argument("folder", type=Path, help="the copy of the log")
    parser.add_argument("receipts", type=Path, nargs="*", help="receipts to look up in it (.tlog-proof)")
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        help="a key of the log, name+number+key, as you got it from its holder",
    )
    parser.add_argument(
        "--known", type=Path, action="append", default=[], help="a checkpoint that you kept earlier"
    )
    given = parser.parse_args(arguments)
    try:
        keys = [parse_verifier(text) for text in given.key or (given.folder / KEYS).read_text().split()]
        known = [path.read_text(encoding="utf-8") for path in given.known]
        report = verify_folder(given.folder, trusted=keys, receipts=given.receipts, known=known)
    except (OSError, NoteWrong, ValueError, KeyError, TypeError) as error:
        print(f"This cannot be looked at: {error}", file=sys.stderr)
        return 2
    if not given.key:
        print(
            "The key was taken from the copy itself: that shows that the copy fits together, not whose it is. Give --key."
        )
    print("\n".join(report.lines()))
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
