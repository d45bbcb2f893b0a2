"""One's own figure: asked of the line like any other question, so that it has its receipt, and stored nowhere."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from charter.registry.screens.page_context import today
from charter.rules import words
from governance.about_me.own_values import make_own_question
from governance.about_me.permissions import get_own_person
from governance.about_me.queries.included import list_included
from governance.decisions.screens.next_steps import list_fields
from governance.people.requests import PageRequest
from governance.ui.questions import name_decision


def values(request: PageRequest, slug: str) -> HttpResponse:
    """What will be asked, and the button that asks it: the answer has notes, ranges, companions and a receipt."""
    person = get_own_person(request.user)
    found = next((each for each in list_included(person, today(request)) if each.slug == slug), None)
    if found is None or found.own_use is None:
        raise Http404
    asked = make_own_question(found)
    given = {
        "metric": found,
        "fields": list_fields(asked, rows=True),
        "window": words.window(asked.window),
        "decision": name_decision(asked.decision),
        "title": _("Your own figure: %(name)s") % {"name": found.name},
    }
    return render(request, "about_me/values.html", given)
