"""What a member writes on the board's pages. The services decide; a form only says beside which field they object."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from charter.rules import Rule
from charter.rules.vocabulary import DecisionType
from governance.board.seat_names import SeatName
from governance.board.states import (
    REASONED,
    WAIVER_DAYS,
    CaseKind,
    ConditionKind,
    ConsequenceAct,
    Said,
    SeatKind,
    Vote,
)
from governance.people.screens.fields import AccountField
from governance.ui.forms import DayField, ServiceForm, choice_field
from governance.ui.questions import name_decision

VOTES = {
    Vote.APPROVE: (Vote.APPROVE.label, ""),
    Vote.REJECT: (Vote.REJECT.label, _("A reason is needed.")),
    Vote.VETO: (Vote.VETO.label, ""),
    Vote.ABSTAIN: (Vote.ABSTAIN.label, _("Your seat is heard and your vote counts neither way.")),
    Vote.RECUSE: (
        Vote.RECUSE.label,
        _("You have an interest in the outcome. The quorum is counted again. A reason is needed."),
    ),
}
SCOPES = {
    SeatKind.LEGAL: _("Legal may veto on law and agreements. A reason is needed."),
    SeatKind.SECURITY: _("Security may veto on the protection of data. A reason is needed."),
    SeatKind.HR: _("HR may veto on employment and fair treatment. A reason is needed."),
    SeatKind.WORKER_REP: _(
        "Worker representation may veto on monitoring and working conditions. A reason is needed."
    ),
}


class SeatChoice(forms.ChoiceField):
    """Offers the reader's seats and hears every word: the service refuses and logs what is none of theirs."""

    def valid_value(self, value: str) -> bool:
        return bool(value)


