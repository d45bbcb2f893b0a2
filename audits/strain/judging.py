"""What each team's weeks say against the board's limits, of many teams at once. Pure: numpy and the statistics beside it.

Weeks come up to the newest that may be told. A limit that about one event a week passes says nothing by weeks (measurements,
Strain), so where a team's limit comes to fewer than two events a week, its thirteen weeks are held against it together.
"""

from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from audits.strain.statistic_errors import WeeksFault
from audits.strain.statistics import (
    LEAST_KNOWN,
    QUARTER,
    InMode,
    StrainedBy,
    compare_with_earlier,
    find_exception_modes,
    find_lasting,
    pool_dispersion,
    run_cusum,
    sum_rates,
)
from audits.strain.team_weeks import (
    Bools,
    Floats,
    Ints,
    TeamWeeks,
    WeekSpan,
    last_weeks,
    list_untold,
    pick_teams,
)

LEAST_A_WEEK = 2.0  # events that a limit must come to, for single weeks to say anything
CHANCE = 0.01  # one-sided, of thirteen weeks against those before


class SignalFinding(StrEnum):
    """What a team's thirteen weeks say."""

    STRAINED = "strained"  # beyond the limit
    RISING = "rising"  # within it, and beyond the team's own weeks before by more than chance
    QUIET = "quiet"
    UNTOLD = "untold"


class JudgedBy(StrEnum):
    """How a limit was held against weeks."""

    WEEKS = "weeks"  # each: exception mode
    QUARTER = "quarter"  # all thirteen together, by the bound of their exact interval


class WeekMark(StrEnum):
    """How one week stands to the limit."""

    OVER = "o"
    WITHIN = "w"
    UNKNOWN = "u"


class JudgedWeeks(NamedTuple):
    """What one team's weeks say: `over` of `known` weeks beyond the limit, `since` the first of them (counted from 0, or None).

    `lasting` where it was in exception mode a quarter ago as well; `why` names what keeps it untold. `weeks` has a `WeekMark` for each
    of the thirteen, where they are judged by themselves.
    """

    finding: SignalFinding
    by: JudgedBy
    over: int
    known: int
    since: int | None
    lasting: bool
    why: str
    weeks: str = ""


def judge_weeks(
    weeks: TeamWeeks, limit: ArrayLike, strained_by: StrainedBy = StrainedBy.MORE
) -> list[JudgedWeeks]:
    """What the last thirteen weeks of each team say, in the teams' order.

    `limit` is a person-week, one a team, above 0. Teams that began or ended inside of the thirteen weeks, and those of fewer
    than eight known ones, are untold, each with why. Raises BadWeeks for fewer than 13 weeks and limits that are none.
    """
    limits = np.broadcast_to(np.asarray(limit, dtype=float), (weeks.teams,))
    span = last_weeks(weeks, QUARTER)
    refused = {int(each.team or 0): each.fault for each in list_untold(weeks, span, LEAST_KNOWN)}
    told = np.array([team for team in range(weeks.teams) if team not in refused], dtype=int)
    judged = (
        dict(zip(told.tolist(), _judge_told(pick_teams(weeks, told), limits[told], strained_by), strict=True))
        if len(told)
        else {}
    )
    known = weeks.known[:, span.start :].sum(axis=1)
    return [judged.get(team) or _untold(refused[team], int(known[team])) for team in range(weeks.teams)]  # fmt: skip


def _untold(fault: WeeksFault, known: int) -> JudgedWeeks:
    return JudgedWeeks(SignalFinding.UNTOLD, JudgedBy.WEEKS, 0, known, None, False, fault.value)


