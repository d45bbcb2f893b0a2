"""Writing an appeal: one question a page, each answer kept, then all of it to check before it is filed."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charter.registry.models import Metric
from charter.registry.screens.page_context import settled_day
from charter.rules import words
from governance.appeals import queries, services
from governance.appeals.inputs import read_about
from governance.appeals.screens import forms
from governance.appeals.services.filing import Filed
from governance.appeals.states import AboutKind, AppealKind, HoldChoice
from governance.appeals.words import AppealAbout, ContextSaid
from governance.decisions.screens.months import list_closed_months
from governance.decisions.states import ABOUT
from governance.people.models import Cohort
from governance.people.requests import PageRequest
from governance.ui.forms import ServiceForm
from governance.ui.questions import month_window
from ground.errors import DomainError

STEPS: Mapping[str, tuple[Any, type[ServiceForm]]] = {
    "about": (gettext_lazy("What you contest"), forms.AboutForm),
    "statement": (gettext_lazy("What is wrong"), forms.StatementForm),
    "context": (gettext_lazy("What else was going on"), forms.ContextForm),
    "know": (gettext_lazy("Who may know"), forms.KnowForm),
    "hold": (gettext_lazy("What is put on hold"), forms.AppealHoldForm),
    "wanted": (gettext_lazy("What you would like"), forms.WantedForm),
}
# What may stand in the address of the first question, where somebody comes from a value, a receipt or a rule.
_FROM_ADDRESS = ("what", "receipt", "metric", "whose", "first", "last", "rule")
Answers = dict[str, Any]


def question(request: PageRequest, step: str) -> HttpResponse:
    """One question of an appeal; what was answered is kept before the next is asked, so that nothing is lost."""
    if step not in STEPS:
        raise Http404
    answers = queries.read_draft(request.user)
    form = _make_form(request, step, answers)
    if request.method == "POST" and form.accepted(lambda: _keep(request, answers, form)):
        if "later" in request.POST:
            messages.success(request, _("Your answers are kept. Only you can see them."))
            return redirect("appeals")
        return redirect(*_next(step, request))
    given = {
        "form": form,
        "step": step,
        "number": list(STEPS).index(step) + 1,
        "of": len(STEPS),
        "back": _back(step),
        "hints": getattr(form, "hints", {}),
        "title": form.fields[next(iter(form.fields))].label,
    }
    return render(request, "appeals/question.html", given, status=form.status)


def check(request: PageRequest) -> HttpResponse:
    """All answers before they are filed, each with a way to change it, and what happens then."""
    answers = queries.read_draft(request.user)
    if missing := [step for step in STEPS if not _is_answered(step, answers)]:
        return redirect("appeal-question", step=missing[0])
    error: DomainError | None = None
    if request.method == "POST":
        try:
            filed = _file(request, answers)
        except DomainError as refused:
            error = refused
        else:
            messages.success(request, _("Your appeal is filed. Doing so has no consequences for you."))
            return redirect("appeal", key=filed.appeal.pk)
    given = {
        "lines": [(step, title, _say(step, answers)) for step, (title, _form) in STEPS.items()],
        "due": queries.foresee_due(),
        "held": answers["hold"] != HoldChoice.NONE,
        "anonymous": answers["kind"] == AppealKind.ANONYMOUS,
        "error": error,
    }
    return render(request, "appeals/check.html", given, status=error.status if error else 200)


def discard(request: PageRequest) -> HttpResponse:
    """Forget what was answered so far."""
    if request.method == "POST":
        services.discard_draft(by=request.user)
        messages.success(request, _("Your answers are forgotten."))
    return redirect("appeals")


def _make_form(request: PageRequest, step: str, answers: Answers) -> ServiceForm:
    _title, form = STEPS[step]
    data = request.POST if request.method == "POST" else None
    initial = dict(answers)
    if step == "context":
        initial["kind"] = answers.get("context_kind", "")
    if step != "about":
        return form(data, initial=initial)
    initial |= {name: request.GET[name] for name in _FROM_ADDRESS if name in request.GET}
    return form(data, initial=initial, **_choices(request))


def _choices(request: PageRequest) -> dict[str, Any]:
    """The metrics in force, one's own value and those of the groups that one is in, and the months that are over."""
    metrics = Metric.objects.filter(current__isnull=False).order_by("name")
    mine = Cohort.objects.filter(
        retired_at__isnull=True, teams__memberships__person=request.user.person_id
    ).distinct()
    return {
        "metrics": list(metrics.values_list("slug", "name")),
        "whose": [
            (forms.OWN, _("My own")),
            *((each.slug, words.sentence(words.cohort(each.slug))) for each in mine.order_by("slug")),
        ],
        "months": list_closed_months(settled_day(request)),
    }


