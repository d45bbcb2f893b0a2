"""Similar evidence with different levels, and different evidence with one level: what a session talks about (S90). Pure."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from itertools import combinations, product

from msgspec import Struct

SIMILAR = 0.75  # of two people's evidence by kind, from which on it is similar
DISTINCT = 0.25  # up to which it is distinct
MOST_PAIRS = 50  # that a session is shown, the most similar first
FEW = 3  # people of one level, from which on one level for all of them is noticed

Signature = tuple[tuple[str, int], ...]


class ComparedPerson(Struct, frozen=True):
    """Somebody with a proposed level: of which role family, who proposed it, and pieces of evidence by kind."""

    key: Hashable
    family: str
    proposer: Hashable
    level: int
    kinds: Signature


class SimilarPair(Struct, frozen=True):
    """Two people of one role family whose evidence is similar, and whose levels differ."""

    one: Hashable
    other: Hashable
    similarity: float


def sign(kinds: Sequence[str]) -> Signature:
    """Pieces by kind, as they are compared."""
    return tuple(sorted(Counter(kinds).items()))


def measure_similarity(one: Signature, other: Signature) -> float:
    """Weighted Jaccard similarity of two counts by kind, from 0 to 1; 0 where neither has any (Jaccard 1901; Ruzicka 1958)."""
    first, second = dict(one), dict(other)
    kinds = {*first, *second}
    most = sum(max(first.get(kind, 0), second.get(kind, 0)) for kind in kinds)
    return sum(min(first.get(kind, 0), second.get(kind, 0)) for kind in kinds) / most if most else 0.0


def find_pairs(people: Sequence[ComparedPerson], *, most: int = MOST_PAIRS) -> tuple[SimilarPair, ...]:
    """Pairs of one family, of similar evidence and of different levels, the most similar first."""
    found: list[SimilarPair] = []
    for similarity, one, other in sorted(_list_groups(people), key=lambda each: -each[0]):
        for first, second in product(one, other) if one is not other else combinations(one, 2):
            if first.level != second.level:
                found.append(SimilarPair(first.key, second.key, similarity))
                if len(found) == most:
                    return tuple(found)
    return tuple(found)


def _list_groups(
    people: Sequence[ComparedPerson],
) -> Iterator[tuple[float, list[ComparedPerson], list[ComparedPerson]]]:
    """People of the same evidence stand together, so that of thousands of people few groups are compared."""
    groups: dict[tuple[str, Signature], list[ComparedPerson]] = defaultdict(list)
    for each in people:
        groups[each.family, each.kinds].append(each)
    for (_family, kinds), members in groups.items():
        if kinds:
            yield 1.0, members, members
    for ((family, kinds), one), ((other_family, other_kinds), other) in combinations(groups.items(), 2):
        similarity = measure_similarity(kinds, other_kinds) if family == other_family else 0.0
        if similarity >= SIMILAR:
            yield similarity, one, other


def find_compressed(people: Sequence[ComparedPerson]) -> tuple[Hashable, ...]:
    """Proposers who gave one level to three people or more, among whom are two of distinct evidence."""
    groups: dict[Hashable, list[ComparedPerson]] = defaultdict(list)
    for each in people:
        groups[each.proposer].append(each)
    return tuple(proposer for proposer, members in groups.items() if _is_compressed(members))


def _is_compressed(members: Sequence[ComparedPerson]) -> bool:
    if len(members) < FEW or len({each.level for each in members}) > 1:
        return False
    signatures = {each.kinds for each in members}
    return any(measure_similarity(one, other) <= DISTINCT for one, other in combinations(signatures, 2))
