"""What is withheld of a metric, for whoever answers for it: in numbers alone, and which teams cost the most.

What these numbers give away. Which values are told, withheld and short of data is told with every row, so sums of it tell
nothing new; nor does the suggestion to merge, which is worked out from that alone. *For whose sake* a value was withheld is told
nowhere else: that it stands on too little by itself is something about few people. So it is told of a whole quarter of a
level, once that quarter has closed, where there are enough values of either sort; and only of what was there then, since
whoever registers one more cohort afterwards would else read its answer off the difference.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Count, Min
from msgspec import Struct

from charter.measures.models import PublishedValue, Withheld, Withholding
from charter.measures.publishing.joint import LEVELS, NARROWEST
from charter.measures.values import calendar
from charter.programme.queries import get_programme
from charter.registry.models import Metric
from charter.rules.vocabulary import Period
from governance.people.models import Cohort, CohortKind

# Quarters that are shown; and those that a suggestion looks at.
QUARTERS, LOOKED_AT = 12, 4
# A team is thin where so much of what it could have is withheld, of so many values at least.
THIN, LEAST_PLACES = 0.75, 8
# So many values of its neighbours it must have cost, before merging is worth it.
LEAST_COST = 4

When = tuple[str, date]  # the kind of a period and its first day


class WithheldCount(Struct, frozen=True):
    """The values of one level and quarter, its months and itself. `themselves` and `others` are None where they are not told."""

    quarter: date
    level: int
    told: int
    withheld: int
    low_coverage: int
    themselves: int | None = None
    others: int | None = None


class ThinTeam(Struct, frozen=True):
    """A team's cohort that is nearly always withheld, the neighbour to merge it with, and what it cost its neighbours."""

    cohort: str
    name: str
    with_cohort: str
    with_name: str
    withheld: int
    places: int
    cost: int


def count_withheld(metric: Metric) -> list[WithheldCount]:
    """The last quarters of a metric by level, newest first."""
    counts = _count_states(metric)
    split = _split_by_sake(metric)
    return [
        WithheldCount(
            quarter,
            level,
            told=found[""],
            withheld=found[Withheld.TOO_FEW],
            low_coverage=found[Withheld.LOW_COVERAGE],
            **split.get((quarter, level), {}),
        )
        for (quarter, level), found in sorted(counts.items(), key=lambda each: (-each[0][0].toordinal(), each[0][1]))
    ]  # fmt: skip


def _count_states(metric: Metric) -> dict[tuple[date, int], Counter[str]]:
    """How many values are told or withheld, by quarter and level."""
    values = PublishedValue.objects.filter(metric=metric, superseded_at=None).exclude(
        withheld=Withheld.NO_SOURCE
    )
    newest = values.order_by("-starts_on").values_list("starts_on", flat=True).first()
    counts: dict[tuple[date, int], Counter[str]] = defaultdict(Counter)
    if newest is None:
        return counts
    rows = values.filter(starts_on__gt=_quarters_before(newest, QUARTERS)).order_by()
    for kind, day, withheld, number in rows.values_list("cohort__kind", "starts_on", "withheld").annotate(
        Count("pk")
    ):
        quarter = calendar.find_period_start(Period.QUARTER, day)
        counts[quarter, LEVELS.get(kind, NARROWEST)][withheld] += number
    return counts


