"""The statistics of strain: rates a person-week, exact tests of them, CUSUM, exception mode and healthy-load limits.

Pure: numpy and scipy alone. Weeks are `TeamWeeks`, of many teams at once, and no number comes without what it rests on: counts,
person-weeks, weeks counted and weeks left out for want of rota data. What makes no sense, and what says too little, raises
`BadWeeks`, a ValueError that names fault, field, team and week. A clue is all that any of it gives: see `concluding`.
"""

from enum import IntEnum, StrEnum
from typing import NamedTuple

import numpy as np
import scipy  # whose parts load when they are first used: a tenth of what a process takes to start
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from audits.strain.statistic_errors import BadWeeks, WeeksFault
from audits.strain.team_weeks import (
    Bools,
    Floats,
    Ints,
    TeamWeeks,
    WeekSpan,
    check_told,
    last_weeks,
    read_floats,
)

QUARTER = 13  # weeks that are looked at together
LEAST_KNOWN = 8  # of them with rota data, for anything to be told
OVER_NEEDED = 8  # weeks of a quarter over a limit
PAIRS_ALLOWED = 1  # of recovery weeks in it
K, H = 0.5, 8.0  # of CUSUM, in standard deviations


class StrainedBy(StrEnum):
    """Which way strain lies: interruptions are more, leave and recovery are fewer."""

    MORE = "more"
    FEWER = "fewer"


class InMode(IntEnum):
    """Whether a team is in exception mode; untold where the weeks without data decide it."""

    NO = 0
    YES = 1
    UNTOLD = -1


class Rates(NamedTuple):
    """Rates a person-week with their exact interval, one a team, and what they rest on."""

    counts: Floats
    person_weeks: Floats
    weeks: Ints
    left_out: Ints
    rate: Floats
    low: Floats
    high: Floats
    span: WeekSpan


class ComparedRates(NamedTuple):
    """Rates beside what they are held against: one-sided p, their ratio to it and its interval."""

    rates: Rates
    against: Floats
    earlier: Rates | None
    dispersion: float
    p: Floats
    ratio: Floats
    low: Floats
    high: Floats


class PooledDispersion(NamedTuple):
    """How many times as much as chance weekly counts vary, over all teams, and what that rests on."""

    value: float
    freedom: int
    teams: int
    weeks: int


class CusumPaths(NamedTuple):
    """Sums of what went beyond expectation, of shape (teams, weeks), where they signal, and since when they run.

    `began` is the first week of the run that a week belongs to, -1 where none runs; `left_out` counts weeks without data, a team.
    """

    path: Floats
    signals: Bools
    began: Ints
    weeks: Ints
    left_out: Ints


class ExceptionModes(NamedTuple):
    """Exception mode at the end of each week from the 13th on, of shape (teams, weeks - 12), as `InMode`.

    `over`, `pairs` and `unknown` count what it rests on: weeks over the limit, pairs of recovery weeks, weeks without data.
    """

    modes: Ints
    over: Ints
    pairs: Ints
    unknown: Ints


class CheckedLoad(NamedTuple):
    """Rates beside the limit of a healthy load: over it, and over it by more than chance explains."""

    rates: Rates
    limit: Floats
    over: Bools
    surely: Bools


def garwood(counts: ArrayLike, exposure: ArrayLike = 1.0, level: float = 0.95) -> tuple[Floats, Floats]:
    """The exact interval of a Poisson rate: counts over exposure, in units of one over that of the exposure.

    Arrays of one shape, or broadcast to it. Raises BadWeeks for counts that are no counts, an exposure that is not positive and
    a level outside of 0 to 1. Source: Garwood 1936, Biometrika 28, 437-442.
    """
    count, over = read_floats(counts, "counts"), _read_positive(exposure, "exposure", WeeksFault.NO_EXPOSURE)
    if not np.all(np.isfinite(count)):
        raise BadWeeks(WeeksFault.MISSING, "counts", "counts has to be known.")
    if np.any(count < 0):
        raise BadWeeks(WeeksFault.NEGATIVE, "counts", "counts has to be 0 or more.")
    if np.any(count != np.floor(count)):
        raise BadWeeks(WeeksFault.NOT_WHOLE, "counts", "counts has to be whole.")
    low, high = _garwood(count, _check_level(level))
    return np.asarray(low / over), np.asarray(high / over)


