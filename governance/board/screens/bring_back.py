"""Putting a suspended metric back to the board, after one page that says what follows."""

from dataclasses import dataclass
from types import MappingProxyType

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charter.registry.models import CharterVersion, Metric
from charter.registry.states import StandingChoices
from governance.board import approval, permissions, queries, services
from governance.board.models import Case
from governance.board.states import CaseKind
from governance.people.models import User
from governance.people.requests import PageRequest
from governance.ui.forms import ServiceForm
from ground.errors import Conflict, DomainError, NotPermitted


@dataclass(frozen=True)
class WayBack:
    """How a suspended charter comes back, for somebody who may ask for it; `bar` says why not now, empty where it can."""

    bar: str


class BringBackForm(ServiceForm):
    """Putting a suspended metric back to the board."""

    called = MappingProxyType({"question": "changed"})

    changed = forms.CharField(
        label=gettext_lazy("What has changed since it was suspended?"),
        help_text=gettext_lazy("Speak to the reason it was suspended for. The board weighs what you write."),
        max_length=5000,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Say what has changed since it was suspended")},
    )


def bring_back(request: PageRequest, slug: str) -> HttpResponse:
    """Say what a case to bring it back does, ask what has changed, and open it."""
    metric = get_object_or_404(Metric, slug=slug)
    version = _suspended(metric)
    permissions.check_can_bring_back(request.user, version)
    form = BringBackForm(request.POST or None)
    opened: list[Case] = []
    if request.method == "POST" and form.accepted(lambda: opened.append(_open(request, form, version))):
        messages.success(request, _("The case is open. It stays suspended until the board has passed it."))
        return redirect("case", case_id=opened[0].pk)
    given = {
        "metric": metric,
        "version": version,
        "suspension": queries.list_suspensions().filter(charter_version=version).first(),
        "needed": approval.describe_bar(Case(kind=CaseKind.CHARTER, charter_version=version)),
        "form": form,
    }
    return render(request, "board/bring_back.html", given, status=form.status)


def find_way_back(user: User, version: CharterVersion) -> WayBack | None:
    """What to offer this account beside a suspended charter; None where it is not suspended or not theirs to ask for."""
    if version.standing != StandingChoices.SUSPENDED:
        return None
    try:
        permissions.check_can_bring_back(user, version)
    except NotPermitted:
        return None
    except DomainError as obstacle:
        return WayBack(obstacle.detail)
    return WayBack("")


def _suspended(metric: Metric) -> CharterVersion:
    found = metric.versions.filter(standing=StandingChoices.SUSPENDED).select_related("metric").first()
    if found is None:
        raise Conflict(_("This metric is not suspended, so nothing needs to be brought back."))
    return found


def _open(request: PageRequest, form: BringBackForm, version: CharterVersion) -> Case:
    return services.open_case(charter_version=version, question=form.cleaned_data["changed"], by=request.user)
