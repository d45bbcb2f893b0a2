"""Taking a metric out of use at once, after one page that says what follows."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from charter.registry.models import CharterVersion, Metric
from charter.registry.screens.page_context import today
from charter.registry.states import StandingChoices
from governance.board import councils, permissions, queries, services
from governance.board.screens.forms import SuspendForm
from governance.board.seat_names import SeatName
from governance.people.requests import PageRequest
from ground.errors import Conflict, NotPermitted


def suspend(request: PageRequest, slug: str) -> HttpResponse:
    """Say what suspending does, ask why, and do it for one seat."""
    metric = get_object_or_404(Metric, slug=slug)
    version = _in_force(metric)
    seats = queries.list_seats_of(request.user, today(request))
    _check_can_suspend(request, version, seats)
    form = SuspendForm(request.POST or None, seats=seats)
    if request.method == "POST" and form.accepted(lambda: _suspend(request, form, version)):
        messages.success(
            request, _("%(name)s is suspended. The case to ratify it is open.") % {"name": metric.name}
        )
        return redirect("metric", slug=slug)
    given = {"metric": metric, "form": form, "ratify_days": settings.BOARD_RATIFICATION_DAYS}
    return render(request, "board/suspend.html", given, status=form.status)


def _check_can_suspend(request: PageRequest, version: CharterVersion, seats: Sequence[SeatName]) -> None:
    """Raise before anything is asked where the reader could not do it anyway."""
    if not seats:
        raise NotPermitted(
            _("Any seat of the review board can suspend a metric at once. You hold none today.")
        )
    permissions.check_can_suspend(request.user, version, seats[0])


def _in_force(metric: Metric) -> CharterVersion:
    """The version to suspend: the active one, else the one on trial, of which the board's rules then speak."""
    found = (
        metric.versions.filter(standing__in=[StandingChoices.ACTIVE, StandingChoices.PILOT])
        .order_by("standing")
        .first()
    )
    if found is None:
        raise Conflict(_("This metric is not in force, so nothing needs to be suspended."))
    return found


def _suspend(request: PageRequest, form: SuspendForm, version: CharterVersion) -> None:
    given = form.cleaned_data
    services.suspend(
        version=version, seat_kind=councils.find_seat(given["seat"]), reason=given["reason"], by=request.user
    )
