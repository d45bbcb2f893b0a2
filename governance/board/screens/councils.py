"""Putting to the board that a council holds a seat over the people of some locations, or holds it no longer."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from charter.registry.screens.page_context import today
from governance.board import councils, permissions, services
from governance.board.models import Case
from governance.board.states import CaseKind
from governance.people.requests import PageRequest
from governance.ui.forms import ServiceForm, choice_field


class CouncilForm(ServiceForm):
    """A council, over whose people, and why."""

    council = forms.SlugField(
        label=_lazy("Short name"),
        help_text=_lazy(
            "Small letters, digits and hyphens. One that holds a seat gets the territory that you name instead of its own."
        ),
        max_length=40,
        error_messages={"required": _lazy("Enter a short name")},
    )
    name = forms.CharField(label=_lazy("What the council is called"), max_length=200, required=False)
    territory = forms.MultipleChoiceField(
        label=_lazy("Over the people of which locations?"),
        help_text=_lazy("As the organisation’s data call them."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    ends = forms.BooleanField(label=_lazy("It holds its seat no longer"), required=False)
    question = forms.CharField(
        label=_lazy("Why?"),
        max_length=5000,
        widget=forms.Textarea,
        error_messages={"required": _lazy("Say why")},
    )

    def __init__(self, *given: Any, on: date) -> None:
        super().__init__(*given)
        choice_field(self, "territory").choices = [
            (place, place) for place in sorted(councils.list_places(on))
        ]


def put_council(request: PageRequest) -> HttpResponse:
    """Put a council’s seat to the board."""
    permissions.check_can_name_by_case(request.user)
    form = CouncilForm(request.POST or None, on=today(request))
    opened: list[Case] = []
    if request.method == "POST" and form.accepted(lambda: opened.append(_open(request, form))):
        messages.success(request, _("The case is open. Every seat can see it now."))
        return redirect("case", case_id=opened[0].pk)
    return render(request, "board/council_put.html", {"form": form}, status=form.status)


def _open(request: PageRequest, form: CouncilForm) -> Case:
    given = form.cleaned_data
    return services.open_case(
        kind=CaseKind.COUNCIL,
        subject=_("Seat of a council: %(name)s") % {"name": given["name"] or given["council"]},
        question=given["question"],
        details={name: given[name] for name in ("council", "name", "territory", "ends")},
        by=request.user,
    )
