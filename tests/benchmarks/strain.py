"""What the statistics of strain cost, and how often they are wrong: signals in quiet years, and signals where the load grew.

Processor time, since nothing is waited for. Years are drawn by a seed, so that the shares are the same each time.
"""

import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any, NamedTuple

import duckdb
import numpy as np

from audits.strain.judging import judge_weeks
from audits.strain.signals import SIGNALS
from audits.strain.statistics import (
    QUARTER,
    ComparedRates,
    InMode,
    StrainedBy,
    check_load,
    compare_with_earlier,
    compare_with_expected,
    find_exception_modes,
    find_lasting,
    pool_dispersion,
    run_cusum,
    sum_rates,
)
from audits.strain.team_weeks import TeamWeeks, WeekSpan, read_weeks
from charter.measures.values.event_table import WEIGHTED, EventTable, MembershipSpan, Reach
from charter.measures.warehouse.facts import connect
from charter.measures.warehouse.weeks import WeekCounting
from charter.registry.catalogue import read_starter_charters, read_starter_sources
from ground.errors import Unavailable
from ground.promises import promised

YEARS = 2_000
WEEKS = 52
PEOPLE = 8  # of a team: the least of whom strain is told
QUIET = 0.5  # interruptions, or days of leave, a person-week
LEVEL = 0.01  # p under which a quarter is a signal
LIMIT = 1.5  # of a healthy load, in quiet rates
EVENTS = 5  # a team and week, of each table
_MADE = """CREATE TABLE {{name}} AS SELECT 'e' || n AS id, 'team-' || n % {{teams}} AS team, {columns}
    FROM (SELECT n, TIMESTAMPTZ '2024-01-01 00:00:00+00' + to_microseconds((n * {{every}} * 1e6)::BIGINT) AS moment,
    'p' || (n % (10 * {{teams}})) AS who FROM range({{rows}}) made(n))"""
TABLES = [
    _MADE.format(columns=columns).replace("{name}", name)
    for name, columns in {
        "incidents": "'s' AS service, 1 + (n % 4)::INTEGER AS severity, moment AS started_at, moment + to_seconds(600 + n % 7200) AS restored_at",
        "interruptions": "moment AS \"at\", who AS person, true AS after_hours",
        "work_items": "who AS assignee, CASE WHEN n % 5 = 0 THEN 'incident_follow_up' ELSE 'feature' END AS kind, moment - INTERVAL 3 DAY AS created_at, moment - INTERVAL 2 DAY AS started_at, moment AS finished_at",
        "change_requests": "who AS author, moment - INTERVAL 3 DAY AS opened_at, moment AS closed_at, (n % 80) / 4.0 AS dependency_hours",
        "leave_days": "moment::DATE AS day, who AS person",
    }.items()
]  # fmt: skip
EFFECTS = {StrainedBy.MORE: (1.25, 1.5, 2.0), StrainedBy.FEWER: (0.75, 0.5)}
BEFORE = WeekSpan(0, WEEKS)
Signals = dict[str, np.ndarray]


class Scene(NamedTuple):
    """How often something happens a person-week, and how many times as much as chance it varies, one number or one a team."""

    rate: float
    times: Any
    promised: bool = True


SCENES = {
    "as chance": Scene(QUIET, 1.0),
    "twice as chance": Scene(QUIET, 2.0),
    "rare": Scene(QUIET / 8, 1.0),
    # The pooled dispersion fits neither half, so nothing is promised.
    "half thrice": Scene(QUIET, np.where(np.arange(YEARS) % 2, 3.0, 1.0)[:, None], False),
}


def run() -> list[dict]:
    """Time at 2,000 teams × 2 years, then signals in 2,000 quiet years and in as many with another load from the second year on."""
    return [_time_all(), _time_judging(), *_time_reading(), *_count_quiet(), *_count_found()]


def _time_all() -> dict:
    """Every statistic of 2,000 teams × 2 years, both ways (aim: under 5 s)."""
    counts = _draw(np.random.default_rng(1), SCENES["twice as chance"], 1.0)
    begun = process_time()
    weeks = read_weeks(counts, PEOPLE)
    phi = pool_dispersion(weeks).value
    for strained_by in StrainedBy:
        _find_signals(weeks, QUIET, phi, strained_by)
    took = process_time() - begun
    return _line(f"all of {YEARS:,} teams × 2 years", took, "s", "under 5", took < 5)