def _quarters_before(day: date, number: int) -> date:
    """The last day that is not in the quarter of `day` or in one of those right before it, `number` in all."""
    first = calendar.find_period_start(Period.QUARTER, day)
    month = first.year * 12 + first.month - 1 - (number - 1) * 3
    return date(month // 12, month % 12 + 1, 1) - date.resolution


def _split_by_sake(metric: Metric) -> dict[tuple[date, int], dict[str, int]]:
    """For whose sake values were withheld up to the run in which a level's quarter closed; left out where either is few."""
    rows = Withholding.objects.filter(metric=metric).order_by()
    closed = {
        (quarter, level): at
        for quarter, level, at in rows.filter(period_kind=Period.QUARTER.value)
        .values_list("starts_on", "level")
        .annotate(Min("run__started_at"))
    }
    sums: dict[tuple[date, int], Counter[str]] = defaultdict(Counter)
    for day, level, at, themselves, others in rows.values_list(
        "starts_on", "level", "run__started_at", "themselves", "others"
    ):
        place = calendar.find_period_start(Period.QUARTER, day), level
        if place in closed and at <= closed[place]:
            sums[place] += Counter(themselves=themselves, others=others)
    least = get_programme().minimum_group
    return {
        place: dict(found)
        for place, found in sums.items()
        if min(found["themselves"], found["others"]) >= least
    }


def list_thin_teams(metric: Metric) -> list[ThinTeam]:
    """The teams' cohorts that cost their neighbours the most, by name; worked out from what is told and withheld alone."""
    cohorts = list(Cohort.objects.filter(retired_at=None).prefetch_related("teams").order_by("slug"))
    withheld, told = _read_states(metric)
    streams = _find_streams(cohorts)
    names = {cohort.pk: (cohort.slug, cohort.name) for cohort in cohorts}
    found = suggest_merges(withheld, told, streams)
    return sorted(
        (
            ThinTeam(*names[each], *names[neighbour], *numbers)
            for each, neighbour, *numbers in found
        ),
        key=lambda thin: thin.cohort,
    )  # fmt: skip


def _read_states(metric: Metric) -> tuple[dict[UUID, set[When]], dict[UUID, set[When]]]:
    """Of each cohort, when a value was withheld for few people, and when it was told, in the quarters that count."""
    values = PublishedValue.objects.filter(metric=metric, superseded_at=None)
    newest = values.order_by("-starts_on").values_list("starts_on", flat=True).first()
    states: dict[str, dict[UUID, set[When]]] = {"": defaultdict(set), Withheld.TOO_FEW: defaultdict(set)}
    if newest is not None:
        rows = values.filter(starts_on__gt=_quarters_before(newest, LOOKED_AT), withheld__in=states)
        for cohort, kind, day, state in rows.values_list("cohort", "period_kind", "starts_on", "withheld"):
            states[state][cohort].add((kind, day))
    return states[Withheld.TOO_FEW], states[""]


def _find_streams(cohorts: Sequence[Cohort]) -> dict[UUID, UUID]:
    """Of each team's cohort, the value stream's that it is in."""
    teams = {cohort.pk: {team.pk for team in cohort.teams.all()} for cohort in cohorts}
    streams = [cohort.pk for cohort in cohorts if cohort.kind == CohortKind.VALUE_STREAM]
    return {
        cohort.pk: stream
        for cohort in cohorts
        if cohort.kind == CohortKind.TEAM
        for stream in streams
        if teams[cohort.pk] < teams[stream]
    }


def suggest_merges(
    withheld: Mapping[UUID, set[When]], told: Mapping[UUID, set[When]], streams: Mapping[UUID, UUID]
) -> list[tuple[UUID, UUID, int, int, int]]:
    """Thin cohorts, each with the neighbour to merge it with, how often it was withheld, of how many, and what it cost.

    Where a stream is told and one of its teams is withheld, another has to be as well: else the thin one would be the stream less
    all others. The neighbour that is withheld beside it most often loses least by being merged.
    """
    found = []
    for each, stream in streams.items():
        places = len(withheld.get(each, ())) + len(told.get(each, ()))
        shut = withheld.get(each, set())
        if places < LEAST_PLACES or len(shut) < THIN * places:
            continue
        costly = shut & told.get(stream, set())
        beside = {
            other: len(costly & withheld.get(other, set()))
            for other in streams
            if other != each and streams[other] == stream
        }
        if sum(beside.values()) >= LEAST_COST:
            neighbour = max(beside, key=lambda other: (beside[other], str(other)))
            found.append((each, neighbour, len(shut), places, sum(beside.values())))
    return _once_a_pair(found)


def _once_a_pair(
    found: Iterable[tuple[UUID, UUID, int, int, int]],
) -> list[tuple[UUID, UUID, int, int, int]]:
    """Two that are each other's neighbour are named once: the one that is withheld more often."""
    pairs: dict[frozenset[UUID], tuple[UUID, UUID, int, int, int]] = {}
    for each in sorted(found, key=lambda one: (one[2], str(one[0]))):
        pairs[frozenset(each[:2])] = each
    return list(pairs.values())
