"""What a ballot says, sealed until its case closes: whoever reads the database, even its owner, cannot read a vote before."""

from datetime import UTC

import msgspec
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.utils.translation import gettext as _

from audits.ledger import sealing
from governance.board.models import Ballot
from governance.board.states import REASONED, Vote
from ground.errors import BadInput, Conflict
from ground.parsing import read_prose


class BallotWords(msgspec.Struct, frozen=True):
    """What a seat says with its ballot."""

    vote: Vote
    reason: str


def check_words(vote: Vote, reason: str) -> BallotWords:
    """The words of a ballot. Raises BadInput where the vote needs a reason and has none, or where that is no text."""
    reason = read_prose(reason, field="reason")
    if vote in REASONED and not reason:
        raise BadInput(_("Say why: a vote against, a veto and a recusal each need a reason."), field="reason")
    return BallotWords(vote, reason)


def seal_words(ballot: Ballot, said: BallotWords) -> bytes:
    """What was said, sealed for this ballot alone: no other case, seat or time of casting opens it."""
    body = msgspec.json.encode(said)
    return sealing.seal(body, settings.LEDGER_SEALING_KEY_FILE, about=_about(ballot))


def open_ballot(ballot: Ballot) -> BallotWords:
    """What a ballot says, sealed or not; for the decision, and for whoever cast it. Raises Conflict where our key does not open it."""
    if ballot.sealed is None:
        return BallotWords(Vote(ballot.vote), ballot.reason)
    path = settings.LEDGER_SEALING_KEY_FILE
    try:
        body = sealing.unseal(bytes(ballot.sealed), path, about=_about(ballot))
    except InvalidTag as error:
        raise Conflict(
            _("A ballot of this case does not open: the sealing key is another, or the ballot was changed."),
            code="ballot_does_not_open",
        ) from error
    return msgspec.json.decode(body, type=BallotWords)


def show(ballot: Ballot) -> Ballot:
    """Put what a ballot says in its open fields; nothing is stored."""
    said = open_ballot(ballot)
    ballot.vote, ballot.reason, ballot.sealed = said.vote, said.reason, None
    return ballot


def _about(ballot: Ballot) -> bytes:
    # With the time, so that what was said before a change cannot be put back.
    at = ballot.cast_at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"ballot {ballot.case_id} {ballot.seat_id} {ballot.user_id} {at}".encode()
