"""The questions of an appeal, one a page, and what handlers write. The services decide; a form says beside which field they object."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from governance.appeals.states import AboutKind, AppealFinding, AppealKind, HoldChoice, Remedy
from governance.decisions.screens.forms import month_choices
from governance.decisions.states import ABOUT, About, Effect
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
NO_USE = "none"
_NONE_YET = ("", _("Choose one"))


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
    what = _radios(_("What do you contest?"), AboutKind.choices, _("Choose what you contest"))


class ReceiptNumberForm(ServiceForm):
    receipt = forms.CharField(
        label=_("Which receipt?"),
        help_text=_("Its number stands at the foot of an answer, and in who looked at you."),
        max_length=100,
        error_messages={"required": _("Enter the number of the receipt")},
    )


class RuleNumberForm(ServiceForm):
    rule = forms.CharField(
        label=_("Which rule?"),
        help_text=_("Its number, such as AR07."),
        max_length=20,
        error_messages={"required": _("Enter the number of the rule")},
    )


def _choice(label: Text, missing: Text) -> forms.ChoiceField:
    """One of what there is on the occasion."""
    return forms.ChoiceField(label=label, error_messages={"required": missing, "invalid_choice": missing})


class WhichMetricForm(ServiceForm):
    metric = _choice(_("Which metric?"), _("Choose a metric"))

    def __init__(self, *args: Any, metrics: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "metric").choices = [_NONE_YET, *metrics]


class WhichOutcomeForm(ServiceForm):
    calibration = _choice(_("Which outcome?"), _("Choose an outcome"))

    def __init__(self, *args: Any, outcomes: Sequence[tuple[str, Text]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "calibration").choices = [_NONE_YET, *outcomes]


class WhoseValueForm(ServiceForm):
    whose = _choice(_("Whose value?"), _("Choose whose value"))

    def __init__(self, *args: Any, whose: Sequence[tuple[str, Text]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "whose").choices = [_NONE_YET, *whose]


class WhichMonthsForm(ServiceForm):
    """One time: its first month and its last."""

    title = _("Which months?")
    first = _choice(_("From"), _("Choose the first month"))
    last = _choice(_("To, it included"), _("Choose the last month"))

    def __init__(self, *args: Any, months: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first", "last"):
            choice_field(self, name).choices = [_NONE_YET, *month_choices(months)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", _("The last month comes before the first"))
        return given


class WhichUseForm(ServiceForm):
    """The value itself, or one of the looks at it that the reader was told of."""

    use = _radios(
        _("Do you contest how somebody used it?"), (), _("Choose a use, or that you contest the value itself")
    )

    def __init__(self, *args: Any, uses: Sequence[tuple[str, Text]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "use").choices = [(NO_USE, _("No, the value itself is wrong")), *uses]


class StatementForm(ServiceForm):
    statement = _text(
        _("What is wrong?"),
        _("Say what is wrong"),
        _("In your own words. Name nobody whom it is not about."),
    )


class ContextForm(ServiceForm):
    """Whether there is a time that matters."""

    context_kind = forms.ChoiceField(
        label=_("Was something else going on?"),
        help_text=_("Such as on-call duty, leave or a migration. Nobody asks for the reason of a leave."),
        choices=[("", _("Nothing to add")), *((kind.value, about.label) for kind, about in ABOUT.items())],
        required=False,
    )


class ContextTimeForm(ServiceForm):
    """One time: its first day and its last."""

    title = _("When was that?")
    starts_on = DayField(label=_("From"))
    last_day = DayField(label=_("To and including"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (
            given.get("starts_on")
            and given.get("last_day")
            and not _in_order(given["starts_on"], given["last_day"])
        ):
            self.add_error("last_day", _("The last day comes before the first"))
        return given


class ContextWordsForm(ServiceForm):
    says = forms.CharField(
        label=_("What was going on?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Say what was going on"),
            "max_length": _("What was going on: 300 characters at most"),
        },
    )


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


class AnonymousAboutForm(ServiceForm):
    """Nothing is offered that tells of metrics, teams or people."""

    what = _radios(
        _("What do you contest?"),
        [
            (kind.value, kind.label)
            for kind in AboutKind
            if kind not in (AboutKind.VALUE, AboutKind.CALIBRATION)
        ],
        _("Choose what you contest"),
    )


class MetricNameForm(ServiceForm):
    metric = forms.SlugField(
        label=_("The charter of which metric?"),
        help_text=_("Its short name, which ends the address of its page, such as lead-time-for-changes."),
        max_length=100,
        error_messages={"required": _("Enter the short name of the metric")},
    )


class AnonymousStatementForm(ServiceForm):
    statement = _text(
        _("What is wrong?"),
        _("Say what is wrong"),
        _("How you write can give you away. Name nobody you work with."),
    )


class TextForm(ServiceForm):
    text = _text(_("Your message"), _("Write your message"), rows=4)
    attachment = forms.FileField(
        label=_("Attach a picture or a text"),
        help_text=_(
            "PNG, JPEG or WebP of 900 kB at most, which is drawn anew without what it tells of where and when; or plain text of 100 kB."
        ),
        required=False,
        allow_empty_file=True,  # whose reason the service gives
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,.webp,.txt,.md,.csv,.log"}),
    )


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


class AskedForm(ServiceForm):
    retaliation = _radios(
        _("Is it retaliation?"),
        [("no", _("No")), ("yes", _("Yes, or it cannot be ruled out"))],
        _("Choose whether it is retaliation"),
    )
    why = _text(
        _("Why?"), _("Write why"), _("Whoever filed the appeal reads it. Those who decided do not."), rows=5
    )


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


def _name_kind(about: About) -> Text:
    """A kind of note, with what it does to values where that is more than to stand beside them."""
    if about.effect == Effect.EXCLUDE:
        return format_lazy("{} ({})", about.label, _("leaves the time out"))
    return format_lazy("{}", about.label)


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
    note_kind = forms.ChoiceField(
        label=_("What kind of note stands beside the values?"),
        help_text=_("Where it sets a note in motion, or something to be left out."),
        choices=[("", _("None")), *((kind.value, _name_kind(about)) for kind, about in ABOUT.items())],
        required=False,
    )
    note = forms.CharField(
        label=_("What do others read of it?"),
        help_text=_(
            "What a note says to everybody who sees the values, or what the board is asked about a look. It names nobody and must not tell of the appeal."
        ),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


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
