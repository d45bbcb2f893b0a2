"""Checking a use: where HR begins, one question a page, all answers before they are checked, and the answer as a statement."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charter.rules import words
from charter.rules.vocabulary import DecisionType
from governance.decisions.models import Door
from governance.people.requests import PageRequest
from governance.ui import questions
from governance.ui.links import rule_url
from governance.use_check import services
from governance.use_check.asked import UseAsked, name_evidence
from governance.use_check.changes import UseChange
from governance.use_check.judged import CheckedUse
from governance.use_check.permissions import can_keep_profiles
from governance.use_check.screens.answers_so_far import STEPS, AnswersSoFar, of_asked
from governance.use_check.screens.choices import list_decisions, list_offered
from governance.use_check.screens.forms import FORMS, LEVELS, MYSELF, SOMEBODY, UseStepForm
from governance.use_check.statements import say_answer, say_change, write_statement
from governance.use_check.states import UseAnswer
from ground.errors import DomainError

TITLES = {
    "decision": gettext_lazy("What is to be decided"),
    "metrics": gettext_lazy("Which metrics"),
    "whose": gettext_lazy("Whose values"),
    "role": gettext_lazy("Whose role"),
    "evidence": gettext_lazy("Evidence at hand"),
    "accountable": gettext_lazy("Who answers for it"),
}
HEADINGS = {
    UseAnswer.YES: gettext_lazy("Yes, this may be used"),
    UseAnswer.NO: gettext_lazy("No, this may not be used"),
    UseAnswer.BOARD: gettext_lazy("Ask the board"),
}
# What the other pages of a use check call the shapes of answers.
SHAPES = {UseAnswer.YES: "permit", UseAnswer.NO: "deny", UseAnswer.BOARD: "refer"}


def start(request: PageRequest) -> HttpResponse:
    """Where a check begins; an address that answers some questions already goes on with the first that is open."""
    answers = AnswersSoFar.of(request.GET)
    if answers.query:
        return redirect(answers.address(answers.find_missing() or "check"))
    given = {
        "decisions": list_decisions(),
        "keeps_profiles": can_keep_profiles(request.user),
    }
    return render(request, "use_check/start.html", given)


def question(request: PageRequest, step: str) -> HttpResponse:
    """One question of a check. What was answered before stands in the address, which every answer makes longer."""
    if step not in STEPS:
        raise Http404
    answers = AnswersSoFar.of(request.GET)
    form = _make_form(request, step, answers)
    if request.method == "POST" and form.accepted(lambda: None):
        answers = answers.with_answer(step, _read_answer(step, form, request))
        missing = answers.find_missing()
        on_way = _follow(step, answers) if "back" not in request.GET else None
        return redirect(answers.address(on_way or missing or "check"))
    steps = answers.steps()
    given = {
        "form": form,
        "title": form.fields[next(iter(form.fields))].label,
        "number": steps.index(step) + 1 if step in steps else len(steps),
        "of": len(steps),
        "back": _find_back(step, answers),
    }
    return render(request, "use_check/question.html", given, status=form.status)


def review(request: PageRequest) -> HttpResponse:
    """All answers before they are checked, each with a way to change it; POST checks."""
    answers = AnswersSoFar.of(request.GET)
    if missing := answers.find_missing():
        return redirect(answers.address(missing))
    error: DomainError | None = None
    if request.method == "POST":
        try:
            checked, _given = services.check_use(asked=answers.read(), by=request.user, door=Door.SCREEN)
        except DomainError as refused:
            error = refused
        else:
            return redirect(_answer_address(checked))
    given = {
        "lines": [
            (TITLES[step], _say(step, answers), answers.address(step, check=True)) for step in answers.steps()
        ],
        "error": error,
        "again": answers.address("check"),
    }
    return render(request, "use_check/review.html", given, status=error.status if error else 200)


def answer(request: PageRequest, decision: UUID) -> HttpResponse:
    """The answer: yes, no or ask the board, in a paragraph to send on, with rules, clauses and the smallest changes."""
    checked = services.recall_check(
        decision=decision, role_family=request.GET.get("role_family"), by=request.user
    )
    asked, decided = checked.decided.request, checked.decided
    several = len(asked.metrics) > 1
    given = {
        "checked": checked,
        "decided": decided,
        "question": questions.put_in_words(asked, checked.names),
        "outcome": SHAPES[UseAnswer(decided.answer)],
        "heading": HEADINGS[UseAnswer(decided.answer)],
        "lead": say_answer(checked),
        "statement": write_statement(checked),
        "rules": [_show_rule(rule, checked, several=several) for rule in decided.rules],
        "changes": [_show_change(each, checked) for each in checked.changes],
        "receipt": {
            "id": decided.receipt.id,
            "at": decided.receipt.at,
            "note": _("Kept as a check: no values were read"),
            "url": reverse("receipt", args=[decided.receipt.id]),
        },
        "refers": decided.answer == UseAnswer.BOARD,
        "whole": reverse("use-check-decision", args=[asked.decision.value]),
    }
    return render(request, "use_check/answer.html", given)


def _make_form(request: PageRequest, step: str, answers: AnswersSoFar) -> UseStepForm:
    data = request.POST if request.method == "POST" else None
    initial: dict[str, Any] = {name: answers.get(name) for name in STEPS[step]}
    initial |= {name: answers.get_list(name) for name in ("metrics", "evidence", "kind")}
    if step == "accountable":
        named = answers.get("accountable")
        initial["who"] = "" if not named else MYSELF if named == request.user.username else SOMEBODY
        initial["accountable"] = named if initial["who"] == SOMEBODY else ""
    return FORMS[step](data, initial=initial, offered=list_offered(step, answers, request.user))


def _read_answer(step: str, form: UseStepForm, request: PageRequest) -> dict[str, Any]:
    given = dict(form.cleaned_data)
    if step == "accountable":
        names = {MYSELF: request.user.username, SOMEBODY: given["accountable"].strip()}
        return {"accountable": names.get(given["who"], "")}
    return given


def _follow(step: str, answers: AnswersSoFar) -> str | None:
    """The question after one, whether or not it was answered before."""
    steps = answers.steps()
    at = steps.index(step) + 1 if step in steps else len(steps)
    return steps[at] if at < len(steps) else None


def _find_back(step: str, answers: AnswersSoFar) -> str:
    steps = answers.steps()
    if step not in steps or step == steps[0]:
        return reverse("use-check")
    return answers.address(steps[steps.index(step) - 1])


def _answer_address(checked: CheckedUse) -> str:
    url = reverse("use-check-answer", args=[checked.decided.id])
    family = checked.profile.role_family if checked.profile else ""
    return f"{url}?{urlencode({'role_family': family})}" if family else url


def _say(step: str, answers: AnswersSoFar) -> str:
    """An answer in words."""
    said = {
        "decision": lambda: words.sentence(questions.name_decision(DecisionType(answers.get("decision")))),
        "metrics": lambda: words.listed(slug.replace("-", " ") for slug in answers.get_list("metrics")),
        "whose": lambda: _say_whose(answers),
        "role": lambda: words.sentence(answers.get("role_family")) or _("None, or not known yet"),
        "evidence": lambda: _say_evidence(answers),
        "accountable": lambda: answers.get("accountable") or _("Nobody is named yet"),
    }
    return said[step]()


def _say_whose(answers: AnswersSoFar) -> str:
    level = str(LEVELS.get(answers.get("grain"), answers.get("grain")))
    meant = answers.get("person") or words.cohorts(filter(None, [answers.get("cohort")]))
    return f"{level}: {meant}" if meant else level


def _say_evidence(answers: AnswersSoFar) -> str:
    records, kinds = answers.get_list("evidence"), answers.get_list("kind")
    said = [words.many(len(records), "record")] if records else []
    said += [words.listed(kind.replace("_", " ") for kind in kinds)] if kinds else []
    return words.sentence(words.listed(said, _("and, not written down,"))) if said else _("None")


def _show_rule(rule: Any, checked: CheckedUse, *, several: bool) -> dict[str, Any]:
    metrics = words.listed(checked.names.get(slug, slug) for slug in rule.metrics)
    return {
        "id": rule.id,
        "title": rule.title,
        "here": " ".join(rule.here),
        "why": rule.why,
        "fix": rule.fix,
        "waivable": rule.waivable,
        "effect": rule.effect,
        "metric": metrics if several else "",
        "url": rule_url(rule.id),
    }


def _show_change(change: UseChange, checked: CheckedUse) -> dict[str, str]:
    request = change.request
    asked = UseAsked(
        decision=request.decision,
        metrics=request.metrics,
        grain=request.grain,
        cohorts=request.cohorts,
        persons=request.persons,
        role_family=checked.profile.role_family if checked.profile else None,
        evidence=name_evidence(request.evidence),
        accountable=request.accountable,
    )
    return {
        "says": words.sentence(say_change(change, checked.decided.request, checked.names)),
        "outcome": change.verdict.value,
        "url": of_asked(asked).address("check"),
    }
