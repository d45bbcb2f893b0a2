"""Writing an appeal: one question a page, each answer kept, then all of it to check before it is filed."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec import structs

from charter.registry.models import Metric
from charter.registry.screens.page_context import settled_day
from charter.rules import words
from charter.rules.vocabulary import DecisionType
from governance.appeals import queries, services
from governance.appeals.clocks import read_settings
from governance.appeals.inputs import read_about
from governance.appeals.screens import forms
from governance.appeals.screens.steps import QUESTIONS, find_missing, list_steps
from governance.appeals.services.filing import Filed
from governance.appeals.states import AboutKind, AppealKind, HoldChoice
from governance.appeals.words import AppealAbout, ContextSaid
from governance.calibration import queries as calibration
from governance.decisions.models import DecisionRecord
from governance.decisions.screens.months import list_closed_months
from governance.decisions.states import ABOUT
from governance.people.models import Cohort
from governance.people.requests import PageRequest
from governance.ui.forms import ServiceForm
from governance.ui.questions import month_window, name_decision
from governance.ui.templatetags.mc import day
from ground import calendar
from ground.errors import DomainError

# What may stand in the address of the first question, where somebody comes from a value, a receipt or a rule.
_FROM_ADDRESS = ("what", "receipt", "metric", "whose", "first", "last", "rule", "calibration")
# Where that is kept until its own question is answered.
_OFFERED = "offered"
# The answers that say which value it is.
_WHICH_VALUE = {"metric", "whose", "first", "last"}
Answers = dict[str, Any]


def question(request: PageRequest, step: str) -> HttpResponse:
    """One question of an appeal; what was answered is kept before the next is asked, so that nothing is lost."""
    if step not in QUESTIONS:
        raise Http404
    answers = queries.read_draft(request.user)
    form = _make_form(request, step, answers)
    if request.method == "POST" and form.accepted(lambda: _keep(request, answers, form)):
        if "later" in request.POST:
            messages.success(request, _("Your answers are kept. Only you can see them."))
            return redirect("appeals")
        return redirect(_find_next(step, request))
    steps = list_steps(answers)
    given = {
        "form": form,
        "step": step,
        "number": steps.index(step) + 1 if step in steps else 1,
        "back": _find_before(step, steps),
        "hints": getattr(form, "hints", {}),
        "title": find_title(form),
    }
    return render(request, "appeals/question.html", given, status=form.status)


def check(request: PageRequest) -> HttpResponse:
    """All answers before they are filed, each with a way to change it, and what happens then."""
    answers = queries.read_draft(request.user)
    if missing := find_missing(answers):
        return redirect("appeal-question", step=missing)
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
        "lines": [(step, QUESTIONS[step].title, say(step, answers)) for step in list_steps(answers)],
        "due": queries.foresee_due(),
        "held": read_hold(answers) != HoldChoice.NONE,
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


def find_title(form: ServiceForm) -> Any:
    """What the page asks: its one field, or what its several are together."""
    return getattr(form, "title", form.fields[next(iter(form.fields))].label)


def _make_form(request: PageRequest, step: str, answers: Answers) -> ServiceForm:
    initial = {**answers, **answers.get(_OFFERED, {}), **_read_address(request)}
    data = request.POST if request.method == "POST" else None
    return QUESTIONS[step].form(data, initial=initial, **_list_choices(request, step))


def _read_address(request: PageRequest) -> Answers:
    return {name: request.GET[name] for name in _FROM_ADDRESS if name in request.GET}


def _list_choices(request: PageRequest, step: str) -> dict[str, Any]:
    """The metrics in force, one's own value and those of the groups that one is in, or the months that are over."""
    if step == "metric":
        found = Metric.objects.filter(current__isnull=False).order_by("name")
        return {"metrics": list(found.values_list("slug", "name"))}
    if step == "outcome":
        return {"outcomes": _list_outcomes(request)}
    if step == "whose":
        mine = Cohort.objects.filter(
            retired_at__isnull=True, teams__memberships__person=request.user.person_id
        ).distinct()
        groups = [(each.slug, words.sentence(words.cohort(each.slug))) for each in mine.order_by("slug")]
        return {"whose": [(forms.OWN, _("My own")), *groups]}
    if step == "use":
        return {"uses": list_uses(request, queries.read_draft(request.user))}
    return {"months": list_closed_months(settled_day(request))} if step == "months" else {}


def _list_outcomes(request: PageRequest) -> list[tuple[str, str]]:
    """The outcomes that were told to the reader, by the name of their round."""
    person = request.user.person
    found = calibration.list_outcomes(person) if person else []
    return [(str(each.pk), each.round.name) for each in found]


