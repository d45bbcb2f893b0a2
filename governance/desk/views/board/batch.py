"""Cases of low risk taken together, each with a ballot of its own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from governance.board import permissions, queries, services
from governance.board.models import Case
from governance.board.states import SeatKind, Vote
from governance.desk.context import today
from governance.desk.openings import opens_to, signed_in
from governance.desk.views.board import matters
from governance.desk.views.board.forms import BatchForm


@opens_to(signed_in, stored=False)
def batch(request: HttpRequest) -> HttpResponse:
    """Choose cases of low risk and vote on each of them alike."""
    offered = _offered(request)
    form = _form(request, offered)
    if form is not None and request.method == "POST" and form.accepted(lambda: _cast(request, form)):
        count = len(form.cleaned_data["cases"])
        messages.success(
            request, ngettext("%(count)s ballot is sealed.", "%(count)s ballots are sealed.", count) % {"count": count}
        )  # fmt: skip
        return redirect("cases")
    given = {"form": form, "offered": [(case, matters.title(case)) for case in offered]}
    return render(request, "desk/board/batch.html", given, status=form.status if form else 200)


def _offered(request: HttpRequest) -> list[Case]:
    """What needs the reader's vote and may be taken in a batch."""
    return [case for case in queries.needs_my_vote(request.user) if permissions.is_low_risk(case)]


def _form(request: HttpRequest, offered: list[Case]) -> BatchForm | None:
    if not offered:
        return None
    choices = [(str(case.pk), matters.title(case)) for case in offered]
    seats = queries.seats_of(request.user, today(request))
    return BatchForm(request.POST or None, cases=choices, seats=seats)


def _cast(request: HttpRequest, form: BatchForm) -> None:
    given = form.cleaned_data
    services.cast_batch(
        cases=list(Case.objects.filter(pk__in=given["cases"])),
        seat_kind=SeatKind(given["seat"]),
        vote=Vote(given["vote"]),
        reason=given["reason"],
        by=request.user,
    )
