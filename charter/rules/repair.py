"""The smallest change to a refused request that the same rules would permit. What it is for never changes.

A decision is what somebody has to take: another one in its place would be another question, and asking it would be
hopping from purpose to purpose (AR13).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from charter.rules import words
from charter.rules.asking import asks_of_persons
from charter.rules.conditions import find_unaffirmed
from charter.rules.context import find_small_cohorts, outside_pilot
from charter.rules.engine import find_matching_rules, judge
from charter.rules.facts import CohortFacts, Facts
from charter.rules.outlook import add_companions, place
from charter.rules.periods import find_first_start
from charter.rules.request import Request, Window
from charter.rules.rulebook import Rulebook
from charter.rules.vocabulary import Grain, OrderBy

SMALLEST_COHORT = 5  # registration refuses smaller ones


class RequestChange(Struct, frozen=True):
    """One part of the question: what was asked, what would be allowed, and the rules that this clears."""

    part: str
    asked: str
    allowed: str
    clears: tuple[str, ...]


class Repair(Struct, frozen=True):
    """The parts that have to change together, the request as it then reads, and what is still to be affirmed of it."""

    changes: tuple[RequestChange, ...]
    request: Request
    affirms: tuple[str, ...] = ()


class _Patch(Struct, frozen=True):
    """One part changed: fields of the request, and the facts that go with them."""

    part: str
    asked: str
    allowed: str
    fields: Mapping[str, Any]
    cohorts: tuple[CohortFacts, ...] | None = None


def smallest_change(
    facts: Sequence[Facts],
    rulebook: Rulebook,
    *,
    cohorts_of_persons: Iterable[str | CohortFacts] = (),
    companions: Sequence[Facts] = (),
) -> Repair | None:
    """Find the fewest parts of a request whose change makes the rules permit it; None where there are none.

    Nothing is proposed that the asker's roles do not allow, and no evidence or accountable person is made up. What a charter
    has its asker affirm is taken for affirmed, and named.
    `cohorts_of_persons`: registered cohorts that hold the persons asked about, over which the asker has the same roles.
    `companions`: the facts of metrics that the charters may want asked together with those asked for.
    """
    everything = (*facts, *companions)
    affirmed = _affirming(everything)
    frames = _frames(affirmed[: len(facts)], tuple(_known(facts, cohorts_of_persons)))
    patches = _fewest(affirmed, frames, rulebook)
    return _with_affirmed(_repair(affirmed, patches, rulebook), everything, patches) if patches else None


def _affirming(facts: Sequence[Facts]) -> tuple[Facts, ...]:
    """The facts as if the request affirmed all that the charters have anybody affirm."""
    said = {each for one in facts for *_use, each in one.charter.affirmations}
    if not said:
        return tuple(facts)
    request = facts[0].request
    request = replace(request, affirms=(*request.affirms, *sorted(said.difference(request.affirms))))
    return tuple(replace(one, request=request) for one in facts)


def _with_affirmed(repair: Repair, facts: Sequence[Facts], patches: tuple[_Patch, ...]) -> Repair:
    """The repair of what was asked in truth, with the sentences that it still wants."""
    left = _apply(facts, patches)
    wanted = dict.fromkeys(said for one in left for said in find_unaffirmed(one))
    return Repair(repair.changes, left[0].request, tuple(wanted))


def _fewest(
    facts: Sequence[Facts], frames: Iterable[tuple[_Patch, ...]], rulebook: Rulebook
) -> tuple[_Patch, ...] | None:
    """Return the smallest completed frame, the first of equals; empty where nothing has to change."""
    best: tuple[_Patch, ...] | None = None
    for frame in frames:
        if best is not None and len(frame) >= len(best):
            break
        found = _complete(facts, frame, rulebook)
        if found is not None and (best is None or len(found) < len(best)):
            best = found
    return best


def _frames(facts: Sequence[Facts], cohorts: tuple[CohortFacts, ...]) -> Iterator[tuple[_Patch, ...]]:
    """Yield the choices of level, fewest changes first."""
    yield ()
    for grain in Grain:
        patch = _level(facts[0], grain, cohorts)
        if patch is not None:
            yield (patch,)


def _complete(
    facts: Sequence[Facts], frame: tuple[_Patch, ...], rulebook: Rulebook
) -> tuple[_Patch, ...] | None:
    """Add to the frame the other parts that have to change, and no more; None where no change of them is enough."""
    must, may = _toggles(facts, frame)
    with_companions = _companions(facts, frame)
    patches = frame + with_companions + must + may
    changed = _apply(facts, patches)
    kept = tuple(one.charter.metric for one in changed if judge(one, rulebook).permitted)
    if not kept:
        return None
    if len(kept) < len(changed):
        may = (*may, _metrics(facts, kept))
        patches = frame + must + may
    if not _permits(facts, patches, rulebook):
        return None
    for patch in may:
        without = tuple(other for other in patches if other is not patch)
        patches = without if _permits(facts, without, rulebook) else patches
    return patches


def _permits(facts: Sequence[Facts], patches: Iterable[_Patch], rulebook: Rulebook) -> bool:
    changed = _apply(facts, patches)
    return bool(changed) and all(judge(one, rulebook).permitted for one in changed)


def _apply(facts: Sequence[Facts], patches: Iterable[_Patch]) -> list[Facts]:
    """Return the facts as they would be for the changed request."""
    patches = tuple(patches)
    request = replace(
        facts[0].request, **dict(chain.from_iterable(patch.fields.items() for patch in patches))
    )
    placed = place({one.charter.metric: one for one in facts}, request)
    return [_changed(one, patches) for one in placed]


def _changed(one: Facts, patches: tuple[_Patch, ...]) -> Facts:
    cohorts = next((patch.cohorts for patch in patches if patch.cohorts is not None), one.cohorts)
    return replace(
        one, cohorts=cohorts, person_classes=one.person_classes if one.request.persons else frozenset()
    )


def _asked(facts: Sequence[Facts]) -> list[Facts]:
    """Those of the metrics asked for; the others may be added."""
    return [one for one in facts if one.charter.metric in facts[0].request.metrics]


def _companions(facts: Sequence[Facts], frame: tuple[_Patch, ...]) -> tuple[_Patch, ...]:
    """The metrics that the charters want asked together with those asked for, at the level of the frame."""
    known = {one.charter.metric: one for one in facts}
    request = replace(facts[0].request, **dict(chain.from_iterable(patch.fields.items() for patch in frame)))
    whole = add_companions(known, request)
    return (_metrics(facts, whole),) if whole != request.metrics else ()


def _known(facts: Sequence[Facts], cohorts_of_persons: Iterable[str | CohortFacts]) -> Iterator[CohortFacts]:
    """Return the cohorts that may stand in for persons; one known by name alone has the smallest size registered."""
    known = {cohort.slug: cohort for cohort in facts[0].cohorts}
    for cohort in cohorts_of_persons:
        if isinstance(cohort, CohortFacts):
            known.setdefault(cohort.slug, cohort)
        else:
            known.setdefault(cohort, CohortFacts(cohort, SMALLEST_COHORT, SMALLEST_COHORT, frozenset()))
    yield from known.values()


def _level(one: Facts, grain: Grain, cohorts: tuple[CohortFacts, ...]) -> _Patch | None:
    """Ask at another level: for one's own values, or for the cohorts of that level."""
    request = one.request
    if grain in {request.grain, Grain.PERSON}:
        return None
    if grain is Grain.SELF:
        own = one.actor.asks_about_self and len(set(request.persons)) <= 1 and not request.cohorts
        return _Patch("Level", _whose(request), "Your own", {"grain": grain}) if own else None
    chosen = tuple(cohort for cohort in cohorts if cohort.slug.partition(":")[0] == grain.value)
    if not chosen:
        return None
    slugs = tuple(cohort.slug for cohort in chosen)
    fields = {"grain": grain, "cohorts": slugs, "persons": ()}
    return _Patch("Level", _whose(request), words.sentence(words.cohorts(slugs)), fields, cohorts=chosen)


