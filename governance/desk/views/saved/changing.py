"""Changing a view: its list and its class by the board, what is expected of a role by its owner."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from charter.registry.models import Metric
from governance.desk.openings import opens_to, signed_in
from governance.desk.views.saved.forms import ClassForm, ExpectationForm, MetricForm
from governance.views import permissions, queries, services
from governance.views.models import SavedView, ViewClass


@opens_to(signed_in, stored=False)
def propose_metric(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the board to put a metric on the list (S47)."""
    view = _own(request, slug)
    form = MetricForm(request.POST or None, metrics=list(Metric.objects.order_by("name")))
    if request.method == "POST" and form.accepted(lambda: _propose(request, view, form)):
        return _before_the_board(request, slug)
    return _page(request, view, form, _("Put a metric on the list"))


@opens_to(signed_in, stored=False)
def drop_metric(request: HttpRequest, slug: str, metric: str) -> HttpResponse:
    """Take a metric off the list, after one page that says what follows."""
    view, found = _own(request, slug), get_object_or_404(Metric, slug=metric)
    if request.method == "POST":
        services.drop_metric(view=view, metric=found, by=request.user)
        messages.success(request, _("%(name)s is off the list.") % {"name": found.name})
        return redirect("view", slug=slug)
    return render(request, "desk/saved/drop.html", {"view": view, "metric": found})


@opens_to(signed_in, stored=False)
def propose_class(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the board to change the class (S45)."""
    view = _own(request, slug)
    opened = queries.opened(view)
    permissions.check_has_begun(opened)
    to = ViewClass.DIAGNOSTIC if opened.is_performance else ViewClass.PERFORMANCE
    form = ClassForm(request.POST or None)
    if request.method == "POST" and form.accepted(partial(_reclass, request, view, to, form)):
        return _before_the_board(request, slug)
    return _page(request, view, form, _("Make it a %(class)s view") % {"class": to.label.lower()})


@opens_to(signed_in, stored=False)
def write_expectation(request: HttpRequest, slug: str) -> HttpResponse:
    """Write what a role is expected to show."""
    view = _own(request, slug)
    form = ExpectationForm(request.POST or None)
    if request.method == "POST" and form.accepted(partial(_write, request, view, form)):
        messages.success(request, _("Written. It stands beside the person's own history."))
        return redirect("view", slug=slug)
    return _page(request, view, form, _("What a role is expected to show"), board=False)


@opens_to(signed_in, stored=False)
def retire(request: HttpRequest, slug: str) -> HttpResponse:
    """Retire a view, after one page that says what follows."""
    view = _own(request, slug)
    if request.method == "POST":
        services.retire_view(view=view, by=request.user)
        messages.success(request, _("“%(name)s” is retired.") % {"name": view.name})
        return redirect("views")
    return render(request, "desk/saved/retire.html", {"view": view})


def _own(request: HttpRequest, slug: str) -> SavedView:
    view = queries.view(slug)
    permissions.check_can_change(request.user, view)
    return view


def _propose(request: HttpRequest, view: SavedView, form: MetricForm) -> None:
    given = form.cleaned_data
    metric = get_object_or_404(Metric, slug=given["metric"])
    services.propose_metric(view=view, metric=metric, why=given["why"], by=request.user)


def _reclass(request: HttpRequest, view: SavedView, to: ViewClass, form: ClassForm) -> None:
    services.propose_class(view=view, view_class=to, why=form.cleaned_data["why"], by=request.user)


def _write(request: HttpRequest, view: SavedView, form: ExpectationForm) -> None:
    services.write_expectation(view=view, **form.cleaned_data, by=request.user)


def _before_the_board(request: HttpRequest, slug: str) -> HttpResponse:
    messages.success(request, _("It is before the board. The view stays as it is until the board agrees."))
    return redirect("view", slug=slug)


def _page(request: HttpRequest, view: SavedView, form, title: str, *, board: bool = True) -> HttpResponse:
    given = {"view": view, "form": form, "title": title, "board": board}
    return render(request, "desk/saved/change.html", given, status=form.status)
