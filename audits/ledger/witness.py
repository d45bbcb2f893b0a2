"""A witness: cosigns the states of a log that it has seen grow and nothing else (C2SP tlog-witness, tlog-cosignature).

Runs away from the log, on a host and by people of its own: a folder holds its key, whose states it cosigns, and the newest
state that it has seen of each. Knows no database and imports no Django.
"""

import base64
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from audits.ledger import keyfiles, signing
from audits.ledger.notes import (
    COSIGNATURE,
    ED25519,
    Checkpoint,
    NoteWrong,
    SignedNote,
    Verifier,
    cosign,
    parse_checkpoint,
    parse_note,
    parse_verifier,
    verify_note,
)
from audits.ledger.tree import EMPTY_ROOT, ProofWrong, verify_consistency
from ground import locks
from ground.errors import Conflict

KEY, NAME, LOGS, STATES, EVIDENCE = "key.pem", "name", "logs.txt", "states", "evidence"
LONGEST_PROOF = 63  # hashes
LONGEST_BODY = 128 * 1024  # bytes: a note of 64 KiB and its proof
KEPT_EVIDENCE = 1000  # conflicting states; whoever can make them has the log's key
SIZE_KIND, TEXT_KIND = "text/x.tlog.size", "text/plain; charset=utf-8"


class Reply(NamedTuple):
    """What the witness answers."""

    status: int
    body: str = ""
    kind: str = TEXT_KIND


class _Submission(NamedTuple):
    old: int
    proof: list[bytes]
    note: SignedNote
    state: Checkpoint


def make_witness(folder: Path, *, name: str, logs: Iterable[str]) -> Verifier:
    """Make a witness of this name for the logs of these keys in a new folder; gives its own key. Raises Conflict."""
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(
            f"{folder} is not empty. A witness that has seen states keeps them; name a new folder."
        )
    try:
        trusted = [parse_verifier(text) for text in logs]
        Verifier(name, bytes(32), COSIGNATURE).check()
    except NoteWrong as error:
        raise Conflict(str(error)) from None
    (folder / STATES).mkdir(parents=True, mode=0o700)
    folder.chmod(0o700)
    (folder / NAME).write_text(f"{name}\n", encoding="utf-8")
    (folder / LOGS).write_text("".join(f"{each.format()}\n" for each in trusted), encoding="utf-8")
    keyfiles.place(folder / KEY, signing.make_key())
    return Witness(folder).verifier


