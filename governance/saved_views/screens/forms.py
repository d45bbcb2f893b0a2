"""What is written to keep, open or change a view. The services decide; a form says beside which field they object."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.text import format_lazy, slugify
from django.utils.translation import gettext_lazy as _

from charter.registry.models import Metric
from charter.rules.request import Evidence, Window
from charter.rules.vocabulary import EvidenceKind, Grain, Period
from governance.decisions.screens.ask_choices import Choices, Groups
from governance.decisions.screens.forms import GRAINS, month_choices
from governance.decisions.screens.months import list_closed_months
from governance.evidence.screens.forms import KINDS
from governance.saved_views.models import SavedView, ViewClass
from governance.ui.forms import ServiceForm, Text, choice_field
from governance.ui.questions import month_window

CLASSES = {
    ViewClass.DIAGNOSTIC: _("To find problems in the work. It never informs a decision about a person."),
    ViewClass.PERFORMANCE: _(
        "About one person at a time, for a decision about them. The board has to agree."
    ),
}
PERIODS = [(Period.MONTH.value, _("Month by month")), (Period.QUARTER.value, _("Quarter by quarter"))]
USUAL_MONTHS = 6
NOT_ON_THE_LIST = {
    "view_class": _("Which class: choose one from the list"),
    "decision": _("What is decided with it: choose one from the list"),
    "metrics": _("Which metrics: choose from those in force"),
    "whose": _("Whose values: choose one from the list"),
    "period": _("How often: choose one from the list"),
}


NO_PERSON = {
    "required": _("Say about whom you open the view"),
    "invalid_choice": _("About whom: choose one from the list"),
    "max_length": _("About whom: 100 characters at most"),
}


def _say_month(label: Text) -> dict[str, Text]:
    """What is said where no month is chosen, or one that is not over."""
    said = format_lazy("{label}: {what}", label=label, what=_("choose a month that is over"))
    return {"required": said, "invalid_choice": said}


def _say_text(required: Text) -> dict[str, Text]:
    return {"required": required, "max_length": _("That is too long: 5,000 characters at most")}


class ViewForm(ServiceForm):
    """A question to keep."""

    name = forms.CharField(
        label=_("What is it called?"),
        max_length=120,
        error_messages={
            "required": _("Say what the view is called"),
            "max_length": _("What it is called: 120 characters at most"),
        },
    )
    slug = forms.SlugField(
        label=_("Its short name"),
        max_length=60,
        required=False,
        help_text=_(
            "Small letters, digits and hyphens. It stands in the address, such as team-flow. Left empty, it is made of the name."
        ),
        error_messages={
            "invalid": _("Its short name: use small letters, digits and hyphens alone"),
            "max_length": _("Its short name: 60 characters at most"),
        },
    )
    purpose = forms.CharField(
        label=_("What is it for?"),
        max_length=2000,
        widget=forms.Textarea,
        error_messages={
            "required": _("Say what the view is for"),
            "max_length": _("What it is for: 2,000 characters at most"),
        },
    )
    view_class = forms.ChoiceField(
        label=_("Which class?"),
        choices=ViewClass.choices,
        widget=forms.RadioSelect,
        initial=ViewClass.DIAGNOSTIC,
        error_messages={"required": _("Choose which class the view is of")},
    )
    decision = forms.ChoiceField(
        label=_("What is decided with it?"),
        error_messages={"required": _("Choose what is decided with the view")},
    )
    metrics = forms.MultipleChoiceField(
        label=_("Which metrics?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one metric")},
    )
    whose = forms.ChoiceField(
        label=_("Whose values?"), error_messages={"required": _("Choose whose values the view shows")}
    )
    period = forms.ChoiceField(
        label=_("How often?"), choices=PERIODS, error_messages={"required": _("Choose how often")}
    )
    called = {"class": "view_class", "cohorts": "whose", "grain": "whose"}

    def __init__(
        self,
        *args: Any,
        decisions: Groups,
        metrics: Choices,
        hints: dict[str, str],
        whose: Groups,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "decision").choices = [("", _("Choose a decision")), *decisions]
        choice_field(self, "metrics").choices = metrics
        self.fields["metrics"].widget.choice_hints = hints
        self.fields["view_class"].widget.choice_hints = {each.value: says for each, says in CLASSES.items()}
        single = [(each.value + "/", GRAINS[each]) for each in (Grain.SELF, Grain.PERSON)]
        offered = {value for _label, some in whose for value, _name in some}
        left = [(value, label) for value, label in single if value not in offered]
        choice_field(self, "whose").choices = [("", _("Choose")), *whose, (_("Single people"), left)]
        for name, words in NOT_ON_THE_LIST.items():
            self.fields[name].error_messages["invalid_choice"] = words

    def clean(self) -> dict[str, Any]:
        """A short name of its own, made of the name where none is given."""
        super().clean()
        given = self.cleaned_data
        if "slug" in given and not given["slug"]:
            given["slug"] = slugify(given.get("name", ""))[:60].strip("-")
        if given.get("slug") and SavedView.objects.filter(slug=given["slug"]).exists():
            self.add_error(
                "slug", _("Another view is called “%(slug)s” already. Give it another short name.") % given
            )
        return given


class OpenForm(forms.Form):
    """For which months a view is opened; a performance view also says about whom, on what evidence, by whom."""

    first = forms.ChoiceField(label=_("From"), error_messages=_say_month(_("From")))
    last = forms.ChoiceField(label=_("To and including"), error_messages=_say_month(_("To and including")))

    def __init__(
        self,
        *args: Any,
        on: date,
        single: bool = False,
        reports: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        months = list_closed_months(on)
        for name, start in (("first", months[USUAL_MONTHS - 1]), ("last", months[0])):
            choice_field(self, name).choices = month_choices(months)
            self.fields[name].initial = start
        if single:
            self._ask_about_one(reports)

    def _ask_about_one(self, reports: Sequence[tuple[str, str]]) -> None:
        """One person, never a list; the choice is of those whom the reader holds a role over."""
        label = _("About whom?")
        self.fields["person"] = (
            forms.ChoiceField(
                label=label, choices=[("", _("Choose a person")), *reports], error_messages=NO_PERSON
            )
            if reports
            else forms.CharField(
                label=label, max_length=100, help_text=_("The id of one person."), error_messages=NO_PERSON
            )
        )
        kinds = [("", _("None")), *((kind.value, label) for kind, label in KINDS.items())]
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
        super().clean()
        given = self.cleaned_data
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


class MetricForm(ServiceForm):
    """A metric that the board is asked to put on the list."""

    metric = forms.ChoiceField(
        label=_("Which metric?"),
        error_messages={
            "required": _("Choose a metric"),
            "invalid_choice": _("Which metric: choose one from the list"),
        },
    )
    why = forms.CharField(
        label=_("Why does the view need it?"),
        max_length=5000,
        widget=forms.Textarea,
        error_messages=_say_text(_("Say why the view needs it")),
    )
    called = {"metrics": "metric"}

    def __init__(self, *args: Any, metrics: Sequence[Metric], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "metric").choices = [
            ("", _("Choose a metric")),
            *((each.slug, each.name) for each in metrics),
        ]


class ClassForm(ServiceForm):
    """Why the board should change a view's class."""

    why = forms.CharField(
        label=_("Why?"),
        max_length=5000,
        widget=forms.Textarea,
        error_messages=_say_text(_("Say why the board should change the class")),
    )


class ExpectationForm(ServiceForm):
    """What a role is expected to show."""

    role_family = forms.CharField(
        label=_("Of which role?"),
        max_length=100,
        error_messages={
            "required": _("Say of which role"),
            "max_length": _("Of which role: 100 characters at most"),
        },
    )
    text = forms.CharField(
        label=_("What is expected of it?"),
        max_length=5000,
        widget=forms.Textarea,
        help_text=_("In words that the people themselves can read. No numbers to reach."),
        error_messages=_say_text(_("Say what is expected of the role")),
    )