def list_uses(request: PageRequest, answers: Answers) -> list[tuple[str, str]]:
    """The uses of the value in question that the reader was told of, by receipt; none while not all of it is said."""
    if answers.get("what") != AboutKind.VALUE or not answers.keys() >= _WHICH_VALUE:
        return []
    since = read_settings().window_begins(calendar.today())
    found = services.list_uses(build_about(answers, request), asker=request.user, since=since)
    return [(str(look.entry_id), _name_use(look)) for look in found]


def _name_use(look: DecisionRecord) -> str:
    return _("%(name)s, %(use)s, %(day)s (receipt %(start)s)") % {
        "name": look.actor.name,
        "use": words.inside(name_decision(DecisionType(look.use))),
        "day": day(look.at),
        "start": str(look.entry_id)[:8],
    }


def _keep(request: PageRequest, answers: Answers, form: ServiceForm) -> None:
    """Keep the answers, and what the address offered of questions to come."""
    given = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in form.cleaned_data.items()
    }
    offered = {**answers.get(_OFFERED, {}), **_read_address(request)}
    left = {name: value for name, value in offered.items() if name not in given}
    if "use" in given:
        given["use_said"] = dict(list_uses(request, answers)).get(given["use"], "")
    kept = {**answers, **given, _OFFERED: left}
    if not given.keys().isdisjoint(_WHICH_VALUE):
        kept |= {"was_used": bool(list_uses(request, kept))}
        kept.pop("use", None)  # it was of another value
    services.save_draft(answers=kept, by=request.user)


def _find_next(step: str, request: PageRequest) -> str:
    """Where the next question is; where one answer alone was changed, the next that this makes necessary, if any."""
    answers = queries.read_draft(request.user)
    steps = list_steps(answers)
    after = steps[steps.index(step) + 1 :] if step in steps else []
    alone = "check" in request.GET
    following = find_missing(answers) if alone or not after else after[0]
    if following is None:
        return reverse("appeal-check")
    return reverse("appeal-question", args=[following]) + ("?check=1" if alone else "")


def _find_before(step: str, steps: Sequence[str]) -> str:
    at = steps.index(step) if step in steps else 0
    return steps[at - 1] if at else ""


def _file(request: PageRequest, answers: Answers) -> Filed:
    filing = services.Filing(
        kind=AppealKind(answers["kind"]),
        about=build_about(answers, request),
        statement=answers["statement"],
        wanted=answers["wanted"],
        context=build_context(answers),
        hold=read_hold(answers),
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
        about = read_about({"value": {"metric": answers["metric"], **whose, **days}})
        used = answers.get("use", forms.NO_USE)
        return about if used == forms.NO_USE else structs.replace(about, entry=UUID(used))
    said = {
        "receipt": answers.get("receipt"),
        "rule": answers.get("rule", "").strip().upper(),
        "charter": answers.get("metric"),
        "calibration": answers.get("calibration"),
    }
    return read_about({what: said[what]} if what in said else {})


def build_context(answers: Answers) -> tuple[ContextSaid, ...]:
    """The time that matters, if one was named."""
    if not answers.get("context_kind"):
        return ()
    first, last = (date.fromisoformat(answers[name]) for name in ("starts_on", "last_day"))
    return (ContextSaid(answers["context_kind"], first, last + timedelta(days=1), answers["says"]),)


def read_hold(answers: Answers) -> HoldChoice:
    """What was chosen to be held: nothing of what has no values, whatever was answered before."""
    return HoldChoice(answers["hold"]) if "hold" in list_steps(answers) else HoldChoice.NONE


def say(step: str, answers: Answers) -> str:
    """An answer in words."""
    match step:
        case "about":
            return str(AboutKind(answers["what"]).label)
        case "whose":
            own = answers["whose"] == forms.OWN
            return _("My own") if own else words.sentence(words.cohort(answers["whose"]))
        case "outcome":
            return calibration.get_item(UUID(answers["calibration"])).round.name
        case "months":
            return f"{answers['first']} – {answers['last']}"
        case "use":
            return _("Nobody’s: the value itself") if answers["use"] == forms.NO_USE else answers["use_said"]
        case "context":
            kinds = {kind.value: about.label for kind, about in ABOUT.items()}
            return str(kinds.get(answers["context_kind"], _("Nothing to add")))
        case "when":
            return f"{answers['starts_on']} – {answers['last_day']}"
        case "know":
            return str(AppealKind(answers["kind"]).label)
        case "hold":
            return str(HoldChoice(answers["hold"]).label)
    return str(answers[step])
