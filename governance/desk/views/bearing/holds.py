"""Values under review: putting them there after one page that says what follows, and ending that."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django_tables2 import RequestConfig

from charter.registry.models import Metric
from charter.rules import words
from governance.decisions import permissions, queries, services
from governance.decisions.states import HoldCause
from governance.desk.openings import opens_to, signed_in
from governance.desk.views.bearing.forms import COHORT, PERSON, HoldForm, ReleaseForm
from governance.desk.views.bearing.tables import HoldTable, last_day, whose
from governance.people.models import Cohort, Person
from ground.errors import BadInput, Conflict

A_PAGE = 25


@opens_to(signed_in, stored=False)
def holds(request: HttpRequest) -> HttpResponse:
    """What is under review, for auditors and the board; for others what they put there, if anything."""
    found = queries.holds_seen(request.user)
    if not found.filter(placed_by=request.user).exists():
        permissions.check_can_see_holds(request.user)
    ended = "ended" in request.GET
    knows_all = permissions.knows_causes(request.user)
    table = HoldTable(
        found.filter(released_at__isnull=not ended),
        known=lambda hold: knows_all or hold.placed_by_id == request.user.pk,
    )
    table.caption = _("Reviews that have ended") if ended else _("Values under review")
    RequestConfig(request, paginate={"per_page": A_PAGE}).configure(table)
    return render(request, "desk/bearing/holds.html", {"table": table, "ended": ended})


@opens_to(signed_in, stored=False)
def place(request: HttpRequest, slug: str) -> HttpResponse:
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
    return render(request, "desk/bearing/place.html", {"metric": metric, "form": form}, status=form.status)


@opens_to(signed_in, stored=False)
def release(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say what ending a review does, ask why, and end it."""
    hold = queries.hold(key, by=request.user)
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
    given = {"hold": hold, "form": form, "whose": whose(hold), "last_day": last_day(hold.ends_on)}
    return render(request, "desk/bearing/release.html", given, status=form.status)


def _place(request: HttpRequest, form: HoldForm, metric: Metric) -> None:
    given = form.cleaned_data
    services.place_hold(
        metric=metric,
        cohort=Cohort.objects.get(slug=given["cohort"]) if given["whose"] == COHORT else None,
        person=_person(given["person"]) if given["whose"] == PERSON else None,
        cause=HoldCause(given["cause"]),
        reason=given["reason"],
        by=request.user,
        **form.window,
    )


def _person(external_id: str) -> Person:
    found = Person.objects.filter(external_id=external_id.strip()).first()
    if found is None:
        raise BadInput(_("There is nobody of this name"), field="person")
    return found
