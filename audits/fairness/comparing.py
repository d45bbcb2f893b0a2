"""Each group of people against everybody else, and which groups a report may tell by number; pure.

People are arrays of one length: whether each was selected, the level of evidence, and of each attribute a code into its
labels, -1 where it was not recorded. A group is a level of one attribute or of two together.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import combinations

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from audits.fairness import statistics
from audits.fairness.statistic_errors import BadStatistic

FOUR_FIFTHS = 0.8
LEVEL = 0.05  # of Holm's p over the audit
LEAST_EACH = (
    2  # people of either outcome wherever they can be told apart: one alone would learn of all the others
)
WATCHED = 0.10  # false discovery rate of the watch list
UNKNOWN = -1

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]


class GroupFinding(StrEnum):
    """What an audit finds of a group. None says that nothing is wrong."""

    FLAGGED = "flagged"
    WATCHED = "watched"
    NOT_RULED_OUT = "not_ruled_out"


class Attribute(Struct, frozen=True):
    """An attribute's codes by person, and what each is called."""

    codes: Codes
    labels: tuple[str, ...]


class ComparedGroup(Struct, frozen=True):
    """A group against everybody else, as its numbers are; a report tells of it what it may (`ToldGroup`)."""

    of: tuple[str, ...]
    labels: tuple[str, ...]
    people: int
    selected: int
    ratio: float
    low: float
    high: float
    p: float
    holm: float
    discovery: float
    odds_ratio: float
    evidence_p: float
    finding: GroupFinding
    told: bool
    named: bool  # whether its finding is told by name, which it is not where that says that nearly nobody in it was selected


class Comparison(Struct, frozen=True):
    """All groups of an audit, and how many people had each attribute recorded."""

    people: int
    selected: int
    groups: tuple[ComparedGroup, ...]
    recorded: Mapping[str, int]
    left_out: int  # levels and pairs of levels that have too few people for either side


class _Group(Struct, frozen=True):
    of: tuple[str, ...]
    levels: tuple[int, ...]
    people: int
    selected: int
    tables: Floats  # (strata, 2, 2)


def compare(
    selected: NDArray[np.bool_],
    strata: Codes,
    attributes: Mapping[str, Attribute],
    *,
    least: int,
) -> Comparison:
    """Compare every group of at least `least` people, with at least as many outside of it.

    Levels below that are merged to one of their attribute, called `Other`; where that is too small as well they stand in no group.
    Raises BadStatistic where lengths differ or nobody is there. Sources: 29 CFR 1607.4 D; Holm 1979; Benjamini and Hochberg 1995.
    """
    if not len(selected):
        raise BadStatistic("selected", "There is nobody to compare.")
    if any(len(each.codes) != len(selected) for each in attributes.values()) or len(strata) != len(selected):
        raise BadStatistic("attributes", "Every attribute needs one code for each person.")
    merged = {name: merge_small(each, least) for name, each in attributes.items()}
    everybody = _tabulate(np.zeros(len(selected), dtype=np.int64), selected, strata, 1)[0]
    found, left_out = _find_groups(selected, strata, merged, everybody, least)
    recorded = {name: int((each.codes != UNKNOWN).sum()) for name, each in attributes.items()}
    groups = _judge(found, everybody, merged)
    told = choose_told(groups, found, selected, merged, least)
    named = choose_named(groups, int(selected.sum()), len(selected))
    return Comparison(
        people=len(selected),
        selected=int(selected.sum()),
        groups=tuple(
            structs.replace(each, told=is_told, named=is_told or is_named)
            for each, is_told, is_named in zip(groups, told, named, strict=True)
        ),
        recorded=recorded,
        left_out=left_out,
    )


def merge_small(attribute: Attribute, least: int, other: str = "Other") -> Attribute:
    """The attribute with its small levels as one; people of levels that stay too small count as not recorded."""
    counts = np.bincount(attribute.codes[attribute.codes != UNKNOWN], minlength=len(attribute.labels))
    small = np.flatnonzero(counts < least)
    if not len(small):
        return attribute
    enough = counts[small].sum() >= least
    kept = [place for place in range(len(counts)) if counts[place] >= least]
    target = np.full(len(counts) + 1, UNKNOWN)
    target[kept] = np.arange(len(kept))
    if enough:
        target[small] = len(kept)
    labels = (*(attribute.labels[place] for place in kept), *((other,) if enough else ()))
    return Attribute(target[attribute.codes], labels)


