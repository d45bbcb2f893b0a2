"""What rows that came late would change: whose events are not what they were, and what published values would be now."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from charter.measures.models import PublishedValue, Trace, Withheld
from charter.measures.publishing.publishable import CharterRun, CharterToPublish, Value
from charter.measures.publishing.publisher import Publisher
from charter.measures.publishing.trace_key import name_trace_key
from charter.measures.values.calendar import Span
from charter.measures.values.event_table import ANYWHERE
from charter.measures.values.traces import (
    Element,
    Shape,
    Touched,
    choose_shapes,
    find_touched,
    list_months,
)
from charter.registry.facts_sql import carries_person
from charter.rules.vocabulary import Period
from governance.people.models import CohortKind

_RANKS = {CohortKind.ORG: 0, CohortKind.VALUE_STREAM: 1, CohortKind.TEAM: 2}
# Less is rounding, not a change.
_SAME = 1e-9


class RevisedCell(Struct, frozen=True):
    """A published value that touched events are behind, with what it would be now."""

    old: PublishedValue
    new: Value
    shape: Shape

    @property
    def changes(self) -> bool:
        return _numbers(self.old) != _numbers(self.new)


class Sought(Struct, frozen=True):
    """What came of looking at one charter's events again."""

    charter: CharterToPublish
    touched: tuple[Touched, ...]
    traces: dict[Element, str]  # as they are now, of the touched elements
    cells: tuple[RevisedCell, ...]
    least: int  # people that each part has to touch
    named: bool  # whether its events name people


class FoundRevision(Struct, frozen=True):
    """A revision that can be made: its values, what it leaves behind, and the fewest people of any part."""

    charter: CharterToPublish
    cells: tuple[RevisedCell, ...]
    left_behind: tuple[UUID, ...]
    traces: dict[Element, str]
    people: int
    digests: dict[Element, str] = {}  # what stands for the events of what it takes in

    @property
    def content_hash(self) -> str:
        told = sorted((str(cell.old.pk), repr(_numbers(cell.new))) for cell in self.cells)
        return sha256(repr(told).encode()).hexdigest()


def seek(publisher: Publisher, charter: CharterToPublish) -> Sought | None:
    """Look at a charter's events again; None where nothing was traced, or all is as it was."""
    before = read_traces(charter)
    if not before or not publisher.load(charter):
        return None
    now = publisher.trace()
    touched = find_touched(before, now)
    if not touched:
        return None
    cells = tuple(_list_cells(publisher, charter, {each.element for each in touched}))
    changed = {each.element: now.get(each.element, "") for each in touched}
    named = carries_person(charter.measure)
    return Sought(charter, touched, changed, cells, publisher.least_people(charter), named)


def read_traces(charter: CharterToPublish) -> dict[Element, str]:
    """The marks of what a metric's values were made from, as far as they can be compared."""
    rows = Trace.objects.filter(
        metric_id=charter.metric_id, revision=None, key_id=name_trace_key(charter.measure)
    )
    return {(team, month): marks for team, month, marks in rows.values_list("team", "month", "marks")}


def find_revisions(sought: Iterable[Sought]) -> Iterator[FoundRevision]:
    """The revisions that can be made, all metrics on the same sources together."""
    for group in _group_by_sources(list(sought)):
        yield from _choose(group)


def hold_back(publisher: Publisher, found: Sequence[FoundRevision]) -> list[FoundRevision]:
    """The revisions with those of their new values withheld that may not be told beside what else stands."""
    cells = [(each.charter, cell) for each in found for cell in each.cells]
    told = publisher.decide_again(
        [(charter, cell.new) for charter, cell in cells], instead_of=[cell.old.pk for _, cell in cells]
    )
    return [
        replace(
            each,
            digests=publisher.digests(each.charter, each.traces),
            cells=tuple(
                cell
                if not cell.new.tells or cell.new.place in told
                else replace(cell, new=_withhold(cell.new))
                for cell in each.cells
            ),
        )
        for each in found
    ]


def withhold_what_changed(publisher: Publisher, charter: CharterToPublish, run: CharterRun) -> CharterRun:
    """The run without numbers that take in what published ones have not: the difference could be one person's work."""
    touched = (
        {each.element for each in find_touched(read_traces(charter), run.traces)} if run.traces else set()
    )
    if not touched:
        return run
    teams = publisher.elements()
    values = (
        _withhold(value)
        if value.estimate and touched & _elements(teams[value.cohort_id], value.span)
        else value
        for value in run.values
    )
    return replace(run, values=tuple(values))


