"""Why a case came out as it did: the votes, a veto, or seats that were not heard."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from charter.rules import words
from governance.board import approval, councils, quorum
from governance.board.models import Ballot, BoardOutcome, Case
from governance.board.quorum import Tally
from governance.board.states import Vote


@dataclass(frozen=True)
class CaseResult:
    """What decided a case, in sentences, and the votes that were outvoted by it."""

    sentences: tuple[str, ...]
    outvoted: frozenset[Vote]


def explain_result(case: Case, outcome: BoardOutcome, ballots: Sequence[Ballot]) -> CaseResult:
    """The result of a closed case. Nobody dissents from a veto or a missing quorum: no vote was outvoted by one."""
    tally = quorum.count_votes(
        {each.seat.named: Vote(each.vote) for each in ballots}, councils.list_asked_seats(case.asked)
    )
    counted = _("%(approvals)s of %(votes)s votes cast were for it.") % {
        "approvals": outcome.approvals,
        "votes": outcome.votes,
    }
    if outcome.approved:
        return CaseResult((counted,), frozenset({Vote.REJECT, Vote.VETO}))
    stopped = _what_stopped_it(case, tally)
    if stopped:
        return CaseResult((*stopped, counted), frozenset())
    return CaseResult((counted, approval.describe_bar(case)), frozenset({Vote.APPROVE}))


def _what_stopped_it(case: Case, tally: Tally) -> list[str]:
    """What rejected a case whatever its votes were."""
    said = []
    if tally.vetoed_by:
        named = {"seats": words.listed(str(seat.label) for seat in tally.vetoed_by)}
        said.append(_("Vetoed by %(seats)s. A veto stops a case whatever the votes are.") % named)
    if tally.unheard:
        named = {"seats": words.listed(str(seat.label) for seat in tally.unheard)}
        said.append(_("The time for voting ended before every seat was heard. Missing: %(seats)s.") % named)
    if missed := approval.describe_missing_seats(case, tally):
        said.append(missed)
    return said
