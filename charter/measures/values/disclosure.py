"""Whether a period of a cohort may have a number at all. Pure: the counts of its events in, a reason or None out.

This is what a period must have by itself, before the guard weighs it beside all that was ever told. The reasons are asked
in one fixed order; readers are told one for all of few people (`Withheld.TOO_FEW`), and a period with no event at all reads
as one with too few people.
"""

from msgspec import Struct

from charter.measures.values.aggregation import OF_EVENTS
from charter.rules.vocabulary import Aggregation, Category

FEW_PEOPLE, FEW_EVENTS, ONE_PERSON = "few_people", "few_events", "one_person"
SMALL_ROSTER, LOW_COVERAGE, NO_SOURCE = "small_roster", "low_coverage", "no_source"

LARGER_GROUPS = frozenset({Category.STRAIN, Category.SURVEY})
# A value made of a sum tells of whoever is behind most of that sum.
SUMMED = frozenset({Aggregation.SUM, Aggregation.MEAN})

# So that exactly half is half, in whatever order it was added up.
ROUNDING = 1e-9


class DisclosureLimits(Struct, frozen=True):
    """How much must stand behind a number."""

    people: int  # contributors, or roster where facts name nobody (AR12)
    coverage: float  # share of the events that could be used (S77)
    events: int
    dominance: float  # no contributor may be behind a larger share, 0 to 1
    # Where facts name nobody. With five, a median is no extreme, and a share's two coarsened ends do not meet.
    impersonal_events: int


class CohortBacking(Struct, frozen=True):
    """What stands behind one cohort-period. Shares are of the usable events, 0 to 1.

    Events whose person is unknown count as the largest contributor's, and as nobody's when people are counted.
    """

    events: int  # usable ones
    people: int  # distinct contributors; 0 where facts name nobody
    coverage: float
    top_of_events: float = 0.0  # share of the events (or of their weight) behind the largest contributor
    top_of_sum: float = 0.0  # share of the sum of absolute values


# The share of no events that could be used is told as whole: nothing was lost.
NO_EVENTS = CohortBacking(events=0, people=0, coverage=1.0)


def find_reason_to_withhold(
    tally: CohortBacking, limits: DisclosureLimits, aggregation: Aggregation, *, roster: int | None
) -> str | None:
    """The first reason that holds, or None where the number may be told.

    `roster` is the number of people on the cohort's teams in the period where facts name nobody, None where they do.
    """
    if roster is None:
        reason = _personal_reason(tally, limits, aggregation)
    else:
        reason = _impersonal_reason(tally, limits, aggregation, roster)
    if reason is None and tally.coverage < limits.coverage:
        return LOW_COVERAGE
    return reason


def _personal_reason(tally: CohortBacking, limits: DisclosureLimits, aggregation: Aggregation) -> str | None:
    if tally.people < limits.people:
        return FEW_PEOPLE
    if tally.events < limits.events:
        return FEW_EVENTS
    if tally.top_of_events > limits.dominance + ROUNDING:
        return ONE_PERSON
    if aggregation in SUMMED and tally.top_of_sum > limits.dominance + ROUNDING:
        return ONE_PERSON
    return None


def _impersonal_reason(
    tally: CohortBacking, limits: DisclosureLimits, aggregation: Aggregation, roster: int
) -> str | None:
    if roster < limits.people:
        return SMALL_ROSTER
    enough = limits.events if aggregation is Aggregation.P90 else limits.impersonal_events
    if aggregation in OF_EVENTS and tally.events < enough:
        return FEW_EVENTS
    return None
