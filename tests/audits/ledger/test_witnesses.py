"""What the sequencer does with witnesses: asks them before it publishes, waits for them, and heeds one that refuses."""

import pytest

from audits.ledger import notes, sequencer, store, witnesses
from audits.ledger.keys import list_verifiers
from audits.ledger.models import LogPlace, Outbox, SignedCheckpoint, WitnessState
from audits.ledger.witness import Witness, make_witness
from audits.ledger.witnesses import NotWitnessed
from governance.config import health
from ground.errors import Conflict
from tests.audits.ledger.servers import witness_at_work
from tests.audits.ledger.test_append import append
from tests.factories import as_owner

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def council(tmp_path, settings):
    """A witness for this installation's log, not at work yet."""
    return a_witness(tmp_path, settings, "council")


def a_witness(tmp_path, settings, name: str):
    folder = tmp_path / name
    make_witness(folder, name=f"witness.example/{name}", logs=[each.format() for each in list_verifiers()])
    return folder


def ask_for(tmp_path, settings, quorum: str = "council", **urls) -> None:
    """A policy of these witnesses, by their folders and addresses."""
    lines = [
        f"witness {name} {Witness(tmp_path / name).verifier.format()} {url}" for name, url in urls.items()
    ]
    path = tmp_path / "policy"
    path.write_text("\n".join([*lines, *quorum.split("\n")[:-1], f"quorum {quorum.split()[-1]}"]))
    settings.LEDGER_POLICY_FILE = str(path)


NOWHERE = "http://127.0.0.1:9"


def published() -> int:
    newest = store.find_checkpoint()
    return newest.size if newest else 0


def test_what_is_published_was_cosigned(council, tmp_path, settings):
    """Issue 13, 2: sign, then witness, then publish."""
    with witness_at_work(council) as url:
        ask_for(tmp_path, settings, council=url)
        for size in (1, 2):
            append()
            assert sequencer.sequence() == (1, size)
            note = notes.parse_note(SignedCheckpoint.objects.latest("size").note)
            assert Witness(council).verifier in notes.verify_note(
                note, [*list_verifiers(), Witness(council).verifier]
            )
    state = WitnessState.objects.get()
    assert (state.name, state.trouble, state.refuses) == ("council", "", False)
    assert not witnesses.is_waiting(
        witnesses.find_policy(), list(witnesses.list_standings(witnesses.find_policy()))
    )


def test_a_witness_away_holds_up_publishing_and_nothing_else(council, tmp_path, settings):
    """Issue 13, faults: a witness away for a day: places go on, /readyz stays 200 and names it, then all is caught up."""
    ask_for(tmp_path, settings, council=NOWHERE)
    for _ in range(3):
        append()
        with pytest.raises(NotWitnessed, match="council: It does not answer"):
            sequencer.sequence()
    assert LogPlace.objects.count() == 3 and not Outbox.objects.exists() and published() == 0
    assert not store.is_late()
    told = health.read_witnesses()
    assert told.word == "away" and told.troubles == [{"name": "council", "trouble": "It does not answer."}]
    with witness_at_work(council) as url:
        ask_for(tmp_path, settings, council=url)
        assert sequencer.sequence() == (0, 3)
    assert published() == 3 and health.read_witnesses().word == "ok"


def test_killed_between_witness_and_publishing_it_goes_on(council, tmp_path, settings, monkeypatch):
    """Issue 13, faults: the witness has seen what was never published; the next state continues it."""
    with witness_at_work(council) as url:
        ask_for(tmp_path, settings, council=url)
        append()
        monkeypatch.setattr(sequencer, "_publish", _killed)
        with pytest.raises(KeyboardInterrupt):
            sequencer.sequence()
        monkeypatch.undo()
        assert published() == 0 and sequencer.sequence() == (0, 1)
        append()
        assert sequencer.sequence() == (1, 2)


def _killed(*_):
    raise KeyboardInterrupt


def test_an_older_database_is_refused(council, tmp_path, settings):
    """Issue 13, faults: restored from a backup; the witness refuses, whatever is added since, and /readyz names it."""
    with witness_at_work(council) as url:
        ask_for(tmp_path, settings, council=url)
        append(), append()
        sequencer.sequence()
        restore_empty()
        append()
        with pytest.raises(NotWitnessed, match="council refuses: It has seen 2 entries"):
            sequencer.sequence()
        append(), append()
        with pytest.raises(NotWitnessed, match="two pasts"):
            sequencer.sequence()
    assert published() == 0 and health.read_witnesses().word == "refusing"
    assert list((council / "evidence").iterdir())


def restore_empty() -> None:
    """The database as an old backup has it: before the first entry."""
    for table in ("signedcheckpoint", "fulltile", "logplace", "outbox", "payload", "entry"):
        as_owner(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")
        as_owner(f"DELETE FROM ledger_{table}")
        as_owner(f"ALTER TABLE ledger_{table} ENABLE TRIGGER USER")


def test_a_split_view_gets_no_quorum(tmp_path, settings):
    """Issue 13, faults: one past shown to one witness, another to the other."""
    first, second = (a_witness(tmp_path, settings, name) for name in ("council", "auditor"))
    quorum = "group both all council auditor\nboth"
    with witness_at_work(first) as one, witness_at_work(second) as other:
        ask_for(tmp_path, settings, council=one)
        append(), append()
        sequencer.sequence()
        restore_empty()
        append(), append(), append()
        ask_for(tmp_path, settings, quorum="auditor", auditor=other)
        sequencer.sequence()
        ask_for(tmp_path, settings, quorum=quorum, council=one, auditor=other)
        append()
        with pytest.raises(NotWitnessed, match="council refuses"):
            sequencer.sequence()


def test_one_of_two_suffices_and_the_other_is_named(council, tmp_path, settings):
    """Issue 13, 6: how many are needed, and which, is the policy's."""
    a_witness(tmp_path, settings, "auditor")
    with witness_at_work(council) as url:
        ask_for(
            tmp_path,
            settings,
            quorum="group any-one any council auditor\nany-one",
            council=url,
            auditor=NOWHERE,
        )
        append()
        assert sequencer.sequence() == (1, 1)
        told = health.read_witnesses()
        assert told.word == "ok" and [each["name"] for each in told.troubles] == ["auditor"]
        ask_for(tmp_path, settings, quorum="auditor", council=url, auditor=NOWHERE)
        append()
        with pytest.raises(NotWitnessed, match="auditor"):
            sequencer.sequence()


def test_a_policy_that_cannot_be_read_stops_publishing(tmp_path, settings):
    settings.LEDGER_POLICY_FILE = str(tmp_path / "policy")
    append()
    for text in ("quorum somebody", None):
        (tmp_path / "policy").write_text(text) if text else (tmp_path / "policy").unlink()
        with pytest.raises(Conflict) as refused:
            sequencer.sequence()
        assert refused.value.code == "policy_wrong"
