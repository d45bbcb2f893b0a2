"""All views, and keeping a new one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from charter.registry.models import Metric
from charter.rules.vocabulary import DecisionType, Grain, Period, Standing
from governance.decisions.screens.ask_choices import AskChoices, read_ask_choices
from governance.decisions.screens.forms import with_whose
from governance.people.requests import PageRequest
from governance.saved_views import permissions, queries, services
from governance.saved_views.models import SavedView, ViewClass
from governance.saved_views.screens.forms import ViewForm
from governance.saved_views.screens.tables import ViewFilter, ViewTable
from governance.ui import narrowing, sheets
from governance.ui.lists import turn_table
from ground.errors import NotPermitted

A_PAGE = 25


def views(request: PageRequest) -> HttpResponse:
    """Every view and what it lists, for everybody: nobody need guess what is looked at together (S47, S98)."""
    narrowed = ViewFilter(request.GET, queryset=queries.list_views())
    table = ViewTable(narrowed.qs)
    turn_table(request, table, A_PAGE)
    table.know([row.record for row in table.paginated_rows], request.user)
    return narrowing.show(request, "saved_views/views.html", narrowed, table, makes=_makes(request))


def views_csv(request: PageRequest) -> HttpResponseBase:
    """The views that the page would list, all of them, as a table to take away."""
    narrowed = ViewFilter(request.GET, queryset=queries.list_views())
    narrowing.check_readable(narrowed)
    table = ViewTable(narrowed.qs)
    table.know(list(narrowed.qs), request.user)
    return sheets.stream_table("views.csv", table, request)


def new_view(request: PageRequest) -> HttpResponse:
    """Keep a question that is asked again and again."""
    can = read_ask_choices(request, request.GET.get("decision", ""), everyone=True)
    hints = {offer.slug: offer.says for offer in can.metrics}
    in_force = [metric for metric in can.reader.metrics if metric.standing is Standing.ACTIVE]
    form = ViewForm(
        request.POST or None,
        initial=_initial(request.GET, can),
        decisions=can.all_decisions,
        metrics=[(metric.slug, metric.name) for metric in in_force],
        hints=hints,
        whose=can.whose,
    )
    made: list[SavedView] = []
    if request.method == "POST" and form.accepted(lambda: made.append(_make(request, form))):
        messages.success(request, _made(made[0]))
        return redirect("view", slug=made[0].slug)
    return render(request, "saved_views/new.html", {"form": form}, status=form.status)


def _make(request: PageRequest, form: ViewForm) -> SavedView:
    given = form.cleaned_data
    chosen = {metric.slug: metric for metric in Metric.objects.filter(slug__in=given["metrics"])}
    return services.make_view(
        slug=given["slug"],
        name=given["name"],
        purpose=given["purpose"],
        view_class=ViewClass(given["view_class"]),
        decision=DecisionType(given["decision"]),
        grain=Grain(given["whose"].partition("/")[0]),
        metrics=[chosen[slug] for slug in given["metrics"]],
        cohorts=[slug for slug in (given["whose"].partition("/")[2],) if slug],
        period=Period(given["period"]),
        by=request.user,
    )


def _initial(given: QueryDict, can: AskChoices) -> dict[str, Any]:
    """A question as its answer hands it on: what it is for, of which metrics, whose and how often."""
    told = with_whose(given)
    initial: dict[str, Any] = {
        name: told[name] for name in ("decision", "whose", "period", "purpose") if name in told
    }
    if given.get("view"):
        initial["view_class"] = given["view"]
    return {"whose": can.mine, **initial, "metrics": given.getlist("metrics")}


def _made(view: SavedView) -> str:
    said = {"name": view.name}
    if queries.open_view(queries.get_view(view.slug)).view_class is None:
        return _("“%(name)s” is before the board. It begins once the board agrees.") % said
    return _("“%(name)s” is kept.") % said


def _makes(request: PageRequest) -> bool:
    try:
        permissions.check_can_make(request.user)
    except NotPermitted:
        return False
    return True
