"""One case: its matter, what the board weighs, its discussion, the seats, and the reader's ballot."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from charter.registry.permissions import can_see_version
from charter.registry.screens.page_context import today
from charter.rules import words
from governance.board import approval, councils, permissions, queries, seating, services
from governance.board.models import Case
from governance.board.screens import case_details, case_summary, kinds, pilot_summary, seat_lines
from governance.board.screens.ballots import find_own
from governance.board.screens.bring_back import find_way_back
from governance.board.screens.case_result import explain_result
from governance.board.screens.forms import BallotForm, CommentForm
from governance.board.screens.voter import Voter, explain_refusal, find_voter
from governance.board.states import CaseState, SeatKind, Vote
from governance.people.requests import PageRequest
from governance.ui.forms import ServiceForm
from governance.ui.templatetags.mc import day
from ground import clock
from ground.errors import DomainError
from ground.promises import promised
from ground.reading import one_reading


def case(request: PageRequest, case_id: UUID) -> HttpResponse:
    """A case as the reader may see it: an open one for those who work on it, a closed one for everybody (S143)."""
    with one_reading():
        found = queries.get_case(case_id, by=request.user)
        response = _page(request, found)
    services.look_at(case=found, by=request.user)
    return response


@require_POST
def ballot(request: PageRequest, case_id: UUID) -> HttpResponse:
    """Seal a seat's vote with its reason."""
    found = queries.get_case(case_id, by=request.user)
    form = find_voter(found, user=request.user, on=today(request)).form(request.POST)
    if form.accepted(lambda: services.cast_ballot(case=found, by=request.user, **_cast(form))):
        messages.success(request, _sealed(case_id, request))
        return redirect("case", case_id=case_id)
    return _page(request, found, ballot_form=form)


@require_POST
def comment(request: PageRequest, case_id: UUID) -> HttpResponse:
    """Say something in the discussion."""
    found = queries.get_case(case_id, by=request.user)
    form = CommentForm(request.POST)
    if form.accepted(lambda: services.comment(case=found, text=form.cleaned_data["text"], by=request.user)):
        messages.success(request, _("Your comment stands in the discussion."))
        return redirect("case", case_id=case_id)
    return _page(request, found, comment_form=form)


@require_POST
def close(request: PageRequest, case_id: UUID) -> HttpResponse:
    """Open the ballots and decide; the votes decide, not who presses the button."""
    outcome = services.close_case(case=queries.get_case(case_id, by=request.user), by=request.user)
    said = _("The board approved it.") if outcome.approved else _("The board rejected it.")
    messages.success(request, f"{_('The case is closed.')} {said}")
    return redirect("case", case_id=case_id)


def _sealed(case_id: UUID, request: PageRequest) -> str:
    """What the ballot led to: the last one closes the case."""
    if queries.get_case(case_id, by=request.user).state == CaseState.OPEN:
        return _(
            "Your ballot is sealed. You alone can read it, and change it, until the case closes; then it is published with the others."
        )
    return _("Yours was the last ballot. The case is closed, and all ballots are published.")


def _cast(form: BallotForm) -> dict[str, Any]:
    given = form.cleaned_data
    return {
        "seat_kind": councils.find_seat(given["seat"]),
        "vote": Vote(given["vote"]),
        "reason": given["reason"],
    }


def _page(request: PageRequest, found: Case, **forms: ServiceForm) -> HttpResponse:
    """The page of a case; a form that was refused stands on it with what was wrong."""
    refused = next(iter(forms.values()), None)
    given = {"case": found, "title": case_summary.name_case(found), "form": refused}
    given |= _weighed(request, found)
    given |= _told(request, found) if found.state != CaseState.OPEN else _asked(request, found)
    return render(request, "board/case.html", given | forms, status=refused.status if refused else 200)


