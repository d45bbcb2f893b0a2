"""One view: what it is, and what it answers. Opening asks the line, once a metric or all together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from charter.registry.models import Metric
from charter.rules import words
from charter.rules.request import Request
from charter.rules.vocabulary import Decision
from governance.decisions.models import Door
from governance.decisions.replies import Answer
from governance.decisions.services import answer
from governance.desk import answers, questions
from governance.desk.context import today
from governance.desk.openings import opens_to, signed_in
from governance.desk.views.saved.forms import OpenForm
from governance.people.models import Person, Role
from governance.views import permissions, queries
from ground.errors import BadInput


@dataclass(frozen=True)
class Panel:
    """What one question of a view came to, as its part of the page shows it."""

    answer: Answer
    question: questions.Question
    shown: answers.Shown | None
    bites: Sequence[dict[str, Any]]
    duties: Sequence[str]
    receipt_url: str
    ask_url: str


@opens_to(signed_in, stored=False)
def view(request: HttpRequest, slug: str) -> HttpResponse:
    """What a view lists, what it is for and what it must not be used for; and, for those whom it is open to, the months."""
    opened = queries.opened(queries.view(slug), with_forbidden=True)
    form = _form(request, opened) if permissions.can_open(request.user, opened) else None
    return render(request, "desk/saved/view.html", {"form": form, **_told(request, opened)})


@opens_to(signed_in, stored=False)
@require_POST
def open_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the view's questions, each decided, recorded and answered like any other."""
    opened = queries.opened(queries.view(slug), with_forbidden=True)
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
        return render(request, "desk/saved/view.html", given, status=400)
    given["expectation"] = _expectation(opened, form.asked["persons"])
    return render(request, "desk/saved/opened.html", given)


def _told(request: HttpRequest, opened: queries.Opened) -> dict[str, object]:
    saved = opened.view
    return {
        "opened": opened,
        "view": saved,
        "decision": questions.named(Decision(saved.decision)),
        "purpose": str(
            questions.FOR.get(Decision(saved.decision)) or questions.named(Decision(saved.decision))
        ),
        "whose": words.sentence(words.cohorts(saved.cohorts)) if saved.cohorts else "",
        "owns": saved.owner_id == request.user.pk,
        "forbidden": [(listed.metric, each) for listed in opened.metrics for each in listed.forbidden],
    }


def _form(request: HttpRequest, opened: queries.Opened, data: Any = None) -> OpenForm:
    single = opened.view.grain == "person"
    reports = _reports(request) if single else ()
    return OpenForm(data, on=today(request), single=single, reports=reports)


def _reports(request: HttpRequest) -> list[tuple[str, str]]:
    """The people whom the reader leads, by name: their reports, and the members of their teams."""
    on, user = today(request), request.user
    led = user.role_grants.on(on).filter(role=Role.MANAGER).values("team")
    lines = Person.objects.filter(lines__manager=user.person_id, lines__valid_to__isnull=True)
    members = Person.objects.filter(memberships__team__in=led, memberships__valid_to__isnull=True)
    found = (lines | members).exclude(pk=user.person_id).distinct().order_by("name")
    return list(found.values_list("external_id", "name"))


def _panel(request: HttpRequest, asked: Request, listed: Collection[str]) -> Panel:
    given = answer(request=asked, by=request.user, door=Door.SCREEN)
    versions = answers.charters(given)
    asked_for = [version for version in versions if version.metric.slug in asked.metrics]
    names = dict(Metric.objects.filter(slug__in=asked.metrics).values_list("slug", "name"))
    return Panel(
        answer=given,
        question=questions.in_words(asked, names),
        shown=answers.shown(given, versions, elsewhere=listed) if given.verdict.permits else None,
        bites=answers.bites(given, names),
        duties=answers.duties(given, asked_for) if given.verdict.permits else (),
        receipt_url=reverse("receipt", args=[given.receipt.id]),
        ask_url=f"{reverse('ask')}?{questions.query(asked)}",
    )


def _expectation(opened: queries.Opened, persons: Sequence[str]) -> object:
    """What is expected of the role of the one person whom the view was opened for."""
    family = Person.objects.filter(external_id__in=persons).values_list("role_family", flat=True).first()
    return opened.expectation(family or "")


def _field(error: BadInput, form: OpenForm) -> str | None:
    named = {"window": "first", "window.from": "first", "window.to": "last", "persons": "person"}
    name = named.get(error.field or "", error.field)
    return name if name in form.fields else None
