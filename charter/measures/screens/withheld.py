"""What is withheld of a metric, in numbers alone, for its owner."""

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from charter.measures import permissions, withheld
from charter.measures.values.calendar import format_period
from charter.programme.queries import get_programme
from charter.registry.models import Metric
from charter.rules.vocabulary import Period
from governance.people.permissions import can_administer
from governance.people.requests import PageRequest

LEVELS = (_("The whole organisation"), _("Value streams"), _("Teams"))


def withheld_page(request: PageRequest, slug: str) -> HttpResponse:
    """How much is told and withheld, by quarter and level, and which teams to merge."""
    metric = get_object_or_404(Metric.objects.select_related("owner"), slug=slug)
    permissions.check_can_see_withheld(request.user, metric)
    counts = withheld.count_withheld(metric)
    quarters = [
        (format_period(Period.QUARTER, quarter), [(LEVELS[each.level], each) for each in found])
        for quarter, found in groupby(counts, key=lambda each: each.quarter)
    ]
    given = {
        "metric": metric,
        "quarters": quarters,
        "least": get_programme().minimum_group,
        "thin": withheld.list_thin_teams(metric),
        "may_join": can_administer(request.user),
    }
    return render(request, "measures/withheld.html", given)
