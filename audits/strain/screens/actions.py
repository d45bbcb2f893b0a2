"""What is done about an alert, and what followed."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audits.strain import permissions, queries, services
from audits.strain.screens.forms import ActionForm, FollowUpForm
from audits.strain.states import FollowedBy, LoadRemedy
from governance.people.requests import PageRequest


def alert(request: PageRequest, key: UUID) -> HttpResponse:
    """Choose what is done about an alert, or choose again."""
    found = queries.get_alert(key, by=request.user)
    permissions.check_acts(request.user, found)
    before: dict[str, str | date | None] = {
        "remedy": found.remedy,
        "doing": found.doing,
        "due_on": found.due_on,
    }
    form = ActionForm(request.POST if request.method == "POST" else None, initial=before)
    if request.method == "POST" and form.accepted(
        lambda: services.choose_action(
            alert=found,
            remedy=LoadRemedy(form.cleaned_data["remedy"]),
            doing=form.cleaned_data["doing"],
            due_on=form.cleaned_data["due_on"],
            by=request.user,
        )
    ):
        messages.success(request, _("It is written down. The team can read it."))
        return redirect("strain-team", found.cohort_id)
    given = {
        "form": form,
        "caption": found.cohort.name,
        "title": _("What is done about this load?"),
        "lead": _("Ask the team first. What helps is in the work: rebalance it, add people, or reduce scope."),
        "button": _("Write it down"),
        "back": found.cohort,
    }  # fmt: skip
    return render(request, "strain/write.html", given, status=form.status)


def follow_up(request: PageRequest, key: UUID) -> HttpResponse:
    """Write what followed an alert."""
    found = queries.get_alert(key, by=request.user)
    permissions.check_acts(request.user, found)
    form = FollowUpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(
        lambda: services.write_follow_up(
            alert=found,
            helped=form.cleaned_data["helped"],
            by=request.user,
            **{
                name: FollowedBy(form.cleaned_data[name])
                for name in ("turnover", "regressions", "knowledge_lost")
            },
        )
    ):
        messages.success(request, _("It is written down."))
        return redirect("strain-team", found.cohort_id)
    given = {
        "form": form,
        "caption": found.cohort.name,
        "title": _("Did it help?"),
        "lead": _("Of the team as a whole, beside the time before. In words: numbers of so few would name people."),
        "button": _("Write it down"),
        "back": found.cohort,
    }  # fmt: skip
    return render(request, "strain/write.html", given, status=form.status)
