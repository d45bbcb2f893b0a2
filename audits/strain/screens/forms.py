"""What is asked about strain: one thing a page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audits.strain.pulse import PulseQuestion
from audits.strain.signals import SignalKind
from audits.strain.states import FollowedBy, LoadRemedy, PathItem, Sight, TradeChoice, TradeSide
from audits.strain.wording import ANSWERS, NAMES, QUESTIONS, UNITS
from charter.rules.vocabulary import ContextClass
from governance.people.models.organisation import ContextClassChoices
from governance.ui.forms import DayField, ServiceForm


def _prose(label: Any, required: Any, hint: Any = "", most: int = 5000) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": required},
    )


def _radio(label: Any, choices: Any, unchosen: Any, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, error_messages={"required": unchosen}, **more
    )


class ActionForm(ServiceForm):
    """What is done about an alert. Coaching one person is no choice."""

    remedy = _radio(_("What is done?"), LoadRemedy.choices, _("What is done? Choose one of the three"))
    doing = _prose(
        _("What exactly, and by which team?"),
        _("What exactly? Say it in a sentence"),
        _("Say what changes in the work. Name no person: strain of a team is not mended on a person."),
    )
    due_on = DayField(label=_("Looked at again on"), help_text=_("At most 92 days from today."))


class FollowUpForm(ServiceForm):
    """What followed, in words alone."""

    turnover = _radio(
        _("People who left or asked to move"), FollowedBy.choices, _("People who left: choose one")
    )
    regressions = _radio(
        _("Faults that came back"), FollowedBy.choices, _("Faults that came back: choose one")
    )
    knowledge_lost = _radio(
        _("What only one person knows, or nobody any more"),
        FollowedBy.choices,
        _("What only one person knows: choose one"),
    )
    helped = _radio(
        _("Did what was done help?"), [("yes", _("Yes")), ("no", _("No")), ("", _("Too early to say"))], "", required=False
    )  # fmt: skip

    def clean_helped(self) -> bool | None:
        """As the service takes it."""
        return {"yes": True, "no": False}.get(self.cleaned_data["helped"])


class PulseForm(ServiceForm):
    """Three questions, each of which can be passed over."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [*((word.value, said) for word, said in ANSWERS.items()), ("", _("Pass over"))]
        for question in PulseQuestion:
            self.fields[question.value] = _radio(QUESTIONS[question], choices, "", required=False, initial="")


class ObserveForm(ServiceForm):
    """What somebody who leads a team saw."""

    saw = forms.MultipleChoiceField(
        label=_("What did you see in this team’s last weeks?"),
        help_text=_("Of the team as a whole. It is told without your name, and nothing is typed, so nobody can be named."),
        choices=Sight.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("What did you see? Choose at least one")},
    )  # fmt: skip


class LimitsForm(ServiceForm):
    """Limits of a healthy load for one kind of team."""

    team_kind = forms.ChoiceField(
        label=_("Kind of team"), choices=[(each.value, ContextClassChoices(each.value).label) for each in ContextClass]
    )  # fmt: skip
    because = _prose(
        _("Why is this load a healthy one?"), _("Why is this load healthy? Say it in a sentence")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for signal in SignalKind:
            self.fields[signal.value] = forms.FloatField(
                label=NAMES[signal], help_text=UNITS[signal], required=False
            )

    def limits(self) -> dict[SignalKind, float]:
        """The limits that were given."""
        given = {signal: self.cleaned_data.get(signal.value) for signal in SignalKind}
        return {signal: limit for signal, limit in given.items() if limit is not None}


class PlaybookForm(ServiceForm):
    """What is done where a signal shows strain."""

    steps = _prose(
        _("What is done, step by step?"), _("What is done? Write at least one step"), _("A step a line. The first is to ask the team.")
    )  # fmt: skip


class TradeForm(ServiceForm):
    """What product and engineering choose while a budget burns."""

    side = _radio(_("You write this for"), TradeSide.choices, _("You write this for: choose one"))
    choice = _radio(
        _("What do you choose together?"), TradeChoice.choices, _("What do you choose? Choose one")
    )
    because = _prose(_("What did you weigh?"), _("What did you weigh? Say it in a sentence"))
    ends_on = DayField(label=_("Until and including"), help_text=_("At most 92 days from today."))


class RecogniseForm(ServiceForm):
    """What a team is recognised for."""

    items = forms.MultipleChoiceField(
        label=_("What went well?"),
        choices=PathItem.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("What went well? Choose at least one")},
    )
    words = _prose(
        _("In a sentence that the team likes"), _("In a sentence: say what went well"), _("Name no person, and no other team."), 300
    )  # fmt: skip
    agreed = forms.BooleanField(label=_("The team was asked, and wishes to be named"), required=False)
