"""One's own charters: those being written, those registered, and beginning another."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charter.authoring import drafts, permissions
from charter.authoring.models import Draft
from charter.registry import catalogue, queries
from charter.registry.document import CharterDocument
from charter.registry.filters import MetricFilter
from charter.registry.models import CharterVersion, Metric
from charter.registry.screens.page_context import programme
from charter.registry.screens.tables import MetricTable
from governance.people.models import User
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.forms import choice_field
from governance.ui.lists import turn_table
from ground.errors import BadInput, Conflict

A_PAGE = 25
MOST_DRAFTS = 50
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class StartForm(forms.Form):
    """Where a charter begins: from nothing, from the newest version of one's own metric, or from the catalogue."""

    start = forms.ChoiceField(
        label=gettext_lazy("How do you want to begin?"),
        widget=forms.RadioSelect,
        choices=[
            ("blank", gettext_lazy("With an empty charter")),
            ("version", gettext_lazy("With the newest version of a metric of mine")),
            ("catalogue", gettext_lazy("With a charter of the starter catalogue")),
        ],
        error_messages={"required": gettext_lazy("Choose how you want to begin")},
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the metric"), required=False, max_length=200,
        help_text=gettext_lazy("For an empty charter."),
    )  # fmt: skip
    slug = forms.CharField(
        label=gettext_lazy("Short name"), required=False, max_length=100,
        help_text=gettext_lazy("For an empty charter. Small letters, digits and hyphens, such as review-latency. It stays."),
    )  # fmt: skip
    metric = forms.ChoiceField(label=gettext_lazy("Which metric of mine?"), required=False)
    starter = forms.ChoiceField(label=gettext_lazy("Which charter of the catalogue?"), required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        none = [("", _("None"))]
        mine = Metric.objects.filter(owner=by).values_list("slug", "name")
        theirs = Metric.objects.exclude(owner=by).values_list("slug", flat=True)
        taken = {*theirs, *Draft.objects.filter(ended_at__isnull=True).values_list("metric", flat=True)}
        starters = sorted(
            (each.name, slug) for slug, each in catalogue.read_starter_charters().items() if slug not in taken
        )
        choice_field(self, "metric").choices = none + list(mine)
        choice_field(self, "starter").choices = none + [(slug, name) for name, slug in starters]

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        needed = {"blank": ("name", "slug"), "version": ("metric",), "catalogue": ("starter",)}
        says = {
            "name": _("Give the metric a name"),
            "slug": _("Give the metric a short name"),
            "metric": _("Choose one of your metrics"),
            "starter": _("Choose a charter of the catalogue"),
        }
        for name in needed.get(given.get("start", ""), ()):
            if name not in self.errors and not given.get(name, "").strip():
                self.add_error(name, says[name])
        if given.get("start") == "blank" and given.get("slug") and not _SLUG.fullmatch(given["slug"]):
            self.add_error("slug", _("A short name has small letters, digits and hyphens only"))
        return given

    def beginning(self) -> tuple[CharterDocument, CharterVersion | None]:
        """The document to begin with, and the version it is taken from; BadInput where a blank one cannot be made."""
        given = self.cleaned_data
        if given["start"] == "blank":
            return drafts.make_blank_charter(slug=given["slug"], name=given["name"]), None
        if given["start"] == "catalogue":
            return drafts.copy_starter(given["starter"]), None
        return drafts.copy_version(given["metric"])


def charters(request: PageRequest) -> HttpResponse:
    """The reader's drafts, and the charters of the metrics that they own."""
    narrowed = MetricFilter(request.GET, queryset=_list_owned(request))
    table = MetricTable(narrowed.qs, exclude=("owner",))
    table.caption = _("Your charters")
    turn_table(request, table, A_PAGE)
    given: dict[str, Any] = {
        "drafts": drafts.list_drafts(request.user)[:MOST_DRAFTS],
        "may_start": permissions.can_register(request.user),
    }
    return narrowing.show(request, "authoring/charters.html", narrowed, table, **given)


def charters_csv(request: PageRequest) -> HttpResponseBase:
    """The registered charters that the page would list, all of them, as a table to take away."""
    narrowed = MetricFilter(request.GET, queryset=_list_owned(request))
    narrowing.check_readable(narrowed)
    return sheets.stream_table("charters.csv", MetricTable(narrowed.qs, exclude=("owner",)), request)


def _list_owned(request: PageRequest) -> QuerySet[Metric]:
    return queries.list_metrics().filter(owner=request.user)


def start_charter(request: PageRequest) -> HttpResponse:
    """Begin a charter."""
    typed = request.POST if request.method == "POST" else None
    form = StartForm(typed, by=request.user, initial=_wanted(request))
    if typed is not None and form.is_valid():
        try:
            return _started(request, form)
        except (BadInput, Conflict) as error:
            form.add_error(error.field if error.field in form.fields else None, error.detail)
    return render(request, "authoring/start.html", {"form": form}, status=400 if form.errors else 200)


def _started(request: PageRequest, form: StartForm) -> HttpResponse:
    document, version = form.beginning()
    found = programme(request)
    if found is None:
        raise Conflict(_("There is no programme yet that a metric could belong to."))
    draft = drafts.start_draft(programme=found, document=document, by=request.user, based_on=version)
    messages.success(request, _("Your draft is begun. Nobody can use it before the board approves it."))
    return HttpResponseRedirect(reverse("charter-draft", args=[draft.pk]))


def _wanted(request: PageRequest) -> dict[str, str]:
    """A metric's page leads here with the metric named."""
    metric = request.GET.get("metric", "")
    return {"start": "version", "metric": metric} if metric else {}
