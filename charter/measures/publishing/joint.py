"""Which values of one source may be told beside all that was ever told of it. Pure: counts and cells in, ids out.

Metrics whose facts read a common table and date its events alike are decided together, a quarter at a time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from msgspec import Struct
from numpy.typing import NDArray

from charter.measures.guard import Backing, Demand, GuardCell, GuardLayer, choose
from charter.measures.guard.elements import NOBODY, ElementReading, Elements, Ground
from charter.measures.guard.seals import Seals
from charter.measures.values.aggregation import OF_EVENTS
from charter.measures.values.calendar import Span, find_period_end, find_period_start, list_spans
from charter.measures.values.disclosure import SUMMED, DisclosureLimits
from charter.registry.document import Measure
from charter.registry.facts_sql import carries_person, find_time
from charter.rules.vocabulary import Aggregation, Period

_COLUMNS = ("events", "usable", "weight", "mass")
EVENTS, USABLE, WEIGHT, MASS = range(len(_COLUMNS))
# The widest is told first; any other kind of cohort comes last.
LEVELS = {"org": 0, "value_stream": 1}
NARROWEST = 2
NO_TEAM = ""  # among a value's teams: and whatever belongs to no team we know

Place = tuple[str, date]  # a team, or what belongs to none, and the first day of a month


class Telling(Struct, frozen=True):
    """A value that is told, or that would be: of which measure, which teams and when, and how much it demands."""

    id: str
    measure: Measure
    limits: DisclosureLimits
    teams: tuple[str, ...]
    span: Span
    level: int = NARROWEST
    events: int = 0
    unit: str = ""  # it says which values of an event can be used
    told_at: datetime | None = None  # where it is told already

    @property
    def block(self) -> date:
        return find_period_start(Period.QUARTER, self.span.starts_on)

    @property
    def months(self) -> tuple[date, ...]:
        return tuple(
            month.starts_on for month in list_spans(Period.MONTH, self.span.starts_on, self.span.ends_on)
        )


class CharterEvidence(Struct, frozen=True):
    """What stands behind the months in question.

    `tables`: a measure's contributions, as `EventTable.contributions` gives them; `crews`: who was on a team at a time;
    `teams`: all that the organisation knows; `changed`: of a measure, the places that are not what was told of; `revised`:
    those that a revision took other events into, and when.
    """

    tables: Mapping[Measure, pa.Table]
    crews: Mapping[Place, Sequence[str]]
    teams: frozenset[str]
    changed: Mapping[Measure, frozenset[Place]]
    revised: Mapping[Measure, Mapping[Place, datetime]] = {}


def decide(
    evidence: CharterEvidence, standing: Sequence[Telling], candidates: Sequence[Telling]
) -> frozenset[str]:
    """The ids of the candidates that may be told beside what stands."""
    told: set[str] = set()
    for group in group_measures([each.measure for each in (*standing, *candidates)]):
        for block in sorted({each.block for each in candidates if each.measure in group}):
            own = [each for each in candidates if each.measure in group and each.block == block]
            before = [each for each in standing if each.measure in group and each.block == block]
            told |= _Block(evidence, before, own).choose()
    return frozenset(told)


def group_measures(measures: Iterable[Measure]) -> list[frozenset[Measure]]:
    """Measures of the same events: they share a source, date its events by the same expression, and both or neither name
    a person."""
    groups: list[set[Measure]] = []
    for measure in dict.fromkeys(measures):
        near = [group for group in groups if any(_reads_alike(measure, other) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append({measure}.union(*near))
    return [frozenset(group) for group in groups]


def _reads_alike(one: Measure, other: Measure) -> bool:
    return (
        not set(one.sources).isdisjoint(other.sources)
        and find_time(one) == find_time(other)
        and carries_person(one) == carries_person(other)
    )


def _encode(column: pa.ChunkedArray) -> tuple[NDArray[np.intp], list[Any]]:
    """A column as numbers, and what each number stands for."""
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    return encoded.indices.to_numpy(zero_copy_only=False).astype(np.intp), encoded.dictionary.to_pylist()


def _list_places(table: pa.Table) -> Iterator[Place]:
    """The teams and months of a table, each once."""
    found = table.select(["team", "month"]).group_by(["team", "month"], use_threads=False).aggregate([])
    return zip(found["team"].to_pylist(), found["month"].to_pylist(), strict=True)


class _Block:
    """One quarter of one group of measures: its elements, and the layers that its cells are held against."""

    def __init__(
        self, evidence: CharterEvidence, standing: Sequence[Telling], candidates: Sequence[Telling]
    ) -> None:
        self._standing, self._candidates = standing, candidates
        everything = (*standing, *candidates)
        self._measures = sorted(
            {each.measure for each in everything}, key=lambda each: (each.facts, each.aggregation)
        )
        self._number = {measure: number for number, measure in enumerate(self._measures)}
        self._named = carries_person(self._measures[0])
        self._known = evidence.teams
        block = everything[0].block
        self._months = [
            span.starts_on for span in list_spans(Period.MONTH, block, find_period_end(Period.QUARTER, block))
        ]
        self._evidence = evidence
        self._find_places()
        self._layers: list[GuardLayer] = []
        self._layer_of: dict[tuple[object, ...], int] = {}
        self._demanded: dict[tuple[int, DisclosureLimits], tuple[int, ...]] = {}
        self._covered: dict[tuple[tuple[str, ...], Span], frozenset[int]] = {}
        self._same: dict[frozenset[int], frozenset[int]] = {}
        self._elements = Elements(self._ground(), [self._reading(measure) for measure in self._measures])
        self._strictest = sorted({each.limits.people for each in everything})

    def choose(self) -> frozenset[str]:
        standing = [self._cell(each, self._places_of(each)) for each in self._standing]
        seals = self._seal(standing)
        candidates = [
            cell
            for each in self._candidates
            if self._changed.isdisjoint(places := self._places_of(each))
            and seals.admit((cell := self._cell(each, places)).elements)
        ]
        return choose(self._layers, standing, candidates)

    def _seal(self, standing: Sequence[GuardCell]) -> Seals:
        """What was told before a revision and again after it is left whole (`guard.seals`)."""
        revised = {
            measure: {self._places[place]: at for place, at in places.items() if place in self._places}
            for measure, places in self._evidence.revised.items()
            if measure in self._number
        }
        if not any(revised.values()):
            return Seals((), again=(), before=())
        again: list[frozenset[int]] = []
        before: list[frozenset[int]] = []
        for telling, cell in zip(self._standing, standing, strict=True):
            moments = revised.get(telling.measure, {})
            since = [moments[place] for place in self._places_of(telling) if place in moments]
            is_of_now = telling.told_at is not None and all(at <= telling.told_at for at in since)
            (again if is_of_now else before).append(cell.elements)
        elements = self._elements.at(place for places in revised.values() for place in places)
        return Seals(elements, again=again, before=before)

    def _find_places(self) -> None:
        """A number for each team's month of the quarter of which there is anything to say."""
        evidence, months = self._evidence, set(self._months)
        tables = [evidence.tables[measure] for measure in self._measures if measure in evidence.tables]
        seen = {place for table in tables for place in _list_places(table) if place[1] in months}
        crews = {place for place, crew in evidence.crews.items() if crew and place[1] in months}
        changed = {place for measure in self._measures for place in evidence.changed.get(measure, ())}
        changed = {place for place in changed if place[1] in months}
        self._places = {place: number for number, place in enumerate(sorted(seen | crews | changed))}
        self._changed = frozenset(self._places[place] for place in changed)
        strangers = {team for team, _ in self._places} - self._known
        self._of_team: dict[str, list[Place]] = defaultdict(list)
        for place in self._places:
            self._of_team[NO_TEAM if place[0] in strangers else place[0]].append(place)

    def _ground(self) -> Ground:
        self._persons: dict[str, int] = {}
        crews = {
            number: np.array(
                [self._person(each) for each in sorted(self._evidence.crews.get(place, ()))], np.intp
            )
            for place, number in self._places.items()
        }
        for measure in self._measures:
            if measure in self._evidence.tables:
                for person in self._evidence.tables[measure]["person"].unique().to_pylist():
                    self._person(person)
        times = np.array([self._months.index(month) for _, month in self._places], dtype=np.intp)
        return Ground(times, len(self._persons), crews, self._changed)

    def _person(self, name: str | None) -> int:
        return NOBODY if name is None else self._persons.setdefault(name, len(self._persons))

    def _reading(self, measure: Measure) -> ElementReading:
        """A measure's contributions in this quarter, its places and persons numbered."""
        table = self._evidence.tables.get(measure)
        if table is None:
            return ElementReading(np.empty(0, np.intp), np.empty(0, np.intp), np.empty((0, len(_COLUMNS))))
        (team, teams), (month, months) = _encode(table["team"]), _encode(table["month"])
        numbers = [[self._places.get((each, when), -1) for when in months] for each in teams]
        place = np.array(numbers, np.intp).reshape(len(teams), len(months))[team, month]
        person, names = _encode(table["person"])
        person = np.array([self._person(name) for name in names], np.intp)[person]
        amount = np.stack([table[column].to_numpy() for column in _COLUMNS], axis=1)
        return ElementReading(place[place >= 0], person[place >= 0], amount[place >= 0])

    def _places_of(self, telling: Telling) -> frozenset[int]:
        """Looked up once for all metrics of a cohort and period."""
        key = telling.teams, telling.span
        if key not in self._covered:
            months = set(telling.months)
            self._covered[key] = frozenset(
                self._places[place]
                for team in telling.teams
                for place in self._of_team.get(team, ())
                if place[1] in months
            )
        return self._covered[key]

    def _cell(self, telling: Telling, places: frozenset[int]) -> GuardCell:
        reading = self._number[telling.measure]
        elements = self._held(reading, places)
        layers = self._demanded.get(key := (reading, telling.limits))
        if layers is None:
            layers = self._demanded[key] = tuple(self._layers_of(telling, reading))
        # The organisation's months before its quarter, as they close: where it cannot have both, they say more.
        turn = int(not telling.level and telling.span.kind is Period.QUARTER)
        return GuardCell(telling.id, elements, layers, telling.level, turn, telling.events)

    def _held(self, reading: int, places: frozenset[int]) -> frozenset[int]:
        """The elements of a cell: one set for all that hold the same, so that it is compared and hashed once."""
        elements = self._elements.of(reading, places)
        return self._same.setdefault(elements, elements)

    # What is demanded of the atoms that a value takes part in

    def _layers_of(self, telling: Telling, reading: int) -> Iterator[int]:
        """What every value of the group demands; where it demands more people, what those that do so demand; and what its
        own measure demands of the events that can be used."""
        limits = telling.limits
        for people in self._strictest:
            if people <= limits.people:
                yield self._layer("all", self._demand(limits, people))
        if self._named:
            amounts = self._list_amounts(telling.measure, reading)
            if amounts or not self._uses_all(reading):
                yield self._layer("used", self._demand(limits, limits.people), reading, amounts)
        elif telling.measure.aggregation in OF_EVENTS:
            p90 = telling.measure.aggregation is Aggregation.P90
            least = limits.events if p90 else limits.impersonal_events
            yield self._layer("used", Demand(limits.people, least), reading)

    def _demand(self, limits: DisclosureLimits, people: int) -> Demand:
        return Demand(people, limits.events, limits.dominance) if self._named else Demand(people)

    def _layer(
        self, kind: str, demand: Demand, reading: int | None = None, amounts: tuple[int, ...] = ()
    ) -> int:
        key = (kind, demand, reading, amounts)
        if key not in self._layer_of:
            self._layer_of[key] = len(self._layers)
            self._layers.append(GuardLayer(demand, self._back(reading, amounts)))
        return self._layer_of[key]

    def _back(self, reading: int | None, amounts: tuple[int, ...]) -> Backing:
        if not self._named:
            return self._elements.back_by_crews(reading)
        if reading is None:
            return self._elements.back_by_contributors()
        return self._elements.back_by_users(reading, amounts)

    def _list_amounts(self, measure: Measure, reading: int) -> tuple[int, ...]:
        """Of what else nobody may be behind most: of the weights where they differ, of the sum where it is told."""
        amount = self._elements.amount_of(reading)
        weighs = bool((amount[:, WEIGHT] != amount[:, USABLE]).any())
        return ((WEIGHT,) if weighs else ()) + ((MASS,) if measure.aggregation in SUMMED else ())

    def _uses_all(self, reading: int) -> bool:
        amount = self._elements.amount_of(reading)
        return bool((amount[:, EVENTS] == amount[:, USABLE]).all())