def _withhold(value: Value) -> Value:
    blank = {"estimate": None, "n": None, "people": None, "coverage": None}
    return replace(value, withheld=Withheld.TOO_FEW, protects=True, **blank)


def _elements(teams: Collection[str], span: Span) -> frozenset[Element]:
    return frozenset((team, month) for team in teams for month in list_months(span.starts_on, span.ends_on))


def _list_cells(
    publisher: Publisher, charter: CharterToPublish, touched: set[Element]
) -> Iterator[RevisedCell]:
    teams = publisher.elements()
    rows = PublishedValue.objects.filter(
        metric_id=charter.metric_id,
        charter_version_id=charter.version_id,
        superseded_at=None,
        left_behind_at=None,
        withheld="",
        cohort_id__in=teams,
    )
    if charter.pilot is not None:
        rows = rows.filter(cohort__slug=charter.pilot)
    found: dict[tuple[UUID, Span], tuple[PublishedValue, Shape]] = {}
    for row in rows.select_related("cohort"):
        span = Span(Period(row.period_kind), row.starts_on, row.ends_on)
        elements = _elements(teams[row.cohort_id], span)
        # A cohort that has other teams by now would be made of other people's work.
        if set(row.teams) == teams[row.cohort_id] - {ANYWHERE} and elements & touched:
            found[row.cohort_id, span] = (row, _shape(row, elements))
    spans: dict[UUID, list[Span]] = {}
    for cohort, span in found:
        spans.setdefault(cohort, []).append(span)
    for value in publisher.rework(charter, spans):
        old, shape = found[value.cohort_id, value.span]
        yield RevisedCell(old, value, shape)


def _shape(row: PublishedValue, elements: frozenset[Element]) -> Shape:
    """Organisation before stream before team, quarters before months, early before late."""
    level = _RANKS.get(CohortKind(row.cohort.kind), 3) * 2 + (row.period_kind == Period.MONTH)
    key = f"{row.cohort.slug} {row.period_kind} {row.starts_on}"
    return Shape(key, (level, key), elements)


def _group_by_sources(sought: list[Sought]) -> list[list[Sought]]:
    groups: list[tuple[set[str], list[Sought]]] = []
    for each in sought:
        sources, members = set(each.charter.measure.sources), [each]
        for group in [group for group in groups if group[0] & sources]:
            groups.remove(group)
            sources |= group[0]
            members += group[1]
        groups.append((sources, members))
    return [sorted(members, key=lambda each: each.charter.slug) for _, members in groups]


def _choose(group: list[Sought]) -> Iterator[FoundRevision]:
    # Where events name nobody, what they show is the whole team's, whose roster every told value has been held against.
    named = {each.charter.slug: each.touched for each in group if each.named}
    shapes = {cell.shape.key: cell.shape for each in group for cell in each.cells}
    least = max(each.least for each in group)
    chosen, people = choose_shapes(named, shapes.values(), least) if named else (frozenset(shapes), least)
    for each in group:
        if found := _found(each, chosen, people):
            yield found


def _found(sought: Sought, chosen: Collection[str], people: int) -> FoundRevision | None:
    inside = [cell for cell in sought.cells if cell.shape.key in chosen]
    changing = tuple(cell for cell in inside if cell.changes)
    if not changing:
        return None
    covered = frozenset().union(*(cell.shape.elements for cell in inside))
    behind = [
        cell.old.pk for cell in sought.cells if cell.shape.key not in chosen and cell.shape.elements & covered
    ]
    traces = {element: marks for element, marks in sought.traces.items() if element in covered}
    return FoundRevision(sought.charter, changing, tuple(sorted(behind)), traces, people)


def _numbers(value: PublishedValue | Value) -> tuple[object, ...]:
    """All that is told of a value, as far as it can be told apart."""
    made = value if isinstance(value, PublishedValue) else value.estimate
    told: Mapping[str, float | None] = {
        name: getattr(made, name, None) for name in ("value", "low", "high")
    } | {"coverage": value.coverage}
    rounded = [None if number is None else round(number / _SAME) for number in told.values()]
    return (bool(value.withheld), *rounded, getattr(made, "bound", "") or "", value.n, value.people)
