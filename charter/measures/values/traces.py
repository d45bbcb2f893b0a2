"""Traces: by which people's events a team's month was made, so that later it can be told who changed it. Pure.

A mark is 16 hex digits of a person and 16 of all their events, both hashed with a key that is not in the database. No event,
value or name can be read from it; all that it answers is whether the same person's events are the same.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct

MARK = 32  # hex digits
NOBODY = "0" * 16  # whoever the events name nobody by
# Periods that began earlier are never revised, and their traces go.
REVISED_BACK_DAYS = 400

Element = tuple[str, date]  # a team (empty: none that we know) and the first day of a month


class Touched(Struct, frozen=True):
    """Whose events of one element are not what they were: a person's mark each."""

    element: Element
    people: frozenset[str]


def find_touched(before: Mapping[Element, str], now: Mapping[Element, str]) -> tuple[Touched, ...]:
    """The elements whose events are not those of their trace. A month of which nothing was traced is not compared."""
    found = []
    months = {month for _, month in before}
    for element in sorted(before.keys() | {element for element in now if element[1] in months}):
        people = {mark[:16] for mark in _split(before.get(element, "")) ^ _split(now.get(element, ""))}
        if people:
            found.append(Touched(element, frozenset(people)))
    return tuple(found)


def list_months(starts_on: date, ends_on: date) -> tuple[date, ...]:
    """The first days of the months of a period."""
    first = starts_on.year * 12 + starts_on.month - 1
    last = ends_on.year * 12 + ends_on.month - 1
    return tuple(date(month // 12, month % 12 + 1, 1) for month in range(first, last))


class Shape(Struct, frozen=True):
    """A published cell as what it covers: its teams and months. `rank` says in which order it is tried."""

    key: str
    rank: tuple[int, str]
    elements: frozenset[Element]


def choose_shapes(
    touched: Mapping[str, Iterable[Touched]], shapes: Iterable[Shape], least: int
) -> tuple[frozenset[str], int]:
    """The shapes that can be revised together, and how many people the smallest part of it all touches.

    `touched` is by metric, of all metrics that read the same sources: a part is what no revised shape and no metric splits any
    further, since whoever has all old and new values can work out each part by itself. A shape that would make one of fewer
    than `least` known people is left out. The order is that of `rank`, whatever order they come in.
    """
    parts = _split_by_metric(touched)
    seen: list[frozenset[tuple[Element, str]]] = []  # of these, parts that some accepted shape shows
    chosen: set[str] = set()
    unseen = parts
    for shape in sorted(shapes, key=lambda each: (each.rank, each.key)):
        inside = [_within(part, shape) for part in (*seen, *unseen)]
        after = [
            piece for part in seen for piece in (_within(part, shape), part - _within(part, shape)) if piece
        ]
        after += [piece for part in unseen if (piece := _within(part, shape))]
        if any(inside) and all(_count(piece) >= least for piece in after):
            chosen.add(shape.key)
            seen, unseen = after, [rest for part in unseen if (rest := part - _within(part, shape))]
    return frozenset(chosen), min(map(_count, seen), default=0)


def _split(marks: str) -> set[str]:
    return {marks[start : start + MARK] for start in range(0, len(marks), MARK)}


def _split_by_metric(touched: Mapping[str, Iterable[Touched]]) -> list[frozenset[tuple[Element, str]]]:
    """People of elements, together where the same metrics show them."""
    shown_by: dict[tuple[Element, str], set[str]] = {}
    for metric, elements in touched.items():
        for each in elements:
            for person in each.people:
                shown_by.setdefault((each.element, person), set()).add(metric)
    parts: dict[frozenset[str], set[tuple[Element, str]]] = {}
    for unit, metrics in shown_by.items():
        parts.setdefault(frozenset(metrics), set()).add(unit)
    return [frozenset(parts[metrics]) for metrics in sorted(parts, key=sorted)]


def _within(part: frozenset[tuple[Element, str]], shape: Shape) -> frozenset[tuple[Element, str]]:
    return frozenset(unit for unit in part if unit[0] in shape.elements)


def _count(part: frozenset[tuple[Element, str]]) -> int:
    """How many known people a part touches."""
    return len({person for _, person in part} - {NOBODY})
