"""What a ballot says, sealed until its case closes: whoever reads the database, even its owner, cannot read a vote before."""

import msgspec
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.utils.translation import gettext as _

from audits.ledger import sealing
from governance.board.models import Ballot
from governance.board.states import REASONED, Vote
from ground.errors import BadInput, Conflict


class Words(msgspec.Struct, frozen=True):
    """What a seat says with its ballot."""

    vote: Vote
    reason: str


def words(vote: Vote, reason: str) -> Words:
    """The words of a ballot. Raises BadInput where the vote needs a reason and has none."""
    reason = reason.strip()
    if vote in REASONED and not reason:
        raise BadInput(_("Say why: a vote against, a veto and a recusal each need a reason."), field="reason")
    return Words(vote, reason)


def sealed(ballot: Ballot, said: Words) -> bytes:
    """What was said, sealed for this ballot alone: no other case or seat opens it."""
    body = msgspec.json.encode(said)
    return sealing.seal(body, settings.LEDGER_SEALING_KEY_FILE, about=_about(ballot))


def opened(ballot: Ballot) -> Words:
    """What a ballot says, sealed or not; for the decision alone. Raises Conflict where our key does not open it."""
    if ballot.sealed is None:
        return Words(Vote(ballot.vote), ballot.reason)
    path = settings.LEDGER_SEALING_KEY_FILE
    try:
        body = sealing.unseal(bytes(ballot.sealed), path, about=_about(ballot))
    except InvalidTag as error:
        raise Conflict(
            _("A ballot of this case does not open: the sealing key is another, or the ballot was changed."),
            code="ballot_does_not_open",
        ) from error
    return msgspec.json.decode(body, type=Words)


def show(ballot: Ballot) -> Ballot:
    """Put what a ballot says in its open fields; nothing is stored."""
    said = opened(ballot)
    ballot.vote, ballot.reason, ballot.sealed = said.vote, said.reason, None
    return ballot


def _about(ballot: Ballot) -> bytes:
    return f"ballot {ballot.case_id} {ballot.seat_id} {ballot.user_id}".encode()