class OfferedField(forms.ChoiceField):
    """Offers some words and hears all of them: what may not be chosen, the service refuses and logs."""

    def __init__(self, *, words: type[TextChoices], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._words = words

    def valid_value(self, value: str) -> bool:
        return value in self._words.values


class BallotForm(ServiceForm):
    """A seat's vote with its reason, for whoever may speak for the seat."""

    seat = SeatChoice(label=_("For which seat?"), widget=forms.RadioSelect)
    vote = OfferedField(
        words=Vote,
        label=_("Your vote"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you vote")},
    )
    reason = forms.CharField(
        label=_("Your reason"),
        help_text=_("Write for the employees who will read it."),
        max_length=5000,
        required=False,
        widget=forms.Textarea,
    )

    def __init__(
        self,
        *args: Any,
        seats: Sequence[SeatName],
        vetoes: Sequence[SeatName] = (),
        conflict: bool = False,
        **kwargs: Any,
    ) -> None:
        """`vetoes` are those of the seats whose field this case touches; `conflict` leaves only standing back."""
        super().__init__(*args, **kwargs)
        offer_seats(choice_field(self, "seat"), seats)
        offered = [vote for vote in VOTES if vote != Vote.VETO or vetoes]
        offered = [Vote.RECUSE] if conflict else offered
        choice_field(self, "vote").choices = [(vote.value, VOTES[vote][0]) for vote in offered]
        self.fields["vote"].widget.choice_hints = {
            **{vote.value: VOTES[vote][1] for vote in offered},
            Vote.VETO.value: " ".join(str(SCOPES[seat.speaks_as]) for seat in vetoes),
        }

    def clean(self) -> dict[str, object]:
        super().clean()
        given = self.cleaned_data
        if given.get("vote") in REASONED and not given.get("reason"):
            self.add_error(
                "reason", _("Say why: a vote against, a veto and standing back each need a reason")
            )
        return given


class CommentForm(ServiceForm):
    """Something to say in the discussion of a case."""

    text = forms.CharField(
        label=_("Say something"),
        help_text=_("Everybody who can read this case can read it, under your name."),
        max_length=5000,
        widget=forms.Textarea,
        error_messages={"required": _("Write what you want to say")},
    )


def offer_seats(field: forms.ChoiceField, seats: Sequence[SeatName]) -> None:
    """Offer the seats that the reader speaks for; a single one needs no question."""
    field.choices = [(seat.value, seat.label) for seat in seats]
    field.initial = next((seat.value for seat in seats), None)
    if len(seats) == 1:
        field.widget = forms.HiddenInput()


class BatchForm(ServiceForm):
    """One vote for several cases of low risk, which each get a ballot."""

    cases = forms.MultipleChoiceField(
        label=_("Which cases?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one case")},
    )
    seat = SeatChoice(label=_("For which seat?"), widget=forms.RadioSelect)
    vote = forms.ChoiceField(
        label=_("Your vote on each of them"),
        widget=forms.RadioSelect,
        choices=[(vote.value, VOTES[vote][0]) for vote in (Vote.APPROVE, Vote.REJECT, Vote.ABSTAIN)],
        error_messages={"required": _("Choose how you vote")},
    )
    reason = forms.CharField(
        label=_("Your reason"),
        help_text=_("It stands with each ballot. A vote against needs one."),
        max_length=5000,
        required=False,
        widget=forms.Textarea,
    )

    def __init__(
        self, *args: Any, cases: Sequence[tuple[str, str]], seats: Sequence[SeatName], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "cases").choices = cases
        offer_seats(choice_field(self, "seat"), seats)


class SuspendForm(ServiceForm):
    """Taking a metric out of use at once."""

    seat = SeatChoice(label=_("For which seat?"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why must it stop now?"),
        help_text=_("Write for the employees who will read it."),
        max_length=5000,
        widget=forms.Textarea,
        error_messages={"required": _("Say why it must stop now")},
    )

    def __init__(self, *args: Any, seats: Sequence[SeatName], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_seats(choice_field(self, "seat"), seats)


class WaiverForm(ServiceForm):
    """Asking the board to set one rule aside for one use and a set time."""

    rule = forms.ChoiceField(
        label=_("Which rule?"), help_text=_("Only rules that the board can waive are on the list.")
    )
    metric = forms.ChoiceField(
        label=_("For which metric?"),
        help_text=_("Name a metric, a decision, or both: no waiver is for everything."),
        required=False,
    )
    decision = forms.ChoiceField(label=_("For which decision?"), required=False)
    starts_on = DayField(label=_("From"))
    last_day = DayField(
        label=_("To and including"),
        help_text=_("Within %(days)s days of its first, and not over already.") % {"days": WAIVER_DAYS[-1]},
    )
    reason = forms.CharField(
        label=_("Why is it needed?"),
        help_text=_("Write for the employees who will read it."),
        max_length=5000,
        widget=forms.Textarea,
        error_messages={"required": _("Say why the exception is needed")},
    )
    called = MappingProxyType({"rule_id": "rule", "ends_on": "last_day"})

    def __init__(
        self, *args: Any, rules: Sequence[Rule], metrics: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        waivable = [(rule.id, f"{rule.id}: {rule.title}") for rule in rules if rule.waivable == "board"]
        choice_field(self, "rule").choices = [("", _("Choose a rule")), *waivable]
        self.fields["rule"].error_messages["required"] = _("Choose a rule")
        choice_field(self, "metric").choices = [("", _("Every metric")), *metrics]
        decisions = [(each.value, name_decision(each).capitalize()) for each in DecisionType]
        choice_field(self, "decision").choices = [("", _("Every decision")), *decisions]


class PutForm(ServiceForm):
    """Putting a question to the board: any kind of case that is put in words."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is")},
    )
    subject = forms.CharField(
        label=_("In a few words"), max_length=200, error_messages={"required": _("Say in a few words what it is about")}
    )  # fmt: skip
    question = forms.CharField(
        label=_("What should the board decide?"),
        help_text=_("What happened, what the charter or the rule says, and what you ask."),
        max_length=20_000,
        widget=forms.Textarea,
        error_messages={"required": _("Say what the board should decide")},
    )
    metric = forms.ChoiceField(label=_("Is it about one metric?"), required=False)
    act = forms.ChoiceField(
        label=_("What should become of its charter?"),
        help_text=_("Only where a metric does something that nobody wanted."),
        choices=[("", _("This is another question")), *ConsequenceAct.choices],
        required=False,
    )
    revise_by = DayField(label=_("Revised by"), required=False)
    handler = AccountField(
        label=_("Who prepares it for the board?"),
        help_text=_("Their user name. You can leave this open and name somebody later."),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        kinds: Mapping[CaseKind, str | Promise],
        metrics: Sequence[tuple[str, str]],
        sits: bool,
        **kwargs: Any,
    ) -> None:
        """`kinds` each with its hint; `sits`: whether the reader sits on the board, which alone names who handles a case."""
        super().__init__(*args, **kwargs)
        if not sits:
            del self.fields["handler"]
        choice_field(self, "kind").choices = [(kind.value, kind.label) for kind in kinds]
        self.fields["kind"].widget.choice_hints = {kind.value: hint for kind, hint in kinds.items()}
        choice_field(self, "metric").choices = [("", _("No, or several")), *metrics]


class PilotForm(ServiceForm):
    """Starting a pilot with the team that the board named, once two thirds of it have agreed."""

    starts_on = DayField(label=_("First day"))
    days = forms.IntegerField(
        label=_("How many days?"),
        help_text=_("From 42 to 56, which is six to eight weeks."),
        error_messages=dict.fromkeys(("required", "invalid"), _("Enter a number of days from 42 to 56")),
    )


class ConsentForm(ServiceForm):
    """A member's answer whether they agree."""

    agrees = forms.ChoiceField(
        label=_("Do you agree?"),
        choices=[("yes", _("Yes, I agree")), ("no", _("No, I do not agree"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether you agree")},
    )


class AskTeamForm(ServiceForm):
    """Which team is asked whether it agrees to a charter."""

    cohort = forms.ChoiceField(label=_("Which team?"), error_messages={"required": _("Choose a team")})

    def __init__(self, *args: Any, teams: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "cohort").choices = [("", _("Choose a team")), *teams]


class EndForm(ServiceForm):
    """Ending a pilot before its last day."""

    reason = forms.CharField(
        label=_("Why does it end?"),
        max_length=5000,
        widget=forms.Textarea,
        error_messages={"required": _("Say why it ends")},
    )


class ExitForm(ServiceForm):
    """What was learnt in a pilot, in three sections (S129)."""

    definitions = forms.CharField(
        label=_("Data definitions"),
        help_text=_("Did the data say what the charter says it says? What was missing or wrong?"),
        max_length=20_000,
        widget=forms.Textarea,
        error_messages={"required": _("Write the section on data definitions")},
    )
    interpretation = forms.CharField(
        label=_("Manager interpretation"),
        help_text=_("How was it read, and did anybody read into it what it does not say?"),
        max_length=20_000,
        widget=forms.Textarea,
        error_messages={"required": _("Write the section on manager interpretation")},
    )
    concerns = forms.CharField(
        label=_("Employee concerns"),
        help_text=_("What did the team worry about, and what was done?"),
        max_length=20_000,
        widget=forms.Textarea,
        error_messages={"required": _("Write the section on employee concerns")},
    )


# The three questions that a pilot's team is asked (S130, S131).
SURVEY = {
    "helpful": _("Did it bring helpful bottlenecks to light?"),
    "misleading": _("Did any metric feel misleading?"),
    "healthier": _("Did the team change how it works in healthy ways?"),
}


class SurveyForm(ServiceForm):
    """What one member of the pilot's team answers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, question in SURVEY.items():
            self.fields[name] = forms.ChoiceField(
                label=question,
                widget=forms.RadioSelect,
                choices=Said.choices,
                error_messages={"required": _("Answer: %(question)s") % {"question": question}},
            )


class ConditionForm(ServiceForm):
    """What an approval is to be bound to; only the fields of the chosen kind are read."""

    kind = forms.ChoiceField(
        label=_("Bind an approval to"),
        widget=forms.RadioSelect,
        choices=ConditionKind.choices,
        error_messages={"required": _("Choose what to bind an approval to")},
    )
    cohort = forms.ChoiceField(label=_("Pilot: which team?"), required=False)
    days = forms.IntegerField(label=_("Pilot: how many days?"), required=False, initial=42)
    grains = forms.MultipleChoiceField(
        label=_("Levels: only these"), required=False, widget=forms.CheckboxSelectMultiple
    )
    decisions = forms.MultipleChoiceField(
        label=_("Decisions: only these"), required=False, widget=forms.CheckboxSelectMultiple
    )
    date = DayField(label=_("End: last day in force"), required=False)

    def __init__(
        self,
        *args: Any,
        cohorts: Sequence[tuple[str, str]],
        grains: Sequence[tuple[str, str]],
        decisions: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "cohort").choices = [("", _("Choose a team")), *cohorts]
        choice_field(self, "grains").choices = grains
        choice_field(self, "decisions").choices = decisions

    @property
    def value(self) -> dict[str, object]:
        """The condition's value as `Condition` keeps it."""
        given = self.cleaned_data
        last = given["date"]
        return {
            ConditionKind.PILOT_TEAM: {"cohort": given["cohort"], "days": given["days"]},
            ConditionKind.GRAINS: {"grains": given["grains"]},
            ConditionKind.DECISIONS: {"decisions": given["decisions"]},
            ConditionKind.END_DATE: {"date": (last + timedelta(days=1)).isoformat() if last else ""},
        }[ConditionKind(given["kind"])]
