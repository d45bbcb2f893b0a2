"""The reader's own ballot: what they cast, told to nobody else, and casting it anew while the case is open."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from governance.board import ballots, holding, permissions, queries, services
from governance.board.models import Ballot, Case
from governance.board.screens import case_summary
from governance.board.screens.forms import BallotForm
from governance.board.screens.seat_lines import SHAPES
from governance.board.states import Vote
from governance.people.models import User
from governance.people.requests import PageRequest
from ground.errors import DomainError, NotFound


@dataclass(frozen=True)
class OwnBallotPage:
    """What the reader cast: for which seat, how, why and when, and whether it can still be changed."""

    seat: str
    shape: str
    said: str
    reason: str
    at: datetime
    may_change: bool


def find_own(case: Case, user: User) -> OwnBallotPage | None:
    """The reader's own ballot on an open case, opened for them alone."""
    if user.pk not in {each.user_id for each in holding.list_heard_seats(case)}:
        return None
    ballot = queries.find_own_ballot(case, user)
    return _tell(ballot, user) if ballot is not None else None


def change(request: PageRequest, case_id: UUID) -> HttpResponse:
    """Cast one's ballot anew: the page shows what stands, and the new one takes its place."""
    found = queries.get_case(case_id, by=request.user)
    ballot = queries.find_own_ballot(found, request.user)
    if ballot is None:
        raise NotFound(_("You have cast no ballot on this case that could be changed."), code="no_ballot")
    permissions.check_can_change(request.user, ballot)
    own = _tell(ballot, request.user)
    form = _form(ballot, request)
    if request.method == "POST" and form.accepted(lambda: _change(found, form, request.user)):
        said = Vote(form.cleaned_data["vote"]).label
        messages.success(
            request,
            _("Your ballot is changed to “%(vote)s” and sealed. The one before is gone.") % {"vote": said},
        )
        return redirect("case", case_id=case_id)
    given = {"case": found, "title": case_summary.name_case(found), "own": own, "form": form}
    return render(request, "board/ballot_change.html", given, status=form.status)


def _tell(ballot: Ballot, user: User) -> OwnBallotPage:
    words = ballots.open_ballot(ballot)
    return OwnBallotPage(
        seat=str(ballot.seat),
        shape=SHAPES[words.vote],
        said=str(words.vote.label),
        reason=words.reason,
        at=ballot.cast_at,
        may_change=_may_change(ballot, user),
    )


def _may_change(ballot: Ballot, user: User) -> bool:
    try:
        permissions.check_can_change(user, ballot)
    except DomainError:
        return False
    return True


def _form(ballot: Ballot, request: PageRequest) -> BallotForm:
    """The ballot as it stands, to be changed; the seat stays."""
    seat, words = ballot.seat.named, ballots.open_ballot(ballot)
    vetoes = [seat] if permissions.can_veto(seat, ballot.case) else []
    posted = {**request.POST.dict(), "seat": seat.value} if request.method == "POST" else None
    return BallotForm(
        posted,
        seats=[seat],
        vetoes=vetoes,
        initial={"seat": seat.value, "vote": words.vote.value, "reason": words.reason},
    )


def _change(case: Case, form: BallotForm, user: User) -> None:
    given = form.cleaned_data
    services.change_ballot(case=case, vote=Vote(given["vote"]), reason=given["reason"], by=user)
