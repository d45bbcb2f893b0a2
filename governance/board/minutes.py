"""The minutes of a decided case: who said what and why, dissent included."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from governance.board import approval, queries
from governance.board.kinds import find_kind
from governance.board.models import Ballot, Case, Condition
from governance.board.quorum import Tally


def write(case: Case, tally: Tally, ballots: Sequence[Ballot], *, approved: bool) -> str:
    """The minutes as plain text, one line a statement."""
    return "\n".join(_lines(case, tally, ballots, approved=approved))


def _lines(case: Case, tally: Tally, ballots: Sequence[Ballot], *, approved: bool) -> Iterator[str]:
    matter = {"matter": case}
    yield (
        _("The board approved %(matter)s.") % matter
        if approved
        else _("The board rejected %(matter)s.") % matter
    )
    yield _("%(approvals)s of %(votes)s votes cast were for it.") % {
        "approvals": tally.approvals,
        "votes": tally.votes,
    }
    yield approval.describe_bar(case)
    if tally.unheard:
        seats = ", ".join(str(seat.label) for seat in tally.unheard)
        yield _("The time for voting ended without a quorum. Not heard: %(seats)s.") % {"seats": seats}
    if missed := approval.describe_missing_seats(case, tally):
        yield missed
    for seat in tally.vetoed_by:
        yield _("The seat “%(seat)s” vetoed it.") % {"seat": seat.label}
    if approved:
        yield from map(_condition, queries.list_conditions(case))
        yield from find_kind(case).minuted(case)
    yield from find_kind(case).concluded(
        case, approved=approved, approvals=tally.approvals, votes=tally.votes
    )
    yield from map(_ballot, ballots)


def _condition(condition: Condition) -> str:
    said = ", ".join(
        f"{name} {' '.join(value) if isinstance(value, list) else value}"
        for name, value in sorted(condition.value.items())
    )
    return _("Bound to: %(kind)s (%(said)s).") % {"kind": condition.get_kind_display(), "said": said}


def _ballot(ballot: Ballot) -> str:
    said = {
        "seat": ballot.seat,
        "name": ballot.user,
        "vote": ballot.get_vote_display(),
        "reason": ballot.reason,
    }
    if ballot.reason:
        return _("%(seat)s, %(name)s: %(vote)s. %(reason)s") % said
    return _("%(seat)s, %(name)s: %(vote)s.") % said
