"""An answer as its page shows it: series with charts, duties, how it was made; or the refusal and the way out of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import msgspec
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from charter import rules
from charter.measures.models import Bound, Withheld
from charter.measures.rows import Note, Row
from charter.registry import queries as registry
from charter.registry.models import CharterVersion
from charter.rules import words
from charter.rules.request import Request
from charter.rules.vocabulary import Aggregation, Obligation
from governance.decisions.services.answers import Answer
from governance.decisions.states import Effect, LeftOut
from governance.ui import questions, wording
from governance.ui.links import rule_url

MOST_COMPANIONS = 2  # in the columns of one table; a third has its own
MANY = 4  # series from which on an answer draws them small, beside each other
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
class AnswerSeries:
    """The rows of one metric and one cohort, as chart and table take them."""

    metric: str
    name: str
    whose: str
    unit: str
    subtitle: str
    rows: tuple[dict[str, Any], ...]
    noted: tuple[tuple[str, Note], ...] = ()  # by period
    cohort: str = ""
    companions: tuple["AnswerSeries", ...] = ()  # in columns beside its values
    in_table: bool = False  # its values stand in the columns of another table
    earlier: str = ""  # what its values are held against, as the head of a column

    @property
    def is_connected(self) -> bool:
        """Whether there is a source behind it: where none is connected that is said once, and not of each period."""
        return any(row["reason"] != Withheld.NO_SOURCE for row in self.rows)

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
class NotedPeriod:
    """One thing to know of some periods, and of which values."""

    periods: str
    label: str
    says: str
    of: str


@dataclass(frozen=True)
class PairedSeries:
    """A metric that stands beside those asked for: its values, or why there are none."""

    name: str
    slug: str
    version: int | None
    because: str
    series: tuple[AnswerSeries, ...]
    beside: tuple[str, ...] = ()  # the metrics that want it there


@dataclass(frozen=True)
class ShownAnswer:
    """The values of an answer: those asked for, what stands beside them, and what to know of their periods."""

    series: tuple[AnswerSeries, ...]
    beside: tuple[PairedSeries, ...]
    notes: tuple[NotedPeriod, ...]
    unnoted: tuple[str, ...]

    @property
    def multiples(self) -> list["Multiple"]:
        """The series as small charts, a group a metric, where there are too many to draw each at full size."""
        if len(self.series) < MANY:
            return []
        found = [
            Multiple(tuple(some)) for _metric, some in groupby(self.series, key=lambda each: each.metric)
        ]
        alone = all(len(each.series) == 1 for each in found)
        return [Multiple(self.series)] if alone else found


@dataclass(frozen=True)
class Multiple:
    """Several series of one metric, drawn small on one axis to be held against each other; or one each of several metrics."""

    series: tuple[AnswerSeries, ...]

    @property
    def name(self) -> str:
        return self.series[0].name

    @property
    def is_mixed(self) -> bool:
        """Whether they are of several metrics, so that each has an axis of its own."""
        return len({each.metric for each in self.series}) > 1

    @property
    def within(self) -> tuple[float, ...]:
        """The lowest and the highest number of them all, which the axis holds; nothing where none is told."""
        if self.is_mixed:
            return ()
        rows = [row for each in self.series for row in each.rows if not row["withheld"]]
        told = [row[end] for row in rows for end in ("value", "low", "high") if row[end] is not None]
        return (max(0.0, min(told)), max(told)) if told else ()


def read_charters(answer: Answer) -> list[CharterVersion]:
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


def lay_out_series(rows: Sequence[Row], versions: Iterable[CharterVersion]) -> list[AnswerSeries]:
    """Rows as one series for each metric and cohort, in the order in which these come first; by time, as charts are."""
    of = {version.metric.slug: version for version in versions}
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        grouped.setdefault((row.metric, row.cohort), []).append(row)
    return [
        _series(of[metric], cohort, tuple(sorted(some, key=lambda row: row.period)))
        for (metric, cohort), some in grouped.items()
    ]


def is_arranged(request: Request) -> bool:
    """Whether the rows were to be ordered, cut, combined or held against each other: then a table shows them as asked."""
    related = request.compare or request.percentile
    return related or any(part is not None for part in (request.order_by, request.limit, request.combine))


def list_as_asked(answer: Answer, versions: Iterable[CharterVersion]) -> list[dict[str, Any]]:
    """The rows in the order in which they were given, each in words."""
    names = {version.metric.slug: version.metric.name for version in versions}
    return [_as_asked(row, names[row.metric]) for row in answer.rows]


def _as_asked(row: Row, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "whose": words.sentence(words.cohort(row.cohort)) if row.cohort else _("Your own work"),
        "period": " – ".join(wording.period_name(part, short=True) for part in row.period.split("/")),
        "value": wording.quantity(row.value, row.unit) if row.value is not None else "",
        "bound": str(Bound(row.bound).label) if row.bound else "",
        "difference": "" if row.difference is None else wording.quantity(row.difference, row.unit),
        "percentile": "" if row.percentile is None else wording.number(row.percentile / 100, "share"),
        "withheld": row.withheld_because or "",
        "context": ", ".join(note.label for note in row.context),
    }


def show_answer(
    answer: Answer, versions: Sequence[CharterVersion], *, elsewhere: Collection[str] = ()
) -> ShownAnswer:
    """All values of an answer; what would stand beside them is left out where the page has it `elsewhere` already."""
    combined = any(
        "/" in row.period for row in answer.rows
    )  # of no single period, so that no chart has a place for it
    own = [] if combined else lay_out_series(answer.rows, versions)
    pairs = [
        PairedSeries(
            each.name,
            each.metric,
            each.version,
            each.because,
            tuple(lay_out_series(each.rows, versions)),
            each.beside,
        )
        for each in answer.paired
        if each.metric not in elsewhere
    ]
    own = [_with_companions(each, pairs) for each in own]
    pairs = [_without_table(pair, own) for pair in pairs]
    everything = [*own, *(each for pair in pairs for each in pair.series)]
    unnoted = dict.fromkeys(said for each in everything for said in each.unnoted)
    return ShownAnswer(tuple(own), tuple(pairs), tuple(list_noted(everything)), tuple(unnoted))


def _with_companions(series: AnswerSeries, pairs: Iterable[PairedSeries]) -> AnswerSeries:
    """A series with what stands beside it, of the same people, in columns of its table."""
    found = [
        each
        for pair in pairs
        if series.metric in pair.beside
        for each in pair.series
        if each.cohort == series.cohort and each.is_connected
    ][:MOST_COMPANIONS]
    if not found or not series.is_connected:
        return series
    by_period = [{row["period"]: row for row in each.rows} for each in found]
    rows = tuple({**row, "beside": [of.get(row["period"]) for of in by_period]} for row in series.rows)
    return replace(series, rows=rows, companions=tuple(found))


def _without_table(pair: PairedSeries, own: Iterable[AnswerSeries]) -> PairedSeries:
    """What stands beside, without a table of its own where its values stand in another."""
    told = {(each.metric, each.cohort) for series in own for each in series.companions}
    series = (replace(each, in_table=(each.metric, each.cohort) in told) for each in pair.series)
    return replace(pair, series=tuple(series))


def list_noted(found: Iterable[AnswerSeries]) -> list[NotedPeriod]:
    """What there is to know of the periods of several series, each thing once, the latest first."""
    of: dict[tuple[str, ...], list[AnswerSeries]] = {}
    for each in found:
        for (label, says), periods in each.notes.items():
            of.setdefault((label, says, each.whose, periods[0], periods[-1]), []).append(each)
    ordered = sorted(of.items(), key=lambda item: item[0][3:], reverse=True)
    return [
        NotedPeriod(
            _from_to(first, last), label, says, f"{words.listed(each.name for each in some)}, {whose}"
        )
        for (label, says, whose, first, last), some in ordered
    ]


def _from_to(first: str, last: str) -> str:
    names = [wording.period_name(period, short=True) for period in (first, last)]
    return names[0] if first == last else _("%(first)s to %(last)s") % {"first": names[0], "last": names[1]}


def _series(version: CharterVersion, cohort: str, rows: tuple[Row, ...]) -> AnswerSeries:
    measure = registry.load_document(version.pk).what.measure
    how = str(AGGREGATES[measure.aggregation]) if measure else ""
    whose = words.cohort(cohort) if cohort else _("your own work")
    return AnswerSeries(
        metric=version.metric.slug,
        name=version.metric.name,
        whose=whose,
        unit=rows[0].unit,
        subtitle=", ".join(filter(None, (how, whose))),
        cohort=cohort,
        rows=tuple(_shown(row) for row in rows),
        noted=tuple((row.period, note) for row in rows for note in row.context),
    )


def _shown(row: Row) -> dict[str, Any]:
    """One row for chart and table; a withheld one carries the sentence that says why, and no number."""
    return {
        **msgspec.structs.asdict(row),
        "bound_words": str(Bound(row.bound).label) if row.bound else "",
        "withheld": row.withheld_because if row.withheld else None,
        "reason": row.withheld,
        "excluded": row.withheld in LeftOut.values,
        "contested": any(note.effect == Effect.HOLD for note in row.context),
        "context": [note.label for note in row.context if note.effect in (Effect.ANNOTATE, Effect.EXCLUDE)],
    }


def describe_coverage(rows: Sequence[Row]) -> str:
    """How much of the work the values stand on: `97%`, `88% to 97%`; nothing where there is no value."""
    shares = [row.coverage for row in rows if row.coverage is not None and row.value is not None]
    if not shares:
        return ""
    low, high = (wording.number(share, "share") for share in (min(shares), max(shares)))
    return low if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high}


def list_duties(answer: Answer, versions: Iterable[CharterVersion]) -> list[str]:
    """What whoever uses the answer must do, each in a sentence; metrics to show beside are named (S26)."""
    counters = {registry.load_document(version.pk).what.counter_metric for version in versions}
    beside = words.listed(sorted(each.replace("-", " ") for each in counters if each is not None))
    said = []
    for duty in answer.verdict.obligations:
        if duty == Obligation.SHOW_COUNTER_METRIC and beside:
            said.append(_("Show %(metrics)s beside it wherever you show it.") % {"metrics": beside})
        elif duty != Obligation.ADD_RELIABILITY_AND_QUALITATIVE:  # said as a warning of its own
            said.append(rules.describe_obligation(Obligation(duty)))
    return said


def delivery_only(answer: Answer) -> bool:
    """Whether the answer stands on delivery metrics alone (S24)."""
    return Obligation.ADD_RELIABILITY_AND_QUALITATIVE in answer.verdict.obligations


def list_rule_matches(answer: Answer, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rules that matched, as their cards show them; the metric is named where several were asked for."""
    several = len(answer.charters) > 1
    return [
        {
            "id": match.id,
            "title": match.title,
            "text": "",  # its page says it in full
            "here": match.here,
            "fix": match.fix,
            "fix_url": reverse(FIXED_AT[match.id]) if match.id in FIXED_AT else "",
            "waivable": match.waivable.value,
            "effect": match.effect.value,
            "metric": names.get(match.metric, match.metric) if several else "",
            "url": rule_url(match.id),
            "contest_url": f"{reverse('contest', args=[answer.id])}?rule={match.id}&metric={match.metric}",
        }
        for match in answer.verdict.rules
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


def introduce_repair(found: rules.Repair, request: Request) -> str:
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


def query_of_repair(found: rules.Repair) -> str:
    """The ask form, filled with the allowed question."""
    return f"{reverse('ask')}?{questions.to_query(found.request)}"
