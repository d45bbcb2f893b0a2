"""What is written about values: notes of what else was going on, and why they are put under review."""

from collections.abc import Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charter.rules.vocabulary import ContextKind
from governance.decisions.states import ABOUT, HoldCause
from governance.ui.forms import DayField, ServiceForm, choice_field

TEAM, SELF, PERSON = "team", "self", "person"
ALL, COHORT = "all", "cohort"
CAUSES = {
    HoldCause.DATA_QUALITY: _("The data may be wrong"),
    HoldCause.ADMINISTRATOR: _("Another reason of the administration"),
}


class WindowForm(ServiceForm):
    """Two days, the last of them included."""

    starts_on = DayField(label=_("From"))
    last_day = DayField(label=_("To and including"))

    @property
    def window(self) -> dict[str, date]:
        """The window as services take it: its end is out."""
        given = self.cleaned_data
        return {"starts_on": given["starts_on"], "ends_on": given["last_day"] + timedelta(days=1)}

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        if day == date.max:
            raise forms.ValidationError(_("To and including: enter a day such as 2026-04-14"))
        return day


class NoteForm(WindowForm):
    """Saying what else was going on, for a team, for oneself or for somebody that one leads."""

    whose = forms.ChoiceField(
        label=_("Whom is it about?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whom it is about")},
    )
    person = forms.CharField(
        label=_("Somebody else: who?"),
        help_text=_("What source systems call them, such as ada.lovelace."),
        required=False,
        max_length=100,
    )
    kind = forms.ChoiceField(
        label=_("What kind of thing was it?"),
        choices=[("", _("Choose a kind")), *((kind.value, about.label) for kind, about in ABOUT.items())],
        error_messages={"required": _("Choose what kind of thing it was")},
    )
    service = forms.CharField(label=_("Which service of the team?"), required=False, max_length=100)
    metric = forms.ChoiceField(label=_("Does it touch one metric only?"), required=False)
    says = forms.CharField(
        label=_("What was going on?"),
        help_text=_(
            "In one or two sentences. It stands beside the values, for everybody who may see them. Of leave, rest and "
            "caregiving no reason is asked: leave it empty. Others then read “Context applies” and nothing else."
        ),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("whose", "person", "kind", "service", "metric", "starts_on", "last_day", "says")
    called = MappingProxyType({"ends_on": "last_day", "team": "whose"})

    def __init__(
        self,
        *args: Any,
        whose: Sequence[tuple[str, str]],
        metrics: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "whose").choices = whose
        choice_field(self, "metric").choices = [("", _("No, every metric")), *metrics]
        if PERSON not in dict(whose):
            del self.fields["person"]

    def clean(self) -> dict[str, object]:
        super().clean()
        given = self.cleaned_data
        if given.get("whose") == PERSON and not given.get("person", "").strip():
            self.add_error("person", _("Say who it is about"))
        if not given.get("says", "").strip() and "says" not in self.errors and not self._asks_no_reason():
            self.add_error("says", _("Say what was going on"))
        return given

    def _asks_no_reason(self) -> bool:
        """Whether it is about a person's own affair."""
        given = self.cleaned_data
        return bool(given.get("kind")) and given.get("whose") != TEAM and ABOUT[self.note_kind].private

    @property
    def note_kind(self) -> ContextKind:
        return ContextKind(self.cleaned_data["kind"])


class TurnDownForm(ServiceForm):
    """Turning a note down, or taking back one's own."""

    why = forms.CharField(
        label=_("Why does it not stand?"),
        help_text=_("Whoever proposed it can read this."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why it does not stand")},
    )


class HoldForm(WindowForm):
    """Putting values of a metric under review."""

    whose = forms.ChoiceField(
        label=_("Whose values?"),
        widget=forms.RadioSelect,
        choices=[
            (ALL, _("All values of this metric")),
            (COHORT, _("Those of one group")),
            (PERSON, _("Those of one person")),
        ],
        error_messages={"required": _("Choose whose values")},
    )
    cohort = forms.ChoiceField(label=_("One group: which?"), required=False)
    person = forms.CharField(
        label=_("One person: who?"),
        help_text=_("What source systems call them, such as ada.lovelace."),
        required=False,
        max_length=100,
    )
    cause = forms.ChoiceField(
        label=_("Why?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why")},
    )
    reason = forms.CharField(
        label=_("What is known so far?"),
        help_text=_("Only auditors and you can read this."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say what is known so far")},
    )
    field_order = ("whose", "cohort", "person", "starts_on", "last_day", "cause", "reason")
    called = MappingProxyType({"ends_on": "last_day"})

    def __init__(
        self, *args: Any, cohorts: Sequence[tuple[str, str]], causes: Sequence[HoldCause], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "cohort").choices = [("", _("Choose a group")), *cohorts]
        choice_field(self, "cause").choices = [(cause.value, CAUSES[cause]) for cause in causes]
        if len(causes) == 1:
            self.fields["cause"].initial = causes[0].value
            self.fields["cause"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, object]:
        super().clean()
        given = self.cleaned_data
        if given.get("whose") == COHORT and not given.get("cohort"):
            self.add_error("cohort", _("Choose a group"))
        if given.get("whose") == PERSON and not given.get("person", "").strip():
            self.add_error("person", _("Say whose values"))
        return given


class ReleaseForm(ServiceForm):
    """Ending a review of values."""

    why = forms.CharField(
        label=_("Why has the review ended?"),
        help_text=_("Only auditors and you can read this."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why the review has ended")},
    )