def _keep(request: PageRequest, answers: Answers, form: ServiceForm) -> None:
    given = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in form.cleaned_data.items()
    }
    if isinstance(form, forms.ContextForm):
        given["context_kind"] = given.pop("kind")
    services.save_draft(answers={**answers, **given}, by=request.user)


def _next(step: str, request: PageRequest) -> tuple[str, ...]:
    steps = list(STEPS)
    at = steps.index(step) + 1
    if "check" in request.GET or at == len(steps):
        return ("appeal-check",)
    return ("appeal-question", steps[at])


def _back(step: str) -> str:
    steps = list(STEPS)
    return steps[steps.index(step) - 1] if step != steps[0] else ""


def _is_answered(step: str, answers: Answers) -> bool:
    names = {"about": "what", "know": "kind", "context": "context_kind"}
    return names.get(step, step) in answers


def _file(request: PageRequest, answers: Answers) -> Filed:
    filing = services.Filing(
        kind=AppealKind(answers["kind"]),
        about=build_about(answers, request),
        statement=answers["statement"],
        wanted=answers["wanted"],
        context=build_context(answers),
        hold=HoldChoice(answers["hold"]),
        ask_later="ask_later" in request.POST,
    )
    return services.file_appeal(filing=filing, by=request.user)


def build_about(answers: Answers, request: PageRequest | None = None) -> AppealAbout:
    """What is contested, of the answers to the first question."""
    what = answers["what"]
    if what == AboutKind.VALUE and request is not None:
        window = month_window(answers["first"], answers["last"])
        own = answers["whose"] == forms.OWN
        person = request.user.person.external_id if request.user.person else ""
        whose = {"person": person} if own else {"cohort": answers["whose"]}
        days = {"from": window.start.isoformat(), "to": window.end.isoformat()}
        return read_about({"value": {"metric": answers["metric"], **whose, **days}})
    said = {
        "receipt": answers.get("receipt"),
        "rule": answers.get("rule", "").strip().upper(),
        "charter": answers.get("metric"),
    }
    return read_about({what: said[what]} if what in said else {})


def build_context(answers: Answers) -> tuple[ContextSaid, ...]:
    """The time that matters, if one was named."""
    if not answers.get("context_kind"):
        return ()
    first, last = (date.fromisoformat(answers[name]) for name in ("starts_on", "last_day"))
    return (ContextSaid(answers["context_kind"], first, last + timedelta(days=1), answers["says"]),)


def _say(step: str, answers: Answers) -> str:
    """An answer in words."""
    if step == "about":
        return say_about(answers)
    if step == "context":
        kinds = {kind.value: about.label for kind, about in ABOUT.items()}
        if not answers["context_kind"]:
            return _("Nothing to add")
        return f"{kinds[answers['context_kind']]}, {answers['starts_on']} – {answers['last_day']}: {answers['says']}"
    if step == "know":
        return str(AppealKind(answers["kind"]).label)
    if step == "hold":
        return str(HoldChoice(answers["hold"]).label)
    return str(answers[step])


def say_about(answers: Answers) -> str:
    """What is contested, in words."""
    kind = AboutKind(answers["what"])
    parts = {
        AboutKind.RECEIPT: [answers.get("receipt", "")],
        AboutKind.VALUE: [answers.get(name, "") for name in ("metric", "whose", "first", "last")],
        AboutKind.RULE: [answers.get("rule", "")],
        AboutKind.CHARTER: [answers.get("metric", "")],
    }
    return ": ".join([str(kind.label), *filter(None, [", ".join(parts.get(kind, []))])])