def _judge_told(weeks: TeamWeeks, limits: Floats, strained_by: StrainedBy) -> list[JudgedWeeks]:
    span = last_weeks(weeks, QUARTER)
    rates = sum_rates(weeks, span)
    rare = limits * rates.person_weeks / rates.weeks < LEAST_A_WEEK
    by_quarter = rare | (strained_by is StrainedBy.FEWER)
    modes = find_exception_modes(weeks, limits)
    now = modes.modes[:, -1]
    beyond = rates.low > limits if strained_by is StrainedBy.MORE else rates.high < limits
    strained = np.where(by_quarter, beyond, now == InMode.YES)
    untold = ~by_quarter & (now == InMode.UNTOLD)
    lasted = find_lasting(modes)
    lasting = lasted[:, -1] & ~by_quarter if lasted.shape[1] else np.zeros(weeks.teams, dtype=bool)
    first = _first_over(weeks, limits, strained_by)
    rising, marks = _find_rising(weeks, strained_by), _mark_weeks(weeks, limits)
    return [
        JudgedWeeks(
            _name(bool(strained[team]), bool(untold[team]), bool(rising[team])),
            JudgedBy.QUARTER if by_quarter[team] else JudgedBy.WEEKS,
            0 if by_quarter[team] else int(modes.over[team, -1]),
            int(rates.weeks[team]),
            (span.start if by_quarter[team] else int(first[team])) if strained[team] else None,
            bool(lasting[team]),
            WeeksFault.MISSING.value if untold[team] else "",
            "" if by_quarter[team] else marks[team],
        )
        for team in range(weeks.teams)
    ]


def _name(strained: bool, untold: bool, rising: bool) -> SignalFinding:
    if strained:
        return SignalFinding.STRAINED
    if untold:
        return SignalFinding.UNTOLD
    return SignalFinding.RISING if rising else SignalFinding.QUIET


def _first_over(weeks: TeamWeeks, limits: Floats, strained_by: StrainedBy) -> Ints:
    """The first of the last thirteen weeks beyond the limit, of each team; the first of them where none is."""
    start = weeks.length - QUARTER
    load = limits[:, None] * weeks.person_weeks
    over = weeks.counts > load if strained_by is StrainedBy.MORE else weeks.counts < load
    return np.asarray(start + np.argmax((over & weeks.known)[:, start:], axis=1))


def _mark_weeks(weeks: TeamWeeks, limits: Floats) -> list[str]:
    """How each of the last thirteen weeks stands to the limit, a letter a week."""
    over = weeks.counts > limits[:, None] * weeks.person_weeks
    marks = np.where(
        weeks.known, np.where(over, WeekMark.OVER.value, WeekMark.WITHIN.value), WeekMark.UNKNOWN.value
    )
    return ["".join(each) for each in marks[:, weeks.length - QUARTER :]]


def _find_rising(weeks: TeamWeeks, strained_by: StrainedBy) -> Bools:
    """Whether the last thirteen weeks are beyond those before, at most a year of them, by the exact test or by CUSUM."""
    found = np.zeros(weeks.teams, dtype=bool)
    start = weeks.length - QUARTER
    before = WeekSpan(max(0, start - 4 * QUARTER), start)
    if before.stop - before.start < QUARTER:
        return found
    refused = {each.team for each in list_untold(weeks, before, LEAST_KNOWN)}
    compared = np.array([team for team in range(weeks.teams) if team not in refused], dtype=int)
    counted = compared[weeks.counts[compared, before.start : before.stop].sum(axis=1) > 0]
    if not len(counted):
        return found
    chosen = pick_teams(weeks, counted)
    earlier, rates = sum_rates(chosen, before), sum_rates(chosen)
    dispersion = pool_dispersion(chosen, before).value
    more = compare_with_earlier(rates, earlier, strained_by=strained_by, dispersion=dispersion)
    path = run_cusum(_cut(chosen, start), earlier.rate, dispersion, strained_by=strained_by)
    found[counted] = (more.p < CHANCE) | path.signals.any(axis=1)
    return found


def _cut(weeks: TeamWeeks, start: int) -> TeamWeeks:
    """The weeks from one on."""
    return TeamWeeks(
        weeks.counts[:, start:],
        weeks.person_weeks[:, start:],
        weeks.known[:, start:],
        np.maximum(weeks.began - start, 0),
        np.maximum(weeks.ended - start, 0),
    )