class Witness:
    """One witness at work in its folder; only one process at a time has it."""

    def __init__(self, folder: Path, *, now: Callable[[], float] = time.time) -> None:
        if not (folder / STATES).is_dir():
            raise Conflict(
                f"{folder} is no witness's, or has lost the states that it saw. One that has forgotten what it saw must not "
                "go on: make a new one with `ledger witness-init`, and tell those whose policy names it."
            )
        self._folder, self._now, self._turn = folder, now, threading.Lock()
        self._key = signing.parse_key(keyfiles.read(folder / KEY), folder / KEY)
        self._name = (folder / NAME).read_text(encoding="utf-8").strip()

    @property
    def verifier(self) -> Verifier:
        """Its key, as policies name it."""
        return Verifier(self._name, signing.public_bytes(self._key), COSIGNATURE)

    def hold(self) -> int:
        """Take the folder for this process; gives what is closed to let go. Raises Conflict where another has it."""
        lock = locks.take(self._folder / "lock", wait=False)
        if lock is None:
            raise Conflict(f"Another process is this witness already, in {self._folder}.")
        return lock

    def add_checkpoint(self, body: bytes) -> Reply:
        """Cosign a state of a log that continues the newest one that was cosigned of it, or say why not."""
        try:
            asked = _parse(body)
        except (NoteWrong, ValueError):
            return Reply(400, "This is no request of tlog-witness.\n")
        trusted = [key for key in self._list_logs() if key.name == asked.state.origin]
        if not trusted:
            return Reply(404, "This witness does not know the log.\n")
        try:
            verify_note(asked.note, trusted)
        except NoteWrong:
            return Reply(403, "No key of the log that this witness knows has signed this.\n")
        with self._turn:  # between looking at the newest state and keeping the next nobody else comes
            return self._continue(asked)

    def _continue(self, asked: _Submission) -> Reply:
        size, root = self.find_newest(asked.state.origin)
        if asked.old > asked.state.size:
            return Reply(400, "The old size is larger than the new one.\n")
        if asked.old != size:
            return Reply(409, f"{size}\n", SIZE_KIND)
        if size and asked.state.size == size and asked.state.root != root:
            self._keep_evidence(asked.note, asked.state)
            return Reply(409, f"{size}\n", SIZE_KIND)
        try:
            verify_consistency(size, asked.state.size, asked.proof, root, asked.state.root)
        except ProofWrong:
            self._keep_evidence(asked.note, asked.state)
            return Reply(422, "The proof does not show that this state continues the one before.\n")
        signature = cosign(asked.note, name=self._name, key=self._key, at=int(self._now()))
        kept = SignedNote(asked.note.text, (*asked.note.signatures, signature))
        _write(self._path(asked.state.origin), kept.format())
        return Reply(200, signature.line())

    def find_newest(self, origin: str) -> tuple[int, bytes]:
        """Size and root of the newest state that it has cosigned of a log."""
        path = self._path(origin)
        if not path.exists():
            return 0, EMPTY_ROOT
        state = parse_checkpoint(parse_note(path.read_text(encoding="utf-8")))
        return state.size, state.root

    def _list_logs(self) -> list[Verifier]:
        """Read anew each time, so that a log's new key can be added while the witness runs."""
        lines = (self._folder / LOGS).read_text(encoding="utf-8").split()
        return [key for key in map(parse_verifier, lines) if key.kind == ED25519]

    def _path(self, origin: str) -> Path:
        return self._folder / STATES / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.checkpoint"

    def _keep_evidence(self, note: SignedNote, state: Checkpoint) -> None:
        """A state that the log has signed and that does not continue what was seen shows that the log has two pasts."""
        folder = self._folder / EVIDENCE
        folder.mkdir(exist_ok=True, mode=0o700)
        if len(list(folder.iterdir())) < KEPT_EVIDENCE:
            _write(folder / f"{state.size}-{state.root.hex()[:16]}.checkpoint", note.format())


def _parse(body: bytes) -> _Submission:
    head, gap, checkpoint = body.decode().partition("\n\n")
    first, *lines = head.split("\n")
    old = first.removeprefix("old ")
    if (
        not gap
        or not first.startswith("old ")
        or not old.isascii()
        or not old.isdecimal()
        or str(int(old)) != old
    ):
        raise ValueError("no size of an old state")
    if len(lines) > LONGEST_PROOF:
        raise ValueError("a proof that is longer than one can be")
    note = parse_note(checkpoint)
    proof = [base64.b64decode(line, validate=True) for line in lines]
    return _Submission(int(old), proof, note, parse_checkpoint(note))


def _write(path: Path, text: str) -> None:
    """Write a file that is on the disk, whole, when this returns."""
    draft = path.with_name(f"{path.name}.new")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def application(witness: Witness) -> Callable[..., Iterable[bytes]]:
    """The witness as WSGI: `POST …/add-checkpoint`, and nothing else."""

    def answer(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
        reply = _answer(witness, environ)
        body = reply.body.encode()
        start(
            f"{reply.status} {_WORDS[reply.status]}",
            [("Content-Type", reply.kind), ("Content-Length", str(len(body)))],
        )
        return [body]

    return answer


_WORDS = {
    200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict",
    413: "Content Too Large", 422: "Unprocessable Entity",
}  # fmt: skip


def _answer(witness: Witness, environ: dict[str, Any]) -> Reply:
    if not environ["PATH_INFO"].endswith("/add-checkpoint"):
        return Reply(404, "Ask /add-checkpoint (c2sp.org/tlog-witness).\n")
    if environ["REQUEST_METHOD"] != "POST":
        return Reply(405, "Post to it.\n")
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > LONGEST_BODY:
        return Reply(
            413, "This is longer than a checkpoint with its proof, or does not say how long it is.\n"
        )
    return witness.add_checkpoint(environ["wsgi.input"].read(int(length)))
