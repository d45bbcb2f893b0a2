"""What is asked to hand in outcomes, to answer a hypothesis, and to discard or close something."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audits.fairness.states import HarmAnswer
from charter.programme.models import DecisionKind
from charter.registry.models import Metric
from charter.rules.vocabulary import DecisionGroup, DecisionType
from governance.ui.forms import DayField, ServiceForm, Text, choice_field
from governance.ui.questions import name_decision

LARGEST = 512 * 1024  # bytes of a file; larger ones are handed in by `manage.py hand_in_outcomes`


class OutcomesForm(ServiceForm):
    """Outcomes of a decision about people, as a file."""

    called = {"rows": "file"}

    decision = forms.ChoiceField(
        label=_("Decision"), error_messages={"required": _("Decision: choose what was decided")}
    )
    starts_on = DayField(label=_("First day of the period"))
    ends_on = DayField(label=_("First day after the period"))
    metrics = forms.MultipleChoiceField(
        label=_("Metrics that the decision looked at"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Metrics: choose at least one")},
    )
    favourable_from = forms.FloatField(
        label=_("Favourable from"),
        help_text=_(
            "For ratings: the lowest one that counts as selected. Leave it empty where the file says yes or no."
        ),
        required=False,
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV with the columns person, then selected (yes or no) or rating; and where known evidence, manager, and "
            "metric:name for a metric’s value."
        ),
        error_messages={
            "required": _("File: choose the file with the outcomes"),
            "empty": _("File: it is empty"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = DecisionKind.objects.filter(group=DecisionGroup.PEOPLE).order_by("slug")
        choice_field(self, "decision").choices = [
            (each.slug, name_decision(DecisionType(each.slug))) for each in kinds
        ]
        in_force = Metric.objects.filter(current__isnull=False).order_by("name", "slug")
        choice_field(self, "metrics").choices = [(each.slug, each.name) for each in in_force]

    def clean_file(self) -> bytes:
        """What the file holds."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("File: at most 512 KB here. Hand larger ones in by command."))
        return bytes(file.read())


class HarmForm(ServiceForm):
    """One hypothesis: yes, no or unknown, and what the answer rests on."""

    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=HarmAnswer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Your answer: choose yes, no or unknown")},
    )
    evidence = forms.CharField(
        label=_("What it rests on"),
        help_text=_("Everybody who reads this audit’s report reads it. Name nobody."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("What it rests on: say it in a sentence")},
    )


def _why(label: Text, missing: Text) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": missing},
    )


class DiscardForm(ServiceForm):
    reason = _why(_("Why are they discarded?"), _("Why are they discarded? Say it in a sentence"))


class CloseTaskForm(ServiceForm):
    done = _why(_("What was done?"), _("What was done? Say it in a sentence"))
