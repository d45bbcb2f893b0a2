"""The questions of a use check, one a page, and the form of an evidence profile. Nothing is decided here."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charter.rules.request import ANYBODY, MOST_METRICS
from charter.rules.vocabulary import Grain
from governance.evidence.screens.forms import KINDS
from governance.ui.forms import ServiceForm, Text, choice_field
from governance.use_check.places import KIND_OF

Choices = Sequence[tuple[str, Text]]
LEVELS = {
    Grain.PERSON.value: _("One person’s"),
    Grain.TEAM.value: _("A team’s"),
    Grain.VALUE_STREAM.value: _("A value stream’s"),
    Grain.ORG.value: _("The whole organisation’s"),
}
MYSELF, SOMEBODY = "me", "other"


def _radios(label: Text, missing: Text, choices: Choices = (), hint: Text = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": missing, "invalid_choice": missing},
    )


class UseStepForm(ServiceForm):
    """One question; `offered` are the choices of the occasion, by field."""

    def __init__(self, *args: Any, offered: dict[str, Choices] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (offered or {}).items():
            choice_field(self, name).choices = list(choices)


class DecisionStep(UseStepForm):
    decision = _radios(_("What is to be decided?"), _("Choose what is to be decided"))


class MetricsStep(UseStepForm):
    metrics = forms.MultipleChoiceField(
        label=_("Which metrics would be used?"),
        help_text=_("Up to five. Choose all that would stand beside each other."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one metric"),
            "invalid_choice": _("There is no such metric"),
        },
    )

    def clean_metrics(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["metrics"]
        if len(chosen) > MOST_METRICS:
            raise forms.ValidationError(_("Choose five metrics at most"))
        return chosen


class WhoseStep(UseStepForm):
    """At which level, and of whom where somebody is meant already."""

    grain = _radios(
        _("Whose values would be used?"), _("Choose whose values would be used"), list(LEVELS.items())
    )
    cohort = forms.ChoiceField(
        label=_("Which group?"),
        help_text=_("For a team, a value stream or the organisation. Leave it open to ask about any."),
        required=False,
    )
    person = forms.CharField(
        label=_("Which person?"),
        help_text=_("For one person: their employee number. Leave it open to ask about anybody."),
        required=False,
        max_length=100,
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        grain, cohort = given.get("grain"), given.get("cohort")
        if not grain:
            return given
        if grain == Grain.PERSON:
            return {**given, "cohort": "", "person": (given.get("person") or "").strip().lower()}
        if cohort and not cohort.startswith(f"{KIND_OF[Grain(grain)].value}:"):
            self.add_error("cohort", _("This group is of another level. Choose one of the level above"))
        return {**given, "person": ""}

    def clean_person(self) -> str:
        name: str = self.cleaned_data["person"]
        if name == ANYBODY or any(sign.isspace() for sign in name.strip()):
            raise forms.ValidationError(_("Give the employee number, without blanks"))
        return name


class RoleStep(UseStepForm):
    role_family = forms.ChoiceField(
        label=_("Whose role is it about?"),
        help_text=_("Its evidence profile says which outcomes and which kinds of evidence count."),
        widget=forms.RadioSelect,
        required=False,
    )


class EvidenceStep(UseStepForm):
    """Records that can be opened, and kinds that are at hand without one."""

    evidence = forms.MultipleChoiceField(
        label=_("Which evidence is at hand?"),
        help_text=_("Records that you may open, newest first."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": _("There is no such record that you may open")},
    )
    kind = forms.MultipleChoiceField(
        label=_("What else is at hand, and not written down here?"),
        choices=[(kind.value, label) for kind, label in KINDS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class AccountableStep(UseStepForm):
    who = _radios(
        _("Who answers for the decision?"),
        _("Choose who answers for the decision"),
        [("", _("Nobody is named yet")), (MYSELF, _("I do")), (SOMEBODY, _("Somebody else"))],
        hint=_("A person with a role over those whom it concerns, and none of them."),
    )
    accountable = forms.CharField(label=_("Their user name"), required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].required = False

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("who") == SOMEBODY and not (given.get("accountable") or "").strip():
            self.add_error("accountable", _("Give their user name"))
        return given


FORMS: dict[str, type[UseStepForm]] = {
    "decision": DecisionStep,
    "metrics": MetricsStep,
    "whose": WhoseStep,
    "role": RoleStep,
    "evidence": EvidenceStep,
    "accountable": AccountableStep,
}


class ProfileForm(ServiceForm):
    """What counts for a role family."""

    role_family = forms.CharField(
        label=_("Role family"),
        help_text=_("As people’s records call it, such as “engineering”."),
        max_length=100,
        error_messages={"required": _("Name the role family")},
    )
    outcomes = forms.CharField(
        label=_("Outcomes that count"),
        help_text=_("One a line, in words that somebody of that role would use."),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
    )
    evidence_kinds = forms.MultipleChoiceField(
        label=_("Kinds of evidence that count"),
        choices=[(kind.value, label) for kind, label in KINDS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    review_months = forms.IntegerField(
        label=_("Months that a review looks back"),
        min_value=1,
        max_value=24,
        initial=12,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Give a number of months from 1 to 24")
        ),
    )
