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
from governance.ui import sheets
from ground.errors import NotPermitted
from ground.parsing import clean_word


def views(request: PageRequest) -> HttpResponse:
    """Every view and what it lists, for everybody: nobody need guess what is looked at together (S47, S98)."""
    everything = [queries.open_view(view) for view in queries.list_views()]
    found = _narrow(request, everything)
    reader = permissions.find_reader(request.user, found)
    given = {
        "found": [(each, permissions.is_open_to(reader, each)) for each in found],
        "total": len(everything),
        "word": clean_word(request.GET.get("text", "")),
        "chosen": request.GET.get("class", ""),
        "classes": ViewClass.choices,
        "makes": _makes(request),
    }
    return render(request, "saved_views/views.html", given)


def views_csv(request: PageRequest) -> HttpResponseBase:
    """The views that the page would list, all of them, as a table to take away."""
    found = _narrow(request, [queries.open_view(view) for view in queries.list_views()])
    header = ["view", "name", "class", "decision", "grain", "metrics", "owner"]
    return sheets.stream_csv("views.csv", header, map(_as_row, found))


def _as_row(opened: queries.Opened) -> list[object]:
    view = opened.view
    of_class = opened.view_class.label if opened.view_class else ""
    metrics = ", ".join(listed.metric.slug for listed in opened.metrics)
    return [view.slug, view.name, of_class, view.decision, view.grain, metrics, view.owner.name]


def _narrow(request: PageRequest, everything: list[queries.Opened]) -> list[queries.Opened]:
    """Those that the reader asks for, by words and by class."""
    word, chosen = clean_word(request.GET.get("text", "")), request.GET.get("class", "")
    return [each for each in everything if _speaks_of(each, word) and chosen in ("", each.view_class)]


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


def _speaks_of(opened: queries.Opened, word: str) -> bool:
    said = " ".join((opened.view.name, opened.view.purpose, *(each.metric.name for each in opened.metrics)))
    return all(part in said.casefold() for part in word.casefold().split())