def sum_rates(
    weeks: TeamWeeks, span: WeekSpan | None = None, *, least: int = LEAST_KNOWN, level: float = 0.95
) -> Rates:
    """Each team's rate a person-week over some weeks, the last 13 unless others are named.

    Weeks without rota data are left out, of counts and person-weeks alike, and counted. Raises BadWeeks for the first team of
    which nothing can be told (`list_untold` lists them all): one that began or ended inside, or has too few known weeks.
    """
    span = span or last_weeks(weeks, QUARTER)
    check_told(weeks, span, max(least, 1))
    part = slice(span.start, span.stop)
    counts, exposure = weeks.counts[:, part].sum(axis=1), weeks.person_weeks[:, part].sum(axis=1)
    known = weeks.known[:, part].sum(axis=1)
    low, high = garwood(counts, exposure, level)
    return Rates(counts, exposure, known, span.stop - span.start - known, counts / exposure, low, high, span)


def compare_with_expected(
    rates: Rates,
    expected: ArrayLike,
    *,
    strained_by: StrainedBy = StrainedBy.MORE,
    dispersion: float = 1.0,
    level: float = 0.95,
) -> ComparedRates:
    """Whether rates are beyond expected ones, a person-week: the exact Poisson test, one-sided, and the ratio of both.

    A dispersion above 1 divides counts, what was expected of them and the step from one count to the next, and so lengthens
    both tails; the test is exact with 1.
    Raises BadWeeks for an expectation that is not positive, a dispersion under 1 and a level outside of 0 to 1.
    Source: Fay 2010, The R Journal 2 (1), 53-58; dispersion as in McCullagh and Nelder 1989, section 6.2.
    """
    phi = _check_dispersion(dispersion)
    rate = _fit(_read_positive(expected, "expected", WeeksFault.NO_EXPECTATION), rates.counts, "expected")
    count, mean = rates.counts / phi, rate * rates.person_weeks / phi
    if strained_by is StrainedBy.MORE:
        p = np.where(count > 0, scipy.special.gammainc(np.maximum(count, 1 / phi), mean), 1.0)
    else:
        p = scipy.special.gammaincc(count + 1 / phi, mean)
    low, high = (each / mean for each in _garwood(count, _check_level(level), 1 / phi))
    return ComparedRates(rates, rate, None, dispersion, p, count / mean, low, high)


def compare_with_earlier(
    rates: Rates,
    earlier: Rates,
    *,
    strained_by: StrainedBy = StrainedBy.MORE,
    dispersion: float = 1.0,
    level: float = 0.95,
) -> ComparedRates:
    """Whether rates are beyond the same teams' earlier ones: the exact conditional binomial test, one-sided, and their ratio.

    Of all that was counted in both times, the later part is binomial with the later share of person-weeks if nothing changed;
    where nothing was counted p is 1 and the ratio nan. Its interval is that of Clopper and Pearson, turned into a ratio.
    Dispersion as in `compare_with_expected`. Raises BadWeeks for weeks that overlap, other teams, and as it does.
    Source: Przyborowski and Wilenski 1940, Biometrika 31, 313-323; R's poisson.test.
    """
    if earlier.span.stop > rates.span.start:
        raise BadWeeks(WeeksFault.OVERLAPPING, "earlier", "Earlier weeks have to end before the later begin.")
    if earlier.counts.shape != rates.counts.shape:
        raise BadWeeks(WeeksFault.WRONG_SHAPE, "earlier", "Earlier rates have to be those of the same teams.")
    phi, level = _check_dispersion(dispersion), _check_level(level)
    now, then = rates.counts / phi, earlier.counts / phi
    share = rates.person_weeks / (rates.person_weeks + earlier.person_weeks)
    more = strained_by is StrainedBy.MORE
    p = _tail_of_share(*((now, then, share) if more else (then, now, 1 - share)), 1 / phi)
    times = earlier.person_weeks / rates.person_weeks
    low, high = (_odds(each) * times for each in _clopper_pearson(now, then, level, 1 / phi))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = now / then * times
    return ComparedRates(rates, earlier.rate, earlier, dispersion, p, ratio, low, high)


