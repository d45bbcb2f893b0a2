"""Taking the course: one question a page, what is right at once, and how it went. The reader's own business."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from charter.registry import queries as registry
from charter.rules.vocabulary import Outcome
from governance.people.requests import PageRequest
from governance.training import queries, services
from governance.training.models import Attempt
from governance.training.queries import Item
from governance.training.questions import AnswerOption
from governance.training.screens.forms import AnswerForm, option_words
from governance.ui.links import rule_url
from ground.errors import Conflict, NotFound


@require_POST
def begin_attempt(request: PageRequest) -> HttpResponse:
    """Begin the course, or go on where one stopped."""
    try:
        found = services.begin(by=request.user)
    except Conflict as error:
        messages.warning(request, error.detail)
        return redirect("training")
    return redirect("training-attempt", key=found.pk)


def attempt(request: PageRequest, key: UUID) -> HttpResponse:
    """To the first question that is not answered yet, or to how it went."""
    return redirect(_next(queries.list_items(queries.get_attempt(key, by=request.user)), key))


def question(request: PageRequest, key: UUID, place: int) -> HttpResponse:
    """One question; once it is answered, what is right and why."""
    found = queries.get_attempt(key, by=request.user)
    items = queries.list_items(found)
    if not 1 <= place <= len(items):
        raise NotFound(_("This attempt has no such question."), code="question_not_found")
    item = items[place - 1]
    if request.method == "POST":
        return _answer(request, found, item)
    form = AnswerForm(item=item)
    return (
        _answered(request, found, item, items, item.choice)
        if item.choice
        else _asked(request, found, item, form)
    )


def result(request: PageRequest, key: UUID) -> HttpResponse:
    """How an attempt went; before its end, to the question that comes next."""
    found = queries.get_attempt(key, by=request.user)
    items = queries.list_items(found)
    if any(item.choice is None for item in items):
        return redirect(_next(items, key))
    given = {
        "attempt": found,
        "result": queries.read_result(found),
        "wrong": [item for item in items if not item.right],
        "attestation": queries.find_attestation(request.user),
    }
    return render(request, "training/result.html", given)


def _answer(request: PageRequest, found: Attempt, item: Item) -> HttpResponse:
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
    request: PageRequest, found: Attempt, item: Item, form: AnswerForm, status: int = 200
) -> HttpResponse:
    given = {"attempt": found, "item": item, "of": len(found.shown), "form": form}
    return render(request, "training/question.html", given, status=status)


def _answered(
    request: PageRequest, found: Attempt, item: Item, items: list[Item], choice: AnswerOption
) -> HttpResponse:
    known = {rule.id for rule in registry.list_rules_in_force()}
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
    return render(request, "training/answered.html", given)


def _teaches(item: Item) -> bool:
    """Whether what was chosen is a rule that does not reach the use, which is worth reading why."""
    return not item.right and item.solution.outcome is Outcome.PERMIT


def _card(option: AnswerOption, known: set[str]) -> dict[str, str] | None:
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
