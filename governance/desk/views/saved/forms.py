"""What is written to keep, open or change a view. The services decide; a form says beside which field they object."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charter.registry.models import Metric
from charter.rules.request import Evidence, Window
from charter.rules.vocabulary import EvidenceKind, Grain, Period
from governance.desk.forms import EVIDENCE, GRAINS, month_choices
from governance.desk.offers import Choices, Groups, closed_months
from governance.desk.questions import month_window
from governance.desk.views.board.forms import BoardForm
from governance.views.models import ViewClass

CLASSES = {
    ViewClass.DIAGNOSTIC: _("To find problems in the work. It never informs a decision about a person."),
    ViewClass.PERFORMANCE: _(
        "About one person at a time, for a decision about them. The board has to agree."
    ),
}
PERIODS = [(Period.MONTH.value, _("Month by month")), (Period.QUARTER.value, _("Quarter by quarter"))]
USUAL_MONTHS = 6


class ViewForm(BoardForm):
    """A question to keep."""

    name = forms.CharField(label=_("What is it called?"), max_length=120)
    slug = forms.SlugField(
        label=_("Its short name"),
        max_length=60,
        help_text=_("Small letters, digits and hyphens. It stands in the address, such as team-flow."),
    )
    purpose = forms.CharField(label=_("What is it for?"), max_length=2000, widget=forms.Textarea)
    view_class = forms.ChoiceField(
        label=_("Which class?"),
        choices=ViewClass.choices,
        widget=forms.RadioSelect,
        initial=ViewClass.DIAGNOSTIC,
    )
    decision = forms.ChoiceField(label=_("What is decided with it?"))
    metrics = forms.MultipleChoiceField(
        label=_("Which metrics?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one metric")},
    )
    grain = forms.ChoiceField(
        label=_("At which level?"), choices=list(GRAINS.items()), initial=Grain.TEAM.value
    )
    cohort = forms.ChoiceField(label=_("Which group?"), required=False)
    period = forms.ChoiceField(label=_("How often?"), choices=PERIODS)
    called = {"class": "view_class", "cohorts": "cohort"}

    def __init__(
        self,
        *args: Any,
        decisions: Groups,
        metrics: Choices,
        hints: dict[str, str],
        cohorts: Groups,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = [("", _("Choose a decision")), *decisions]
        self.fields["metrics"].choices = metrics
        self.fields["metrics"].widget.choice_hints = hints
        self.fields["view_class"].widget.choice_hints = {each.value: says for each, says in CLASSES.items()}
        self.fields["cohort"].choices = [("", _("None")), *cohorts]


class OpenForm(forms.Form):
    """For which months a view is opened; a performance view also says about whom, on what evidence, by whom."""

    first = forms.ChoiceField(label=_("From"))
    last = forms.ChoiceField(label=_("To and including"))

    def __init__(
        self, *args: Any, on: date, single: bool = False, reports: Choices = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        months = closed_months(on)
        for name, start in (("first", months[USUAL_MONTHS - 1]), ("last", months[0])):
            self.fields[name].choices = month_choices(months)
            self.fields[name].initial = start
        if single:
            self._ask_about_one(reports)

    def _ask_about_one(self, reports: Choices) -> None:
        """One person, never a list; the choice is of those whom the reader holds a role over."""
        label = _("About whom?")
        self.fields["person"] = (
            forms.ChoiceField(label=label, choices=[("", _("Choose a person")), *reports])
            if reports
            else forms.CharField(label=label, max_length=100, help_text=_("The id of one person."))
        )
        kinds = [("", _("None")), *((kind.value, label) for kind, label in EVIDENCE.items())]
        self.fields["evidence"] = forms.ChoiceField(
            label=_("What else speaks?"), choices=kinds, required=False
        )
        self.fields["ref"] = forms.CharField(label=_("Where it can be read"), max_length=200, required=False)
        self.fields["accountable"] = forms.CharField(
            label=_("Who answers for the decision?"),
            max_length=100,
            required=False,
            help_text=_("The user name of a person."),
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        first, last = given.get("first", ""), given.get("last", "")
        if first and last and last < first:
            self.add_error("last", _("The last month must not come before the first"))
        return given

    @property
    def window(self) -> Window:
        return month_window(self.cleaned_data["first"], self.cleaned_data["last"])

    @property
    def asked(self) -> dict[str, Any]:
        """What a performance view's question says beside its window."""
        given = self.cleaned_data
        kind, ref = given.get("evidence"), given.get("ref")
        return {
            "persons": (given["person"],) if given.get("person") else (),
            "evidence": (Evidence(EvidenceKind(kind), ref),) if kind and ref else (),
            "accountable": given.get("accountable") or None,
        }


class MetricForm(BoardForm):
    """A metric that the board is asked to put on the list."""

    metric = forms.ChoiceField(label=_("Which metric?"), error_messages={"required": _("Choose a metric")})
    why = forms.CharField(label=_("Why does the view need it?"), max_length=5000, widget=forms.Textarea)
    called = {"metrics": "metric"}

    def __init__(self, *args: Any, metrics: Sequence[Metric], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["metric"].choices = [
            ("", _("Choose a metric")),
            *((each.slug, each.name) for each in metrics),
        ]


class ClassForm(BoardForm):
    """Why the board should change a view's class."""

    why = forms.CharField(label=_("Why?"), max_length=5000, widget=forms.Textarea)


class ExpectationForm(BoardForm):
    """What a role is expected to show."""

    role_family = forms.CharField(label=_("Of which role?"), max_length=100)
    text = forms.CharField(
        label=_("What is expected of it?"),
        max_length=5000,
        widget=forms.Textarea,
        help_text=_("In words that the people themselves can read. No numbers to reach."),
    )
