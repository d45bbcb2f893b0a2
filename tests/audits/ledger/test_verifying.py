"""A copy of the log and what an outsider finds in it: all well where it is, and each way in which it was touched."""

import base64
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import transaction

from audits.ledger import sequencer, services, tree, verifying
from audits.ledger.keys import list_verifiers
from audits.ledger.models import LogPlace
from audits.ledger.notes import Checkpoint, format_proof, sign_checkpoint
from audits.ledger.store import find_inclusion
from audits.ledger.verifying import Growing, Report, verify_folder
from tests.audits.ledger.test_append import OPEN
from tests.audits.ledger.test_tree import MANY

pytestmark = pytest.mark.usefixtures("committed_db")

SIZE = 12


@pytest.fixture
def copy(committed_db, tmp_path) -> Path:
    """An exported log of twelve entries under three checkpoints, with what the entries say."""
    for _ in range(3):
        with transaction.atomic():
            for _ in range(SIZE // 3):
                services.append(OPEN, by="user:1")
        sequencer.sequence()
    call_command("ledger", "export", str(tmp_path / "copy"), "--with-payloads", verbosity=0)
    return tmp_path / "copy"


def look(copy: Path, **more) -> Report:
    return verify_folder(copy, trusted=list_verifiers(), **more)


def entries(copy: Path) -> list[dict]:
    return [json.loads(line) for line in (copy / "entries.ndjson").read_text().splitlines()]


def write(copy: Path, told: list[dict]) -> None:
    (copy / "entries.ndjson").write_text("".join(f"{json.dumps(each)}\n" for each in told))


def a_receipt(copy: Path, number: int) -> Path:
    """The receipt of an entry as its page gives it."""
    place = LogPlace.objects.select_related("entry").get(number=number)
    found = find_inclusion(place.entry_id)
    extra = json.dumps({"leaf": bytes(place.entry.leaf).decode(), "receipt": {}}).encode()
    path = copy.parent / f"{number}.tlog-proof"
    path.write_text(
        format_proof(index=found.index, proof=found.proof, checkpoint=found.checkpoint, extra=extra)
    )
    return path


def test_an_untouched_copy_holds(copy):
    """Issue 13, 5: every leaf, every checkpoint, every payload and the receipts handed in."""
    report = look(copy, receipts=[a_receipt(copy, 3)], known=[(copy / "checkpoint").read_text()])
    assert report.faults == []
    assert (report.entries, report.payloads, report.checkpoints, report.receipts) == (SIZE, SIZE, 3, 1)
    assert "The log holds." in "\n".join(report.lines())
    hashes = b"".join(tree.leaf_hash(each["leaf"].encode()) for each in entries(copy))
    assert (copy / "tile/0/000.p/12").read_bytes() == hashes


def exchanged(copy: Path) -> None:
    told = entries(copy)
    told[2]["leaf"], told[3]["leaf"] = told[3]["leaf"], told[2]["leaf"]
    write(copy, told)


def edited(copy: Path) -> None:
    told = entries(copy)
    told[5]["leaf"] = told[5]["leaf"].replace("people.", "persons.")
    write(copy, told)


def left_out(copy: Path) -> None:
    told = entries(copy)
    del told[4]
    write(copy, [{**each, "index": number} for number, each in enumerate(told)])


def with_a_gap(copy: Path) -> None:
    told = entries(copy)
    write(copy, told[:4] + told[5:])


def put_in(copy: Path) -> None:
    told = entries(copy)
    told.insert(4, {**told[4], "leaf": told[4]["leaf"].replace('"v":1', '"v":2')})
    write(copy, [{**each, "index": number} for number, each in enumerate(told)])


def doubled(copy: Path) -> None:
    told = entries(copy)
    write(copy, [*told, {**told[-1], "index": SIZE}])


def cut_short(copy: Path) -> None:
    write(copy, entries(copy)[:-1])


def said_otherwise(copy: Path) -> None:
    told = entries(copy)
    told[1]["payload"] = base64.b64encode(b'{"by":"user:2"}').decode()
    write(copy, told)


def with_a_stolen_key(copy: Path) -> None:
    """The past rewritten and signed with some other key."""
    edited(copy)
    hashes = [tree.leaf_hash(each["leaf"].encode()) for each in entries(copy)]
    checkpoint = Checkpoint(list_verifiers()[0].name, SIZE, tree.root(hashes))
    note = sign_checkpoint(checkpoint, Ed25519PrivateKey.generate()).format()
    (copy / "checkpoints.ndjson").write_text(json.dumps({"note": note}) + "\n")


def without_signatures(copy: Path) -> None:
    (copy / "checkpoints.ndjson").write_text("")


def with_an_older_head(copy: Path) -> None:
    lines = (copy / "checkpoints.ndjson").read_text().splitlines()
    (copy / "checkpoints.ndjson").write_text("\n".join([*lines, lines[0]]) + "\n")


@pytest.mark.parametrize(
    ("touch", "said"),
    [
        (exchanged, "not of these"),
        (edited, "not of these 8 entries"),
        (left_out, "the copy has 11"),
        (with_a_gap, "one is missing, or doubled"),
        (put_in, "not of these"),
        (doubled, "is entry 11 again"),
        (cut_short, "is of 12 entries, and the copy has 11"),
        (said_otherwise, "Entry 1 says something else"),
        (with_a_stolen_key, "Nobody whom you trust"),
        (without_signatures, "no checkpoint that holds"),
        (with_an_older_head, "no more entries than the one before"),
    ],
)
def test_a_touched_copy_does_not(copy, touch, said):
    """Issue 13, faults: edited, deleted, inserted, reordered, re-signed, rolled back: each is found and named."""
    touch(copy)
    report = look(copy)
    assert not report.holds and said in "\n".join(report.faults), report.faults


def test_an_older_copy_does_not_continue_a_checkpoint_that_somebody_kept(copy):
    """Issue 13, faults: a database restored from a backup, against the checkpoint of whoever kept one."""
    kept = (copy / "checkpoint").read_text()
    lines = (copy / "checkpoints.ndjson").read_text().splitlines()
    (copy / "checkpoints.ndjson").write_text("\n".join(lines[:2]) + "\n")
    write(copy, entries(copy)[:8])
    assert look(copy).holds, "by itself an older copy looks well"
    assert "Kept checkpoint 1 is of 12 entries, and the copy has 8." in look(copy, known=[kept]).faults


def test_a_receipt_of_another_log_is_found(copy):
    """Issue 13, faults: the entry of a receipt that is out cannot be left out unseen."""
    receipt = a_receipt(copy, 11)
    told = entries(copy)
    told[11]["leaf"] = told[11]["leaf"].replace("people.", "persons.")
    write(copy, told)
    assert any(
        "does not stand in this copy at place 11" in fault for fault in look(copy, receipts=[receipt]).faults
    )
    receipt.write_text(receipt.read_text().replace("index 11", "index 10"))
    assert any(fault.startswith("Receipt 11.tlog-proof") for fault in look(copy, receipts=[receipt]).faults)
    receipt.write_text("something else")
    assert any("no proof of the log" in fault for fault in look(copy, receipts=[receipt]).faults)


def test_times_that_cannot_be_are_found(copy):
    """Issue 13, 5: times outside their bounds."""
    early = datetime.now(UTC) - timedelta(days=400)
    assert any("yet to come" in fault for fault in look(copy, now=early).faults)


def test_a_copy_without_what_entries_say_holds_as_well(copy, tmp_path):
    call_command("ledger", "export", str(tmp_path / "bare"), verbosity=0)
    report = look(tmp_path / "bare")
    assert report.holds and report.payloads == 0
    assert "user:1" not in (tmp_path / "bare/entries.ndjson").read_text()


def test_a_folder_that_is_not_empty_is_not_written_over(copy):
    with pytest.raises(CommandError, match="not empty"):
        call_command("ledger", "export", str(copy), verbosity=0)


def test_the_command_runs_where_nothing_of_ours_is_set_up(copy):
    """Issue 13, 5: one that needs only `cryptography`; 0, 1 and 2 as its exit codes."""
    key = list_verifiers()[-1].format()
    code = "import sys; sys.modules.update(django=None); from audits.ledger import verifying; sys.exit(verifying.main())"

    def run(*arguments):
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin"})

    held = run(str(copy), "--key", key)
    assert held.returncode == 0 and "The log holds." in held.stdout, held.stderr
    assert "shows that the copy fits together, not whose it is" in run(str(copy)).stdout
    edited(copy)
    assert run(str(copy), "--key", key).returncode == 1
    assert run(str(copy / "nowhere"), "--key", key).returncode == 2


def test_a_root_that_grows_is_the_root():
    growing = Growing()
    for size, leaf in enumerate(MANY[:300]):
        assert growing.root() == tree.root(MANY[:size])
        growing.add(leaf)
    assert verifying.Report().holds
