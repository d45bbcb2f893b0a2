"""Asks a witness to cosign a state of the log (C2SP tlog-witness), as a client of it. Imports no Django."""

import base64
from collections.abc import Callable

from audits.ledger.fetching import HttpAnswer, Unreachable, fetch
from audits.ledger.notes import Checkpoint, NoteWrong, Signature, SignedNote, parse_note, verify_note
from audits.ledger.policies import PolicyWitness

SECONDS = 3.0  # for which the sequencer waits for a witness, in which entries wait too
LONGEST_ANSWER = 16 * 1024
Prove = Callable[[int, int], list[bytes]]  # old and new size: what shows that the one continues the other


class WitnessAway(Exception):
    """It gives no cosignature now: it does not answer, or does not know the log or its key. Asking again later may help."""


class WitnessRefuses(Exception):
    """It has seen another past of this log, or more of it. Nobody must be shown this state as the log's."""


def ask(witness: PolicyWitness, note: SignedNote, state: Checkpoint, *, old: int, prove: Prove) -> Signature:
    """The witness's cosignature under a state; `old` is how much of the log it is thought to have seen.

    Raises WitnessAway or WitnessRefuses.
    """
    answer = _submit(witness, note, state, old, prove)
    if answer.status == 409:
        seen = _read_size(answer)
        if seen > state.size:
            raise WitnessRefuses(
                f"It has seen {seen} entries of this log, and this state is of {state.size}: the database is older than what was "
                "signed, or another log has signed as this one."
            )
        answer = _submit(witness, note, state, seen, prove)
    if answer.status in (409, 422):
        raise WitnessRefuses("This state does not continue the one that it has seen: the log has two pasts.")
    if answer.status in (403, 404):
        raise WitnessAway("It does not know this log, or the key that signs it now.")
    if answer.status != 200:
        raise WitnessAway(f"It answers with status {answer.status}.")
    return _find_signature(witness, note, answer.body)


def _submit(
    witness: PolicyWitness, note: SignedNote, state: Checkpoint, old: int, prove: Prove
) -> HttpAnswer:
    old = min(old, state.size)
    proof = [base64.b64encode(each).decode() for each in prove(old, state.size)]
    body = "\n".join([f"old {old}", *proof, "", note.format()])
    try:
        return fetch(
            f"{witness.url}/add-checkpoint", body=body.encode(), seconds=SECONDS, most=LONGEST_ANSWER
        )
    except Unreachable:
        raise WitnessAway("It does not answer.") from None


def _read_size(answer: HttpAnswer) -> int:
    said = answer.body.decode("ascii", "replace").removesuffix("\n")
    if answer.kind != "text/x.tlog.size" or not said.isdecimal() or len(said) > 19:
        raise WitnessAway("It does not say how much of the log it has seen.")
    return int(said)


def _find_signature(witness: PolicyWitness, note: SignedNote, body: bytes) -> Signature:
    """Its own line among those that it answered, verified over the note that was sent."""
    try:
        answered = parse_note(f"{note.text}\n{body.decode()}")
        verify_note(answered, [witness.key])
    except (NoteWrong, UnicodeDecodeError):
        raise WitnessAway("What it answers is not signed by the key that the policy has for it.") from None
    return next(
        line
        for line in answered.signatures
        if (line.name, line.key_id) == (witness.key.name, witness.key.key_id)
    )
