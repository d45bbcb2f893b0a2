"""Cases of low risk taken together, each with a ballot of its own."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from charter.registry.screens.page_context import today
from governance.board import councils, permissions, queries, services
from governance.board.models import Case
from governance.board.screens import case_summary
from governance.board.screens.forms import BatchForm
from governance.board.states import Vote
from governance.people.requests import PageRequest


def batch(request: PageRequest) -> HttpResponse:
    """Choose cases of low risk and vote on each of them alike."""
    offered = _offered(request)
    form = _form(request, offered)
    if form is not None and request.method == "POST" and form.accepted(lambda: _cast(request, form)):
        count = len(form.cleaned_data["cases"])
        messages.success(
            request, ngettext("%(count)s ballot is sealed.", "%(count)s ballots are sealed.", count) % {"count": count}
        )  # fmt: skip
        return redirect("cases")
    given = {"form": form, "offered": [(case, case_summary.name_case(case)) for case in offered]}
    return render(request, "board/batch.html", given, status=form.status if form else 200)


def _offered(request: PageRequest) -> list[Case]:
    """What needs the reader's vote and may be taken in a batch."""
    return [case for case in queries.list_cases_to_vote_on(request.user) if permissions.is_low_risk(case)]


def _form(request: PageRequest, offered: list[Case]) -> BatchForm | None:
    if not offered:
        return None
    choices = [(str(case.pk), case_summary.name_case(case)) for case in offered]
    seats = queries.list_seats_of(request.user, today(request))
    return BatchForm(request.POST or None, cases=choices, seats=seats)


def _cast(request: PageRequest, form: BatchForm) -> None:
    given = form.cleaned_data
    services.cast_batch(
        cases=list(Case.objects.filter(pk__in=given["cases"])),
        seat_kind=councils.find_seat(given["seat"]),
        vote=Vote(given["vote"]),
        reason=given["reason"],
        by=request.user,
    )
