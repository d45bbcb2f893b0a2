"""What may be told beside all that was ever told: every charter of a run, and of all sources that they share, at once."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

import pyarrow as pa
from msgspec.structs import replace

from charter.measures.models import Withheld
from charter.measures.publishing import joint, standing
from charter.measures.publishing.joint import CharterEvidence, Place, Telling
from charter.measures.publishing.publishable import (
    CharterRun,
    CharterToPublish,
    Decision,
    KeptAttribution,
    PublishingScope,
    Value,
)
from charter.measures.publishing.standing import Digests
from charter.measures.values import calendar
from charter.measures.values.calendar import Span
from charter.measures.values.event_table import EventTable
from charter.registry.document import Measure
from charter.rules.vocabulary import Period
from governance.people.models import Team


class JointDecision:
    """What stands behind the values of a run, and what of them may be told.

    `read` loads the events of a measure, and says whether it could.
    """

    def __init__(
        self, organisation: PublishingScope, events: EventTable, *, read: Callable[[Measure, str], bool]
    ) -> None:
        self._organisation, self._events, self._read = organisation, events, read
        self._contributions: dict[Measure, pa.Table] = {}
        self._days: dict[Measure, tuple[date, date]] = {}  # that contributions are of
        self._digests: dict[Measure, Digests] = {}
        self._kept: frozenset[tuple[Measure, date]] = frozenset()

    def keep_contributions(self, measure: Measure, first: date, end: date) -> None:
        """Keep who contributed what on these days to the events that are loaded."""
        self._contributions[measure] = self._events.contributions(first, end)
        earliest = self._events.first_day()
        # Before its first event there is nothing to keep.
        self._days[measure] = first if earliest and earliest < first else date.min, end

    def decide(self, charters: Mapping[str, CharterToPublish], outcomes: Sequence[CharterRun]) -> Decision:
        """Withhold what may not be told beside all that was ever told, however well it stands by itself."""
        candidates = [
            self._telling(charters[outcome.slug], value)
            for outcome in outcomes
            if outcome.slug in charters
            for value in outcome.values
            if value.tells
        ]
        if not candidates:
            return Decision(tuple(outcomes))
        evidence, before = self._gather(candidates)
        told = joint.decide(evidence, before, candidates)
        return Decision(
            tuple(_hold_back(outcome, told) for outcome in outcomes),
            tuple(self._attributions(each for each in candidates if each.id in told)),
        )

    def decide_again(
        self, revised: Collection[tuple[CharterToPublish, Value]], *, instead_of: Collection[UUID]
    ) -> frozenset[str]:
        """The places whose new values may be told beside all else that was told, once they stand `instead_of` others.

        That the events have changed is what a revision is about, so it holds nothing back here; that they cannot be read does.
        """
        candidates = [self._telling(charter, value) for charter, value in revised if value.tells]
        if not candidates:
            return frozenset()
        evidence, before = self._gather(candidates)
        replaced = {str(key) for key in instead_of}
        unread = {
            measure: places
            for measure, places in evidence.changed.items()
            if measure not in self._contributions
        }
        others = [each for each in before if each.id not in replaced]
        return joint.decide(replace(evidence, changed=unread, revised={}), others, candidates)

    def digests(self, measure: Measure, places: Collection[Place]) -> Digests:
        """What stands for these places' events as they are now, as far as anything was decided of them."""
        known = self._digests.get(measure, {})
        return {place: known[place] for place in places if place in known}

    def _telling(self, charter: CharterToPublish, value: Value) -> Telling:
        """A value as the guard weighs it. That coverage is low is worth less than any number, so it comes last."""
        level = value.level + (joint.NARROWEST + 1 if value.withheld else 0)
        limits = self._organisation.limits(charter.category)
        place = (value.place, charter.measure, limits, value.teams, value.span, level, value.n or 0)
        return Telling(*place, unit=charter.unit)

    def _gather(self, candidates: Sequence[Telling]) -> tuple[CharterEvidence, list[Telling]]:
        """What stands behind the quarters in question, and all that was ever told of them."""
        first, end = find_blocks([each.span for each in candidates])
        before = standing.read_standing(first, end, self._organisation.all_limits())
        measures = {each.measure for each in candidates}
        groups = joint.group_measures([*measures, *(each.measure for each in before)])
        near = frozenset().union(*(group for group in groups if not group.isdisjoint(measures)))
        before = [each for each in before if each.measure in near]
        self._read_what_lacks([*before, *candidates])
        months = list(calendar.list_spans(Period.MONTH, first, end))
        crews = self._events.crews(months)
        kept = standing.read_attributions(near, [month.starts_on for month in months])
        digests = {
            measure: standing.digest_places(measure, table, crews)
            for measure, table in self._contributions.items()
            if measure in near
        }
        self._digests, self._kept = digests, frozenset(kept)
        changed = standing.find_changed(before, digests, kept)
        teams = frozenset(Team.objects.values_list("slug", flat=True))
        revised = standing.list_revised(kept)
        return CharterEvidence(self._contributions, crews, teams, changed, revised), before

    def _read_what_lacks(self, tellings: Sequence[Telling]) -> None:
        """Read the events of each measure once more, unless what was kept of it is of all the quarters it tells of."""
        spans: dict[Measure, list[Span]] = defaultdict(list)
        for each in tellings:
            spans[each.measure].append(each.span)
        units = {each.measure: each.unit for each in tellings}
        for measure, own in spans.items():
            if not self._covers(measure, *find_blocks(own)):
                self._read_again(measure, units[measure], *find_blocks(own))

    def _covers(self, measure: Measure, first: date, end: date) -> bool:
        """Whether what was kept of a measure is of all of these days, or of more."""
        begins, ends = self._days.get(measure, (date.max, date.min))
        return begins <= first and end <= ends

    def _read_again(self, measure: Measure, unit: str, first: date, end: date) -> None:
        """Read the events of a measure once more; where they cannot be, nothing is known of them."""
        self._contributions.pop(measure, None)
        self._days.pop(measure, None)
        if self._read(measure, unit):
            self.keep_contributions(measure, first, end)

    def _attributions(self, told: Iterable[Telling]) -> Iterator[KeptAttribution]:
        """What to keep of the months that are told of for the first time."""
        for measure, month in sorted(
            {(each.measure, month) for each in told for month in each.months} - self._kept,
            key=lambda new: (standing.hash_measure(new[0]), new[1]),
        ):
            teams = {team: digest for (team, when), digest in self._digests[measure].items() if when == month}
            yield KeptAttribution(standing.hash_measure(measure), month, teams)


def find_blocks(spans: Sequence[Span]) -> tuple[date, date]:
    """The first day of the earliest quarter of these periods, and the first after the latest."""
    first = calendar.find_period_start(Period.QUARTER, min(span.starts_on for span in spans))
    last = calendar.find_period_start(Period.QUARTER, max(span.starts_on for span in spans))
    return first, calendar.find_period_end(Period.QUARTER, last)


def _hold_back(outcome: CharterRun, told: Collection[str]) -> CharterRun:
    """The outcome with those of its values withheld that may not be told."""
    values = tuple(
        value if not value.tells or value.place in told else _withhold(value) for value in outcome.values
    )
    return replace(outcome, values=values)


def _withhold(value: Value) -> Value:
    blank = {"estimate": None, "n": None, "people": None, "coverage": None}
    return replace(value, withheld=Withheld.TOO_FEW, protects=True, **blank)
