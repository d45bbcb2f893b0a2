"""Teams' months of one source's events, split where metrics read other events of them. Pure: counts in, backing out.

A *place* is a team's month. Each metric's facts are a *reading* of it. Two readings of the same table and the same time are
of the same events; where one leaves some out, the place falls into *parts*: what both hold, and what one alone holds. That
is found by how many events of each person they hold, since no facts query says which event is which.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from charter.measures.guard.backing import Backing, Numbers, Places, Rows

NOBODY = -1  # the person of events whose person is not known, or not named
# So much of nobody's stands for a place whose events are no longer those that were told of: whatever holds it fails.
UNKNOWN = 1e15


class ElementReading(Struct, frozen=True):
    """What one metric's facts say of each place and person: arrays of one length, `amount` has a column each of
    events, usable events, their weight, and the sum of their absolute values."""

    place: Places
    person: Places
    amount: Numbers


class Ground(Struct, frozen=True):
    """What all readings share. `crews`: who was on a place's team at a time; `times`: the month of each place, from 0.

    `changed` are the places whose events or crews are not those that were told of.
    """

    times: Places
    persons: int
    crews: Mapping[int, Places]
    changed: frozenset[int] = frozenset()

    @property
    def places(self) -> int:
        return len(self.times)


class Elements:
    """The parts of places that readings tell apart, and what stands behind them."""

    def __init__(self, ground: Ground, readings: Sequence[ElementReading]) -> None:
        self._ground, self._readings = ground, readings
        self._place, self._person, counts = _pivot(readings)
        parts = _split(counts)
        whole = np.ones((ground.places, max(len(readings), 1)), dtype=bool)
        self._mask, self._part_of = _number(
            np.concatenate([np.arange(ground.places), *(self._place[row] for row, _, _ in parts)]),
            np.concatenate([whole, *(mask for _, mask, _ in parts)]),
        )
        # The first elements are the places as all readings hold them.
        self._whole = self._part_of[: ground.places]
        split = np.split(self._part_of[ground.places :], np.cumsum([len(row) for row, _, _ in parts])[:-1])
        self._rows = [(part, row, count) for part, (row, _, count) in zip(split, parts, strict=False)]

    def __len__(self) -> int:
        return len(self._mask)

    def amount_of(self, reading: int) -> Numbers:
        """What a reading says, row by row, in the order of its columns."""
        return self._readings[reading].amount

    def of(self, reading: int, places: Iterable[int]) -> frozenset[int]:
        """The elements of these places that a reading holds."""
        wanted = frozenset(places)
        return frozenset(element for place in wanted for element in self._held[reading].get(place, ()))

    def at(self, places: Iterable[int]) -> frozenset[int]:
        """All elements of these places, whichever reading holds them."""
        wanted = frozenset(places)
        return frozenset(np.flatnonzero(np.isin(self._mask[:, 0], list(wanted))).tolist())

    @cached_property
    def _held(self) -> list[dict[int, list[int]]]:
        held: list[dict[int, list[int]]] = [{} for _ in range(max(len(self._readings), 1))]
        for element, (place, *mask) in enumerate(self._mask.tolist()):
            for reading, holds in enumerate(mask):
                if holds:
                    held[reading].setdefault(place, []).append(element)
        return held

    def back_by_contributors(self) -> Backing:
        """All events of each element, by who did them."""
        element, row, count = (
            (np.concatenate(each) for each in zip(*self._rows, strict=True)) if self._rows else _NONE
        )
        return self._back_named(element, self._person[row], count[:, None])

    def back_by_users(self, reading: int, amounts: Sequence[int]) -> Backing:
        """The usable events of one reading, and further columns of its amounts, by who did them.

        They stand at the whole of each place: a cell of this reading holds all of its parts or none.
        """
        read = self._readings[reading]
        usable = read.amount[:, 1] > 0
        columns = read.amount[usable][:, [1, *amounts]]
        return self._back_named(self._whole[read.place[usable]], read.person[usable], columns)

    def back_by_crews(self, reading: int | None = None) -> Backing:
        """The teams' people, and how many events there are: all of them, or the usable ones of one reading."""
        elements = np.arange(len(self)) if reading is None else self._whole
        crews = [self._ground.crews.get(int(self._mask[element, 0]), _EMPTY) for element in elements]
        element = np.repeat(elements, [len(crew) for crew in crews])
        person = np.concatenate(crews) if crews else _EMPTY
        time = self._ground.times[self._mask[element, 0]]
        known = ~self._is_changed[element]
        rows = Rows(
            element[known],
            (time * self._ground.persons + person)[known],
            np.ones((int(known.sum()), 1)),
            span=max(self._ground.persons, 1),
        )
        loose = np.where(self._is_changed, UNKNOWN, 0.0)[:, None]
        return Backing(rows, loose=loose, events=self._count_events(reading), occupied=self._occupied)

    def _count_events(self, reading: int | None) -> Numbers:
        events = np.zeros(len(self))
        if reading is None:
            for part, _row, count in self._rows:
                np.add.at(events, part, count)
        else:
            read = self._readings[reading]
            np.add.at(events, self._whole[read.place], read.amount[:, 1])
        return np.where(self._is_changed, 0.0, events)

    def _back_named(self, element: Places, person: Places, amount: Numbers) -> Backing:
        known = ~self._is_changed[element]
        element, person, amount = element[known], person[known], amount[known]
        named = person != NOBODY
        loose, events = np.zeros((len(self), amount.shape[1])), np.zeros(len(self))
        np.add.at(loose, element[~named], amount[~named])
        np.add.at(events, element, amount[:, 0])
        loose[self._is_changed] = UNKNOWN
        rows = Rows(element[named], person[named], amount[named])
        return Backing(rows, loose=loose, events=events, occupied=self._occupied)

    @cached_property
    def _is_changed(self) -> NDArray[np.bool_]:
        return np.isin(self._mask[:, 0], list(self._ground.changed))

    @cached_property
    def _occupied(self) -> NDArray[np.bool_]:
        """Elements that are more than empty by nature: their place has an event, or somebody on the roster."""
        somebody = [place for place, crew in self._ground.crews.items() if len(crew)]
        return np.isin(self._mask[:, 0], [*somebody, *self._ground.changed, *np.unique(self._place).tolist()])


