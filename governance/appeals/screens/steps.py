"""The questions of an appeal in their order, one a page: which are asked follows from what was answered before."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from governance.appeals.screens import forms
from governance.appeals.states import AboutKind
from governance.ui.forms import ServiceForm, Text

Answers = Mapping[str, Any]


class AppealQuestion(Struct, frozen=True):
    """One page: what it asks in short, its form, and the answer without which it counts as not answered."""

    title: Text
    form: type[ServiceForm]
    answer: str


QUESTIONS: Mapping[str, AppealQuestion] = {
    "about": AppealQuestion(_("What you contest"), forms.AboutForm, "what"),
    "receipt": AppealQuestion(_("Which receipt"), forms.ReceiptNumberForm, "receipt"),
    "rule": AppealQuestion(_("Which rule"), forms.RuleNumberForm, "rule"),
    "metric": AppealQuestion(_("Which metric"), forms.WhichMetricForm, "metric"),
    "whose": AppealQuestion(_("Whose value"), forms.WhoseValueForm, "whose"),
    "months": AppealQuestion(_("Which months"), forms.WhichMonthsForm, "last"),
    "outcome": AppealQuestion(_("Which outcome"), forms.WhichOutcomeForm, "calibration"),
    "use": AppealQuestion(_("Whose use of it"), forms.WhichUseForm, "use"),
    "statement": AppealQuestion(_("What is wrong"), forms.StatementForm, "statement"),
    "context": AppealQuestion(_("What else was going on"), forms.ContextForm, "context_kind"),
    "when": AppealQuestion(_("When that was"), forms.ContextTimeForm, "last_day"),
    "says": AppealQuestion(_("What it was"), forms.ContextWordsForm, "says"),
    "know": AppealQuestion(_("Who may know"), forms.KnowForm, "kind"),
    "hold": AppealQuestion(_("What is put on hold"), forms.AppealHoldForm, "hold"),
    "wanted": AppealQuestion(_("What you would like"), forms.WantedForm, "wanted"),
}
# Without signing in, where nothing that is there is offered, and no context could be confirmed.
ANONYMOUS_QUESTIONS: Mapping[str, AppealQuestion] = {
    "about": AppealQuestion(_("What you contest"), forms.AnonymousAboutForm, "what"),
    "receipt": QUESTIONS["receipt"],
    "rule": QUESTIONS["rule"],
    "metric": AppealQuestion(_("Which charter"), forms.MetricNameForm, "metric"),
    "statement": AppealQuestion(_("What is wrong"), forms.AnonymousStatementForm, "statement"),
    "hold": QUESTIONS["hold"],
    "wanted": QUESTIONS["wanted"],
}
_OF_WHAT: Mapping[str, tuple[str, ...]] = {
    AboutKind.RECEIPT: ("receipt",),
    AboutKind.VALUE: ("metric", "whose", "months"),
    AboutKind.RULE: ("rule",),
    AboutKind.CHARTER: ("metric",),
    AboutKind.CALIBRATION: ("outcome",),
}
# What has values that could be held.
_HELD = (AboutKind.RECEIPT, AboutKind.VALUE)


def list_steps(answers: Answers, questions: Mapping[str, AppealQuestion] = QUESTIONS) -> list[str]:
    """The questions that are asked of whoever has answered so, in their order."""
    return [step for step in _walk(answers) if step in questions]


def find_missing(answers: Answers, questions: Mapping[str, AppealQuestion] = QUESTIONS) -> str | None:
    """The first of them that is not answered."""
    return next(
        (step for step in list_steps(answers, questions) if questions[step].answer not in answers), None
    )


def _walk(answers: Answers) -> Iterator[str]:
    what = answers.get("what", "")
    yield from ("about", *_OF_WHAT.get(what, ()))
    if what == AboutKind.VALUE and answers.get("was_used"):
        yield "use"
    yield from ("statement", "context")
    if answers.get("context_kind"):
        yield from ("when", "says")
    yield "know"
    if what in _HELD:
        yield "hold"
    yield "wanted"
