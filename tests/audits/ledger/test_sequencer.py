"""The sequencer: places without gaps, tiles and roots as the specification says, signatures only of what stands."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from audits.ledger import notes, sequencer, services, store, tree
from audits.ledger.keys import list_verifiers
from audits.ledger.models import Entry, FullTile, LogPlace, Outbox, SignedCheckpoint
from audits.ledger.sequencer import LogBroken
from audits.ledger.tiles import Tile, list_tiles, unpack_entries
from ground import clock
from ground.errors import Conflict
from tests.audits.ledger.test_append import OPEN, append
from tests.databases import runtime_url
from tests.factories import as_owner

pytestmark = pytest.mark.usefixtures("committed_db")


def leaves() -> list[bytes]:
    """The leaf hashes in the order of their places."""
    return [bytes(each) for each in LogPlace.objects.values_list("entry__leaf_hash", flat=True)]


def check_signed() -> notes.Checkpoint:
    """The newest checkpoint, verified as an outsider would with all leaves."""
    note = notes.parse_note(SignedCheckpoint.objects.latest("size").note)
    notes.verify_note(note, list_verifiers())
    checkpoint = notes.parse_checkpoint(note)
    assert checkpoint.root == tree.root(leaves()[: checkpoint.size])
    return checkpoint


def fill(count: int) -> None:
    """So many entries that wait, written as `append` writes them but all at once."""
    with transaction.atomic():
        for _ in range(count):
            services.append(OPEN, by="user:1")


def test_what_waits_gets_its_place_and_a_signature():
    """Issue 13, 2: the outbox is emptied in its order, and the state is signed after commit."""
    entries = [append() for _ in range(3)]
    assert sequencer.sequence() == (3, 3)
    placed = dict(LogPlace.objects.values_list("entry", "number"))
    assert placed == {entry.pk: number for number, entry in enumerate(entries)}
    assert not Outbox.objects.exists()
    assert check_signed().size == 3


def test_nothing_new_signs_nothing():
    append()
    sequencer.sequence()
    assert sequencer.sequence() == (0, 1) and SignedCheckpoint.objects.count() == 1


def test_tiles_and_roots_are_those_of_the_specification(monkeypatch):
    """C2SP tlog-tiles, over the edge of several tiles, in batches that do not fit them."""
    monkeypatch.setattr(sequencer, "BATCH", 100)
    for count in (255, 1, 1, 300, 256):
        fill(count)
        while sequencer.place_batch(100):
            pass
        sequencer.sign_state()
        check_signed()
    size, hashes = store.count_places(), leaves()
    assert size == 813 and FullTile.objects.filter(level=0).count() == 3
    for tile in list_tiles(size):
        span = 256**tile.level
        firsts = [(tile.number * 256 + place) * span for place in range(tile.width)]
        assert store.read_tile(*tile) == b"".join(tree.root(hashes[first : first + span]) for first in firsts)


def test_upper_tiles_come_whole(monkeypatch):
    """A level of tiles above the first, with a width that a test can fill."""
    size = 256 * 256 * 2 + 300
    rows = [number.to_bytes(32, "big") for number in range(size)]
    tops: dict[int, list[bytes]] = {0: rows, 1: [], 2: []}
    monkeypatch.setattr(store, "list_hashes", lambda level, first, end: tops[level][first:end])
    made = []
    for old, new in ((0, 100), (100, 70_000), (70_000, 131_000), (131_000, size)):
        fresh = list(sequencer._completed(old, rows[old:new]))
        for tile in fresh:
            tops[tile.level + 1].append(bytes(tile.top))
        made += fresh
    assert [tile.number for tile in made if tile.level == 0] == list(range(513))
    upper = [tile for tile in made if tile.level == 1]
    assert [tile.number for tile in upper] == [0, 1]
    assert upper[1].top == tree.root(rows[65_536:131_072]) and upper[1].hashes == b"".join(tops[1][256:512])


def test_a_place_is_that_of_an_entry_and_keeps_it():
    """Issue 13: what a foreign key would keep is looked at once a statement, whoever writes."""
    entry = Entry(kind="x", leaf=b"said", leaf_hash=tree.leaf_hash(b"said"))
    entry.save(force_insert=True)
    Outbox.objects.create(entry=entry)
    sequencer.sequence()
    with pytest.raises(IntegrityError, match="place of the log is that of an entry"), transaction.atomic():
        LogPlace.objects.bulk_create([LogPlace(number=1, entry_id=uuid4())])
    for change in ("DELETE FROM ledger_entry", "UPDATE ledger_entry SET id = gen_random_uuid()"):
        with pytest.raises(IntegrityError, match="stays while it has its place"), transaction.atomic():
            as_owner(f"{change} WHERE id = '{entry.pk}'")
            connection.check_constraints()


def test_a_low_id_that_commits_late_is_placed_after_what_came_before():
    """Issue 13, faults: nothing is lost though ids and times do not come in the order of commits."""
    late = Entry(
        kind="x", at=clock.now() - timedelta(hours=1), leaf=b"late", leaf_hash=tree.leaf_hash(b"late")
    )
    append()
    sequencer.sequence()
    late.save(force_insert=True)
    Outbox.objects.create(entry=late, queued_at=late.at)
    assert sequencer.sequence() == (1, 2)
    assert LogPlace.objects.get(entry=late).number == 1 and check_signed().size == 2


@pytest.mark.parametrize("step", ["between", "before_signing", "while_signing"])
def test_a_stop_between_two_steps_loses_nothing(step, monkeypatch):
    """Issue 13, 2: killed at any instant it continues with nothing lost, doubled or reordered."""
    entries = [append() for _ in range(5)]
    if step == "between":
        sequencer.place_batch(2)
    elif step == "before_signing":
        sequencer.place_batch()
    else:
        monkeypatch.setattr(SignedCheckpoint.objects, "create", _killed)
        with pytest.raises(KeyboardInterrupt):
            sequencer.sequence()
        monkeypatch.undo()
    sequencer.sequence()
    assert [place.entry_id for place in LogPlace.objects.all()] == [entry.pk for entry in entries]
    assert check_signed().size == 5 and not Outbox.objects.exists()


def _killed(**_):
    raise KeyboardInterrupt


def test_a_second_sequencer_says_so(sequencing):
    """Issue 13, 2: two at once are fenced."""
    append()
    with sequencer.the_only_one():
        second = sequencing("--once")
        said = second.communicate()[1]
    assert second.returncode == 1 and "Another sequencer is at work" in said
    assert Outbox.objects.count() == 1


@pytest.fixture
def sequencing(server, committed_db):
    """Start the sequencer's process on the test's database."""
    database = {"DATABASE_URL": runtime_url(server, committed_db), "DJANGO_SETTINGS_MODULE": "tests.settings"}

    def start(*options):
        command = [sys.executable, "manage.py", "ledger", "sequence", *options]
        process = subprocess.Popen(command, env={**os.environ, **database}, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    started: list[subprocess.Popen[str]] = []
    yield start
    for process in started:
        with process:
            process.kill()


def test_one_that_lost_its_lock_finds_its_places_taken():
    """A sequencer that counts from an old head commits nothing, by the database."""
    append()
    entry = append()
    sequencer.place_batch()
    for number in (0, 1, 3):
        with pytest.raises(IntegrityError), transaction.atomic():
            LogPlace.objects.create(number=number, entry=entry)
    assert store.count_places() == 2


@pytest.mark.parametrize(
    ("before", "numbers", "is_taken"),
    [(2, (2, 3, 4), True), (2, (4, 2, 3), True), (0, (0, 1), True), (2, (2, 4), False), (2, (3, 4), False), (0, (1, 2), False),
     (2, (2, 2), False), (2, (1, 2), False)],
)  # fmt: skip
def test_places_are_taken_in_turn_many_at_a_time(before, numbers, is_taken):
    """One statement takes thousands of places: those that follow the last, without a gap, in whatever order it names them."""
    fill(before)
    sequencer.place_batch()
    places = [LogPlace(number=number, entry=append()) for number in numbers]
    if is_taken:
        LogPlace.objects.bulk_create(places)
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            LogPlace.objects.bulk_create(places)
    assert store.count_places() == before + (len(numbers) if is_taken else 0)


def test_a_place_that_somebody_emptied_is_not_filled_again():
    """A hole is found by whoever reads the log; nothing else is put there."""
    fill(3)
    sequencer.place_batch()
    as_owner("DELETE FROM ledger_logplace WHERE number = 1")
    with pytest.raises(IntegrityError, match="in turn"), transaction.atomic():
        LogPlace.objects.create(number=1, entry=append())


def test_a_forged_leaf_is_not_signed():
    """Nothing is signed that was not read back and found right."""
    append()
    sequencer.place_batch()
    as_owner("UPDATE ledger_entry SET leaf = 'forged'")
    with pytest.raises(LogBroken, match="Entry 0"):
        sequencer.sign_state()
    assert not SignedCheckpoint.objects.exists()


def test_what_was_signed_must_still_stand():
    """A past that was rewritten with all its hashes is not signed on."""
    append()
    sequencer.sequence()
    forged = tree.leaf_hash(b"forged").hex()
    as_owner(f"UPDATE ledger_entry SET leaf = 'forged', leaf_hash = decode('{forged}', 'hex')")
    append()
    with pytest.raises(LogBroken, match="not those that were signed"):
        sequencer.sequence()
    assert SignedCheckpoint.objects.count() == 1


def test_an_entry_leaves_the_queue_only_for_its_place():
    """Issue 13, faults: whoever serves requests cannot take an entry out of the queue before it is in the tree."""
    append()
    with pytest.raises(IntegrityError), transaction.atomic():
        Outbox.objects.all().delete()
    sequencer.place_batch(1)
    append()
    LogPlace.objects.create(number=1, entry=append())  # one of the two that wait has a place
    with pytest.raises(IntegrityError, match="for its place"), transaction.atomic():
        Outbox.objects.all().delete()
    Outbox.objects.filter(entry__place__number=1).delete()
    sequencer.sequence()
    for statement in (
        "DELETE FROM ledger_logplace",
        "UPDATE ledger_logplace SET number = 7",
        "DELETE FROM ledger_signedcheckpoint",
        "UPDATE ledger_signedcheckpoint SET note = ''",
        "DELETE FROM ledger_fulltile",
        "TRUNCATE ledger_outbox",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


def test_a_checkpoint_is_of_more_than_the_one_before_and_of_no_more_than_stands():
    append()
    sequencer.sequence()
    for size in (1, 2):
        with pytest.raises(IntegrityError), transaction.atomic():
            SignedCheckpoint.objects.create(size=size, root=bytes(32), note="")


def test_a_proof_comes_out_of_the_database():
    """Issue 13, 4: index, proof and checkpoint, once the entry is under a signature."""
    entry = append()
    assert store.find_inclusion(entry.pk) is None
    fill(300)
    sequencer.sequence()
    found = store.find_inclusion(entry.pk)
    checkpoint = notes.parse_checkpoint(notes.parse_note(found.checkpoint))
    tree.verify_inclusion(bytes(entry.leaf_hash), found.index, found.size, found.proof, checkpoint.root)
    assert (found.index, found.size) == (0, 301)
    before = tree.root(leaves()[:100])
    tree.verify_consistency(100, 301, store.find_consistency(100, 301), before, checkpoint.root)


def test_a_proof_costs_two_statements(django_assert_num_queries):
    """Issue 13, Measured: where it stands, and all the tiles of its path at once, whichever entry is asked for."""
    fill(300)
    sequencer.sequence()
    for entry in (LogPlace.objects.get(number=number).entry_id for number in (0, 299)):
        with django_assert_num_queries(2):
            assert store.find_inclusion(entry)


def test_a_proof_is_of_the_state_that_is_newest():
    """What is kept of one signed state is used under no other."""
    entries = [append() for _ in range(3)]
    for _ in range(3):
        sequencer.sequence()
        state = check_signed()
        for entry in entries:
            found = store.find_inclusion(entry.pk)
            tree.verify_inclusion(bytes(entry.leaf_hash), found.index, state.size, found.proof, state.root)
        fill(130)


def test_writers_and_the_sequencer_at_once_lose_nothing():
    """Entries that are written while others are placed: each gets one place, none is left."""

    def write():
        for _ in range(40):
            append()
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        sequencer.sequence()
    sequencer.sequence()
    assert LogPlace.objects.count() == Entry.objects.count() == 160
    assert check_signed().size == 160


def test_the_process_is_killed_and_goes_on(sequencing):
    """Issue 13, faults: kill -9 of the sequencer at work, then a new one."""
    fill(600)
    running = sequencing()
    _wait_for(LogPlace.objects.exists)
    running.kill()
    running.wait()
    fill(10)
    running = sequencing()
    _wait_for(lambda: SignedCheckpoint.objects.filter(size=610).exists())
    running.send_signal(signal.SIGTERM)
    assert running.wait(20) == 0
    assert check_signed().size == 610


def test_a_second_process_stands_by_until_the_first_is_gone(sequencing):
    """Issue 13, 2: fenced, and nothing waits for somebody to start it again."""
    first = sequencing()
    append()
    _wait_for(LogPlace.objects.exists)
    second = sequencing()
    time.sleep(1)
    assert second.poll() is None
    first.kill()
    append()
    _wait_for(lambda: SignedCheckpoint.objects.filter(size=2).exists())


def _wait_for(is_so) -> None:
    ends = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_the_log_is_late_when_an_entry_waits_longer_than_promised(settings):
    """Issue 13, 2: /readyz fails when entries wait longer than the promise."""
    append()
    assert not store.is_late()
    settings.LEDGER_PROMISE_SECONDS = -1.0
    assert store.is_late()
    sequencer.sequence()
    assert not store.is_late()


def test_the_log_is_served_as_its_specification_says(client, settings):
    """Issue 13, 3: checkpoint, tiles and entries, cacheable, and nothing beyond what is signed."""
    assert client.get("/log/checkpoint").status_code == 404
    fill(3)
    sequencer.sequence()
    append()
    sequencer.place_batch()
    served = client.get("/log/checkpoint")
    assert (
        served["Content-Type"] == "text/plain; charset=utf-8"
        and served["Cache-Control"] == "public, max-age=1"
    )
    checkpoint = notes.parse_checkpoint(notes.parse_note(served.content.decode()))
    tile = client.get(f"/log/tile/{Tile(0, 0, 3).path()}")
    assert tile.content == b"".join(leaves()[:3]) and "immutable" in tile["Cache-Control"]
    assert tree.root(leaves()[:3]) == checkpoint.root
    for beyond in ("0/000.p/4", "0/000", "1/000.p/1", "0/0", "entries/000.p/3", "../checkpoint"):
        assert client.get(f"/log/tile/{beyond}").status_code == 404, beyond
    assert client.post("/log/checkpoint").status_code == 405
    settings.LEDGER_ENTRIES_PUBLIC = True
    entries = list(unpack_entries(client.get("/log/tile/entries/000.p/3").content))
    assert [tree.leaf_hash(entry) for entry in entries] == leaves()[:3]


def test_a_second_lock_in_the_same_process_is_refused_elsewhere():
    """The lock is the session's: another session does not get it, and gets it when the first is done."""
    said = []

    def other():
        try:
            with sequencer.the_only_one():
                said.append("got it")
        except Conflict as error:
            said.append(error.code)
        connection.close()

    for hold in (True, False):
        if hold:
            with sequencer.the_only_one():
                _in_thread(other)
        else:
            _in_thread(other)
    assert said == ["sequencer_runs", "got it"]


def _in_thread(act) -> None:
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()
