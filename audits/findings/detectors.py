"""What odd use looks like in numbers: each detector goes over looks, or over a series of values, and tells what it noticed. Pure.

None of them knows why somebody looked. What they tell is a reason for a human to ask, and each also fires on honest use: how often,
`tests/benchmarks/findings.py` simulates.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, pairwise
from math import comb, exp, lgamma, log

from msgspec import Struct

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# How much is noticed; the shares and people of a group are the programme's settings (`Thresholds`).
TWICE_WITHIN = timedelta(days=90)
HOPS, HOPS_WITHIN = 3, timedelta(days=30)
OUTSIDERS, OUTSIDE_WITHIN = 3, timedelta(days=30)
MISMATCHES, MISMATCH_WITHIN = 3, timedelta(days=30)
SPIKE_DAYS, USUAL_DAYS, LEAST_IN_SPIKE, SPIKE_CHANCE = 14, 90, 6, 0.001
APPEAL_DAYS, LEAST_AFTER_APPEAL, APPEAL_CHANCE = 30, 3, 0.01
MONTHS_BEFORE, MONTHS_AFTER = 12, 3


class SeenLook(Struct, frozen=True):
    """One question that asked for values: of whom, by what, for what. `metrics` and `persons` are as asked; nobody is their own.

    `led` is whether the asker held a leading role over what was asked at that time, `founded` whether what the use presumes was
    recorded (None where the use presumes nothing).
    """

    receipt: str
    at: datetime
    persons: frozenset[str]
    groups: frozenset[str]
    metrics: frozenset[str]
    use: str
    refused: bool
    led: bool = True
    founded: bool | None = None


class Thresholds(Struct, frozen=True):
    """Settings of the programme: percent of a group, fewest of its people, days within which asking again is noticed."""

    share: int = 80
    people: int = 5
    hop_days: int = 7


class Noticed(Struct, frozen=True):
    """What a detector noticed: the looks that it rests on, by receipt, and numbers to read beside the definition."""

    since: datetime
    until: datetime
    receipts: tuple[str, ...]
    numbers: Mapping[str, float | int | str]


def find_enumeration(
    looks: Sequence[SeenLook], teams: Mapping[str, frozenset[str]], limits: Thresholds, *, within: timedelta
) -> list[Noticed]:
    """Times within which one asker went through a team one by one by one metric; looks in order of time, all of one asker.

    Times that overlap are told once.
    """
    found: list[Noticed] = []
    for team, people in sorted(teams.items()):
        for metric in sorted(set(chain.from_iterable(each.metrics for each in looks))):
            ours = [each for each in looks if metric in each.metrics and each.persons & people]
            found += _go_through(ours, people, limits, within, {"team": team, "metric": metric})
    return _apart(sorted(found, key=lambda each: each.since))


def _go_through(
    looks: Sequence[SeenLook],
    people: frozenset[str],
    limits: Thresholds,
    within: timedelta,
    said: Mapping[str, str],
) -> Iterator[Noticed]:
    needed = max(limits.people, -(-len(people) * limits.share // 100))
    first = 0
    for last, look in enumerate(looks):
        while look.at - looks[first].at > within:
            first += 1
        seen = frozenset(chain.from_iterable(each.persons & people for each in looks[first : last + 1]))
        if len(seen) >= needed:
            yield _tell(looks[first : last + 1], {**said, "people": len(seen), "of": len(people)})


def find_repeated_enumeration(
    looks: Sequence[SeenLook], teams: Mapping[str, frozenset[str]], limits: Thresholds
) -> list[Noticed]:
    """Going through a team within a day, on two days within 90."""
    days = find_enumeration(looks, teams, limits, within=DAY)
    return [
        Noticed(one.since, other.until, (*one.receipts, *other.receipts), {**other.numbers, "times": 2})
        for one, other in pairwise(days)
        if other.since - one.since <= TWICE_WITHIN
    ]


def find_purpose_hopping(looks: Sequence[SeenLook], limits: Thresholds) -> list[Noticed]:
    """Asking for another decision what was refused for one, so many times within so many days."""
    hops = [(each, before) for each in looks if (before := _refused_before(each, looks, limits))]
    found = []
    for place in range(HOPS - 1, len(hops)):
        some = hops[place - HOPS + 1 : place + 1]
        if some[-1][0].at - some[0][0].at <= HOPS_WITHIN:
            found.append(_tell([*(each for pair in some for each in reversed(pair))], {"times": HOPS}))
    return _apart(found)


def _refused_before(look: SeenLook, looks: Sequence[SeenLook], limits: Thresholds) -> SeenLook | None:
    """The last refusal of the same metric about some of the same, for another decision, not long before."""
    for each in reversed(looks):
        if not timedelta() < look.at - each.at <= limits.hop_days * DAY or not each.refused:
            continue
        about = each.persons & look.persons or (not look.persons and each.groups & look.groups)
        if about and each.use != look.use and each.metrics & look.metrics:
            return each
    return None


def find_looking_outside(looks: Sequence[SeenLook]) -> list[Noticed]:
    """Looks at so many different people over whom the asker had no leading role, within so many days."""
    outside = [each for each in looks if each.persons and not each.led]
    return _many(outside, OUTSIDERS, OUTSIDE_WITHIN, of_people=True)


def find_context_mismatch(looks: Sequence[SeenLook]) -> list[Noticed]:
    """So many looks within so many days for a use that presumes what nobody recorded."""
    return _many(
        [each for each in looks if each.founded is False], MISMATCHES, MISMATCH_WITHIN, of_people=False
    )


def _many(looks: Sequence[SeenLook], least: int, within: timedelta, *, of_people: bool) -> list[Noticed]:
    found, first = [], 0
    for last, look in enumerate(looks):
        while look.at - looks[first].at > within:
            first += 1
        some = looks[first : last + 1]
        people = frozenset(chain.from_iterable(each.persons for each in some))
        count = len(people) if of_people else len(some)
        if count >= least:
            found.append(_tell(some, {"times": len(some), "people": len(people)}))
    return _apart(found)


def find_spike(looks: Sequence[SeenLook], review: datetime) -> Noticed | None:
    """Many more looks at single people in the two weeks before a review than in the 90 days before those.

    By the binomial tail: were each look as likely on each day, so many would fall into the two weeks less often than once in a
    thousand.
    """
    begins, usual = review - SPIKE_DAYS * DAY, review - (SPIKE_DAYS + USUAL_DAYS) * DAY
    lately = [each for each in looks if begins <= each.at < review and each.persons]
    before = sum(usual <= each.at < begins and bool(each.persons) for each in looks)
    chance = binomial_tail(len(lately), len(lately) + before, SPIKE_DAYS / (SPIKE_DAYS + USUAL_DAYS))
    if len(lately) < LEAST_IN_SPIKE or chance >= SPIKE_CHANCE:
        return None
    return _tell(lately, {"times": len(lately), "before": before, "chance": round(chance, 6)})


def find_looks_after_appeal(looks: Sequence[SeenLook], person: str, filed: datetime) -> Noticed | None:
    """More looks at whoever appealed in the 30 days after than in the 90 before, which chance gives less often than once in a hundred."""
    ours = [each for each in looks if person in each.persons]
    after = [each for each in ours if filed <= each.at < filed + APPEAL_DAYS * DAY]
    before = sum(filed - USUAL_DAYS * DAY <= each.at < filed for each in ours)
    chance = binomial_tail(len(after), len(after) + before, APPEAL_DAYS / (APPEAL_DAYS + USUAL_DAYS))
    if len(after) < LEAST_AFTER_APPEAL or chance >= APPEAL_CHANCE:
        return None
    return _tell(after, {"times": len(after), "before": before, "chance": round(chance, 6)})


def find_shift(before: Sequence[float], after: Sequence[float]) -> float | None:
    """The change of the median where all months after lie beyond all months before, on one side; None where they do not.

    Distribution-free: were the 15 months exchangeable, that happens to 2 in 455 series (`shift_chance`).
    """
    if len(before) < MONTHS_BEFORE or len(after) < MONTHS_AFTER:
        return None
    if min(after) > max(before) or max(after) < min(before):
        return _median(after) - _median(before)
    return None


def shift_chance(before: int = MONTHS_BEFORE, after: int = MONTHS_AFTER) -> float:
    """The chance of `find_shift` on a series in which nothing changed."""
    return 2 / comb(before + after, after)


def binomial_tail(least: int, trials: int, share: float) -> float:
    """The chance of at least so many of so many, each with this share."""
    if least <= 0:
        return 1.0
    return min(1.0, sum(_binomial(count, trials, share) for count in range(least, trials + 1)))


def _binomial(count: int, trials: int, share: float) -> float:
    ways = lgamma(trials + 1) - lgamma(count + 1) - lgamma(trials - count + 1)
    return exp(ways + count * log(share) + (trials - count) * log(1 - share))


def _median(values: Iterable[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _tell(looks: Sequence[SeenLook], numbers: Mapping[str, float | int | str]) -> Noticed:
    receipts = tuple(dict.fromkeys(each.receipt for each in looks))
    return Noticed(min(each.at for each in looks), max(each.at for each in looks), receipts, numbers)


def _apart(found: Sequence[Noticed]) -> list[Noticed]:
    """Of what overlaps in time, the first and no other."""
    kept: list[Noticed] = []
    for each in found:
        if not kept or each.since > kept[-1].until:
            kept.append(each)
    return kept


def by_asker(looks: Iterable[tuple[str, SeenLook]]) -> dict[str, list[SeenLook]]:
    """Looks by who asked, each in order of time."""
    found: dict[str, list[SeenLook]] = defaultdict(list)
    for asker, look in sorted(looks, key=lambda pair: (pair[1].at, pair[1].receipt)):
        found[asker].append(look)
    return dict(found)
