"""What an outsider finds in a copy of the log: all well where it is, and each way in which it was touched."""

import base64
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import charter_verify
import pytest
from charter_verify import Report, Wrong, parse_key, parse_policy, verify
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audits.ledger import tiles, tree
from tests.audits.ledger.test_tree import MANY
from tests.verifier.made_logs import (
    BEGUN,
    KEY,
    NO_POLICIES,
    POLICY,
    WITNESS,
    WITNESS_NAME,
    MadeLog,
    vkey,
    witness_vkey,
)

SIZE = 12
NOW = datetime(2026, 7, 2, tzinfo=UTC)
NEW_KEY = Ed25519PrivateKey.from_private_bytes(b"n" * 32)
SEEN = {WITNESS_NAME: WITNESS}


@pytest.fixture
def log() -> MadeLog:
    """Twelve entries under three checkpoints."""
    made = MadeLog()
    for _ in range(3):
        made.append(SIZE // 3).sign()
    return made


@pytest.fixture
def copy(log, tmp_path) -> Path:
    return log.write(tmp_path / "copy")


def look(copy: Path | None, receipts=(), keys=(), **more) -> Report:
    more.setdefault("now", NOW)
    return verify(copy, receipts, trusted=[parse_key(each) for each in keys or [vkey()]], **more)


def entries(copy: Path) -> list[dict]:
    return [json.loads(line) for line in (copy / "entries.ndjson").read_text().splitlines()]


def write(copy: Path, told: list[dict]) -> None:
    (copy / "entries.ndjson").write_text("".join(f"{json.dumps(each)}\n" for each in told))


# Its own hashing is held against the product's


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 255, 256, 257, 300])
def test_its_root_is_the_products(size):
    """Issue 13, 5: a second implementation, which must not drift from the first."""
    assert charter_verify.root(MANY[:size]) == tree.root(MANY[:size])


@given(st.data())
def test_its_proofs_are_the_products(data):
    size = data.draw(st.integers(1, 300))
    index = data.draw(st.integers(0, size - 1))
    proof, root = tree.inclusion_proof(MANY, index, size), tree.root(MANY[:size])
    charter_verify.check_inclusion(MANY[index], index, size, proof, root)
    for leaf, place, path in (
        (MANY[index], index + 1, proof),
        (MANY[index], index, [*proof, bytes(32)]),
        (bytes(32), index, proof),
    ):
        with pytest.raises(Wrong):
            charter_verify.check_inclusion(leaf, place, size, path, root)


@given(st.integers(0, 10**9), st.integers(1, 256), st.sampled_from(["0", "3", "entries"]))
def test_its_tiles_lie_where_the_products_do(number, width, level):
    tile = tiles.Tile(None if level == "entries" else int(level), number, width)
    assert charter_verify.tile_path(level, number, width) == tile.path()


# A copy of the log


def test_an_untouched_copy_holds(log, copy):
    """Issue 13, 5: every leaf, every checkpoint, every payload and the receipts handed in."""
    report = look(copy, [log.receipt(copy.parent, 3)], known=[log.states[1]])
    assert report.faults == []
    assert (report.entries, report.payloads, report.checkpoints, report.receipts) == (SIZE, SIZE, 3, 1)
    assert "All of this holds." in "\n".join(report.lines())


def test_a_copy_of_many_tiles_holds_in_each_form(tmp_path, monkeypatch):
    """Chunks, tiles of two levels and states within them; lines and tiles alike."""
    monkeypatch.setattr(charter_verify, "CHUNK", 512)
    log = MadeLog()
    for count in (100, 156, 256, 3, 500):
        log.append(count).sign()
    for form in ("export", "mirror"):
        report = look(log.write(tmp_path / form, form=form), [log.receipt(tmp_path, 700)])
        assert report.faults == [] and report.entries == 1015
        assert report.payloads == (1015 if form == "export" else 0)
    hashes_only = tmp_path / "mirror"
    for path in sorted((hashes_only / "tile/entries").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (hashes_only / "tile/entries").rmdir()
    assert look(hashes_only).holds


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


def with_a_hole(copy: Path) -> None:
    told = entries(copy)
    del told[6]["payload"], told[6]["key"]
    write(copy, told)


def no_line(copy: Path) -> None:
    (copy / "entries.ndjson").write_text("something else\n" * SIZE)


def with_another_tile(copy: Path) -> None:
    path = copy / "tile/0/000.p/12"
    path.write_bytes(path.read_bytes()[::-1])


def without_tiles(copy: Path) -> None:
    (copy / "tile/0/000.p/12").unlink()


def with_some_key(copy: Path) -> None:
    """The past rewritten and signed with some other key."""
    forged = MadeLog().append(SIZE, changed=True)
    forged.sign(Ed25519PrivateKey.generate())
    forged.write(copy)


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
        (doubled, "Entry 12 is entry 11 again"),
        (cut_short, "is of 12 entries, and the copy has 11"),
        (said_otherwise, "Entry 1 says something else"),
        (with_a_hole, "What entry 6 says is missing, and no entry tells that it was erased"),
        (no_line, "cannot be read"),
        (with_another_tile, "The tile 0/000.p/12 is not of these entries"),
        (without_tiles, "The tile 0/000.p/12 is missing"),
        (with_some_key, "Nobody whom you trust"),
        (without_signatures, "no checkpoint that holds"),
        (with_an_older_head, "no more entries than the one before"),
    ],
)
def test_a_touched_copy_does_not(copy, touch, said):
    """Issue 13, faults: edited, deleted, inserted, reordered, re-signed, rolled back: each is found and named."""
    touch(copy)
    report = look(copy)
    assert not report.holds and said in "\n".join(report.faults), report.faults