def _time_judging() -> dict:
    """What the app's scan works out: each signal of every team against its limit and against the weeks before."""
    drawn = [_draw(np.random.default_rng(18 + at), SCENES["as chance"], 1.0) for at in range(len(SIGNALS))]
    begun = process_time()
    for each, definition in zip(drawn, SIGNALS.values(), strict=True):
        judge_weeks(read_weeks(each, PEOPLE), LIMIT * QUIET, definition.strained_by)
    took = process_time() - begun
    name = f"judging {len(SIGNALS)} signals of {YEARS:,} teams × {2 * WEEKS} weeks, for the scan"
    return _line(name, took, "s", "under 5", took < 5)


def _time_reading() -> list[dict]:
    """The events of all seven signals, from a file to the weeks of teams: counted where they lie, and taken in one by one."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "warehouse.duckdb"
        with duckdb.connect(str(path)) as made:
            for statement in TABLES:
                made.execute(
                    statement.format(
                        teams=YEARS, rows=YEARS * 2 * WEEKS * EVENTS, every=604_800 / YEARS / EVENTS
                    )
                )
        read = {signal: _read_both(path, each.metric) for signal, each in SIGNALS.items()}
    taken = {signal: each for signal, each in read.items() if each}
    fast, slow = (sum(each[way] for each in taken.values()) for way in (0, 1))
    whole = len(taken) == len(SIGNALS)
    size = f"{EVENTS} events a week of each of {YEARS:,} teams × {2 * WEEKS} weeks"
    return [
        *(_line(f"reading {signal.value}", each[0], "s", "", True) for signal, each in taken.items()),
        _line(
            f"reading {len(taken)} of {len(SIGNALS)} signals, {size}",
            fast,
            "s",
            "under 5",
            whole and fast < 5,
        ),
        _line("the same, its events taken in one by one", slow, "s", "", True),
    ]


def _read_both(path: Path, metric: str) -> tuple[float, float] | None:
    """Seconds of both ways, which come to the same weeks; None where the facts need more memory than the engine has."""
    try:
        return _take_both(path, metric)
    except Unavailable as refused:
        print(f"{metric}: {refused}", file=sys.stderr)
        return None


def _take_both(path: Path, metric: str) -> tuple[float, float]:
    measure = promised(read_starter_charters()[metric].what.measure)
    teams = [f"team-{number}" for number in range(YEARS)]
    members = [
        MembershipSpan(f"p{number}", teams[number % YEARS], date(2020, 1, 1)) for number in range(10 * YEARS)
    ]
    described = {each.slug: each for each in read_starter_sources()}
    first, end, short = date(2024, 1, 1), date(2024, 1, 1) + timedelta(weeks=2 * WEEKS), 7.0
    events = EventTable([Reach((team,)) for team in teams], members, teams, "Europe/Berlin")
    with connect(f"duckdb://{path}", timeout=600, described=described) as warehouse, events:
        warehouse.first_day(measure, "UTC")  # the table is looked over once, whichever way is first
        begun = process_time()
        by = WeekCounting(first, end, "Europe/Berlin", None, None, short, measure.aggregation in WEIGHTED)
        fast = events.add_up_weeks(warehouse.count_weeks(measure, by), ())
        between = process_time()
        events.load(warehouse.facts(measure), measure.aggregation)
        slow = events.weeks(first, end, short)
        took = between - begun, process_time() - between
    by_week = [("cohort", "ascending"), ("week", "ascending")]
    assert fast.num_rows and fast.sort_by(by_week).equals(slow.sort_by(by_week))
    return took


def _count_quiet() -> list[dict]:
    """Signals in a quiet year after a quiet year: at the first look at 13 weeks or in the year, and false alarms."""
    lines = []
    for name, scene in SCENES.items():
        weeks = read_weeks(_draw(np.random.default_rng(2), scene, 1.0), PEOPLE)
        phi = pool_dispersion(weeks).value
        lines.append(_line(f"dispersion found, {name}", phi, "times", "", True))
        for strained_by in StrainedBy:
            for signal, signals in _find_signals(weeks, scene.rate, phi, strained_by).items():
                promised = scene.promised and signal.startswith("quarter")
                lines += _tell_quiet(f"{signal}, quiet, {name}", signals, promised)
        plain = _look(weeks, lambda now, rate=scene.rate: compare_with_expected(now, rate))
        lines += _tell_quiet(f"plain Poisson/expected, quiet, {name}", plain, False)
    return lines


def _tell_quiet(name: str, signals: np.ndarray, promised: bool) -> list[dict]:
    """`signals` has the shape (teams, looks in a year): four at quarters, which have a level to keep, or one a week."""
    lines = [
        _share(f"{name}: years", signals.any(axis=1)),
        _line(f"{name}: alarms", 100 * float(signals.sum()) / YEARS, "a hundred team-years", "", True),
    ]
    return [_share(f"{name}: a look", signals.ravel(), LEVEL), *lines] if promised else lines


def _count_found() -> list[dict]:
    """Years with another load from the second on: signals within its first 13 weeks, and within the year."""
    return [
        line
        for name in ("as chance", "twice as chance")
        for strained_by, effects in EFFECTS.items()
        for effect in effects
        for line in _count_effect(name, strained_by, effect)
    ]


def _count_effect(name: str, strained_by: StrainedBy, effect: float) -> list[dict]:
    weeks = read_weeks(_draw(np.random.default_rng(3), SCENES[name], effect), PEOPLE)
    found = _find_signals(weeks, QUIET, pool_dispersion(weeks, BEFORE).value, strained_by)
    return [
        line
        for signal, signals in found.items()
        for line in _tell_found(f"{signal}, × {effect:g}, {name}", signals)
    ]


def _tell_found(name: str, signals: np.ndarray) -> list[dict]:
    quarter = signals[:, : signals.shape[1] // 4]
    return [
        _share(f"{name}: 13 weeks", quarter.any(axis=1)),
        _share(f"{name}: a year", signals.any(axis=1)),
    ]


def _find_signals(weeks: TeamWeeks, rate: float, phi: float, strained_by: StrainedBy) -> Signals:
    """Each signal's looks in the second of two years: four at quarters, or one a week."""
    before = sum_rates(weeks, BEFORE)
    year = read_weeks(weeks.counts[:, WEEKS:], weeks.person_weeks[:, WEEKS:])
    way = {"strained_by": strained_by}
    found = {
        "quarter/expected": _look(weeks, lambda now: compare_with_expected(now, rate, dispersion=phi, **way)),
        "quarter/year before": _look(
            weeks, lambda now: compare_with_earlier(now, before, dispersion=phi, **way)
        ),
        "CUSUM/expected": run_cusum(year, rate, phi, **way).signals,
        "CUSUM/year before": run_cusum(year, before.rate, phi, **way).signals,
    }
    if strained_by is StrainedBy.FEWER:
        return {f"{name}, fewer": each for name, each in found.items()}
    return found | _find_absolute(weeks, LIMIT * rate)


