"""All views, and keeping a new one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from charter.registry.models import Metric
from charter.rules.vocabulary import Decision, Grain, Period
from governance.desk.offers import offers
from governance.desk.openings import opens_to, signed_in
from governance.desk.views.saved.forms import ViewForm
from governance.views import permissions, queries, services
from governance.views.models import SavedView, ViewClass
from ground.errors import NotPermitted


@opens_to(signed_in)
def views(request: HttpRequest) -> HttpResponse:
    """Every view and what it lists, for everybody: nobody need guess what is looked at together (S47, S98)."""
    word = request.GET.get("text", "").strip()[:100]
    chosen = request.GET.get("class", "")
    everything = [queries.opened(view) for view in queries.views()]
    found = [each for each in everything if _speaks_of(each, word) and chosen in ("", each.view_class)]
    reader = permissions.reader(request.user, found)
    given = {
        "found": [(each, permissions.is_open_to(reader, each)) for each in found],
        "total": len(everything),
        "word": word,
        "chosen": chosen,
        "classes": ViewClass.choices,
        "makes": _makes(request),
    }
    return render(request, "desk/saved/views.html", given)


@opens_to(signed_in, stored=False)
def new(request: HttpRequest) -> HttpResponse:
    """Keep a question that is asked again and again."""
    permissions.check_can_make(request.user)
    can = offers(request, request.GET.get("decision", ""))
    in_force = [offer for offer in can.metrics if offer.in_force]
    form = ViewForm(
        request.POST or None,
        initial={"cohort": can.mine},
        decisions=can.decisions,
        metrics=[(offer.slug, offer.name) for offer in in_force],
        hints={offer.slug: offer.hint(can.decision) for offer in in_force},
        cohorts=can.cohorts,
    )
    made: list[SavedView] = []
    if request.method == "POST" and form.accepted(lambda: made.append(_make(request, form))):
        messages.success(request, _made(made[0]))
        return redirect("view", slug=made[0].slug)
    return render(request, "desk/saved/new.html", {"form": form}, status=form.status)


def _make(request: HttpRequest, form: ViewForm) -> SavedView:
    given = form.cleaned_data
    chosen = {metric.slug: metric for metric in Metric.objects.filter(slug__in=given["metrics"])}
    return services.make_view(
        slug=given["slug"],
        name=given["name"],
        purpose=given["purpose"],
        view_class=ViewClass(given["view_class"]),
        decision=Decision(given["decision"]),
        grain=Grain(given["grain"]),
        metrics=[chosen[slug] for slug in given["metrics"]],
        cohorts=[given["cohort"]] if given["cohort"] else [],
        period=Period(given["period"]),
        by=request.user,
    )


def _made(view: SavedView) -> str:
    said = {"name": view.name}
    if queries.opened(queries.view(view.slug)).view_class is None:
        return _("“%(name)s” is before the board. It begins once the board agrees.") % said
    return _("“%(name)s” is kept.") % said


def _makes(request: HttpRequest) -> bool:
    try:
        permissions.check_can_make(request.user)
    except NotPermitted:
        return False
    return True


def _speaks_of(opened: queries.Opened, word: str) -> bool:
    said = " ".join((opened.view.name, opened.view.purpose, *(each.metric.name for each in opened.metrics)))
    return all(part in said.casefold() for part in word.casefold().split())