def test_an_older_copy_does_not_continue_a_checkpoint_that_somebody_kept(log, tmp_path):
    """Issue 13, faults: a database restored from a backup, against the checkpoint of whoever kept one."""
    kept = log.states.pop()
    older = log.write(tmp_path / "older")
    assert look(older).holds, "by itself an older copy looks well"
    assert "Kept checkpoint 1 is of 12 entries, and the copy has 8." in look(older, known=[kept]).faults


def test_another_past_does_not_continue_it_either(log, tmp_path):
    """Issue 13, faults: a DBA with the log's own key writes another past; whoever kept a checkpoint sees it."""
    forged = MadeLog().append(SIZE, changed=True)
    forged.sign()
    copy = forged.write(tmp_path / "forged")
    assert look(copy).holds
    assert any(
        "Kept checkpoint 1 is not of these 12" in fault for fault in look(copy, known=[log.states[-1]]).faults
    )


def test_a_lawful_erasure_is_no_hole(tmp_path):
    """Issue 13, 7: what an entry said is gone, and another entry tells so; the tree is the same."""
    log = MadeLog().append(4)
    before = log.sign()
    log.erase(2)
    log.sign()
    report = look(log.write(tmp_path / "copy"), known=[before])
    assert report.faults == [] and (report.payloads, report.erased) == (4, 1)
    log.entries[2].payload = b'{"by": "user:1"}'
    assert any(
        "erased, says entry 4, and is still there" in fault
        for fault in look(log.write(tmp_path / "copy")).faults
    )


def test_an_erasure_of_nothing_is_told(tmp_path):
    log = MadeLog().append(2).append(kind="ledger.payload.erased", entry="nobody")
    log.sign()
    assert any("an entry that is not there" in fault for fault in look(log.write(tmp_path / "copy")).faults)


def test_a_copy_without_what_entries_say_holds_as_well(log, tmp_path):
    report = look(log.write(tmp_path / "bare", payloads=False))
    assert report.holds and report.payloads == 0 and any("not looked for" in each for each in report.remarks)


def test_times_that_cannot_be_are_found(copy):
    """Issue 13, 5: times outside their bounds."""
    early = BEGUN - timedelta(days=400)
    assert any("yet to come" in fault for fault in look(copy, now=early).faults)


def test_a_clock_that_went_back_an_hour_is_told_and_no_fault(tmp_path, monkeypatch):
    """Issue 13, faults: a clock an hour back."""
    log = MadeLog().append(5)
    monkeypatch.setattr("tests.verifier.made_logs.BEGUN", BEGUN - timedelta(hours=1))
    log.append(5).sign(at=int(NOW.timestamp()))
    report = look(log.write(tmp_path / "copy"))
    assert report.holds and any("Times go back by up to" in each for each in report.remarks)


# Keys that took each other's place


def test_both_keys_of_a_rotation_hold(log, tmp_path):
    """Issue 13, 1: rotation; older states by the older key, newer ones by the newer."""
    log.append().sign(NEW_KEY)
    assert look(log.write(tmp_path / "copy"), keys=(vkey(), vkey(NEW_KEY))).holds


def test_a_stolen_old_key_signs_nothing_any_more(log, tmp_path):
    """Issue 13, faults: a DBA who re-signs with a stolen old key, after the new one, or all of it."""
    keys = (vkey(), vkey(NEW_KEY))
    log.append().sign(NEW_KEY)
    log.append().sign(KEY)
    assert any(
        "another had taken the place of" in fault
        for fault in look(log.write(tmp_path / "one"), keys=keys).faults
    )
    forged = MadeLog().append(SIZE, changed=True)
    forged.sign()
    assert any(
        "an older one alone" in fault for fault in look(forged.write(tmp_path / "all"), keys=keys).faults
    )


# Witnesses


def test_a_checkpoint_below_the_policy_is_refused(log, tmp_path):
    """Issue 13, 6: verification refuses a checkpoint that lacks what the policy asks for."""
    policy = parse_policy(POLICY)
    report = look(log.write(tmp_path / "none"), policy=policy)
    assert report.faults == ["No checkpoint has the cosignatures that the policy asks for."]
    log.append().sign(witnesses=SEEN)
    report = look(log.write(tmp_path / "since"), policy=policy)
    assert report.holds and report.witnessed == 1 and "first 3 checkpoints" in report.remarks[0]
    log.append().sign()
    assert "Checkpoint 4 lacks cosignatures" in look(log.write(tmp_path / "lost"), policy=policy).faults[0]


