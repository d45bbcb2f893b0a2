"""The form by which one asks."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, cast

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _

from charter.rules import words
from charter.rules.request import MOST_METRICS, Request
from charter.rules.vocabulary import Combine, Grain, OrderBy, Period, TimeFilter, View
from governance.decisions.requests.parsing import parse
from governance.decisions.rows.comparing import Earlier
from governance.decisions.screens.ask_choices import AskChoices, Groups
from governance.decisions.screens.months import OWN as OWN_MONTHS
from governance.decisions.screens.months import find_preset
from governance.evidence.screens.forms import KINDS
from governance.ui.forms import choice_field
from governance.ui.questions import PIECES, month_window
from governance.ui.wording import period_name
from ground.errors import BadInput

GRAINS = {
    Grain.TEAM: _("Team"),
    Grain.VALUE_STREAM: _("Value stream"),
    Grain.ORG: _("Organisation"),
    Grain.SELF: _("My own figure"),
    Grain.PERSON: _("One person, or each person"),
}
ORDERS = {
    OrderBy.VALUE.value: _("Highest first"),
    OrderBy.PERIOD.value: _("By time"),
    OrderBy.COHORT.value: _("By group"),
    OrderBy.APPEALS.value: _("By who has appealed"),
}
COMBINED = {
    Combine.SUM.value: _("The sum of the periods"),
    Combine.MEAN.value: _("The mean of the periods"),
    Combine.SCORE.value: _("One score of all metrics"),
    Combine.QUOTA.value: _("To fill a quota"),
    Combine.CURVE.value: _("Spread over a curve"),
}
OTHER_WHOSE = _("Choose whose values you ask for")
_PERSON_ID = re.compile(r"[a-z0-9][a-z0-9.:+_@'-]{0,99}")  # as a request may write it
# The part of a request that each field of the form fills, where they are not called the same.
FIELD_OF = {
    "grain": "whose",
    "window": "first",
    "window.from": "first",
    "window.to": "last",
    "cohorts": "whose",
    "evidence": "evidence1",
}


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
    whose = forms.CharField(
        label=_("Whose values?"), widget=forms.Select, error_messages={"required": OTHER_WHOSE}
    )
    persons = forms.CharField(
        label=_("Which person?"), max_length=500, required=False,
        help_text=_("Where you ask about one person. Several are parted by commas."),
    )  # fmt: skip
    when = forms.ChoiceField(label=_("Which months?"), widget=forms.RadioSelect, required=False)
    # Which of them was marked when the page was shown: months that were chosen beside it count unless another was marked.
    was = forms.CharField(widget=forms.HiddenInput, required=False)
    first = forms.ChoiceField(label=_("From"), required=False)
    last = forms.ChoiceField(label=_("To and including"), required=False)
    affirms = forms.MultipleChoiceField(
        label=_("What is so?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Tick what is so. What you tick is on your receipt, with your name."),
    )
    period = forms.ChoiceField(
        label=_("How often?"),
        choices=[(Period.MONTH.value, _("Month by month")), (Period.QUARTER.value, _("Quarter by quarter"))],
        initial=Period.MONTH.value,
    )
    earlier = forms.ChoiceField(
        label=_("Beside which months?"),
        choices=[
            ("", _("None")),
            (Earlier.QUARTER.value, _("Those a quarter before")),
            (Earlier.YEAR.value, _("Those a year before")),
        ],
        required=False,
    )
    second = forms.ChoiceField(label=_("A second group"), required=False)
    compare = forms.BooleanField(label=_("Compare them with each other"), required=False)
    order_by = forms.ChoiceField(label=_("Order"), choices=[("", _("None")), *ORDERS.items()], required=False)
    limit = forms.IntegerField(
        label=_("Only the first"),
        min_value=1,
        max_value=10_000,
        required=False,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Only the first: enter a number from 1 to 10,000")
        ),
    )
    percentile = forms.BooleanField(label=_("Show where each stands among them"), required=False)
    combine = forms.ChoiceField(
        label=_("Combine"), choices=[("", _("Each value on its own")), *COMBINED.items()], required=False
    )
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
            ("", _("As its metrics are")),
            (View.DIAGNOSTIC.value, _("To find problems")),
            (View.PERFORMANCE.value, _("To judge performance")),
        ],
        required=False,
    )
    export = forms.BooleanField(label=_("Take the values out of this site, as a file"), required=False)
    accountable = forms.CharField(
        label=_("Who answers for the decision?"), max_length=100, required=False,
        help_text=_("The user name of a person. Decisions about people need one."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, offers: AskChoices, **kwargs: Any) -> None:
        super().__init__(with_whose(data), **kwargs)
        self._offers = offers
        for number in range(1, PIECES + 1):
            self.fields[f"evidence{number}"], self.fields[f"ref{number}"] = _evidence_fields(number)
        choice_field(self, "decision").choices = [("", _("Choose a decision")), *offers.all_decisions]
        choice_field(self, "metrics").choices = list(offers.names.items())
        cast("forms.Select", self.fields["whose"].widget).choices = self._list_whose(offers)
        self.fields["whose"].initial = offers.mine
        choice_field(self, "affirms").choices = offers.affirmations
        choice_field(self, "second").choices = [("", _("None")), *_second_groups(offers)]
        self._offer_months(offers)
        for field in self.fields.values():
            of = {"label": str(field.label).removesuffix("?")}
            field.error_messages["invalid_choice"] = _("%(label)s: choose one from the list") % of

    def _list_whose(self, offers: AskChoices) -> Groups:
        """What is offered, and what is chosen already where it is not."""
        offered = {value for _label, some in offers.whose for value, _name in some}
        chosen = (self.data if self.is_bound else self.initial).get("whose", "")
        empty: Groups = [("", [("", str(_("Choose a group")))])] if not offers.mine else []
        if not chosen or chosen in offered:
            return [*empty, *offers.whose]
        return [*empty, *offers.whose, (str(_("Another")), [(chosen, name_whose(chosen))])]

    def _offer_months(self, offers: AskChoices) -> None:
        chosen = self.data if self.is_bound else self.initial
        kept = {chosen.get("first", ""), chosen.get("last", "")} & set(offers.closed)
        months = [month for month in offers.closed if month in {*offers.months, *kept}]
        for name in ("first", "last"):
            choice_field(self, name).choices = [("", _("Choose a month")), *month_choices(months)]
        presets = [(each.name, each.label) for each in offers.presets]
        choice_field(self, "when").choices = [*presets, (OWN_MONTHS, _("From one month to another"))]
        if kept and "when" not in chosen:
            first, last = chosen.get("first", ""), chosen.get("last", "")
            self.fields["when"].initial = find_preset(offers.presets, first, last)
        elif presets:
            self.fields["when"].initial = presets[0][0]
        self.fields["was"].initial = self.fields["when"].initial

    def clean_whose(self) -> str:
        """A level and a group of that level, which know each other."""
        whose: str = self.cleaned_data["whose"]
        grain, _slash, cohort = whose.partition("/")
        level = self._offers.levels.get(cohort)
        if grain not in GRAINS or (cohort and level is None):
            raise forms.ValidationError(self.fields["whose"].error_messages["invalid_choice"])
        if grain in self._offers.levels.values() and level != grain:
            raise forms.ValidationError(
                _("%(group)s is no group of that level. Choose another.") % {"group": name_whose(whose)}
                if cohort
                else OTHER_WHOSE
            )
        return whose

    def clean_metrics(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["metrics"]
        if len(chosen) > MOST_METRICS:
            raise forms.ValidationError(
                _("Choose %(most)s metrics at most") % {"most": words.number(MOST_METRICS)}
            )
        return chosen

    def clean_persons(self) -> list[str]:
        names = [name for part in self.cleaned_data["persons"].split(",") if (name := part.strip())]
        for name in names:
            if not _PERSON_ID.fullmatch(name):
                raise forms.ValidationError(_("“%(name)s” is not a person’s id") % {"name": name})
        return names

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        if not self.errors:
            self._choose_months(given)
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
        return any(self[name].errors or self[name].value() not in (None, "", False) for name in self.rare)

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

    def _choose_months(self, given: dict[str, Any]) -> None:
        """The months of the span that was chosen by name; in whole quarters where these are asked for."""
        presets = {each.name: each for each in self._offers.presets}
        beside = bool(given["first"] or given["last"]) and given["when"] == given["was"]
        name = OWN_MONTHS if beside else given["when"] or next(iter(presets), OWN_MONTHS)
        preset = presets.get(name)
        if preset is None:
            for missing in ("first", "last"):
                if not given[missing]:
                    self.add_error(missing, _("%(label)s: choose a month") % {"label": self[missing].label})
            return
        span = preset.fit_quarters() if given["period"] == Period.QUARTER else (preset.first, preset.last)
        if span is None:
            self.add_error("period", _("No whole quarter lies in these months. Ask month by month."))
        else:
            given["first"], given["last"] = span

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
            for name in ("decision", "metrics", "period", "percentile", "compare", "export", "affirms")
        }
        asked |= {name: given[name] for name in ("order_by", "combine", "time_filter", "view") if given[name]}
        asked |= {
            name: given[name] for name in ("reason", "limit", "accountable") if given[name] not in (None, "")
        }
        asked["window"] = month_window(given["first"], given["last"])
        asked["grain"], _slash, cohort = given["whose"].partition("/")
        asked.setdefault("view", self._find_view(given["metrics"]))
        asked["cohorts"] = [slug for slug in (cohort, given["second"]) if slug]
        asked["persons"] = given["persons"]
        pairs = ((given[f"evidence{number}"], given[f"ref{number}"]) for number in range(1, PIECES + 1))
        asked["evidence"] = [{"kind": kind, "ref": ref} for kind, ref in pairs if kind and ref]
        return cast("Request", parse(msgspec.json.encode(asked)))  # one that is no batch

    def _find_view(self, metrics: Iterable[str]) -> str:
        """The class that all its metrics are of; where they differ, no view fits and the rules say so."""
        views = {each.slug: each.view for each in self._offers.reader.metrics}
        found = {views[slug] for slug in metrics}
        return next(iter(found)) or View.DIAGNOSTIC.value if len(found) == 1 else View.DIAGNOSTIC.value


def with_whose(given: Any) -> Any:
    """What was given, with level and group as the one choice that they are here; links name them apart."""
    if given is None or "whose" in given or not {"grain", "cohort"} & given.keys():
        return given
    told = given.copy()
    told["whose"] = f"{given.get('grain') or Grain.TEAM.value}/{given.get('cohort', '')}"
    return told


def name_whose(whose: str) -> str:
    """`Team payments`, `Each person in team payments`."""
    grain, _slash, cohort = whose.partition("/")
    if grain == Grain.PERSON and cohort:
        return _("Each person in %(cohort)s") % {"cohort": words.cohort(cohort)}
    if cohort:
        return words.sentence(words.cohort(cohort))
    return str(GRAINS[Grain(grain)]) if grain in set(GRAINS) else grain


def _second_groups(offers: AskChoices) -> Groups:
    """The groups that may be held against the first: those that are registered, under their level."""
    by_grain = sorted(offers.reader.cohorts, key=lambda each: (each.kind, each.slug))
    return [
        (str(GRAINS[Grain(grain)]), [(each.slug, words.sentence(words.cohort(each.slug))) for each in some])
        for grain, some in groupby(by_grain, key=lambda each: offers.levels[each.slug])
    ]


def month_choices(months: Iterable[str]) -> Groups:
    """Months under their years."""
    years = groupby(months, key=lambda month: month[:4])
    return [(year, [(month, period_name(month)) for month in of_year]) for year, of_year in years]


def _evidence_fields(number: int) -> tuple[forms.ChoiceField, forms.CharField]:
    kinds = [("", _("None")), *((kind.value, label) for kind, label in KINDS.items())]
    return (
        forms.ChoiceField(
            label=_("Evidence %(number)s: kind") % {"number": number}, choices=kinds, required=False
        ),
        forms.CharField(
            label=_("Evidence %(number)s: reference") % {"number": number}, max_length=200, required=False
        ),
    )
