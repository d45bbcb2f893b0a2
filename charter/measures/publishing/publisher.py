"""What a publishing run works out: the missing values of each charter in force. Reads only; `services` writes.

Each charter is worked out by itself, and holds back what by itself stands on too little. Then all are decided together:
what may be told beside all that was ever told (`guard`).
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Self
from uuid import UUID

import pyarrow as pa
from msgspec.structs import replace

from charter.measures.models import Withheld
from charter.measures.publishing import joint
from charter.measures.publishing.deciding import JointDecision, find_blocks
from charter.measures.publishing.left_out import read_left_out
from charter.measures.publishing.publishable import (
    CharterRun,
    CharterToPublish,
    Decision,
    Frozen,
    Missing,
    Value,
    read_frozen,
    read_organisation,
)
from charter.measures.publishing.trace_key import find_trace_key
from charter.measures.values import calendar, disclosure
from charter.measures.values.aggregation import Estimate, estimate, round_estimate
from charter.measures.values.calendar import Span
from charter.measures.values.disclosure import (
    LOW_COVERAGE,
    NO_EVENTS,
    CohortBacking,
)
from charter.measures.values.event_table import (
    ANYWHERE,
    NO_VALUES,
    NOWHERE,
    WEIGHTED,
    EventTable,
    Group,
    MembershipSpan,
)
from charter.measures.values.people_bands import find_band
from charter.measures.values.traces import REVISED_BACK_DAYS, Element
from charter.measures.values.units import find_bounds
from charter.measures.warehouse.facts import Warehouse
from charter.measures.warehouse.weeks import WeekCounting
from charter.registry.document import Measure
from charter.registry.documents import read_sources
from charter.registry.facts_columns import check_columns, find_naming_sources
from charter.registry.facts_sql import carries_person
from charter.rules.periods import find_first_start
from charter.rules.vocabulary import Period
from governance.people import identities
from governance.people.models import Cohort, Team
from governance.people.names import fold_name
from governance.people.queries import list_roster_spans
from ground.errors import BadInput, Unavailable


class Publisher:
    """One run over one warehouse at one moment: `work_out` a charter at a time, then `decide` them all.

    `through` leaves out the periods that end after that day.
    """

    def __init__(self, warehouse: Warehouse, *, now: datetime, through: date | None = None) -> None:
        self.now = now
        self._warehouse = warehouse
        self._tables = warehouse.tables()
        self._organisation = read_organisation()
        self._sources = read_sources()
        self._zone = self._organisation.programme.time_zone
        settled = calendar.find_settled_day(now, self._zone, self._organisation.programme.settling_days)
        self._end = min(through or settled, settled)
        self._events = EventTable(
            self._organisation.reaches,
            [MembershipSpan(*span) for span in list_roster_spans()],
            list(Team.objects.values_list("slug", flat=True)),
            self._zone,
            names=identities.read_names(),
        )
        self._left_out = read_left_out()
        self._charters: dict[str, CharterToPublish] = {}
        self._decision = JointDecision(self._organisation, self._events, read=self._read)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._events.close()

    def work_out(self, charter: CharterToPublish) -> CharterRun:
        """The missing values of one charter, and which of its published ones give way to them."""
        connected = self._tables.issuperset(charter.measure.sources)
        frozen = read_frozen(charter, connected=connected)
        missing = self._missing(charter, frozen, connected)
        if not missing.places:
            return CharterRun(charter.slug, superseded=frozen.superseded)
        if not connected:
            values = [self._value(charter, place, withheld=Withheld.NO_SOURCE) for place in missing.places]
            return CharterRun(charter.slug, tuple(values), frozen.superseded)
        self._load(charter.measure, charter.unit)
        values = [value for kind in Period for value in self._of_kind(charter, kind, missing.of(kind))]
        self._charters[charter.slug] = charter
        self._decision.keep_contributions(charter.measure, *find_blocks(missing.spans))
        return CharterRun(
            charter.slug,
            tuple(values),
            frozen.superseded,
            frozenset(charter.measure.sources),
            charter=charter,
            traces=self.trace(),
        )

    def load(self, charter: CharterToPublish) -> bool:
        """Take in the events of a charter; False where its source is not connected."""
        if connected := self._tables.issuperset(charter.measure.sources):
            self._load(charter.measure, charter.unit)
        return connected

    def rework(self, charter: CharterToPublish, spans: Mapping[UUID, Collection[Span]]) -> list[Value]:
        """What the places of these cohorts would be from the events that are loaded, whatever is published of them."""
        missing = Missing(
            tuple(
                (number, span)
                for number, cohort in enumerate(self._organisation.cohorts)
                for span in spans.get(cohort.pk, ())
            )
        )
        return [value for kind in Period for value in self._of_kind(charter, kind, missing.of(kind))]

    @property
    def cohorts(self) -> tuple[Cohort, ...]:
        """The registered cohorts, by number."""
        return self._organisation.cohorts

    def count_weeks(self, charter: CharterToPublish, first: date, end: date, short: float) -> pa.Table | None:
        """What of a charter's events fell on each cohort's weeks (`values.week_counts`); None where its source is not connected."""
        measure = charter.measure
        if not self._tables.issuperset(measure.sources):
            return None
        counted = None
        if not any(of == measure for of, _left_out in self._left_out):  # whose events matters then
            counted = self._count_weeks(charter, first, end, short)
        if counted is None:
            self._load(measure, charter.unit)
            return self._events.weeks(first, end, short)
        return self._events.add_up_weeks(counted, self._find_naming(measure))

    def _count_weeks(
        self, charter: CharterToPublish, first: date, end: date, short: float
    ) -> pa.Table | None:
        """Events counted where they lie; None where some name a team that is no name, as it is then the person who says whose."""
        measure, bounds = charter.measure, find_bounds(charter.unit)
        nobody = self._find_nobody(measure, self._find_naming(measure))
        weighted = measure.aggregation in WEIGHTED
        by = WeekCounting(first, end, self._zone, bounds.low, bounds.high, short, weighted, nobody)
        counted = self._warehouse.count_weeks(measure, by)
        names = counted.column("team").unique().to_pylist()
        return None if any(name is not None and not fold_name(name) for name in names) else counted

    def _find_nobody(self, measure: Measure, naming: Collection[str]) -> tuple[str, ...]:
        if not self._events.knows_nobody() or not carries_person(measure):
            return ()
        return self._events.find_nobody(self._warehouse.list_persons(measure), naming)

    def elements(self) -> dict[UUID, frozenset[str]]:
        """The teams of each cohort; the whole organisation also has the events of no team and of any team."""
        scope = zip(self._organisation.cohorts, self._organisation.reaches, strict=True)
        return {
            cohort.pk: frozenset({*reach.teams, *([NOWHERE, ANYWHERE] if reach.whole else [])})
            for cohort, reach in scope
        }

    def least_people(self, charter: CharterToPublish) -> int:
        return self._organisation.limits(charter.category).people

    def trace(self) -> dict[Element, str]:
        """The marks of the events that are loaded, of the closed months that may still be revised.

        Each of those months is named, whether it has events or not.
        """
        first = calendar.find_period_start(Period.MONTH, self._end - timedelta(days=REVISED_BACK_DAYS))
        end = calendar.find_period_start(Period.MONTH, self._end)
        named = {(NOWHERE, span.starts_on): "" for span in calendar.list_spans(Period.MONTH, first, end)}
        return named | self._events.traces(find_trace_key(), first, end)

    def _load(self, measure: Measure, unit: str) -> None:
        naming = self._find_naming(measure)
        self._events.load(
            self._warehouse.facts(measure), measure.aggregation, sources=naming, bounds=find_bounds(unit)
        )
        for each in {left_out for of, left_out in self._left_out if of == measure}:
            self._events.leave_out(each.starts_on, each.ends_on, person=each.person, team=each.team)

    def _find_naming(self, measure: Measure) -> frozenset[str]:
        """The sources whose names the facts give; Unavailable where the facts do not fit what the sources are now."""
        try:
            check_columns(measure, self._sources)
        except BadInput as error:
            raise Unavailable(error.detail, code="facts_do_not_fit") from None
        columns = ("person", "team")
        return frozenset().union(*(find_naming_sources(measure, self._sources, each) for each in columns))

    def _missing(self, charter: CharterToPublish, frozen: Frozen, connected: bool) -> Missing:
        first_event = self._warehouse.first_day(charter.measure, self._zone) if connected else None
        cohorts = self._organisation.of(charter)
        return Missing(
            tuple(
                (number, span)
                for kind in Period
                for span in self._spans(kind, charter.floor, first_event)
                for number in cohorts
                if (self._organisation.cohorts[number].pk, kind, span.starts_on) not in frozen.kept
            )
        )

    def _spans(self, kind: Period, floor: date, first_event: date | None) -> Iterator[Span]:
        """Periods wholly on the allowed side of the floor, from the one that holds the first event."""
        first = find_first_start(floor, kind)
        if first_event is not None:
            first = max(first, calendar.find_period_start(kind, first_event))
        return calendar.list_spans(kind, first, self._end)

    def _of_kind(
        self, charter: CharterToPublish, kind: Period, places: Sequence[tuple[int, Span]]
    ) -> Iterator[Value]:
        """Decide each place on its counts alone; only what may be told is then worked out."""
        if not places:
            return
        spans = sorted({span for _, span in places})
        tallies = self._events.tallies(kind, spans[0].starts_on, spans[-1].ends_on)
        placed = self._events.placed(kind, spans[0].starts_on, spans[-1].ends_on)
        rosters, named = self._events.rosters(spans), carries_person(charter.measure)
        to_tell = {}
        for place in places:
            group = (place[0], place[1].starts_on)
            if group not in tallies and not rosters.get(group):
                continue  # empty by nature: nobody to protect, and nothing to say
            tally = tallies.get(group) or replace(NO_EVENTS, coverage=placed[group[1]])
            roster = None if named else rosters.get(group, 0)
            if reason := self._reason(charter, tally, roster):
                low = reason == LOW_COVERAGE
                yield self._value(charter, place, withheld=Withheld.LOW_COVERAGE if low else Withheld.TOO_FEW)
            else:
                to_tell[group] = (place, tally, tally.people if roster is None else roster)
        yield from self._told(charter, kind, to_tell)

    def _reason(self, charter: CharterToPublish, tally: CohortBacking, roster: int | None) -> str | None:
        limits = self._organisation.limits(charter.category)
        return disclosure.find_reason_to_withhold(tally, limits, charter.measure.aggregation, roster=roster)

    def _told(
        self,
        charter: CharterToPublish,
        kind: Period,
        to_tell: dict[Group, tuple[tuple[int, Span], CohortBacking, int]],
    ) -> Iterator[Value]:
        aggregation = charter.measure.aggregation
        found = {group: (values, weights) for group, values, weights in self._events.values(kind, to_tell)}
        for group, (place, tally, people) in to_tell.items():
            values, weights = found.get(group, (NO_VALUES, None))
            yield self._value(
                charter,
                place,
                estimate=round_estimate(
                    estimate(aggregation, values, weights, days=place[1].days), aggregation
                ),
                n=tally.events,
                people=find_band(people),
                coverage=_round_down(tally.coverage),
            )

    def _value(
        self,
        charter: CharterToPublish,
        place: tuple[int, Span],
        *,
        withheld: str = "",
        estimate: Estimate | None = None,
        n: int | None = None,
        people: int | None = None,
        coverage: float | None = None,
    ) -> Value:
        number, span = place
        return Value(
            metric_id=charter.metric_id,
            version_id=charter.version_id,
            cohort_id=self._organisation.cohorts[number].pk,
            span=span,
            withheld=withheld,
            estimate=estimate,
            n=n,
            people=people,
            coverage=coverage,
            teams=self._organisation.teams(number),
            level=joint.LEVELS.get(self._organisation.cohorts[number].kind, joint.NARROWEST),
        )

    def decide(self, outcomes: Sequence[CharterRun]) -> Decision:
        """Withhold what may not be told beside all that was ever told, however well it stands by itself."""
        return self._decision.decide(self._charters, outcomes)

    def decide_again(
        self, revised: Collection[tuple[CharterToPublish, Value]], *, instead_of: Collection[UUID]
    ) -> frozenset[str]:
        """The places whose new values may be told beside all else that was told, once they stand `instead_of` others."""
        return self._decision.decide_again(revised, instead_of=instead_of)

    def digests(self, charter: CharterToPublish, places: Collection[Element]) -> dict[Element, str]:
        """What stands for the events of these places as they are now, where it was decided what may be told of them."""
        return self._decision.digests(charter.measure, places)

    def _read(self, measure: Measure, unit: str) -> bool:
        """Read the events of a measure that was published before; False where they cannot be."""
        if not self._tables.issuperset(measure.sources):
            return False
        try:
            self._load(measure, unit)
        except Unavailable:
            return False
        return True


def _round_down(share: float) -> float:
    """To a hundredth, so that no count can be worked out of it; whole is whole, however it was added up."""
    return math.floor(share * 100 + disclosure.ROUNDING) / 100