def test_a_witness_bounds_the_time_of_what_it_saw(log, tmp_path):
    """Issue 13, 5: nothing is written after the moment at which somebody else saw it."""
    log.append().sign(witnesses=SEEN, at=int((BEGUN - timedelta(hours=1)).timestamp()))
    policy = parse_policy(POLICY)
    assert any(
        "cosigned before its newest entry" in fault
        for fault in look(log.write(tmp_path / "late"), policy=policy).faults
    )
    log.append().sign(witnesses=SEEN, at=int((NOW + timedelta(days=9)).timestamp()))
    assert any(
        "at a time to come" in fault for fault in look(log.write(tmp_path / "soon"), policy=policy).faults
    )


@pytest.mark.parametrize(
    ("signers", "met"),
    [
        (set(), False),
        ({"a"}, False),
        ({"b", "c"}, False),
        ({"a", "b"}, True),
        ({"a", "c"}, True),
        ({"a", "b", "c"}, True),
    ],
)
def test_a_quorum_is_counted_by_groups(signers, met):
    """C2SP tlog-policy: one that must be there, and one of two others."""
    keys = {name: Ed25519PrivateKey.from_private_bytes(name.encode() * 32) for name in "abc"}
    lines = [f"witness {name} {witness_vkey(key, f'w.example/{name}')}" for name, key in keys.items()]
    policy = parse_policy(
        "\n".join(["# who", "", *lines, "group others any b c", " group both all\ta others ", "quorum both"])
    )
    assert policy.is_met([policy.witnesses[name] for name in signers]) is met


@pytest.mark.parametrize("text", NO_POLICIES)
def test_what_is_no_policy(text):
    with pytest.raises(Wrong):
        parse_policy(text)


# Receipts


def test_a_receipt_holds_by_itself(log, tmp_path):
    """Issue 13, 4: one file, verified offline."""
    receipt = log.receipt(tmp_path, 5)
    assert look(None, [receipt]).holds
    assert "lacks cosignatures" in look(None, [receipt], policy=parse_policy(POLICY)).faults[0]
    former = look(None, [receipt], keys=(vkey(), vkey(NEW_KEY)))
    assert former.holds and "a former key" in former.remarks[0]
    assert "Nobody whom you trust" in look(None, [receipt], keys=(vkey(NEW_KEY),)).faults[0]


def test_the_entry_of_a_receipt_cannot_be_left_out_unseen(log, copy):
    """Issue 13, faults: the outbox row of an entry whose receipt is out was dropped, or its entry changed."""
    receipt = log.receipt(copy.parent, 11)
    told = entries(copy)
    told[11]["leaf"] = told[11]["leaf"].replace("people.", "persons.")
    write(copy, told)
    assert any("does not stand in this copy at place 11" in fault for fault in look(copy, [receipt]).faults)
    receipt.write_text(receipt.read_text().replace("index 11", "index 10"))
    assert any(fault.startswith("Receipt 11.tlog-proof") for fault in look(copy, [receipt]).faults)
    for text in ("something else", "c2sp.org/tlog-proof@v1\nindex 1\n\n", "{}", '{"leaf": 1, "receipt": {}}'):
        receipt.write_text(text)
        assert [fault[:11] for fault in look(copy, [receipt]).faults if fault.startswith("Rec")] == [
            "Receipt 11."
        ], text


def test_a_promise_that_was_not_kept_is_shown(log, tmp_path):
    """Issue 13, faults: a receipt without a proof, whose entry never came."""
    other = MadeLog().append(SIZE + 1)
    promise = tmp_path / "promise.json"
    promise.write_text(json.dumps({"leaf": other.entries[-1].leaf.decode(), "index": None, "receipt": None}))
    report = look(log.write(tmp_path / "copy"), [promise])
    assert report.holds and any("may be older" in each for each in report.remarks)
    promise.write_text(promise.read_text().replace("2026-07-01", "2026-06-01"))
    assert any("was promised on 2026-06-01" in fault for fault in look(tmp_path / "copy", [promise]).faults)


def test_the_command_runs_where_nothing_of_ours_is_set_up(copy, log):
    """Issue 13, 5: one file that needs only `cryptography`; 0, 1 and 2 as its exit codes."""

    def run(*arguments):
        command = [sys.executable, "-I", charter_verify.__file__, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin"})

    held = run(copy, "--key", vkey())
    assert held.returncode == 0 and "All of this holds." in held.stdout, held.stderr
    assert "shows that the copy fits together, not whose it is" in run(copy).stdout
    edited(copy)
    told = run(copy, log.receipt(copy.parent, 1), "--key", vkey(), "--json")
    assert told.returncode == 1 and json.loads(told.stdout)["holds"] is False
    assert run(copy / "nowhere", "--key", vkey()).returncode == 2


def test_it_imports_nothing_of_ours_and_nothing_but_cryptography():
    """Issue 13, 5: a file that is taken along."""
    code = Path(charter_verify.__file__).read_text()
    imported = {
        line.split()[1].split(".")[0] for line in code.splitlines() if line.startswith(("import ", "from "))
    }
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}
