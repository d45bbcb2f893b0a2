"""Pilots: started with a team's consent, answered by that team, told by their exit report."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from charter.registry.models import CharterVersion
from charter.registry.screens.page_context import today
from charter.registry.states import StandingChoices
from charter.rules import words
from governance.board import permissions, queries, services
from governance.board.consents import find_consent, list_open_consents
from governance.board.models import Case, Pilot
from governance.board.screens import pilot_summary
from governance.board.screens.filters import PilotFilter
from governance.board.screens.forms import EndForm, ExitForm, PilotForm, SurveyForm
from governance.board.screens.tables import PilotTable
from governance.board.screens.voter import explain_refusal
from governance.board.states import CaseKind, CaseState, ConditionKind, PilotState
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.forms import ServiceForm
from governance.ui.lists import turn_table
from ground.promises import promised

A_PAGE = 25


def pilots(request: PageRequest) -> HttpResponse:
    """All pilots, and those that the reader may start."""
    narrowed = PilotFilter(request.GET, queryset=queries.list_pilots())
    table = PilotTable(narrowed.qs)
    table.caption = _("Pilots")
    turn_table(request, table, A_PAGE)
    waiting = CharterVersion.objects.filter(standing=StandingChoices.PILOT, pilots__isnull=True)
    ready = [
        version
        for version in waiting.select_related("metric")
        if not explain_refusal(permissions.check_can_start_pilot, request.user, version)
    ]
    return narrowing.show(request, "board/pilots.html", narrowed, table, ready=ready)


def pilots_csv(request: PageRequest) -> HttpResponseBase:
    """The pilots that the page would list, all of them, as a table to take away."""
    narrowed = PilotFilter(request.GET, queryset=queries.list_pilots())
    narrowing.check_readable(narrowed)
    return sheets.stream_table("pilots.csv", PilotTable(narrowed.qs), request)


def pilot(request: PageRequest, pilot_id: UUID) -> HttpResponse:
    """One pilot; its team finds the survey here, and whoever concludes it the exit form."""
    return _page(request, _found(pilot_id))


def start_pilot(request: PageRequest, slug: str) -> HttpResponse:
    """Start the pilot that the board let one team run, once that team has agreed (S127, S128)."""
    version = _on_trial(slug)
    permissions.check_can_start_pilot(request.user, version)
    bound = _bound(version)
    initial = {"days": bound["days"], "starts_on": today(request)}
    form = PilotForm(request.POST or None, initial=initial)
    started: list[Pilot] = []
    if request.method == "POST" and form.accepted(
        lambda: started.append(_start(request, version, bound["cohort"], form))
    ):
        messages.success(request, _("The pilot is recorded, and the team is told."))
        return redirect("pilot", pilot_id=started[0].pk)
    given = {
        "metric": version.metric,
        "form": form,
        "team": words.cohort(bound["cohort"]),
        "consent": find_consent(version, bound["cohort"]),
        "asked": list_open_consents(today(request))
        .filter(charter_version=version, cohort=bound["cohort"])
        .first(),
    }
    return render(request, "board/pilot_start.html", given, status=form.status)


def _start(request: PageRequest, version: CharterVersion, cohort: str, form: PilotForm) -> Pilot:
    given = form.cleaned_data
    return services.start_pilot(version=version, cohort=cohort, by=request.user, **given)


@require_POST
def end_pilot(request: PageRequest, pilot_id: UUID) -> HttpResponse:
    """End a pilot before its last day; its team may do so too."""
    found = _found(pilot_id)
    permissions.check_can_end_pilot(request.user, found)
    form = EndForm(request.POST)
    if form.accepted(lambda: services.end_pilot(pilot=found, by=request.user, **form.cleaned_data)):
        messages.success(request, _("The pilot has ended. Its values are refused from now on."))
        return redirect("pilot", pilot_id=pilot_id)
    return _page(request, found, end_form=form)


@require_POST
def write_exit(request: PageRequest, pilot_id: UUID) -> HttpResponse:
    """Hand in the exit report, which closes the survey and publishes what it said (S129)."""
    found = _found(pilot_id)
    permissions.check_can_write_exit(request.user, found)
    form = ExitForm(request.POST)
    if form.accepted(lambda: services.write_exit(pilot=found, by=request.user, **form.cleaned_data)):
        messages.success(request, _("The exit report is handed in. The board can vote on the roll-out now."))
        return redirect("pilot", pilot_id=pilot_id)
    return _page(request, found, exit_form=form)


@require_POST
def survey(request: PageRequest, pilot_id: UUID) -> HttpResponse:
    """Answer the three questions, once and without a name (S130, S131)."""
    found = _found(pilot_id)
    permissions.check_can_answer_survey(request.user, found)
    form = SurveyForm(request.POST)
    if form.accepted(lambda: services.answer_survey(pilot=found, by=request.user, **form.cleaned_data)):
        messages.success(request, _("Thank you. Your answers are kept without your name."))
        return redirect("pilot", pilot_id=pilot_id)
    return _page(request, found, survey_form=form)


@require_POST
def roll_out(request: PageRequest, pilot_id: UUID) -> HttpResponse:
    """Put the charter to the vote for all, with what the pilot taught."""
    found = _found(pilot_id)
    case: Case = services.open_case(charter_version=found.charter_version, by=request.user)
    messages.success(request, _("The board votes on the use by all now."))
    return redirect("case", case_id=case.pk)


def _found(pilot_id: UUID) -> Pilot:
    return get_object_or_404(queries.list_pilots(), pk=pilot_id)


def _on_trial(slug: str) -> CharterVersion:
    found = CharterVersion.objects.filter(metric__slug=slug, standing=StandingChoices.PILOT)
    version = found.select_related("metric__programme").first()
    if version is None:
        raise Http404
    return version


def _bound(version: CharterVersion) -> dict[str, Any]:
    """The team and the days that the board let it be tried out with."""
    case = Case.objects.get(pk=promised(version.case_id))
    return next(each.value for each in queries.list_conditions(case) if each.kind == ConditionKind.PILOT_TEAM)


def _page(request: PageRequest, found: Pilot, **refused: ServiceForm) -> HttpResponse:
    """The page of a pilot, with the forms that the reader may fill."""
    form = next(iter(refused.values()), None)
    user = request.user
    open_forms = {
        "end_form": EndForm() if not explain_refusal(permissions.check_can_end_pilot, user, found) else None,
        "exit_form": ExitForm()
        if not explain_refusal(permissions.check_can_write_exit, user, found)
        else None,
        "survey_form": SurveyForm()
        if not explain_refusal(permissions.check_can_answer_survey, user, found)
        else None,
    }
    name = found.charter_version.metric.name
    given = {
        "pilot": found,
        "told": pilot_summary.summarise_pilot(found),
        "title": _("%(name)s on trial") % {"name": name},
        "form": form,
        "may_roll_out": _may_roll_out(request, found),
        **open_forms,
        **refused,
    }
    return render(request, "board/pilot.html", given, status=form.status if form else 200)


def _may_roll_out(request: PageRequest, found: Pilot) -> bool:
    """Whether the reader may now put it to the vote for all."""
    version = found.charter_version
    if (
        not hasattr(found, "exit")
        or version.standing != StandingChoices.PILOT
        or found.state != PilotState.ENDED
    ):
        return False
    case = Case(kind=CaseKind.CHARTER, charter_version=version, opened_by=request.user)
    standing = version.cases.filter(state=CaseState.OPEN).exists()
    return not standing and not explain_refusal(permissions.check_can_open_case, request.user, case)