def _toggles(
    facts: Sequence[Facts], frame: tuple[_Patch, ...]
) -> tuple[tuple[_Patch, ...], tuple[_Patch, ...]]:
    """Return the other parts that must change with the frame, and those that may.

    An order, a limit or a percentile asked of people means nothing once the question is no longer about people.
    """
    leaves_people = asks_of_persons(facts[0]) and any(patch.cohorts is not None for patch in frame)
    ranking = tuple(_ranking_off(facts[0].request))
    involved = _apply(facts, frame + _companions(facts, frame)) or facts
    others = tuple(
        chain(_asks_off(facts[0].request), _view(facts), _window(involved), _cohorts(facts, frame))
    )
    return (ranking, others) if leaves_people else ((), ranking + others)


def _ranking_off(request: Request) -> Iterator[_Patch]:
    if request.order_by is not None:
        asked = "Highest first" if request.order_by is OrderBy.VALUE else f"By {request.order_by}"
        yield _Patch("Order", asked, "None", {"order_by": None})
    if request.limit is not None:
        yield _Patch("Limit", f"The first {request.limit}", "None", {"limit": None})
    if request.percentile:
        yield _Patch("Percentile", "Among peers", "None", {"percentile": False})


def _asks_off(request: Request) -> Iterator[_Patch]:
    if request.combine is not None:
        yield _Patch("Combine", words.sentence(request.combine), "Each value on its own", {"combine": None})
    if request.compare:
        yield _Patch("Compare", "Side by side", "Each on its own", {"compare": False})
    if request.time_filter is not None:
        yield _Patch(
            "Time", words.sentence(f"{words.spoken(request.time_filter)} only"), "All", {"time_filter": None}
        )
    if request.export:
        yield _Patch("Export", "Export", "Look here", {"export": False})


