"""The questions of an appeal, one a page, and what handlers write. The services decide; a form says beside which field they object."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.appeals.states import AboutKind, AppealFinding, AppealKind, HoldChoice, Remedy
from governance.decisions.screens.forms import month_choices
from governance.decisions.states import ABOUT
from governance.ui.forms import DayField, ServiceForm, Text, choice_field

KNOW = {
    AppealKind.NAMED: _("Quickest to resolve. Your reporting line can be told that you appealed."),
    AppealKind.CONFIDENTIAL: _(
        "Sealed from your managers and theirs. What is new stands on your own page here, and nothing is sent by e-mail."
    ),
    AppealKind.ANONYMOUS: _(
        "You get a 16-digit number. It is the only way back to your case: we cannot find it for you."
    ),
}
HOLDS = {
    HoldChoice.VALUE: _("They read “under review” to everybody, and no decision about a person uses them."),
    HoldChoice.TEAM: _("So that nobody can guess whose value it is about."),
    HoldChoice.ON_USE: _("Nobody sees it until then. Whoever decides is refused at that moment."),
    HoldChoice.NONE: _("They can be used as before while we look."),
}
OWN = "self"


def _text(label: Text, missing: Text, hint: Text = "", rows: int = 6) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing, "max_length": _("That is too long: 10,000 characters at most")},
    )


def _radios(label: Text, choices: Sequence[tuple[str, Text]], missing: Text) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": missing, "invalid_choice": missing},
    )


class AboutForm(ServiceForm):
    """What is contested: of the fields below the choice those that belong to it."""

    what = _radios(_("What do you contest?"), AboutKind.choices, _("Choose what you contest"))
    receipt = forms.CharField(
        label=_("Number of the receipt"),
        help_text=_("For a use of values. It stands at the foot of an answer, and in who looked at you."),
        required=False,
        max_length=100,
    )
    metric = forms.ChoiceField(
        label=_("Which metric?"), help_text=_("For a value, or a charter."), required=False
    )
    whose = forms.ChoiceField(label=_("Whose value?"), help_text=_("For a value."), required=False)
    first = forms.ChoiceField(label=_("From which month?"), help_text=_("For a value."), required=False)
    last = forms.ChoiceField(
        label=_("To which month, it included?"), help_text=_("For a value."), required=False
    )
    rule = forms.CharField(
        label=_("Number of the rule"),
        help_text=_("For a rule, such as AR07."),
        required=False,
        max_length=20,
    )

    def __init__(
        self,
        *args: Any,
        metrics: Sequence[tuple[str, str]] = (),
        whose: Sequence[tuple[str, Text]] = (),
        months: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        none = [("", _("Choose one"))]
        choice_field(self, "metric").choices = [*none, *metrics]
        choice_field(self, "whose").choices = [*none, *whose]
        for name in ("first", "last"):
            choice_field(self, name).choices = [*none, *month_choices(months)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        needs = {
            AboutKind.RECEIPT: ("receipt",),
            AboutKind.VALUE: ("metric", "whose", "first", "last"),
            AboutKind.RULE: ("rule",),
            AboutKind.CHARTER: ("metric",),
        }
        for name in needs.get(given.get("what", ""), ()):
            if not given.get(name) and name not in self.errors:
                self.add_error(name, _("%(label)s Answer this as well") % {"label": self.fields[name].label})
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", _("The last month comes before the first"))
        return given


class StatementForm(ServiceForm):
    statement = _text(
        _("What is wrong?"),
        _("Say what is wrong"),
        _("In your own words. Name nobody whom it is not about."),
    )


class ContextForm(ServiceForm):
    """A time that matters, or none."""

    kind = forms.ChoiceField(
        label=_("Was something else going on?"),
        help_text=_("Such as on-call duty, leave or a migration. Nobody asks for the reason of a leave."),
        choices=[("", _("Nothing to add")), *((kind.value, about.label) for kind, about in ABOUT.items())],
        required=False,
    )
    starts_on = DayField(label=_("From"), required=False)
    last_day = DayField(label=_("To and including"), required=False)
    says = forms.CharField(
        label=_("What was going on?"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("What was going on: 300 characters at most")},
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("kind"):
            return {"kind": "", "starts_on": None, "last_day": None, "says": ""}
        for name in ("starts_on", "last_day", "says"):
            if not given.get(name) and name not in self.errors:
                self.add_error(name, _("%(label)s: answer this as well") % {"label": self.fields[name].label})
        if (
            given.get("starts_on")
            and given.get("last_day")
            and not _in_order(given["starts_on"], given["last_day"])
        ):
            self.add_error("last_day", _("The last day comes before the first"))
        return given


def _in_order(first: date, last: date) -> bool:
    return first <= last < date.max - timedelta(days=1)


class KnowForm(ServiceForm):
    kind = _radios(_("Who may know that it is you?"), AppealKind.choices, _("Choose who may know"))

    hints = {"kind": KNOW}


class AppealHoldForm(ServiceForm):
    hold = _radios(
        _("What is put on hold until it is decided?"), HoldChoice.choices, _("Choose what is put on hold")
    )

    hints = {"hold": HOLDS}


class WantedForm(ServiceForm):
    wanted = _text(
        _("What would you like to happen?"),
        _("Say what you would like to happen"),
        _("Such as: correct the value and note why."),
        rows=4,
    )


class AnonymousForm(ServiceForm):
    """All questions at once for whoever has not signed in; nothing is offered that tells of metrics, teams or people."""

    # What the service names, where it stands here under another name.
    called = {"about": "receipt"}
    what = _radios(
        _("What do you contest?"),
        [(kind.value, kind.label) for kind in AboutKind if kind != AboutKind.VALUE],
        _("Choose what you contest"),
    )
    receipt = forms.CharField(
        label=_("Number of the receipt"), help_text=_("For a use of values."), required=False, max_length=100
    )
    rule = forms.CharField(
        label=_("Number of the rule"), help_text=_("For a rule, such as AR07."), required=False, max_length=20
    )
    metric = forms.SlugField(
        label=_("Short name of the charter’s metric"),
        help_text=_("For a charter. It ends the address of its page, such as lead-time-for-changes."),
        required=False,
        max_length=100,
    )
    statement = _text(
        _("What is wrong?"),
        _("Say what is wrong"),
        _("How you write can give you away. Name nobody you work with."),
    )
    wanted = _text(_("What would you like to happen?"), _("Say what you would like to happen"), rows=4)
    hold = _radios(
        _("What is put on hold until it is decided?"), HoldChoice.choices, _("Choose what is put on hold")
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        needs = {AboutKind.RECEIPT: "receipt", AboutKind.RULE: "rule", AboutKind.CHARTER: "metric"}
        name = needs.get(given.get("what", ""))
        if name and not given.get(name) and name not in self.errors:
            self.add_error(name, _("%(label)s: answer this as well") % {"label": self.fields[name].label})
        return given


class TextForm(ServiceForm):
    text = _text(_("Your message"), _("Write your message"), rows=4)


class AppealNoteForm(ServiceForm):
    """A note among handlers; its field has a name of its own, since it stands on the page of the message."""

    called = {"text": "note"}
    note = _text(
        _("A note among handlers"),
        _("Write your note"),
        _("Whoever filed the appeal never reads it."),
        rows=3,
    )


class AppealWhyForm(ServiceForm):
    why = _text(_("Why?"), _("Say why"), rows=3)


class AcknowledgeForm(ServiceForm):
    review_closes = DayField(
        label=_("Does it bear on a review that closes soon? Its last day"),
        help_text=_("Leave it empty otherwise."),
        required=False,
    )


class AssignForm(ServiceForm):
    handler = forms.CharField(
        label=_("Who handles it?"),
        help_text=_(
            "The user name of somebody in HR, an auditor or a member of the board, outside of all lines."
        ),
        max_length=150,
        error_messages={"required": _("Name who handles it")},
    )


class OutcomeForm(ServiceForm):
    """A reasoned outcome; no part of it can be left empty (S82)."""

    finding = _radios(_("What do you find?"), AppealFinding.choices, _("Choose what you find"))
    reasons = _text(_("Why?"), _("Say why. An outcome without reasons is none"))
    evidence = _text(
        _("On what evidence does this rest?"),
        _("Say on what evidence it rests"),
        _("With the numbers of the receipts that you looked at."),
        rows=4,
    )
    remedy = _text(_("What is done now?"), _("Say what is done now, or that nothing is and why"), rows=4)
    act = _radios(_("What does it set in motion?"), Remedy.choices, _("Choose what it sets in motion"))


class ReceiptForm(ServiceForm):
    receipt = forms.CharField(
        label=_("Your 16-digit number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter your 16-digit number"),
            "max_length": _("Enter your 16-digit number"),
        },
    )