def _find_absolute(weeks: TeamWeeks, limit: float) -> Signals:
    """What is held to a limit."""
    modes = find_exception_modes(weeks, limit)
    return {
        "exception mode": _begin(modes.modes[:, -WEEKS:] == InMode.YES),
        "exception mode twice": _begin(find_lasting(modes)[:, -WEEKS:]),
        "over the limit": _quarters(weeks, lambda now: check_load(now, limit).over),
        "surely over the limit": _quarters(weeks, lambda now: check_load(now, limit).surely),
    }


def _look(weeks: TeamWeeks, compare: Callable[..., ComparedRates]) -> np.ndarray:
    return _quarters(weeks, lambda now: compare(now).p < LEVEL)


def _quarters(weeks: TeamWeeks, signals: Callable[..., np.ndarray]) -> np.ndarray:
    starts = range(WEEKS, 2 * WEEKS, QUARTER)
    return np.stack([signals(sum_rates(weeks, WeekSpan(each, each + QUARTER))) for each in starts], axis=1)


def _begin(lasting: np.ndarray) -> np.ndarray:
    """The weeks in which something begins that lasts."""
    return lasting & ~np.roll(lasting, 1, axis=1) | lasting & (np.arange(lasting.shape[1]) == 0)


def _draw(chance: np.random.Generator, scene: Scene, effect: float) -> np.ndarray:
    """Two years of each team, the second with so many times the load."""
    mean = np.repeat(scene.rate * PEOPLE * np.array([1.0, effect]), WEEKS)
    beyond = np.maximum(scene.times - 1.0, 1e-9)
    varied = chance.negative_binomial(mean / beyond, 1 / (1 + beyond), (YEARS, 2 * WEEKS))
    return np.where(scene.times > 1, varied, chance.poisson(mean, (YEARS, 2 * WEEKS)))


def _share(name: str, signals: np.ndarray, most: float | None = None) -> dict:
    share = float(signals.mean())
    holds = most is None or share <= most + 2 * (most * (1 - most) / signals.size) ** 0.5
    return _line(name, 100 * share, "%", f"at most {100 * most:g}" if most else "", holds)


def _line(name: str, value: float, unit: str, aim: str, holds: bool) -> dict:
    return {"name": name, "value": value, "unit": unit, "aim": aim, "holds": holds}
