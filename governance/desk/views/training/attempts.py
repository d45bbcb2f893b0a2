"""Taking the course: one question a page, what is right at once, and how it went. The reader's own business."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from charter.registry import queries as registry
from charter.rules.vocabulary import Outcome
from governance.desk.answers import rule_url
from governance.desk.openings import opens_to, signed_in
from governance.desk.views.training.forms import AnswerForm, option_words
from governance.training import queries, services
from governance.training.models import Attempt
from governance.training.queries import Item
from governance.training.questions import Option
from ground.errors import Conflict, NotFound


@opens_to(signed_in, stored=False)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin the course, or go on where one stopped."""
    try:
        found = services.begin(by=request.user)
    except Conflict as error:
        messages.warning(request, error.detail)
        return redirect("training")
    return redirect("training-attempt", key=found.pk)


@opens_to(signed_in, stored=False)
def attempt(request: HttpRequest, key: UUID) -> HttpResponse:
    """To the first question that is not answered yet, or to how it went."""
    return redirect(_next(queries.items(queries.attempt(key, by=request.user)), key))


@opens_to(signed_in, stored=False)
def question(request: HttpRequest, key: UUID, place: int) -> HttpResponse:
    """One question; once it is answered, what is right and why."""
    found = queries.attempt(key, by=request.user)
    items = queries.items(found)
    if not 1 <= place <= len(items):
        raise NotFound(_("This attempt has no such question."), code="question_not_found")
    item = items[place - 1]
    if request.method == "POST":
        return _answer(request, found, item)
    form = AnswerForm(item=item)
    return _answered(request, found, item, items) if item.choice else _asked(request, found, item, form)


@opens_to(signed_in, stored=False)
def result(request: HttpRequest, key: UUID) -> HttpResponse:
    """How an attempt went; before its end, to the question that comes next."""
    found = queries.attempt(key, by=request.user)
    items = queries.items(found)
    if any(item.choice is None for item in items):
        return redirect(_next(items, key))
    given = {
        "attempt": found,
        "result": queries.result(found),
        "wrong": [item for item in items if not item.right],
        "attestation": queries.attestation(request.user),
    }
    return render(request, "desk/training/result.html", given)


def _answer(request: HttpRequest, found: Attempt, item: Item) -> HttpResponse:
    form = AnswerForm(request.POST, item=item)
    if not form.is_valid() and item.choice is None:
        return _asked(request, found, item, form, status=400)
    if form.is_valid():
        try:
            services.answer(attempt=found, number=item.place, by=request.user, **form.cleaned_data)
        except Conflict as error:
            messages.warning(request, error.detail)
            if error.code == "course_replaced":
                return redirect("training")
    return redirect("training-question", key=found.pk, place=item.place)


def _asked(
    request: HttpRequest, found: Attempt, item: Item, form: AnswerForm, status: int = 200
) -> HttpResponse:
    given = {"attempt": found, "item": item, "of": len(found.shown), "form": form}
    return render(request, "desk/training/question.html", given, status=status)


def _answered(request: HttpRequest, found: Attempt, item: Item, items: list[Item]) -> HttpResponse:
    known = {rule.id for rule in registry.rules_in_force()}
    choice = item.choice
    assert choice is not None
    given = {
        "attempt": found,
        "item": item,
        "of": len(found.shown),
        "chosen": option_words(choice),
        "right": option_words(item.solution),
        "outcome": item.solution.outcome.value,
        "rule": _card(item.solution, known),
        "other": _card(choice, known) if _teaches(item) else None,
        "next_url": _next(items, found.pk),
        "done": all(each.choice is not None for each in items),
    }
    return render(request, "desk/training/answered.html", given)


def _teaches(item: Item) -> bool:
    """Whether what was chosen is a rule that does not reach the use, which is worth reading why."""
    return not item.right and item.solution.outcome is Outcome.PERMIT


def _card(option: Option, known: set[str]) -> dict[str, str] | None:
    """A rule as it was when the course was published; linked where it is still one."""
    if not option.rule:
        return None
    words = {name: getattr(option, name) for name in ("title", "text", "why", "fix")}
    return {"id": option.rule, "url": rule_url(option.rule) if option.rule in known else "", **words}


def _next(items: list[Item], key: UUID) -> str:
    """The address of the first question that is not answered, or of the result."""
    left = next((item.place for item in items if item.choice is None), None)
    return (
        reverse("training-result", args=[key])
        if left is None
        else reverse("training-question", args=[key, left])
    )
