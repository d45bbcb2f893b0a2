"""A witness: cosigns what continues what it has seen, and nothing else (C2SP tlog-witness, tlog-cosignature)."""

import base64
import os
import socket
import subprocess
import sys
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audits.ledger import notes, tree
from audits.ledger.asking import WitnessAway, WitnessRefuses, ask
from audits.ledger.policies import PolicyWitness
from audits.ledger.witness import Reply, Witness, make_witness
from ground.errors import Conflict
from tests import databases
from tests.audits.ledger.servers import witness_at_work
from tests.verifier.made_logs import KEY, ORIGIN, MadeLog, vkey

NAME, AT = "witness.example.org/works-council", 1_782_900_000


@pytest.fixture
def folder(tmp_path):
    make_witness(tmp_path / "witness", name=NAME, logs=[vkey()])
    return tmp_path / "witness"


@pytest.fixture
def witness(folder) -> Witness:
    return Witness(folder, now=lambda: AT)


def submit(witness: Witness, log: MadeLog, old: int, new: int, *, key=KEY, proof=None) -> Reply:
    """Ask it to cosign the first `new` entries, after `old`."""
    note = notes.sign_checkpoint(notes.Checkpoint(ORIGIN, new, tree.root(log.hashes[:new])), key)
    path = tree.consistency_proof(log.hashes, old, new) if proof is None else proof
    lines = [f"old {old}", *(base64.b64encode(each).decode() for each in path), "", note.format()]
    return witness.add_checkpoint("\n".join(lines).encode())


def test_what_grows_is_cosigned(witness, folder):
    """C2SP: a cosignature with the witness's time, over each state that continues the one before."""
    log = MadeLog().append(9)
    for old, new in ((0, 3), (3, 3), (3, 8), (8, 9)):
        reply = submit(witness, log, old, new)
        assert reply.status == 200
        text = notes.Checkpoint(ORIGIN, new, tree.root(log.hashes[:new])).format()
        note = notes.parse_note(f"{text}\n{reply.body}")
        assert notes.verify_note(note, [witness.verifier]) == [witness.verifier]
        assert notes.read_time(note.signatures[0]) == AT
    kept = next((folder / "states").iterdir()).read_text()
    assert (
        len(notes.verify_note(notes.parse_note(kept), [witness.verifier, notes.parse_verifier(vkey())])) == 2
    )


def test_it_remembers_over_a_restart(witness, folder):
    """C2SP: the state is kept before the answer goes out."""
    log = MadeLog().append(9)
    submit(witness, log, 0, 5)
    assert submit(Witness(folder), log, 0, 9) == Reply(409, "5\n", "text/x.tlog.size")
    assert submit(Witness(folder), log, 5, 9).status == 200


def test_a_rollback_is_refused(witness):
    """Issue 13, faults: a database restored from an older backup."""
    log = MadeLog().append(9)
    submit(witness, log, 0, 9)
    assert submit(witness, log, 5, 5) == Reply(409, "9\n", "text/x.tlog.size")
    assert submit(witness, log, 9, 5, proof=[]).status == 400


def test_a_fork_is_refused_and_kept_as_evidence(witness, folder):
    """Issue 13, faults: another past under the log's own signature."""
    log, forged = MadeLog().append(9), MadeLog().append(12, changed=True)
    submit(witness, log, 0, 9)
    assert submit(witness, forged, 9, 12).status == 422
    assert submit(witness, forged, 9, 9) == Reply(409, "9\n", "text/x.tlog.size")
    assert len(list((folder / "evidence").iterdir())) == 2
    assert submit(witness, log.append(1), 9, 10).status == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("old 0\n", 400),
        ("old 01\n\n{note}", 400),
        ("old -1\n\n{note}", 400),
        ("old ٣\n\n{note}", 400),
        ("new 0\n\n{note}", 400),
        ("old 0\nnot base64!\n\n{note}", 400),
        ("old 0\n" + "AAAA\n" * 64 + "\n{note}", 400),
        ("old 0\nAAAA\n\n{note}", 422),
        ("old 3\n\n{note}", 400),
        ("old 0\n\n{other}", 404),
        ("old 0\n\n{stranger}", 403),
        ("old 0\n\n{note}", 200),
    ],
)
def test_each_answer_has_the_status_of_the_specification(witness, body, status):
    state = notes.Checkpoint(ORIGIN, 1, tree.root([tree.leaf_hash(b"1")]))
    given = {
        "note": notes.sign_checkpoint(state, KEY).format(),
        "other": notes.sign_checkpoint(notes.Checkpoint("other.example/log", 1, bytes(32)), KEY).format(),
        "stranger": notes.sign_checkpoint(state, Ed25519PrivateKey.generate()).format(),
    }
    assert witness.add_checkpoint(body.format(**given).encode()).status == status
    assert witness.add_checkpoint(b"\xff").status == 400


