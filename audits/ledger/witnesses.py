"""The witnesses that this installation's policy names: asked before a state of the log is published, and what each said last."""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from audits.ledger import store
from audits.ledger.asking import WitnessAway, WitnessRefuses, ask
from audits.ledger.models import WitnessState
from audits.ledger.notes import Checkpoint, Signature, SignedNote
from audits.ledger.policies import PolicyWitness, PolicyWrong, WitnessPolicy, parse_policy
from ground import clock
from ground.errors import Conflict

# How old what is written of a witness that answers may become: it is asked every second, and written of more rarely.
WRITTEN_EVERY = timedelta(seconds=10)

log = logging.getLogger(__name__)


class NotWitnessed(Conflict):
    """The witnesses have not cosigned a state of the log as the policy asks, so that it is not published."""

    code = "not_witnessed"


class Heard(NamedTuple):
    """What a witness said to a state: its signature, or why it gave none, and whether it has seen another past."""

    witness: PolicyWitness
    signature: Signature | None = None
    trouble: str = ""
    refuses: bool = False


def find_policy() -> WitnessPolicy:
    """What LEDGER_POLICY_FILE asks for; without one, no witness. Raises Conflict where the file says no policy."""
    path = settings.LEDGER_POLICY_FILE
    if not path:
        return WitnessPolicy()
    try:
        return parse_policy(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, PolicyWrong) as error:
        said = str(error) if isinstance(error, PolicyWrong) else "It cannot be read."
        raise Conflict(f"LEDGER_POLICY_FILE ({path}): {said}", code="policy_wrong") from error


def cosign_state(note: SignedNote, state: Checkpoint) -> SignedNote:
    """The note with the signatures of the witnesses that the policy names, each asked at the same time.

    Raises NotWitnessed where they do not make up what it asks for, or where one has seen another past of the log: no other
    signature makes good for that.
    """
    policy = find_policy()
    asked = [each for each in policy.witnesses.values() if each.url]
    if not asked:
        heard: list[Heard] = []
    else:
        heard = _ask_all(asked, note, state)
        _note(heard, state.size)
    if refusing := [each for each in heard if each.refuses]:
        raise NotWitnessed(f"The witness {refusing[0].witness.name} refuses: {refusing[0].trouble}")
    signed = [each for each in heard if each.signature is not None]
    if not policy.is_met(each.witness.key for each in signed):
        raise NotWitnessed(f"Too few witnesses have cosigned {state.size} entries: {_tell(heard)}")
    lines = [each.signature for each in signed if each.signature is not None]
    return SignedNote(note.text, (*note.signatures, *lines))


def _tell(heard: Sequence[Heard]) -> str:
    return (
        " ".join(f"{each.witness.name}: {each.trouble}" for each in heard if each.trouble) or "none is asked."
    )


def _ask_all(asked: Sequence[PolicyWitness], note: SignedNote, state: Checkpoint) -> list[Heard]:
    seen = dict(WitnessState.objects.values_list("name", "size"))

    def hear(witness: PolicyWitness) -> Heard:
        return _ask_one(witness, note, state, seen.get(witness.name, 0))

    if len(asked) == 1:
        return [hear(asked[0])]
    with ThreadPoolExecutor(len(asked)) as threads:
        return list(threads.map(_in_thread(hear), asked))


def _in_thread(hear: Callable[[PolicyWitness], Heard]) -> Callable[[PolicyWitness], Heard]:
    """A proof is read from the database, over a connection of the thread that ends with it."""

    def act(witness: PolicyWitness) -> Heard:
        try:
            return hear(witness)
        finally:
            connection.close()

    return act


def _ask_one(witness: PolicyWitness, note: SignedNote, state: Checkpoint, seen: int) -> Heard:
    try:
        return Heard(witness, ask(witness, note, state, old=seen, prove=store.find_consistency))
    except WitnessAway as error:
        return Heard(witness, trouble=str(error))
    except WitnessRefuses as error:
        return Heard(witness, trouble=str(error), refuses=True)


def _note(heard: Sequence[Heard], size: int) -> None:
    """Keep what was heard, where it is news or what is kept of it has become old."""
    now, kept = clock.now(), {each.name: each for each in WitnessState.objects.all()}
    for each in heard:
        state = kept.get(each.witness.name) or WitnessState(name=each.witness.name, asked_at=now)
        if not _is_news(each, state, now):
            continue
        if each.trouble and each.trouble != state.trouble:
            log.warning("The witness %s gives no cosignature: %s", each.witness.name, each.trouble)
        state.asked_at, state.trouble, state.refuses = now, each.trouble, each.refuses
        if each.signature is not None:
            state.answered_at, state.size = now, size
        state.save()


def _is_news(heard: Heard, state: WitnessState, now: datetime) -> bool:
    changed = state._state.adding or (heard.trouble, heard.refuses) != (state.trouble, state.refuses)
    return changed or abs(now - state.asked_at) > WRITTEN_EVERY


class WitnessStanding(NamedTuple):
    """How a witness of the policy stands, for people."""

    name: str
    key: str
    answered_at: datetime | None
    size: int
    trouble: str
    refuses: bool


def list_standings(policy: WitnessPolicy) -> Iterator[WitnessStanding]:
    """What was last heard of each witness that the policy names."""
    kept = {each.name: each for each in WitnessState.objects.all()}
    for witness in policy.witnesses.values():
        state = kept.get(witness.name, WitnessState(name=witness.name, trouble="It has not been asked yet."))
        yield WitnessStanding(
            witness.name, witness.key.format(), state.answered_at, state.size, state.trouble, state.refuses
        )


def is_waiting(policy: WitnessPolicy, standings: Sequence[WitnessStanding]) -> bool:
    """Whether publishing waits for witnesses: one refuses, or those that answer are too few."""
    answering = [each.name for each in standings if not each.trouble]
    return any(each.refuses for each in standings) or not policy.is_met_by(answering)
