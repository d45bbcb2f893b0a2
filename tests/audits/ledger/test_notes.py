"""Signed notes and checkpoints: what another implementation signed, what ours sign, and what is none."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audits.ledger import notes, tree
from audits.ledger.notes import COSIGNATURE, Checkpoint, NoteWrong, Signature, SignedNote, Verifier

# Of golang.org/x/mod/sumdb/note, where the form comes from.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_KEY = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETERS_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
PETERS_LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

LOG, WITNESS = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
ORIGIN, WATCHER = "charter.example.org/log", "works-council.example.org/w1"
STATE = Checkpoint(ORIGIN, 20_852_163, tree.leaf_hash(b"state"))
TRUSTED = [
    Verifier(ORIGIN, LOG.public_key().public_bytes_raw()),
    Verifier(WATCHER, WITNESS.public_key().public_bytes_raw(), COSIGNATURE),
]


def signed() -> SignedNote:
    note = notes.sign_checkpoint(STATE, LOG)
    return SignedNote(
        note.text, (*note.signatures, notes.cosign(note, name=WATCHER, key=WITNESS, at=1_679_315_147))
    )


def test_what_go_signed_is_verified():
    """Issue 13, 1: the signed note byte for byte, by a note of the implementation that the form comes from."""
    note = notes.parse_note(f"{PETERS_TEXT}\n{PETERS_LINE}")
    verifier = notes.parse_verifier(PETER)
    assert notes.verify_note(note, [verifier]) == [verifier] and verifier.format() == PETER
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(PETERS_KEY)[1:])
    assert Signature("PeterNeumann", verifier.key_id, key.sign(note.text.encode())).line() == PETERS_LINE


def test_a_checkpoint_is_signed_by_the_log_and_its_witness():
    note = notes.parse_note(signed().format())
    assert notes.verify_note(note, TRUSTED) == TRUSTED
    assert notes.parse_checkpoint(note) == STATE
    assert notes.read_time(note.signatures[1]) == 1_679_315_147
    lines = note.format().split("\n")
    assert lines[:2] == [ORIGIN, "20852163"] and lines[3] == "" and lines[4].startswith(f"— {ORIGIN} ")


def test_what_a_witness_signs_is_the_specifications():
    """C2SP tlog-cosignature: header, time, then the text of the note; the time in eight bytes before the signature."""
    line = signed().signatures[1]
    message = f"cosignature/v1\ntime 1679315147\n{STATE.format()}".encode()
    assert line.signed == (1_679_315_147).to_bytes(8, "big") + WITNESS.sign(message)


@pytest.mark.parametrize("which", range(2))
@given(st.data())
def test_a_changed_signature_or_text_does_not_hold(which, data):
    note = signed()
    place = data.draw(st.integers(0, len(note.signatures[which].signed) - 1))
    raw = bytearray(note.signatures[which].signed)
    raw[place] ^= 1 << data.draw(st.integers(0, 7))
    lines = list(note.signatures)
    lines[which] = Signature(lines[which].name, lines[which].key_id, bytes(raw))
    for forged in (
        SignedNote(note.text, tuple(lines)),
        SignedNote(note.text.replace("20852163", "20852164"), note.signatures),
    ):
        with pytest.raises(NoteWrong, match="does not hold"):
            notes.verify_note(forged, TRUSTED)


def test_a_signature_of_another_key_counts_for_nothing():
    """Same name, another key; same key, another name; a log's key where a witness's is meant."""
    other = Ed25519PrivateKey.from_private_bytes(b"3" * 32)
    note = notes.sign_checkpoint(STATE, other)
    mixed = SignedNote(
        note.text, (*note.signatures, notes.cosign(note, name="someone.else", key=WITNESS, at=1))
    )
    with pytest.raises(NoteWrong, match="Nobody whom you trust"):
        notes.verify_note(mixed, TRUSTED)
    as_log = notes.cosign(note, name=ORIGIN, key=LOG, at=1)
    with pytest.raises(NoteWrong, match="Nobody whom you trust"):
        notes.verify_note(SignedNote(note.text, (as_log,)), TRUSTED)
    assert (
        notes.verify_note(SignedNote(note.text, (*mixed.signatures, *signed().signatures)), TRUSTED)
        == TRUSTED
    )


BODY = STATE.format()
LINE = signed().signatures[0].line()


@pytest.mark.parametrize(
    "text",
    [
        "",
        BODY,
        f"{BODY}\n",
        f"{BODY}{LINE}",
        f"{BODY}\n{LINE[:-1]}",
        f"{BODY}\n{LINE}\n",
        f"{BODY}\n- {LINE[2:]}",
        f"{BODY}\n— {ORIGIN} not base64\n",
        f"{BODY}\n— {ORIGIN} AAAA\n",
        f"{BODY}\n— a+b {LINE.split(' ')[2]}",
        f"{BODY}\n— a\u00a0b {LINE.split(' ')[2]}",
        f"{BODY}\t\n{LINE}",
        f"{BODY}\n{LINE}" + LINE * 600,
    ],
)
def test_what_is_no_note(text):
    with pytest.raises(NoteWrong):
        notes.parse_note(text)


@pytest.mark.parametrize(
    "text",
    [
        "origin\n1\n",
        "origin\n01\nAAAA\n",
        f"origin\n-1\n{base64.b64encode(bytes(32)).decode()}\n",
        f"origin\n1\n{base64.b64encode(bytes(31)).decode()}\n",
        f"origin\n1\n{base64.b64encode(bytes(32)).decode()}\nmore\n",
        f"\n1\n{base64.b64encode(bytes(32)).decode()}\n",
        f"origin\n{'9' * 20}\n{base64.b64encode(bytes(32)).decode()}\n",
        "origin\n1\nnot base64!\n",
    ],
)
def test_what_is_no_checkpoint(text):
    with pytest.raises(NoteWrong):
        notes.parse_checkpoint(SignedNote(text))


@pytest.mark.parametrize(
    "text", ["", "a+b", PETER.replace("c74f20a3", "c74f20a4"), f"{PETER}AAAA", f"a b{PETER[12:]}"]
)
def test_what_is_no_key(text):
    with pytest.raises(NoteWrong):
        notes.parse_verifier(text)


def test_a_proof_stands_alone():
    """C2SP tlog-proof: extra, index, path, an empty line, the checkpoint as it is."""
    text = notes.format_proof(index=3, proof=[bytes(32)], checkpoint=signed().format(), extra=b"why")
    head, _, rest = text.partition("\n\n")
    assert head.split("\n") == [
        "c2sp.org/tlog-proof@v1",
        "extra d2h5",
        "index 3",
        base64.b64encode(bytes(32)).decode(),
    ]
    assert rest == signed().format()
    assert notes.format_proof(index=0, proof=[], checkpoint="x").split("\n") == [
        "c2sp.org/tlog-proof@v1",
        "index 0",
        "",
        "x",
    ]