def _view(facts: Sequence[Facts]) -> Iterator[_Patch]:
    asked = facts[0].request.view
    for view in sorted({one.charter.view for one in _asked(facts)} - {asked}):
        yield _Patch("View", words.sentence(asked), words.sentence(view), {"view": view})
        return


def _window(facts: Sequence[Facts]) -> Iterator[_Patch]:
    """Clip the window to what the charters and retention allow, at the start of a period."""
    request = facts[0].request
    bound = max(max(one.charter.kept_from, one.charter.data_from or date.min) for one in facts)
    start = find_first_start(bound, request.period)
    if request.window.start < bound and start < request.window.end:
        clipped = Window(start=start, end=request.window.end)
        yield _Patch("Window", words.window(request.window), words.window(clipped), {"window": clipped})


def _cohorts(facts: Sequence[Facts], frame: tuple[_Patch, ...]) -> Iterator[_Patch]:
    """Leave out the cohorts that are too small or outside a pilot, where the level stays."""
    if any(patch.cohorts is not None for patch in frame):
        return
    refused = {cohort.slug for cohort in find_small_cohorts(facts[0].cohorts)}
    refused |= {slug for one in _asked(facts) if one.charter.pilot_cohorts for slug in outside_pilot(one)}
    kept = tuple(cohort for cohort in facts[0].cohorts if cohort.slug not in refused)
    if refused and kept:
        slugs = tuple(cohort.slug for cohort in kept)
        asked, allowed = (words.sentence(words.cohorts(some)) for some in (facts[0].request.cohorts, slugs))
        yield _Patch("Cohorts", asked, allowed, {"cohorts": slugs}, cohorts=kept)


def _metrics(facts: Sequence[Facts], kept: tuple[str, ...]) -> _Patch:
    names = {one.charter.metric: words.inside(one.charter.name) for one in facts}
    asked, allowed = (
        words.sentence(words.listed(names[slug] for slug in slugs))
        for slugs in (facts[0].request.metrics, kept)
    )
    return _Patch("Metrics", asked, allowed, {"metrics": kept})


def _whose(request: Request) -> str:
    if request.grain is Grain.PERSON:
        return "Each person" if request.cohorts or len(set(request.persons)) != 1 else "One person"
    if request.grain is Grain.SELF:
        return "Your own"
    return words.sentence(words.cohorts(request.cohorts)) or words.sentence(words.level(request.grain))


def _repair(facts: Sequence[Facts], patches: tuple[_Patch, ...], rulebook: Rulebook) -> Repair:
    cleared = _cleared(facts, patches, rulebook)
    changes = (
        RequestChange(p.part, p.asked, p.allowed, tuple(sorted(rules)))
        for p, rules in zip(patches, cleared, strict=True)
    )
    return Repair(tuple(changes), _apply(facts, patches)[0].request)


def _cleared(facts: Sequence[Facts], patches: tuple[_Patch, ...], rulebook: Rulebook) -> list[set[str]]:
    """Say which rules each part clears: those it clears alone, and those that match again when it is put back."""
    matched = find_matching_rules(_apply(facts, ()), rulebook)
    cleared = []
    for patch in patches:
        others = tuple(other for other in patches if other is not patch)
        alone = matched - find_matching_rules(_apply(facts, [patch]), rulebook)
        again = matched & find_matching_rules(_apply(facts, others), rulebook)
        cleared.append(set(alone | again))
    cleared[0] |= matched.difference(*cleared)  # cleared by any two of three parts: said once, of the first
    return cleared
