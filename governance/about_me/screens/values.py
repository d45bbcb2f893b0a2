"""One's own figure: asked of the line like any other question, so that it has its receipt, and stored nowhere."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from charter.registry.screens.page_context import settled_day, today
from charter.rules import words
from charter.rules.request import Request
from charter.rules.vocabulary import Grain, Period
from governance.about_me.permissions import get_own_person
from governance.about_me.queries.included import IncludedMetric, list_included
from governance.decisions.screens.months import list_closed_months
from governance.decisions.screens.next_steps import list_fields
from governance.people.requests import PageRequest
from governance.ui.questions import month_window, name_decision

MONTHS = 12  # that a figure goes back, where the charter lets it


def values(request: PageRequest, slug: str) -> HttpResponse:
    """What will be asked, and the button that asks it: the answer has notes, ranges, companions and a receipt."""
    person = get_own_person(request.user)
    found = next((each for each in list_included(person, today(request)) if each.slug == slug), None)
    if found is None or found.own_use is None:
        raise Http404
    months = list_closed_months(settled_day(request))
    asked = make_own_question(found, months[MONTHS - 1], months[0])
    given = {
        "metric": found,
        "fields": list_fields(asked, rows=True),
        "window": words.window(asked.window),
        "decision": name_decision(asked.decision),
        "title": _("Your own figure: %(name)s") % {"name": found.name},
    }
    return render(request, "about_me/values.html", given)


def make_own_question(metric: IncludedMetric, first: str, last: str) -> Request:
    """The question of one's own values from one month to another (`2026-03`), which is in it."""
    if metric.own_use is None:
        raise ValueError(metric.slug)
    return Request(
        decision=metric.own_use,
        metrics=(metric.slug,),
        grain=Grain.SELF,
        window=month_window(first, last),
        period=Period.MONTH,
    )