def _find_groups(
    selected: NDArray[np.bool_],
    strata: Codes,
    attributes: Mapping[str, Attribute],
    everybody: Floats,
    least: int,
) -> tuple[list[_Group], int]:
    found, left_out = [], 0
    total, alone = float(everybody.sum()), {}
    for names in (*((each,) for each in attributes), *combinations(attributes, 2)):
        sizes = tuple(len(attributes[name].labels) for name in names)
        codes = _combine([attributes[name].codes for name in names], sizes)
        tables = _tabulate(codes, selected, strata, int(np.prod(sizes)), everybody.shape[0])
        people = tables.sum(axis=(1, 2))
        if len(names) == 1:
            alone[names[0]] = people
        for place in np.flatnonzero(people):
            if people[place] < least or total - people[place] < least:
                left_out += 1
                continue
            levels = tuple(int(each) for each in np.unravel_index(place, sizes))
            if len(names) > 1 and _is_one_alone(names, levels, people[place], alone):
                continue
            found.append(_make_group(names, levels, tables[place], everybody))
    return found, left_out


def _is_one_alone(
    names: tuple[str, ...], levels: tuple[int, ...], people: float, alone: Mapping[str, Floats]
) -> bool:
    """Whether two levels together are the people of one of them, so that they would be tested twice."""
    return any(alone[name][level] == people for name, level in zip(names, levels, strict=True))


def _combine(codes: Sequence[Codes], sizes: Sequence[int]) -> Codes:
    """One code for several; unknown where one is."""
    together = np.zeros(len(codes[0]), dtype=np.int64)
    for each, size in zip(codes, sizes, strict=True):
        together = together * size + each
    return np.where(np.any([each == UNKNOWN for each in codes], axis=0), UNKNOWN, together)


def _tabulate(
    codes: Codes, selected: NDArray[np.bool_], strata: Codes, groups: int, levels: int = 0
) -> Floats:
    """People by group, stratum and whether they were selected: (groups, strata, 2), selected first."""
    levels = levels or int(strata.max()) + 1
    known = codes != UNKNOWN
    place = (codes[known] * levels + strata[known]) * 2 + ~selected[known]
    return np.bincount(place, minlength=groups * levels * 2).reshape(groups, levels, 2).astype(float)


def _make_group(names: tuple[str, ...], levels: tuple[int, ...], mine: Floats, everybody: Floats) -> _Group:
    tables = np.stack([mine, everybody - mine], axis=1)
    return _Group(names, levels, int(mine.sum()), int(mine[:, 0].sum()), tables)


def _judge(
    found: Sequence[_Group], everybody: Floats, attributes: Mapping[str, Attribute]
) -> list[ComparedGroup]:
    """Every group's numbers, adjusted over all of the audit."""
    if not found:
        return []
    n, x = (np.array([getattr(each, what) for each in found]) for what in ("people", "selected"))
    counts = (x, n, everybody[:, 0].sum() - x, everybody.sum() - n)
    ratios = statistics.impact_ratio(*counts)
    low, high = statistics.miettinen_nurminen(*counts)
    p = statistics.mid_p_fisher(*counts)
    holm, discovery = statistics.holm(p), statistics.benjamini_hochberg(p)
    evidence = [statistics.cochran_mantel_haenszel(each.tables) for each in found]
    return [
        ComparedGroup(
            of=each.of,
            labels=tuple(attributes[name].labels[level] for name, level in zip(each.of, each.levels, strict=True)),
            people=each.people,
            selected=each.selected,
            ratio=float(ratios[at]),
            low=float(low[at]),
            high=float(high[at]),
            p=float(p[at]),
            holm=float(holm[at]),
            discovery=float(discovery[at]),
            odds_ratio=evidence[at].odds_ratio,
            evidence_p=evidence[at].p,
            finding=find(float(ratios[at]), float(holm[at]), float(discovery[at])),
            told=False,
            named=False,
        )
        for at, each in enumerate(found)
    ]  # fmt: skip


