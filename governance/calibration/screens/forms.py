"""What is asked of a rubric, a round, a pack, a proposal and a challenge."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from charter.programme.models import DecisionKind
from charter.rules.vocabulary import DecisionGroup, DecisionType
from governance.calibration import queries
from governance.calibration.models import LEVELS, Rubric
from governance.calibration.services import LevelSaid
from governance.people.models import Cohort, User
from governance.ui.forms import DayField, ServiceForm, Text, choice_field
from governance.ui.questions import name_decision
from ground.errors import BadInput

Choices = Sequence[tuple[str, Text]]


def write_prose(
    label: Text, missing: Text, hint: Text = "", *, rows: int = 5, required: bool = True
) -> forms.CharField:
    """A field for a text of some lines."""
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=10_000,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing},
    )


class RubricForm(ServiceForm):
    """Three levels of a role family, the lowest first: each with its name, what it means, and worked examples a line each."""

    called = {"levels": "name_1"}

    role_family = forms.CharField(
        label=_("Role family"), max_length=100, error_messages={"required": _("Name the role family")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in LEVELS:
            said = {"number": number}
            self.fields[f"name_{number}"] = forms.CharField(
                label=_("Level %(number)s: its name") % said,
                max_length=60,
                error_messages={"required": _("Name level %(number)s") % said},
            )
            self.fields[f"means_{number}"] = write_prose(
                _("Level %(number)s: what it means") % said,
                _("Say what level %(number)s means") % said,
                rows=3,
            )
            self.fields[f"examples_{number}"] = write_prose(
                _("Level %(number)s: worked examples") % said,
                _("Give at least one worked example of level %(number)s") % said,
                _("One a line: what somebody did, and why that is this level."),
                rows=4,
            )

    @property
    def levels(self) -> list[LevelSaid]:
        given = self.cleaned_data
        return [
            LevelSaid(
                given[f"name_{number}"],
                given[f"means_{number}"],
                tuple(line.strip() for line in given[f"examples_{number}"].splitlines() if line.strip()),
            )
            for number in LEVELS
        ]

    @staticmethod
    def begin_with(rubric: Rubric) -> dict[str, str]:
        """What counts now, to be changed."""
        found = {"role_family": rubric.role_family}
        for at, number in enumerate(LEVELS):
            found[f"name_{number}"], found[f"means_{number}"] = rubric.names[at], rubric.meanings[at]
            found[f"examples_{number}"] = "\n".join(rubric.examples[at])
        return found


class RoundForm(ServiceForm):
    """A round as it will be announced."""

    name = forms.CharField(
        label=_("What is it called?"), max_length=120, error_messages={"required": _("Give the round a name")}
    )
    decision = forms.ChoiceField(
        label=_("For which decision?"), error_messages={"required": _("Choose the decision")}
    )
    cohort = forms.ChoiceField(label=_("Whom is it about?"), error_messages={"required": _("Choose a group")})
    starts_on = DayField(label=_("First day of the period"))
    ends_on = DayField(label=_("First day after the period"))
    opens_on = DayField(
        label=_("Opens on"),
        help_text=_(
            "Everybody concerned is told before. Tomorrow at the earliest, and when the period is over."
        ),
    )
    metrics = forms.MultipleChoiceField(
        label=_("Metrics that will be looked at"),
        help_text=_(
            "Up to five, or none: then the round rests on evidence alone. Activity, strain and surveys are not here: they decide about nobody. The line decides what is told, person by person."
        ),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    favourable_from = forms.TypedChoiceField(
        label=_("From which level on is an outcome favourable?"),
        help_text=_("The fairness audit compares who reaches it. It bounds how many do in no way."),
        choices=[("2", _("The second level")), ("3", _("The third level"))],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a level")},
    )
    says = write_prose(
        _("What else should people know before it begins?"), _("Say it"), rows=4, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = DecisionKind.objects.filter(group=DecisionGroup.PEOPLE).order_by("slug")
        choice_field(self, "decision").choices = [
            (each.slug, name_decision(DecisionType(each.slug))) for each in kinds
        ]
        groups = Cohort.objects.filter(retired_at__isnull=True).order_by("kind", "slug")
        choice_field(self, "cohort").choices = [(each.slug, each.name) for each in groups]
        choice_field(self, "metrics").choices = [(each.slug, each.name) for each in queries.list_metrics()]


class ReasonForm(ServiceForm):
    """Why a round is dropped or opened again, or somebody set aside."""

    reason = write_prose(_("Why?"), _("Say why"))


class SaidForm(ServiceForm):
    """A note, a challenge or its answer."""

    text = write_prose(_("In your own words"), _("Say it in a sentence"))

    def __init__(self, *args: Any, label: Text = "", hint: Text = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label or self.fields["text"].label
        self.fields["text"].help_text = hint


class AnswererForm(ServiceForm):
    accountable = forms.CharField(
        label=_("Who answers for what is decided?"),
        help_text=_("The user name of one person who leads them or answers for them: a manager, a lead, leadership or HR."),
        max_length=150,
        error_messages={"required": _("Name one person")},
    )  # fmt: skip

    @property
    def account(self) -> User:
        """The account that is named. Raises BadInput."""
        name = self.cleaned_data["accountable"].strip()
        found = User.objects.filter(username=name, is_active=True).first()
        if found is None:
            raise BadInput(str(_("There is no open account of this user name.")), field="accountable")
        return found


class ProposalForm(ServiceForm):
    """A level with its reasons and what it rests on; of a change why."""

    level = forms.TypedChoiceField(
        label=_("Which level does the evidence show?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a level")},
    )
    evidence = forms.MultipleChoiceField(
        label=_("On which evidence does it rest?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one piece of evidence. Metrics are never all of it"),
        },
    )
    receipts = forms.MultipleChoiceField(
        label=_("Which values do you cite besides?"), widget=forms.CheckboxSelectMultiple, required=False
    )
    reasons = write_prose(
        _("Why does the evidence show this level?"),
        _("Say why"),
        _("The person reads it. Say what in the evidence is like the rubric’s examples."),
    )
    change = write_prose(
        _("Why does it change?"), _("Say why it changes"), _("The person reads this as well."), rows=3
    )

    def __init__(
        self, *args: Any, levels: Choices, evidence: Choices, receipts: Choices, changes: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "level").choices = list(levels)
        choice_field(self, "evidence").choices = list(evidence)
        choice_field(self, "receipts").choices = list(receipts)
        if not receipts:
            del self.fields["receipts"]
        if not changes:
            del self.fields["change"]

    @property
    def outcome(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "level": given["level"],
            "reasons": given["reasons"],
            "evidence": [UUID(each) for each in given["evidence"]],
            "receipts": [UUID(each) for each in given.get("receipts", [])],
            "change": given.get("change", ""),
        }