def pool_dispersion(weeks: TeamWeeks, span: WeekSpan | None = None) -> PooledDispersion:
    """Pearson's dispersion of weekly counts around each team's own rate, over all teams, at least 1.

    The sum of (count - expected)² / expected over known weeks, by its degrees of freedom: weeks less one a team. Teams of whom
    nothing was counted, or with one known week, say nothing of it and are left out. Raises BadWeeks where no team is left.
    Source: McCullagh and Nelder 1989, Generalized Linear Models, section 6.2.3.
    """
    part = slice(span.start, span.stop) if span else slice(None)
    counts, exposure, known = weeks.counts[:, part], weeks.person_weeks[:, part], weeks.known[:, part]
    used = (counts.sum(axis=1) > 0) & (known.sum(axis=1) > 1)
    if not used.any():
        raise BadWeeks(WeeksFault.TOO_FEW_WEEKS, "weeks", "No team has two known weeks and anything counted.")
    counts, exposure, known = counts[used], exposure[used], known[used]
    expected = counts.sum(axis=1, keepdims=True) / exposure.sum(axis=1, keepdims=True) * exposure
    beyond = (counts - expected) ** 2 / np.where(known, expected, 1.0)
    freedom = int(known.sum() - used.sum())
    return PooledDispersion(
        max(1.0, float(beyond[known].sum()) / freedom), freedom, int(used.sum()), int(known.sum())
    )


def run_cusum(
    weeks: TeamWeeks,
    expected: ArrayLike,
    dispersion: float = 1.0,
    *,
    strained_by: StrainedBy = StrainedBy.MORE,
    k: float = K,
    h: float = H,
) -> CusumPaths:
    """The one-sided CUSUM of weekly counts, standardised by what was expected a person-week and the pooled dispersion.

    z = (count - expected) / sqrt(dispersion × expected), turned where fewer is strain; the path is max(0, path before + z - k),
    and signals where it passes h, after which it starts again from 0. A week without data changes nothing. Raises BadWeeks for
    an expectation that is not positive, a dispersion under 1, k or h that is not positive, fewer than 8 known weeks and
    teams that did not stand through all weeks. Source: Page 1954, Biometrika 41, 100-115; Montgomery, chapter 9.1.
    """
    check_told(weeks, WeekSpan(0, weeks.length), LEAST_KNOWN)
    _read_positive([k, h], "k, h", WeeksFault.OUT_OF_BOUNDS)
    steps = _standardise(weeks, expected, _check_dispersion(dispersion))
    steps = np.where(weeks.known, (steps if strained_by is StrainedBy.MORE else -steps) - k, 0.0)
    path, began = np.zeros_like(steps), np.full(steps.shape, -1)
    at, since = np.zeros(weeks.teams), np.full(weeks.teams, -1)
    for week in range(weeks.length):
        at = np.maximum(0.0, at + steps[:, week])
        since = np.where(at > 0, np.where(since < 0, week, since), -1)
        path[:, week], began[:, week] = at, since
        at, since = np.where(at > h, 0.0, at), np.where(at > h, -1, since)
    known = weeks.known.sum(axis=1)
    return CusumPaths(path, path > h, began, known, weeks.length - known)


def find_exception_modes(weeks: TeamWeeks, limit: ArrayLike) -> ExceptionModes:
    """Whether teams are in exception mode at the end of each week from the 13th on: no recovery to speak of from a high load.

    A week is over where its count is more than `limit` (a person-week; one number, or one a team) times its person-weeks, and
    a recovery week where it is not. Two recovery weeks in a row are a pair: a run of r of them holds r // 2. A team is in the
    mode where, of 13 weeks, at least 8 are over and at most one pair is in them (cut off at both ends). Weeks without data may
    have been either: the answer is untold where it depends on them, and where a team did not stand through all 13.
    It says nothing of what is so rare that one event a week is over the limit: quiet teams are in it then (measurements, Strain).
    Raises BadWeeks for fewer than 13 weeks and a limit that is not positive. Source: issue 18; S118, S119.
    """
    last_weeks(weeks, QUARTER)
    limits = _fit(_read_positive(limit, "limit", WeeksFault.OUT_OF_BOUNDS), np.zeros(weeks.teams), "limit")
    over = _quarters(weeks.known & (weeks.counts > limits[:, None] * weeks.person_weeks))
    unknown = _quarters(~weeks.known)
    at_worst = over | unknown
    surely = (over.sum(axis=2) >= OVER_NEEDED) & (_count_pairs(~over) <= PAIRS_ALLOWED)
    perhaps = (at_worst.sum(axis=2) >= OVER_NEEDED) & (_count_pairs(~at_worst) <= PAIRS_ALLOWED)
    lived = _quarters(weeks.lived).all(axis=2)
    modes = np.where(perhaps, np.where(surely, InMode.YES, InMode.UNTOLD), InMode.NO)
    return ExceptionModes(
        np.where(lived, modes, InMode.UNTOLD), over.sum(axis=2), _count_pairs(~at_worst), unknown.sum(axis=2)
    )


