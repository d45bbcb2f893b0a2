"""The minutes of a decided case: who said what and why, dissent included."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from governance.board.models import Ballot, Case
from governance.board.quorum import Tally


def write(case: Case, tally: Tally, ballots: Sequence[Ballot], *, approved: bool) -> str:
    """The minutes as plain text, one line a statement."""
    return "\n".join(_lines(case, tally, ballots, approved=approved))


def _lines(case: Case, tally: Tally, ballots: Sequence[Ballot], *, approved: bool) -> Iterator[str]:
    matter = {"matter": case.charter_version or case.rulebook_version}
    yield (
        _("The board approved %(matter)s.") % matter
        if approved
        else _("The board rejected %(matter)s.") % matter
    )
    yield _("%(approvals)s of %(votes)s votes cast were for it.") % {
        "approvals": tally.approvals,
        "votes": tally.votes,
    }
    if tally.unheard:
        seats = ", ".join(str(seat.label) for seat in tally.unheard)
        yield _("The time for voting ended without a quorum. Not heard: %(seats)s.") % {"seats": seats}
    for seat in tally.vetoed_by:
        yield _("The seat “%(seat)s” vetoed it.") % {"seat": seat.label}
    yield from map(_ballot, ballots)


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