def find(ratio: float, holm: float, discovery: float) -> GroupFinding:
    """Flagged under four fifths where chance alone is ruled out over all of the audit; watched where it is only unlikely."""
    if ratio < FOUR_FIFTHS and holm < LEVEL:
        return GroupFinding.FLAGGED
    if ratio < FOUR_FIFTHS and discovery < WATCHED:
        return GroupFinding.WATCHED
    return GroupFinding.NOT_RULED_OUT


def choose_told(
    groups: Sequence[ComparedGroup],
    found: Sequence[_Group],
    selected: NDArray[np.bool_],
    attributes: Mapping[str, Attribute],
    least: int,
) -> list[bool]:
    """Which groups' numbers are told: those that matter most first, while nobody can be singled out by all of them together.

    People who stand in the same told groups cannot be told apart by any of their numbers or what is worked out from them. Each
    such set must hold at least `least` people, two of either outcome among them, or a group is told in words alone.
    """
    types, people, chosen = _find_types(selected, attributes)
    rank = {GroupFinding.FLAGGED: 0, GroupFinding.WATCHED: 1, GroupFinding.NOT_RULED_OUT: 2}
    order = sorted(
        range(len(groups)),
        key=lambda at: (rank[groups[at].finding], len(groups[at].of), groups[at].holm, -groups[at].people),
    )
    told, atoms = [False] * len(groups), np.zeros(len(people), dtype=np.int64)
    for at in order:
        inside = np.ones(len(people), dtype=bool)
        for name, level in zip(found[at].of, found[at].levels, strict=True):
            inside &= types[name] == level
        split = _split(atoms, inside, people, chosen, least)
        if split is not None:
            told[at], atoms = True, split
    return told


def choose_named(groups: Sequence[ComparedGroup], selected: int, people: int) -> list[bool]:
    """Which findings can be told by name: those that would be the same with two selected, whoever they were.

    Who knows how many are in a group learns of a finding that it could have only with fewer that nearly nobody in it was selected,
    which is each one's outcome. `selected` and `people` are of everybody.
    """
    found = [at for at, each in enumerate(groups) if each.finding is not GroupFinding.NOT_RULED_OUT]
    named = [True] * len(groups)
    if not found:
        return named
    n = np.array([groups[at].people for at in found])
    x = np.maximum(np.array([groups[at].selected for at in found]), LEAST_EACH)
    counts = (x, n, np.maximum(selected - x, 0), people - n)
    ratios, p = statistics.impact_ratio(*counts), statistics.mid_p_fisher(*counts)
    adjusted = np.array([each.p for each in groups])
    for at, ratio, its_p in zip(found, ratios, p, strict=True):
        others, adjusted[at] = adjusted[at], its_p
        holm, discovery = statistics.holm(adjusted)[at], statistics.benjamini_hochberg(adjusted)[at]
        named[at] = find(float(ratio), float(holm), float(discovery)) is groups[at].finding
        adjusted[at] = others
    return named


def _find_types(
    selected: NDArray[np.bool_], attributes: Mapping[str, Attribute]
) -> tuple[dict[str, Codes], Floats, Floats]:
    """People who are alike in every attribute: the codes of each kind, how many they are, and how many were selected."""
    mixed = np.zeros(len(selected), dtype=np.int64)
    for each in attributes.values():
        mixed = mixed * (len(each.labels) + 1) + each.codes + 1
    _, first, kind = np.unique(mixed, return_index=True, return_inverse=True)
    people = np.asarray(np.bincount(kind, minlength=len(first)), dtype=float)
    chosen = np.asarray(np.bincount(kind, selected, minlength=len(first)), dtype=float)
    return {name: each.codes[first] for name, each in attributes.items()}, people, chosen


def _split(
    atoms: Codes, inside: NDArray[np.bool_], people: Floats, chosen: Floats, least: int
) -> Codes | None:
    """The sets that can be told apart with one group more, or None where one of them would be too small or all alike."""
    finer = atoms * 2 + inside
    n, x = np.bincount(finer, people), np.bincount(finer, chosen)
    there = n > 0
    if np.any(there & ((n < least) | (x < LEAST_EACH) | (n - x < LEAST_EACH))):
        return None
    return np.asarray((np.cumsum(there) - 1)[finer])


def list_flagged(groups: Sequence[ComparedGroup]) -> Iterator[ComparedGroup]:
    """Those that are flagged."""
    return (each for each in groups if each.finding is GroupFinding.FLAGGED)
