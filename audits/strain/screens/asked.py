"""What people are asked: the pulse, and what those who lead a team saw."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audits.strain import permissions, queries, services
from audits.strain.pulse import PulseAnswer, PulseQuestion, PulseWord
from audits.strain.screens.forms import ObserveForm, PulseForm
from audits.strain.states import Sight
from governance.people.requests import PageRequest
from ground import calendar


def pulse(request: PageRequest) -> HttpResponse:
    """Three questions; passing all of them over is an answer like any other."""
    found = queries.find_open_pulse(calendar.today())
    if found is None:
        return render(request, "strain/pulse_over.html", {"none": True})
    if queries.is_done_with(found, request.user):
        return render(request, "strain/pulse_over.html", {"none": False})
    form = PulseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(
        lambda: services.take_pulse(pulse=found, answer=_read(form), by=request.user)
    ):
        messages.success(request, _("Thank you. Nobody can find out what you answered, or whether you did."))
        return redirect("strain")
    given = {"form": form, "pulse": found, "minimum": queries.read_minimum()}
    return render(request, "strain/pulse.html", given, status=form.status)


def _read(form: PulseForm) -> PulseAnswer:
    given = {question.value: form.cleaned_data[question.value] for question in PulseQuestion}
    return PulseAnswer(**{name: PulseWord(word) for name, word in given.items() if word})


@require_POST
def pulse_open(request: PageRequest) -> HttpResponse:
    """Open the pulse of this month."""
    opened = services.open_pulse(by=request.user)
    messages.success(request, _("The pulse is open until %(day)s.") % {"day": opened.closes_on.isoformat()})
    return redirect("strain")


def observe(request: PageRequest, key: UUID) -> HttpResponse:
    """Say what one saw of a team that one leads."""
    team = queries.get_any_team(key)
    permissions.check_leads(request.user, team)
    form = ObserveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(
        lambda: services.observe_load(
            cohort=team, saw=[Sight(each) for each in form.cleaned_data["saw"]], by=request.user
        )
    ):
        messages.success(request, _("It is kept, and told without your name."))
        return redirect("strain-team", team.pk)
    given = {
        "form": form,
        "caption": team.name,
        "title": _("What you saw"),
        "lead": _("One of three kinds of clues. It is about the team, and about nobody in it."),
        "button": _("Say it"),
        "back": team,
    }
    return render(request, "strain/write.html", given, status=form.status)
