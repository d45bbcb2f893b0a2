"""Changing a view: its list and its class by the board, what is expected of a role by its owner."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from charter.registry.models import Metric
from governance.people.requests import PageRequest
from governance.saved_views import permissions, queries, services
from governance.saved_views.models import SavedView, ViewClass
from governance.saved_views.screens.forms import ClassForm, ExpectationForm, MetricForm
from governance.ui.forms import ServiceForm


def propose_metric(request: PageRequest, slug: str) -> HttpResponse:
    """Ask the board to put a metric on the list (S47)."""
    view = _own(request, slug)
    form = MetricForm(request.POST or None, metrics=list(Metric.objects.order_by("name")))
    if request.method == "POST" and form.accepted(lambda: _propose(request, view, form)):
        return _before_the_board(request, slug)
    return _page(request, view, form, _("Put a metric on the list"))


def drop_metric(request: PageRequest, slug: str, metric: str) -> HttpResponse:
    """Take a metric off the list, after one page that says what follows."""
    view, found = _own(request, slug), get_object_or_404(Metric, slug=metric)
    if request.method == "POST":
        services.drop_metric(view=view, metric=found, by=request.user)
        messages.success(request, _("%(name)s is off the list.") % {"name": found.name})
        return redirect("view", slug=slug)
    return render(request, "saved_views/drop.html", {"view": view, "metric": found})


def propose_class(request: PageRequest, slug: str) -> HttpResponse:
    """Ask the board to change the class (S45)."""
    view = _own(request, slug)
    opened = queries.open_view(view)
    permissions.check_has_begun(opened)
    to = ViewClass.DIAGNOSTIC if opened.is_performance else ViewClass.PERFORMANCE
    form = ClassForm(request.POST or None)
    if request.method == "POST" and form.accepted(partial(_reclass, request, view, to, form)):
        return _before_the_board(request, slug)
    return _page(request, view, form, _("Make it a %(class)s view") % {"class": to.label.lower()})


def write_expectation(request: PageRequest, slug: str) -> HttpResponse:
    """Write what a role is expected to show."""
    view = _own(request, slug)
    form = ExpectationForm(request.POST or None)
    if request.method == "POST" and form.accepted(partial(_write, request, view, form)):
        messages.success(request, _("Written. It stands beside the person's own history."))
        return redirect("view", slug=slug)
    return _page(request, view, form, _("What a role is expected to show"), board=False)


def retire(request: PageRequest, slug: str) -> HttpResponse:
    """Retire a view, after one page that says what follows."""
    view = _own(request, slug)
    if request.method == "POST":
        services.retire_view(view=view, by=request.user)
        messages.success(request, _("“%(name)s” is retired.") % {"name": view.name})
        return redirect("views")
    return render(request, "saved_views/retire.html", {"view": view})


def _own(request: PageRequest, slug: str) -> SavedView:
    view = queries.get_view(slug)
    permissions.check_can_change(request.user, view)
    return view


def _propose(request: PageRequest, view: SavedView, form: MetricForm) -> None:
    given = form.cleaned_data
    metric = get_object_or_404(Metric, slug=given["metric"])
    services.propose_metric(view=view, metric=metric, why=given["why"], by=request.user)


def _reclass(request: PageRequest, view: SavedView, to: ViewClass, form: ClassForm) -> None:
    services.propose_class(view=view, view_class=to, why=form.cleaned_data["why"], by=request.user)


def _write(request: PageRequest, view: SavedView, form: ExpectationForm) -> None:
    services.write_expectation(view=view, **form.cleaned_data, by=request.user)


def _before_the_board(request: PageRequest, slug: str) -> HttpResponse:
    messages.success(request, _("It is before the board. The view stays as it is until the board agrees."))
    return redirect("view", slug=slug)


def _page(
    request: PageRequest, view: SavedView, form: ServiceForm, title: str, *, board: bool = True
) -> HttpResponse:
    given = {"view": view, "form": form, "title": title, "board": board}
    return render(request, "saved_views/change.html", given, status=form.status)
