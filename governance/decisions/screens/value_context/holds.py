"""Values under review: putting them there after one page that says what follows, and ending that."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from charter.registry.models import Metric
from charter.rules import words
from governance.decisions import permissions, queries, services
from governance.decisions.screens.value_context.filters import HoldListFilter
from governance.decisions.screens.value_context.forms import COHORT, PERSON, HoldForm, ReleaseForm
from governance.decisions.screens.value_context.tables import HoldTable, last_day_of_hold, name_subject
from governance.decisions.states import HoldCause
from governance.people.models import Cohort
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.lists import turn_table
from ground.errors import Conflict

A_PAGE = 25


def holds(request: PageRequest) -> HttpResponse:
    """What is under review, for auditors and the board; for others what they put there, if anything."""
    narrowed, table = _list(request)
    ended = bool(request.GET.get("state"))
    table.caption = _("Reviews that have ended") if ended else _("Values under review")
    turn_table(request, table, A_PAGE)
    return narrowing.show(request, "decisions/holds.html", narrowed, table, ended=ended)


def holds_csv(request: PageRequest) -> HttpResponseBase:
    """What the page would list, all of it, as a table to take away."""
    narrowed, table = _list(request)
    narrowing.check_readable(narrowed)
    return sheets.stream_table("under-review.csv", table, request)


def _list(request: PageRequest) -> tuple[HoldListFilter, HoldTable]:
    narrowed = HoldListFilter(request.GET, queryset=queries.list_visible_holds(request.user))
    known, names = permissions.sees_cause(request.user), queries.knows_person_of(request.user)
    return narrowed, HoldTable(narrowed.qs, known=known, names=names)


def place_hold(request: PageRequest, slug: str) -> HttpResponse:
    """Say what a review does, ask whose values and why, and begin it."""
    metric = get_object_or_404(Metric, slug=slug)
    causes = [cause for cause in permissions.may_hold_for(request.user, metric) if cause != HoldCause.APPEAL]
    if not causes:
        permissions.check_can_place_hold(request.user, metric, HoldCause.DATA_QUALITY)
    cohorts = Cohort.objects.filter(retired_at__isnull=True).values_list("slug", flat=True)
    form = HoldForm(
        request.POST or None,
        cohorts=[(cohort, words.sentence(words.cohort(cohort))) for cohort in cohorts],
        causes=causes,
    )
    if request.method == "POST" and form.accepted(lambda: _place(request, form, metric)):
        messages.success(request, _("These values are under review. No decision about people uses them now."))
        return redirect("metric", slug=slug)
    return render(request, "decisions/hold_place.html", {"metric": metric, "form": form}, status=form.status)


def release_hold(request: PageRequest, key: UUID) -> HttpResponse:
    """Say what ending a review does, ask why, and end it."""
    hold = queries.get_hold(key, by=request.user)
    permissions.check_can_release_hold(request.user, hold)
    if hold.released_at is not None:
        raise Conflict(_("These values are not under review any more."), code="already_released")
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.accepted(
        lambda: services.release_hold(hold=hold, why=form.cleaned_data["why"], by=request.user)
    ):
        messages.success(
            request, _("The review has ended. Decisions about people may use these values again.")
        )
        return redirect("metric", slug=hold.metric.slug)
    given = {
        "hold": hold,
        "form": form,
        "whose": name_subject(hold, queries.knows_person_of(request.user)),
        "last_day": last_day_of_hold(hold.ends_on),
    }
    return render(request, "decisions/hold_release.html", given, status=form.status)


def _place(request: PageRequest, form: HoldForm, metric: Metric) -> None:
    given = form.cleaned_data
    permissions.check_can_place_hold(request.user, metric, HoldCause(given["cause"]))
    services.place_hold(
        metric=metric,
        cohort=Cohort.objects.get(slug=given["cohort"]) if given["whose"] == COHORT else None,
        person=queries.get_person_to_hold(given["person"], by=request.user)
        if given["whose"] == PERSON
        else None,
        cause=HoldCause(given["cause"]),
        reason=given["reason"],
        by=request.user,
        starts_on=form.window["starts_on"],
        ends_on=form.window["ends_on"],
    )