def test_a_new_key_of_the_log_is_taken_while_it_runs(witness, folder):
    """Rotation: a line more in logs.txt."""
    log, new = MadeLog().append(2), Ed25519PrivateKey.generate()
    assert submit(witness, log, 0, 2, key=new).status == 403
    with (folder / "logs.txt").open("a") as file:
        file.write(vkey(new) + "\n")
    assert submit(witness, log, 0, 2, key=new).status == 200


def test_one_that_forgot_what_it_saw_does_not_go_on(folder, tmp_path):
    """C2SP: a witness whose states are lost is retired."""
    with pytest.raises(Conflict, match="not empty"):
        make_witness(folder, name=NAME, logs=[vkey()])
    for name, logs in (("a b", [vkey()]), (NAME, ["x"])):
        with pytest.raises(Conflict):
            make_witness(tmp_path / "other", name=name, logs=logs)
    (folder / "states").rmdir()
    with pytest.raises(Conflict, match="must not"):
        Witness(folder)


def test_a_full_disk_gives_no_signature(witness, monkeypatch):
    """Issue 13, faults: disk full. What is not kept is not cosigned, and it goes on when there is room again."""
    log = MadeLog().append(9)
    submit(witness, log, 0, 5)
    monkeypatch.setattr(os, "fsync", _full)
    with pytest.raises(OSError, match="No space"):
        submit(witness, log, 5, 9)
    monkeypatch.undo()
    assert witness.find_newest(ORIGIN)[0] == 5 and submit(witness, log, 5, 9).status == 200


def _full(_):
    raise OSError(28, "No space left on device")


def test_a_second_process_does_not_become_the_same_witness(witness, folder):
    held = witness.hold()
    with pytest.raises(Conflict, match="Another process"):
        Witness(folder).hold()
    os.close(held)


# Asked over HTTP


def state_of(log: MadeLog, size: int) -> tuple[notes.SignedNote, notes.Checkpoint]:
    state = notes.Checkpoint(ORIGIN, size, tree.root(log.hashes[:size]))
    return notes.sign_checkpoint(state, KEY), state


def asked(folder, url: str, log: MadeLog, size: int, *, old: int = 0) -> notes.Signature:
    witness = PolicyWitness("council", Witness(folder).verifier, url)
    note, state = state_of(log, size)
    return ask(
        witness, note, state, old=old, prove=lambda old, new: tree.consistency_proof(log.hashes, old, new)
    )


def test_it_is_asked_over_http_from_wherever_it_is(folder):
    """Issue 13, 6: whatever the log thinks that the witness has seen, it finds out."""
    log, forged = MadeLog().append(20), MadeLog().append(25, changed=True)
    with witness_at_work(folder) as url:
        for size, old in ((5, 0), (9, 5), (12, 0), (12, 3), (20, 20)):
            note, _ = state_of(log, size)
            line = asked(folder, url, log, size, old=old)
            cosigned = notes.SignedNote(note.text, (*note.signatures, line))
            assert Witness(folder).verifier in notes.verify_note(cosigned, [Witness(folder).verifier])
        with pytest.raises(WitnessRefuses, match="older than what was signed"):
            asked(folder, url, log, 12)
        for size in (20, 25):
            with pytest.raises(WitnessRefuses, match="two pasts"):
                asked(folder, url, forged, size)
    with pytest.raises(WitnessAway, match="does not answer"):
        asked(folder, url, log, 20)


def test_an_answer_of_somebody_else_is_none(folder, tmp_path):
    """C2SP: cosignatures of unknown keys are passed over, and where there is no other, there is none."""
    make_witness(tmp_path / "other", name=NAME, logs=[vkey()])
    with (
        witness_at_work(tmp_path / "other") as url,
        pytest.raises(WitnessAway, match="not signed by the key"),
    ):
        asked(folder, url, MadeLog().append(2), 2)
    with pytest.raises(WitnessAway):
        asked(folder, "file:///etc", MadeLog().append(2), 2)


@pytest.mark.proof(alone=True)
def test_the_command_runs_without_a_database_or_an_installation(tmp_path):
    """Issue 13, 6: on a second host, with a key and state of its own and no access to the database."""
    folder, place = tmp_path / "w", {"PATH": "/usr/bin", "VAR_DIR": str(tmp_path / "none")}
    command = [sys.executable, "manage.py", "ledger"]
    made = subprocess.run(
        [*command, "witness-init", str(folder), "--name", NAME, "--log", vkey()],
        cwd=databases.PROJECT, env=place, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Witness(folder).verifier.format() in made.stdout
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    running = subprocess.Popen(
        [*command, "witness", str(folder), "--port", port],
        cwd=databases.PROJECT,
        env=place,
        stdout=subprocess.DEVNULL,
    )
    with running:
        try:
            for _ in range(100):
                try:
                    assert asked(folder, f"http://127.0.0.1:{port}", MadeLog().append(3), 3)
                    break
                except WitnessAway:
                    time.sleep(0.1)
            else:
                pytest.fail("it never answered")
        finally:
            running.kill()
