"""One case: its matter, what the board weighs, its discussion, the seats, and the reader's ballot."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from charter.registry.permissions import can_see_version
from charter.rules import words
from governance.board import approval, permissions, queries, services
from governance.board.models import Case
from governance.board.states import CaseState, SeatKind, Vote
from governance.desk.context import today
from governance.desk.openings import opens_to, signed_in
from governance.desk.templatetags.mc import day
from governance.desk.views.board import matters, particulars, referrals, rulebooks, seats, trials
from governance.desk.views.board.forms import BallotForm, BoardForm, CommentForm
from governance.desk.views.board.returning import way_back
from governance.desk.views.board.voting import Voter, voter, why_not
from ground import clock
from ground.errors import HouseError
from ground.reading import one_reading


@opens_to(signed_in, stored=False)
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """A case as the reader may see it: an open one for those who work on it, a closed one for everybody (S143)."""
    with one_reading():
        found = queries.case(case_id, by=request.user)
        response = _page(request, found)
    services.look_at(case=found, by=request.user)
    return response


@opens_to(signed_in, stored=False)
@require_POST
def ballot(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Seal a seat's vote with its reason."""
    found = queries.case(case_id, by=request.user)
    form = voter(found, user=request.user, on=today(request)).form(request.POST)
    if form.accepted(lambda: services.cast_ballot(case=found, by=request.user, **_cast(form))):
        messages.success(request, _sealed(case_id, request))
        return redirect("case", case_id=case_id)
    return _page(request, found, ballot_form=form)


@opens_to(signed_in, stored=False)
@require_POST
def comment(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Say something in the discussion."""
    found = queries.case(case_id, by=request.user)
    form = CommentForm(request.POST)
    if form.accepted(lambda: services.comment(case=found, text=form.cleaned_data["text"], by=request.user)):
        messages.success(request, _("Your comment stands in the discussion."))
        return redirect("case", case_id=case_id)
    return _page(request, found, comment_form=form)


@opens_to(signed_in, stored=False)
@require_POST
def close(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Open the ballots and decide; the votes decide, not who presses the button."""
    outcome = services.close_case(case=queries.case(case_id, by=request.user), by=request.user)
    said = _("The board approved it.") if outcome.approved else _("The board rejected it.")
    messages.success(request, f"{_('The case is closed.')} {said}")
    return redirect("case", case_id=case_id)


def _sealed(case_id: UUID, request: HttpRequest) -> str:
    """What the ballot led to: the last one closes the case."""
    if queries.case(case_id, by=request.user).state == CaseState.OPEN:
        return _("Your ballot is sealed. It is published with the others when the case closes.")
    return _("Yours was the last ballot. The case is closed, and all ballots are published.")


def _cast(form: BallotForm) -> dict[str, Any]:
    given = form.cleaned_data
    return {
        "seat_kind": SeatKind(given["seat"]),
        "vote": Vote(given["vote"]),
        "reason": given["reason"],
    }


def _page(request: HttpRequest, found: Case, **forms: BoardForm) -> HttpResponse:
    """The page of a case; a form that was refused stands on it with what was wrong."""
    refused = next(iter(forms.values()), None)
    given = {"case": found, "title": matters.title(found), "form": refused}
    given |= _weighed(request, found)
    given |= _told(request, found) if found.state != CaseState.OPEN else _asked(request, found)
    return render(request, "desk/board/case.html", given | forms, status=refused.status if refused else 200)


def _weighed(request: HttpRequest, found: Case) -> dict[str, Any]:
    """What the board has before it, and what was said about it."""
    version = found.charter_version
    seen_at = queries.seen_at(found, request.user)
    return {
        "charter": matters.charter(version) if _shows(request, found) else None,
        "rulebook": rulebooks.weighed(found) if found.rulebook_version else None,
        "particulars": particulars.of_case(found),
        "told": referrals.told(found, request.user),
        "names_opener": permissions.can_see_opener(request.user, found),
        "conditions": particulars.of_conditions(queries.conditions(found)),
        "former": _former(found),
        "pilots": [trials.told(each) for each in queries.pilots().filter(charter_version=version)]
        if version
        else (),
        "comments": queries.discussion(found),
        "seen_at": seen_at,
        "changes": queries.changed_since(found, request.user) if seen_at else (),
    }


def _former(found: Case) -> list[queries.FormerReason]:
    """Why the board turned earlier versions of the charter down (S50)."""
    version = found.charter_version
    reasons = queries.former_reasons(version.metric) if version else ()
    return [each for each in reasons if each.case.charter_version.number < version.number]


def _shows(request: HttpRequest, found: Case) -> bool:
    """Whether the document stands on the page: who sees an open case weighs it; later it is as public as its version."""
    version = found.charter_version
    return version is not None and (found.state == CaseState.OPEN or can_see_version(request.user, version))


def _asked(request: HttpRequest, found: Case) -> dict[str, Any]:
    """An open case: who has been heard, and what the reader may still do."""
    reader = voter(found, user=request.user, on=today(request))
    may_vote = reader.own and not reader.bar
    return {
        "seats": seats.sealed(queries.seats(today(request)), reader.heard, reader.own),
        "lead": _lead(found, reader),
        "needed": approval.said(found),
        "comment_form": CommentForm(),
        "may_bind": not why_not(permissions.check_can_set_conditions, request.user, found),
        "may_name": not why_not(permissions.check_can_name_handler, request.user, found),
        "handles": hasattr(found, "handling") and permissions.handles(request.user, found),
        "ballot_form": reader.form() if may_vote else None,
        "why_no_ballot": reader.bar,
        "conflict": reader.conflict if may_vote else "",
        **_closing(request, found, reader),
    }


def _closing(request: HttpRequest, found: Case, reader: Voter) -> dict[str, Any]:
    """Whether the reader may now close the case, and why that is possible."""
    try:
        permissions.check_can_close_case(request.user, found)
    except HouseError:
        return {}
    if len(reader.heard) == len(SeatKind):
        return {"why_close": _("Every seat has been heard.")}
    if clock.now() >= found.closes_at:
        return {"why_close": _("The time for voting is over. Seats that were not heard count as missing.")}
    return {}


def _told(request: HttpRequest, found: Case) -> dict[str, Any]:
    """A closed case: what each seat said, for everybody."""
    ballots, outcome = queries.ballots(found), found.outcome
    waiver = getattr(found, "waiver", None)
    counted = {"approvals": outcome.approvals, "votes": outcome.votes}
    return {
        "outcome": outcome,
        "seats": seats.opened(ballots, queries.seats_of(request.user, today(request))),
        "statements": seats.statements(ballots, approved=outcome.approved),
        "counted": _("%(approvals)s of %(votes)s votes cast were for it.") % counted,
        "may_end": waiver and not why_not(permissions.check_can_end_waiver, request.user, waiver),
        "way_back": way_back(request.user, found.charter_version) if found.charter_version else None,
        "lead": _("The board decided this on %(day)s.") % {"day": day(outcome.decided_at)},
    }


def _lead(found: Case, reader: Voter) -> str:
    said = {
        "heard": words.sentence(words.number(len(reader.heard))),
        "seats": words.number(len(SeatKind)),
        "day": day(found.closes_at),
    }
    if reader.unheard:
        return _("%(heard)s of %(seats)s seats are heard; yours is open until %(day)s.") % said
    return _("%(heard)s of %(seats)s seats are heard. Votes can be cast until %(day)s.") % said