def _weighed(request: PageRequest, found: Case) -> dict[str, Any]:
    """What the board has before it, and what was said about it."""
    version = found.charter_version
    seen_at = queries.find_last_seen(found, request.user)
    return {
        "charter": case_summary.summarise_charter(version) if version and _shows(request, found) else None,
        "details": list(kinds.find_screen(found).details(found)),
        "more": kinds.list_parts(found, request.user),
        "names_opener": permissions.can_see_opener(request.user, found),
        "conditions": case_details.describe_conditions(queries.list_conditions(found)),
        "former": _former(found),
        "pilots": [
            pilot_summary.summarise_pilot(each)
            for each in queries.list_pilots().filter(charter_version=version)
        ]
        if version
        else (),
        "comments": queries.list_discussion(found),
        "seen_at": seen_at,
        "changes": queries.list_events_since(found, request.user) if seen_at else (),
    }


def _former(found: Case) -> list[queries.FormerReason]:
    """Why the board turned earlier versions of the charter down (S50)."""
    version = found.charter_version
    if version is None:
        return []
    reasons = queries.list_former_reasons(version.metric)
    return [each for each in reasons if promised(each.case.charter_version).number < version.number]


def _shows(request: PageRequest, found: Case) -> bool:
    """Whether the document stands on the page: who sees an open case weighs it; later it is as public as its version."""
    version = found.charter_version
    return version is not None and (found.state == CaseState.OPEN or can_see_version(request.user, version))


def _asked(request: PageRequest, found: Case) -> dict[str, Any]:
    """An open case: who has been heard, and what the reader may still do."""
    reader = find_voter(found, user=request.user, on=today(request))
    may_vote, own_ballot = reader.own and not reader.bar, find_own(found, request.user)
    return {
        "seats": seat_lines.list_sealed_seats(
            seating.list_seats_on(found, today(request)), reader.heard, reader.own
        ),
        "lead": _lead(found, reader),
        "needed": approval.describe_bar(found),
        "comment_form": CommentForm(),
        "may_bind": not explain_refusal(permissions.check_can_set_conditions, request.user, found),
        "may_name": not explain_refusal(permissions.check_can_name_handler, request.user, found),
        "handles": hasattr(found, "handling") and permissions.handles(request.user, found),
        "ballot_form": reader.form() if may_vote else None,
        "own_ballot": own_ballot,
        "why_no_ballot": "" if own_ballot else reader.bar,
        "conflict": reader.conflict if may_vote else "",
        **_closing(request, found, reader),
    }


def _closing(request: PageRequest, found: Case, reader: Voter) -> dict[str, Any]:
    """Whether the reader may now close the case, and why that is possible."""
    try:
        permissions.check_can_close_case(request.user, found)
    except DomainError:
        return {}
    if len(reader.heard) == len(SeatKind) + len(found.asked):
        return {"why_close": _("Every seat has been heard.")}
    if clock.now() >= found.closes_at:
        return {"why_close": _("The time for voting is over. Seats that were not heard count as missing.")}
    return {}


def _told(request: PageRequest, found: Case) -> dict[str, Any]:
    """A closed case: what each seat said, for everybody."""
    ballots, outcome = queries.list_ballots(found), found.outcome
    waiver = getattr(found, "waiver", None)
    result = explain_result(found, outcome, ballots)
    return {
        "outcome": outcome,
        "seats": seat_lines.list_opened_seats(
            ballots, queries.list_seats_of(request.user, today(request)), seating.list_names_on(found)
        ),
        "statements": seat_lines.list_statements(ballots, result),
        "result": result,
        "may_end": waiver and not explain_refusal(permissions.check_can_end_waiver, request.user, waiver),
        "way_back": find_way_back(request.user, found.charter_version) if found.charter_version else None,
        "lead": _("The board decided this on %(day)s.") % {"day": day(outcome.decided_at)},
    }


def _lead(found: Case, reader: Voter) -> str:
    said = {
        "heard": words.sentence(words.number(len(reader.heard))),
        "seats": words.number(len(SeatKind) + len(found.asked)),
        "day": day(found.closes_at),
    }
    if reader.unheard:
        return _("%(heard)s of %(seats)s seats are heard; yours is open until %(day)s.") % said
    return _("%(heard)s of %(seats)s seats are heard. Votes can be cast until %(day)s.") % said
