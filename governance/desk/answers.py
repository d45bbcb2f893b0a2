"""An answer as its page shows it: series with charts, duties, how it was made; or the refusal and the way out of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import msgspec
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from charter import rules
from charter.measures.models import Bound
from charter.measures.rows import Note, Row
from charter.registry import queries as registry
from charter.registry.models import CharterVersion
from charter.rules import words
from charter.rules.request import Request
from charter.rules.rulebook import ENGINE
from charter.rules.vocabulary import Aggregation, Obligation
from governance.decisions.replies import Answer
from governance.decisions.states import Effect, LeftOut
from governance.desk import questions, wording

PAGELESS = frozenset({ENGINE, "USE"})
# Pages on which a reader does themself what a rule asks for.
FIXED_AT = {"AR24": "training"}
AGGREGATES = {
    Aggregation.COUNT: gettext_lazy("Number of events"),
    Aggregation.SUM: gettext_lazy("Sum"),
    Aggregation.RATE: gettext_lazy("Events a week"),
    Aggregation.MEAN: gettext_lazy("Mean"),
    Aggregation.MEDIAN: gettext_lazy("Middle value"),
    Aggregation.P90: gettext_lazy("Nine in ten are at or below"),
    Aggregation.SHARE: gettext_lazy("Share"),
}


@dataclass(frozen=True)
class Series:
    """The rows of one metric and one cohort, as chart and table take them."""

    metric: str
    name: str
    whose: str
    unit: str
    subtitle: str
    rows: tuple[dict[str, Any], ...]
    noted: tuple[tuple[str, Note], ...] = ()  # by period

    @property
    def caption(self) -> str:
        """The name of its table, unlike that of any other on the page."""
        return _("The same values: %(name)s, %(whose)s") % {
            "name": words.inside(self.name),
            "whose": self.whose,
        }

    @property
    def label(self) -> str:
        """The heading of the values."""
        return words.sentence(wording.unit_word(self.unit)) or _("Value")

    @property
    def has_values(self) -> bool:
        return any(row["value"] is not None for row in self.rows)

    @property
    def notes(self) -> dict[tuple[str, str], list[str]]:
        """The periods of what stands beside its values, by label and what was said of it."""
        found: dict[tuple[str, str], list[str]] = {}
        for period, note in self.noted:
            if note.effect != Effect.NONE_KNOWN:
                found.setdefault((note.label, note.says), []).append(period)
        return found

    @property
    def unnoted(self) -> list[str]:
        """Of which kinds of note it is known that there is none, and for which periods, each in a sentence."""
        found: dict[str, list[str]] = {}
        for period, note in self.noted:
            if note.effect == Effect.NONE_KNOWN:
                found.setdefault(note.label, []).append(wording.period_name(period))
        return [f"{label}. {words.listed(periods)}." for label, periods in found.items()]


@dataclass(frozen=True)
class Noted:
    """One thing to know of some periods, and of which values."""

    periods: str
    label: str
    says: str
    of: str


@dataclass(frozen=True)
class Beside:
    """A metric that stands beside those asked for: its values, or why there are none."""

    name: str
    slug: str
    version: int | None
    because: str
    series: tuple[Series, ...]


@dataclass(frozen=True)
class Shown:
    """The values of an answer: those asked for, what stands beside them, and what to know of their periods."""

    series: tuple[Series, ...]
    beside: tuple[Beside, ...]
    notes: tuple[Noted, ...]
    unnoted: tuple[str, ...]


def charters(answer: Answer) -> list[CharterVersion]:
    """The charter versions that governed an answer and what stands beside it, in that order, with metric and owner."""
    told = [(each.metric, each.version) for each in answer.paired if each.permitted]
    order = {slug: place for place, (slug, _number) in enumerate([*answer.charters, *told])}
    numbers = dict([*answer.charters, *told])
    found = (
        CharterVersion.objects.filter(metric__slug__in=order)
        .select_related("metric__owner")
        .defer("document")
    )
    governing = [version for version in found if numbers[version.metric.slug] == version.number]
    return sorted(governing, key=lambda version: order[version.metric.slug])


def series(rows: Sequence[Row], versions: Iterable[CharterVersion]) -> list[Series]:
    """Rows as one series for each metric and cohort, in the order in which they come."""
    of = {version.metric.slug: version for version in versions}
    grouped = groupby(rows, key=lambda row: (row.metric, row.cohort))
    return [_series(of[metric], cohort, tuple(some)) for (metric, cohort), some in grouped]


def shown(answer: Answer, versions: Sequence[CharterVersion], *, elsewhere: Collection[str] = ()) -> Shown:
    """All values of an answer; what would stand beside them is left out where the page has it `elsewhere` already."""
    own = series(answer.rows, versions)
    pairs = [
        Beside(each.name, each.metric, each.version, each.because, tuple(series(each.rows, versions)))
        for each in answer.paired
        if each.metric not in elsewhere
    ]
    everything = [*own, *(each for pair in pairs for each in pair.series)]
    unnoted = dict.fromkeys(said for each in everything for said in each.unnoted)
    return Shown(tuple(own), tuple(pairs), tuple(noted(everything)), tuple(unnoted))


def noted(found: Iterable[Series]) -> list[Noted]:
    """What there is to know of the periods of several series, each thing once, the latest first."""
    of: dict[tuple[str, ...], list[Series]] = {}
    for each in found:
        for (label, says), periods in each.notes.items():
            of.setdefault((label, says, each.whose, periods[0], periods[-1]), []).append(each)
    ordered = sorted(of.items(), key=lambda item: item[0][3:], reverse=True)
    return [
        Noted(_from_to(first, last), label, says, f"{words.listed(each.name for each in some)}, {whose}")
        for (label, says, whose, first, last), some in ordered
    ]


def _from_to(first: str, last: str) -> str:
    names = [wording.period_name(period, short=True) for period in (first, last)]
    return names[0] if first == last else _("%(first)s to %(last)s") % {"first": names[0], "last": names[1]}


def _series(version: CharterVersion, cohort: str, rows: tuple[Row, ...]) -> Series:
    measure = registry.document(version.pk).what.measure
    how = str(AGGREGATES[measure.aggregation]) if measure else ""
    whose = words.cohort(cohort) if cohort else _("your own work")
    return Series(
        metric=version.metric.slug,
        name=version.metric.name,
        whose=whose,
        unit=rows[0].unit,
        subtitle=", ".join(filter(None, (how, whose))),
        rows=tuple(_shown(row) for row in rows),
        noted=tuple((row.period, note) for row in rows for note in row.context),
    )


def _shown(row: Row) -> dict[str, Any]:
    """One row for chart and table; a withheld one carries the sentence that says why, and no number."""
    return {
        **msgspec.structs.asdict(row),
        "bound_words": str(Bound(row.bound).label) if row.bound else "",
        "withheld": row.withheld_because if row.withheld else None,
        "excluded": row.withheld in LeftOut.values,
        "contested": any(note.effect == Effect.HOLD for note in row.context),
        "context": [note.label for note in row.context if note.effect in (Effect.ANNOTATE, Effect.EXCLUDE)],
    }


def coverage(rows: Sequence[Row]) -> str:
    """How much of the work the values stand on: `97%`, `88% to 97%`."""
    shares = [row.coverage for row in rows if row.coverage is not None]
    if not shares:
        return ""
    low, high = (wording.number(share, "share") for share in (min(shares), max(shares)))
    return low if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high}


def duties(answer: Answer, versions: Iterable[CharterVersion]) -> list[str]:
    """What whoever uses the answer must do, each in a sentence; metrics to show beside are named (S26)."""
    counters = {registry.document(version.pk).what.counter_metric for version in versions} - {None}
    beside = words.listed(sorted(counter.replace("-", " ") for counter in counters))
    said = []
    for duty in answer.verdict.obligations:
        if duty == Obligation.SHOW_COUNTER_METRIC and beside:
            said.append(_("Show %(metrics)s beside it wherever you show it.") % {"metrics": beside})
        elif duty != Obligation.ADD_RELIABILITY_AND_QUALITATIVE:  # said as a warning of its own
            said.append(rules.obligation_text(Obligation(duty)))
    return said


def delivery_only(answer: Answer) -> bool:
    """Whether the answer stands on delivery metrics alone (S24)."""
    return Obligation.ADD_RELIABILITY_AND_QUALITATIVE in answer.verdict.obligations


def rule_url(rule: str) -> str:
    """The page of a rule; what no rule forbids but the engine or the missing permit has none."""
    return "" if rule in PAGELESS else reverse("rule", args=[rule])


def bites(answer: Answer, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rules that bit, as their cards show them; the metric is named where several were asked for."""
    several = len(answer.charters) > 1
    return [
        {
            "id": bite.id,
            "title": bite.title,
            "text": "",  # its page says it in full
            "here": bite.here,
            "fix": bite.fix,
            "fix_url": reverse(FIXED_AT[bite.id]) if bite.id in FIXED_AT else "",
            "waivable": bite.waivable.value,
            "effect": bite.effect.value,
            "metric": names.get(bite.metric, bite.metric) if several else "",
            "url": rule_url(bite.id),
            "contest_url": f"{reverse('contest', args=[answer.id])}?rule={bite.id}&metric={bite.metric}",
        }
        for bite in answer.verdict.rules
    ]


def how_many(count: int, *, refers: bool) -> str:
    """`Five rules refuse it.`"""
    number = {"number": words.sentence(words.number(count))}
    if refers:
        said = ngettext(
            "%(number)s rule leaves it to the board.", "%(number)s rules leave it to the board.", count
        )
    else:
        said = ngettext("%(number)s rule refuses it.", "%(number)s rules refuse it.", count)
    return said % number


def repair_lead(found: rules.Repair, request: Request) -> str:
    """`Three parts of your question change. The metric and the months stay.`"""
    count = len(found.changes)
    number = words.sentence(words.number(count))
    said = ngettext(
        "%(number)s part of your question changes.", "%(number)s parts of your question change.", count
    )
    stays = [name for name, same in (
        (ngettext("the metric", "the metrics", len(request.metrics)), found.request.metrics == request.metrics),
        (_("the months"), found.request.window == request.window),
    ) if same]  # fmt: skip
    stay = ""
    if stays:
        stay = " " + _("%(parts)s stay.") % {"parts": words.sentence(words.listed(stays))}
    return said % {"number": number} + stay


def repair_query(found: rules.Repair) -> str:
    """The ask form, filled with the allowed question."""
    return f"{reverse('ask')}?{questions.query(found.request)}"
