"""Joining two teams' groups for good: what follows is shown first, and then done."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.people import cohorts
from governance.people.models import Cohort
from governance.people.requests import PageRequest
from governance.ui.forms import ServiceForm, Text


class GroupField(forms.ModelChoiceField):  # type: ignore[type-arg]  # it takes none while it runs
    """One of the teams' groups that are reported on, by its slug."""

    def __init__(self, *, label: Text) -> None:
        wrong = _("Choose one of the groups that are reported on")
        super().__init__(
            Cohort.objects.none(),
            label=label,
            to_field_name="slug",
            empty_label=_("Choose a group"),
            error_messages={"required": wrong, "invalid_choice": wrong},
        )

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class JoinForm(ServiceForm):
    """The two groups."""

    one = GroupField(label=gettext_lazy("Group"))
    other = GroupField(label=gettext_lazy("Report together with"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("one", "other"):
            self.fields[name].queryset = cohorts.list_joinable()  # type: ignore[attr-defined]


def join_groups(request: PageRequest) -> HttpResponse:
    """Which two, given in the address as well; what would follow; POST joins them."""
    if request.method == "POST":
        return _join(request)
    form = JoinForm(request.GET) if {"one", "other"} & set(request.GET) else JoinForm()
    given: dict[str, Any] = {"form": form}
    if form.is_bound:
        form.accepted(lambda: given.update({"planned": cohorts.plan_join(**form.cleaned_data)}))
    return render(request, "people/groups_join.html", given, status=form.status)


def _join(request: PageRequest) -> HttpResponse:
    form = JoinForm(request.POST)
    if form.accepted(lambda: cohorts.join(**form.cleaned_data, by=request.user)):
        told = _("%(one)s and %(other)s are one group from now on.")
        messages.success(request, told % {name: each.name for name, each in form.cleaned_data.items()})
        return redirect("organisation")
    return render(request, "people/groups_join.html", {"form": form}, status=form.status)