_EMPTY = np.empty(0, dtype=np.intp)
_BITS = 30  # of a mask at a time: beside the number of a place and mask so far they fit into 63
_NONE = (_EMPTY, _EMPTY, np.empty(0))


def _pivot(readings: Sequence[ElementReading]) -> tuple[Places, Places, Numbers]:
    """Each place and person that some reading holds, and how many events each reading holds of them."""
    if not sum(len(read.place) for read in readings):
        return _EMPTY, _EMPTY, np.empty((0, max(len(readings), 1)))
    # One number for both, as sorting rows of two takes many times as long; nobody is numbered -1.
    people = max(int(read.person.max(initial=NOBODY)) for read in readings) + 2
    pairs = [read.place * people + read.person - NOBODY for read in readings]
    found, where = np.unique(np.concatenate(pairs), return_inverse=True)
    counts = np.zeros((len(found), len(readings)))
    begin = 0
    for number, read in enumerate(readings):
        np.add.at(counts[:, number], where[begin : begin + len(read.place)], read.amount[:, 0])
        begin += len(read.place)
    return found // people, found % people + NOBODY, counts


def _split(counts: Numbers) -> list[tuple[Places, NDArray[np.bool_], Numbers]]:
    """What all readings hold, then what all but those that hold fewest, and so on: rows, who holds it, how many."""
    levels = np.sort(counts, axis=1)
    more = np.diff(levels, axis=1, prepend=0)
    found = []
    for step in range(counts.shape[1]):
        rows = np.flatnonzero(more[:, step] > 0)
        if len(rows):
            found.append((rows, counts[rows] >= levels[rows, step][:, None], more[rows, step]))
    return found


def _number(place: Places, mask: NDArray[np.bool_]) -> tuple[Places, Places]:
    """Each place and mask once, as rows; and for each given the number of its row."""
    code = place
    for begin in range(0, mask.shape[1], _BITS):
        part = mask[:, begin : begin + _BITS]
        bits = part @ (1 << np.arange(part.shape[1], dtype=np.intp))
        code = np.unique(code, return_inverse=True)[1] * (1 << _BITS) + bits
    _, first, where = np.unique(code, return_index=True, return_inverse=True)
    table = np.concatenate([place[:, None], mask.astype(np.intp)], axis=1)
    return table[first], where
