"""One view: what it is, and what it answers. Opening asks the line, once a metric or all together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from charter.registry.models import Metric
from charter.registry.screens.page_context import settled_day, today
from charter.rules import words
from charter.rules.request import Request
from charter.rules.vocabulary import DecisionType
from governance.decisions.models import Door
from governance.decisions.screens import answers
from governance.decisions.services import answer
from governance.decisions.services.answers import Answer
from governance.people.models import Person
from governance.people.requests import PageRequest
from governance.saved_views import permissions, queries
from governance.saved_views.screens.forms import OpenForm
from governance.ui import questions
from ground.errors import BadInput


@dataclass(frozen=True)
class Panel:
    """What one question of a view came to, as its part of the page shows it."""

    answer: Answer
    question: questions.QuestionInWords
    shown: answers.ShownAnswer | None
    matches: Sequence[dict[str, Any]]
    duties: Sequence[str]
    receipt_url: str
    ask_url: str


def view(request: PageRequest, slug: str) -> HttpResponse:
    """What a view lists, what it is for and what it must not be used for; and, for those whom it is open to, the months."""
    opened = queries.open_view(queries.get_view(slug), with_forbidden=True)
    form = _form(request, opened) if permissions.can_open(request.user, opened) else None
    return render(request, "saved_views/view.html", {"form": form, **_told(request, opened)})


def open_view(request: PageRequest, slug: str) -> HttpResponse:
    """Ask the view's questions, each decided, recorded and answered like any other; its address alone shows the view."""
    if request.method != "POST":
        return redirect("view", slug=slug)
    opened = queries.open_view(queries.get_view(slug), with_forbidden=True)
    permissions.check_can_open(request.user, opened)
    form = _form(request, opened, request.POST)
    panels: list[Panel] = []
    if form.is_valid():
        try:
            listed = {each.metric.slug for each in opened.metrics}
            panels = [_panel(request, asked, listed) for asked in opened.requests(form.window, **form.asked)]
        except BadInput as error:
            form.add_error(_field(error, form), error.detail)
    given = {"form": form, "panels": panels, **_told(request, opened)}
    if form.errors:
        return render(request, "saved_views/view.html", given, status=400)
    given["expectation"] = _expectation(opened, form.asked["persons"])
    return render(request, "saved_views/opened.html", given)


def _told(request: PageRequest, opened: queries.Opened) -> dict[str, object]:
    saved = opened.view
    return {
        "opened": opened,
        "view": saved,
        "decision": questions.name_decision(DecisionType(saved.decision)),
        "purpose": str(
            questions.FOR.get(DecisionType(saved.decision))
            or questions.name_decision(DecisionType(saved.decision))
        ),
        "whose": words.sentence(words.cohorts(saved.cohorts)) if saved.cohorts else "",
        "owns": saved.owner_id == request.user.pk,
        "forbidden": [(listed.metric, each) for listed in opened.metrics for each in listed.forbidden],
    }


def _form(request: PageRequest, opened: queries.Opened, data: Any = None) -> OpenForm:
    single = opened.view.grain == "person"
    reports = queries.list_reports(request.user, on=today(request)) if single else []
    return OpenForm(data, on=settled_day(request), single=single, reports=reports)


def _panel(request: PageRequest, asked: Request, listed: Collection[str]) -> Panel:
    given = answer(request=asked, by=request.user, door=Door.SCREEN)
    versions = answers.read_charters(given)
    asked_for = [version for version in versions if version.metric.slug in asked.metrics]
    names = dict(Metric.objects.filter(slug__in=asked.metrics).values_list("slug", "name"))
    return Panel(
        answer=given,
        question=questions.put_in_words(asked, names),
        shown=answers.show_answer(given, versions, elsewhere=listed) if given.verdict.permits else None,
        matches=answers.list_rule_matches(given, names),
        duties=answers.list_duties(given, asked_for) if given.verdict.permits else (),
        receipt_url=reverse("receipt", args=[given.receipt.id]),
        ask_url=f"{reverse('ask')}?{questions.to_query(asked)}",
    )


def _expectation(opened: queries.Opened, persons: Sequence[str]) -> object:
    """What is expected of the role of the one person whom the view was opened for."""
    family = Person.objects.filter(external_id__in=persons).values_list("role_family", flat=True).first()
    return opened.expectation(family or "")


def _field(error: BadInput, form: OpenForm) -> str | None:
    named = {"window": "first", "window.from": "first", "window.to": "last", "persons": "person"}
    name = named.get(error.field or "", error.field)
    return name if name in form.fields else None
