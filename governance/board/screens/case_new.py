"""Putting a question to the board: an edge case, unintended consequences, the yearly review."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from charter.registry import queries as registry
from charter.registry.models import CharterVersion, Metric
from governance.board import permissions, services
from governance.board.kinds import KINDS
from governance.board.models import Case
from governance.board.screens.forms import PutForm
from governance.board.screens.kinds import IN_WORDS
from governance.board.states import CaseKind
from governance.people.requests import PageRequest


def put(request: PageRequest) -> HttpResponse:
    """Say in words what the board should decide (S49, S100)."""
    metrics = list(Metric.objects.values_list("slug", "name"))
    sits = permissions.sits(request.user)
    form = PutForm(request.POST or None, kinds=IN_WORDS, metrics=metrics, sits=sits)
    opened: list[Case] = []
    if request.method == "POST" and form.accepted(lambda: opened.append(_open(request, form))):
        messages.success(request, _("The case is open. Every seat can see it now."))
        return redirect("case", case_id=opened[0].pk)
    return render(request, "board/case_new.html", {"form": form}, status=form.status)


def _open(request: PageRequest, form: PutForm) -> Case:
    given = form.cleaned_data
    return services.open_case(
        kind=CaseKind(given["kind"]),
        charter_version=_governing(given["metric"]) if given["metric"] else None,
        subject=given["subject"],
        question=given["question"],
        details=_details(given),
        handler=given.get("handler"),
        by=request.user,
    )


def _details(given: Mapping[str, Any]) -> dict[str, object]:
    """What such a case asks for beside its words."""
    return {name: given[name] for name in KINDS[CaseKind(given["kind"])].in_words if given[name]}


def _governing(slug: str) -> CharterVersion | None:
    """The version that governs the metric now."""
    return registry.list_metrics_with_version().get(slug=slug).current
