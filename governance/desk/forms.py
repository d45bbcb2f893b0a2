"""Forms: signing in, and asking."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

import msgspec
from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from charter.rules.request import Request
from charter.rules.vocabulary import EvidenceKind, Grain, Period, TimeFilter, View
from governance.decisions.parsing import parse
from governance.desk.offers import Groups, Offers
from governance.desk.questions import PIECES, month_window
from governance.desk.wording import period_name
from ground.errors import BadInput

GRAINS = {
    Grain.TEAM: _("Team"),
    Grain.VALUE_STREAM: _("Value stream"),
    Grain.ORG: _("Organisation"),
    Grain.SELF: _("My own figure"),
    Grain.PERSON: _("One person, or each person"),
}
EVIDENCE = {
    EvidenceKind.DESIGN_REVIEW: _("Design review"),
    EvidenceKind.CROSS_TEAM_SUPPORT: _("Support of other teams"),
    EvidenceKind.MENTORING: _("Mentoring"),
    EvidenceKind.INCIDENT_LEADERSHIP: _("Leading in an incident"),
    EvidenceKind.STAKEHOLDER_FEEDBACK: _("What stakeholders say"),
    EvidenceKind.PROJECT_OUTCOME: _("What a project achieved"),
    EvidenceKind.PEER_FEEDBACK: _("What peers say"),
}
MOST_METRICS = 5
_PERSON_ID = re.compile(r"[a-z0-9][a-z0-9.:+_-]{0,99}")  # as a request may write it
# The part of a request that each field of the form fills, where they are not called the same.
FIELD_OF = {
    "window": "first",
    "window.from": "first",
    "window.to": "last",
    "cohorts": "cohort",
    "evidence": "evidence1",
}


class SignInForm(AuthenticationForm):
    """User name and password; the same sentence for a wrong name and a wrong password."""

    username = forms.CharField(
        label=_("User name"),
        error_messages={"required": _("Enter your user name")},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        error_messages={"required": _("Enter your password")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {
        "invalid_login": _(
            "The user name and password do not match. Check both; capitals count in the password."
        ),
        "inactive": _("This account is closed. Ask an administrator."),
    }

    @property
    def wrong_password(self) -> bool:
        """Whether a pair was given and did not match."""
        return any(error.code in self.error_messages for error in self.errors.as_data().get("__all__", ()))

    def refuse(self) -> None:
        """Say that this was tried too often; the password is not looked at."""
        self.errors.clear()
        self.cleaned_data = {}
        self.add_error(
            None, _("Too many wrong passwords for this user name. Wait 15 minutes, then try again.")
        )


class AskForm(forms.Form):
    """A question: what is to be decided, by which metrics, of whom, when. Asking for abuse is possible, and refused.

    What may be chosen comes from `offers`; the words that a reader sees come with it.
    """

    decision = forms.ChoiceField(
        label=_("What do you want to decide?"),
        error_messages={"required": _("Choose what you want to decide")},
    )
    reason = forms.CharField(
        label=_("Why are you asking?"), max_length=500, required=False,
        help_text=_("One line. It is kept with your question."),
    )  # fmt: skip
    metrics = forms.MultipleChoiceField(
        label=_("Which metrics?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one metric")},
    )
    grain = forms.ChoiceField(
        label=_("At which level?"), choices=list(GRAINS.items()), initial=Grain.TEAM.value
    )
    cohort = forms.ChoiceField(label=_("Which group?"), required=False)
    persons = forms.CharField(
        label=_("Which person?"), max_length=500, required=False,
        help_text=_("Only at the level of one person. Several are parted by commas."),
    )  # fmt: skip
    first = forms.ChoiceField(label=_("From"))
    last = forms.ChoiceField(label=_("To and including"))
    period = forms.ChoiceField(
        label=_("How often?"),
        choices=[(Period.MONTH.value, _("Month by month")), (Period.QUARTER.value, _("Quarter by quarter"))],
        initial=Period.MONTH.value,
    )
    second = forms.ChoiceField(label=_("A second group"), required=False)
    compare = forms.BooleanField(label=_("Compare them with each other"), required=False)
    order_by = forms.ChoiceField(
        label=_("Order"), choices=[("", _("None")), ("value", _("Highest first"))], required=False
    )
    limit = forms.IntegerField(
        label=_("Only the first"),
        min_value=1,
        max_value=10_000,
        required=False,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Only the first: enter a number from 1 to 10,000")
        ),
    )
    percentile = forms.BooleanField(label=_("Show where each stands among peers"), required=False)
    combine = forms.ChoiceField(
        label=_("Combine"), choices=[("", _("Each metric on its own")), ("score", _("One score of all metrics"))],
        required=False,
    )  # fmt: skip
    time_filter = forms.ChoiceField(
        label=_("Part of the clock"),
        choices=[
            ("", _("All hours")),
            (TimeFilter.WEEKEND.value, _("Weekends only")),
            (TimeFilter.EVENING.value, _("Evenings only")),
            (TimeFilter.ONLINE.value, _("Time online only")),
        ],
        required=False,
    )
    view = forms.ChoiceField(
        label=_("Kind of view"),
        choices=[
            (View.DIAGNOSTIC.value, _("To find problems")),
            (View.PERFORMANCE.value, _("To judge performance")),
        ],
        required=False,
    )
    export = forms.BooleanField(label=_("Take the values out of this site"), required=False)
    accountable = forms.CharField(
        label=_("Who answers for the decision?"), max_length=100, required=False,
        help_text=_("The user name of a person. Decisions about people need one."),
    )  # fmt: skip

    def __init__(self, *args: Any, offers: Offers, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, PIECES + 1):
            self.fields[f"evidence{number}"], self.fields[f"ref{number}"] = _evidence_fields(number)
        self.fields["decision"].choices = [("", _("Choose a decision")), *offers.decisions]
        self.fields["metrics"].choices = list(offers.names.items())
        self.fields["metrics"].widget.choice_hints = {
            each.slug: each.hint(offers.decision) for each in offers.metrics
        }
        for name in ("cohort", "second"):
            self.fields[name].choices = [("", _("None")), *offers.cohorts]
        months = month_choices(offers.months)
        for name, start in (("first", offers.months[11]), ("last", offers.months[0])):
            self.fields[name].choices = months
            self.fields[name].initial = start
        for field in self.fields.values():
            of = {"label": str(field.label).removesuffix("?")}
            field.error_messages["invalid_choice"] = _("%(label)s: choose one from the list") % of

    def clean_metrics(self) -> list[str]:
        chosen = self.cleaned_data["metrics"]
        if len(chosen) > MOST_METRICS:
            raise forms.ValidationError(_("Choose five metrics at most"))
        return chosen

    def clean_persons(self) -> list[str]:
        names = [name for part in self.cleaned_data["persons"].split(",") if (name := part.strip())]
        for name in names:
            if not _PERSON_ID.fullmatch(name):
                raise forms.ValidationError(_("“%(name)s” is not a person’s id") % {"name": name})
        return names

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not self.errors:
            self._check_window(given)
        if not self.errors:
            try:
                self.request = self._request(given)
            except BadInput as error:
                self.blame(error)
        return given

    def blame(self, error: BadInput) -> None:
        """Put what the line finds wrong beside the field that it speaks of."""
        part = (error.field or "").split("[")[0]
        name = FIELD_OF.get(part, part)
        self.add_error(name if name in self.fields else None, error.detail)

    @property
    def more(self) -> bool:
        """Whether one of the parts that most questions leave out is given, or is at fault."""
        return any(
            self[name].errors or self[name].value() not in (None, "", False, "diagnostic")
            for name in self.rare
        )

    @property
    def rare(self) -> tuple[str, ...]:
        named = (
            "second",
            "compare",
            "order_by",
            "limit",
            "percentile",
            "combine",
            "time_filter",
            "view",
            "export",
        )
        return (
            *named,
            "accountable",
            *(part for part in self.fields if part.startswith(("evidence", "ref"))),
        )

    @property
    def evidence(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        """The fields of each piece of evidence."""
        return ((self[f"evidence{number}"], self[f"ref{number}"]) for number in range(1, PIECES + 1))

    def _check_window(self, given: Mapping[str, Any]) -> None:
        first, last = given["first"], given["last"]
        if last < first:
            self.add_error("last", _("The last month must not come before the first"))
        elif given["period"] == Period.QUARTER:
            if first[-2:] not in ("01", "04", "07", "10"):
                self.add_error("first", _("A quarter begins in January, April, July or October"))
            if last[-2:] not in ("03", "06", "09", "12"):
                self.add_error("last", _("A quarter ends in March, June, September or December"))

    def _request(self, given: Mapping[str, Any]) -> Request:
        """The same bytes that the API would be sent, read by the same parser."""
        asked = {
            name: given[name]
            for name in ("decision", "metrics", "grain", "period", "percentile", "compare", "export")
        }
        asked |= {name: given[name] for name in ("order_by", "combine", "time_filter", "view") if given[name]}
        asked |= {
            name: given[name] for name in ("reason", "limit", "accountable") if given[name] not in (None, "")
        }
        asked["window"] = month_window(given["first"], given["last"])
        asked["cohorts"] = [slug for slug in (given["cohort"], given["second"]) if slug]
        asked["persons"] = given["persons"]
        pairs = ((given[f"evidence{number}"], given[f"ref{number}"]) for number in range(1, PIECES + 1))
        asked["evidence"] = [{"kind": kind, "ref": ref} for kind, ref in pairs if kind and ref]
        return parse(msgspec.json.encode(asked))


def month_choices(months: Iterable[str]) -> Groups:
    """Months under their years."""
    years = groupby(months, key=lambda month: month[:4])
    return [(year, [(month, period_name(month)) for month in of_year]) for year, of_year in years]


def _evidence_fields(number: int) -> tuple[forms.ChoiceField, forms.CharField]:
    kinds = [("", _("None")), *((kind.value, label) for kind, label in EVIDENCE.items())]
    return (
        forms.ChoiceField(
            label=_("Evidence %(number)s: kind") % {"number": number}, choices=kinds, required=False
        ),
        forms.CharField(
            label=_("Evidence %(number)s: reference") % {"number": number}, max_length=200, required=False
        ),
    )
