"""The board's limits, and the playbooks by which alerts are switched on."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audits.strain import permissions, queries, services, wording
from audits.strain.screens.forms import LimitsForm, PlaybookForm
from audits.strain.signals import SIGNALS, SignalKind
from charter.rules.vocabulary import ContextClass
from governance.people.requests import PageRequest


def limits(request: PageRequest) -> HttpResponse:
    """The limits in force, by kind of team, and what waits for the board."""
    given = {
        "limits": [
            (
                wording.name_team_kind(kind),
                [wording.say_limit(signal, limit) for signal, limit in signals.items()],
            )
            for kind, signals in sorted(queries.read_limits().items())
        ],
        "proposals": [(each, wording.name_team_kind(each.team_kind)) for each in queries.list_proposals()[:25]],
        "sets": permissions.can(permissions.check_sets_limits, request.user),
    }  # fmt: skip
    return render(request, "strain/limits.html", given)


def limits_new(request: PageRequest) -> HttpResponse:
    """Put limits to the board."""
    form = LimitsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(
        lambda: services.propose_limits(
            team_kind=ContextClass(form.cleaned_data["team_kind"]),
            limits=form.limits(),
            because=form.cleaned_data["because"],
            by=request.user,
        )
    ):
        messages.success(request, _("The board votes on it. Until then the limits before hold."))
        return redirect("strain-limits")
    given = {
        "form": form,
        "title": _("Limits of a healthy load"),
        "lead": _(
            "A person and week, for one kind of team. Leave empty what has no limit. Where a limit comes to fewer than two events a "
            "week, thirteen weeks are held against it together: a single event would say nothing."
        ),
        "button": _("Put it to the board"),
    }
    return render(request, "strain/write.html", given, status=form.status)


def playbooks(request: PageRequest) -> HttpResponse:
    """Each signal with its playbook, and whether its alerts are on."""
    switches = queries.list_switches()
    lines = [
        {
            "signal": each.value,
            "name": wording.name_signal(each),
            "metric": SIGNALS[each].metric,
            "playbook": queries.find_playbook(each),
            "on": each.value in switches and switches[each.value].is_on,
        }
        for each in SignalKind
    ]
    keeps = permissions.can(permissions.check_keeps_playbooks, request.user)
    return render(request, "strain/playbooks.html", {"lines": lines, "keeps": keeps})


def playbook(request: PageRequest, signal: str) -> HttpResponse:
    """Write the playbook of a signal."""
    kind = _read_signal(signal)
    before = queries.find_playbook(kind)
    form = PlaybookForm(
        request.POST if request.method == "POST" else None, initial={"steps": before.steps if before else ""}
    )
    if request.method == "POST" and form.accepted(
        lambda: services.write_playbook(signal=kind, steps=form.cleaned_data["steps"], by=request.user)
    ):
        messages.success(request, _("It is written. Its alerts can be switched on by it now."))
        return redirect("strain-playbooks")
    given = {
        "form": form,
        "caption": wording.name_signal(kind),
        "title": _("Write a playbook"),
        "lead": _("What is done where this signal and people say so. Without one, no alert is switched on."),
        "button": _("Save the playbook"),
    }
    return render(request, "strain/write.html", given, status=form.status)


@require_POST
def switch(request: PageRequest, signal: str) -> HttpResponse:
    """Switch the alerts of a signal on or off."""
    kind = _read_signal(signal)
    switched = services.switch_alert(signal=kind, on=request.POST.get("on") == "yes", by=request.user)
    messages.success(request, _("Its alerts are on.") if switched.is_on else _("Its alerts are off."))
    return redirect("strain-playbooks")


def _read_signal(signal: str) -> SignalKind:
    try:
        return SignalKind(signal.replace("-", "_"))
    except ValueError as error:
        raise Http404 from error