def find_lasting(modes: ExceptionModes) -> Bools:
    """Whether a team was in exception mode at the end of two quarters in a row, of shape (teams, weeks - 25) (S119).

    From the 26th week on: now, and 13 weeks before. Empty where there are fewer weeks; an untold quarter is none.
    """
    told = modes.modes == InMode.YES
    return np.asarray(told[:, QUARTER:] & told[:, :-QUARTER])


def check_load(rates: Rates, limit: ArrayLike) -> CheckedLoad:
    """Rates beside a healthy load's limit, a person-week, one number or one a team (S118).

    `surely` where even the lower bound of a rate's interval is over it. Raises BadWeeks for a limit that is not positive.
    """
    limits = _fit(_read_positive(limit, "limit", WeeksFault.OUT_OF_BOUNDS), rates.counts, "limit")
    return CheckedLoad(rates, limits, rates.rate > limits, rates.low > limits)


def _garwood(count: Floats, level: float, step: float = 1.0) -> tuple[Floats, Floats]:
    tail = (1 - level) / 2
    low = np.where(count > 0, scipy.special.gammaincinv(np.where(count > 0, count, 1.0), tail), 0.0)
    return low, np.asarray(scipy.special.gammainccinv(count + step, tail))


def _clopper_pearson(now: Floats, then: Floats, level: float, step: float) -> tuple[Floats, Floats]:
    tail = (1 - level) / 2
    low = np.where(now > 0, scipy.special.betaincinv(np.where(now > 0, now, 1.0), then + step, tail), 0.0)
    high = np.where(then > 0, scipy.special.betainccinv(now + step, np.where(then > 0, then, 1.0), tail), 1.0)
    return low, high


def _odds(share: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(share / (1 - share))


def _tail_of_share(some: Floats, rest: Floats, share: Floats, step: float) -> Floats:
    """The chance of as many or more, of all, each of which falls here with that share."""
    return np.where(some > 0, scipy.special.betainc(np.where(some > 0, some, 1.0), rest + step, share), 1.0)


def _standardise(weeks: TeamWeeks, expected: ArrayLike, dispersion: float) -> Floats:
    rate = _read_positive(expected, "expected", WeeksFault.NO_EXPECTATION)
    mean = _fit(rate, np.zeros(weeks.teams), "expected")[:, None] * weeks.person_weeks
    return np.asarray((weeks.counts - mean) / np.sqrt(dispersion * np.where(weeks.known, mean, 1.0)))


def _quarters(weeks: Bools) -> Bools:
    """Each quarter's weeks, of shape (teams, weeks - 12, 13)."""
    return np.asarray(sliding_window_view(weeks, QUARTER, axis=1))


def _count_pairs(recovering: Bools) -> Ints:
    """How many pairs of recovery weeks are in each quarter; each week is in one pair at most."""
    pairs, half = (
        np.zeros(recovering.shape[:2], dtype=np.int64),
        np.zeros(recovering.shape[:2], dtype=np.bool_),
    )
    for week in range(recovering.shape[2]):
        now = recovering[:, :, week]
        pairs += half & now
        half = now & ~half
    return pairs


def _fit(given: Floats, like: Floats, field: str) -> Floats:
    """One number, or one a team, as one a team."""
    try:
        return np.broadcast_to(given, like.shape)
    except ValueError as error:
        raise BadWeeks(
            WeeksFault.WRONG_SHAPE, field, f"{field} has to be one number, or one a team."
        ) from error


def _read_positive(given: ArrayLike, field: str, fault: WeeksFault) -> Floats:
    """Numbers above 0. Raises BadWeeks with the first place that is none."""
    numbers = read_floats(given, field)
    if not np.all(np.isfinite(numbers)):
        raise BadWeeks(WeeksFault.MISSING, field, f"{field} has to be known.")
    for wrong, why in ((numbers < 0, WeeksFault.NEGATIVE), (numbers == 0, fault)):
        if np.any(wrong):
            raise BadWeeks(why, field, f"{field} has to be above 0.", int(np.argmax(np.ravel(wrong))))
    return numbers


def _check_dispersion(dispersion: float) -> float:
    if not 1 <= dispersion < np.inf:
        raise BadWeeks(WeeksFault.OUT_OF_BOUNDS, "dispersion", "A dispersion is a number of at least 1.")
    return float(dispersion)


def _check_level(level: float) -> float:
    if not 0 < level < 1:
        raise BadWeeks(WeeksFault.OUT_OF_BOUNDS, "level", "A level lies between 0 and 1.")
    return float(level)
