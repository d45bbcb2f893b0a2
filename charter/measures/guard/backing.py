"""What stands behind elements: who is behind how much. Pure: arrays in, sums and sizes out."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from charter.measures.guard.demands import ROUNDING, Demand

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]


class Rows(Struct, frozen=True):
    """One row for each element and person in it.

    `element`, `key`: numbers from 0; `amount`: rows × measures, of which the first is the number of events (or 1 for
    somebody on a roster), and others whatever nobody may dominate. A key stands for a person; where only people at the
    same time add up, for a person and a time, numbered time by time in `span` keys each.
    """

    element: Places
    key: Places
    amount: Numbers
    span: int = 0  # 0: people add up over all of the elements


class Holding(Struct, frozen=True):
    """What stands behind a set of elements. `loose`: amounts of nobody we know; `amount` is keys × measures.

    `total` and `largest` are of the known ones: what they come to, and the most that one is behind.
    """

    keys: Places
    amount: Numbers
    total: Numbers
    largest: Numbers
    loose: Numbers
    events: float
    occupied: int  # elements that somebody could be behind: an event, or somebody on the roster


class Backing:
    """What stands behind each element, for one demand.

    `loose` (elements × measures) are amounts whose person is unknown. `events` and `occupied` (elements) say how many
    events there are, and whether the element is more than empty by nature: nobody on the roster and no event.
    """

    def __init__(
        self,
        rows: Rows,
        *,
        loose: Numbers,
        events: Numbers,
        occupied: NDArray[np.bool_],
    ) -> None:
        order = np.lexsort((rows.key, rows.element))
        self._keys = rows.key[order]
        self._amount = rows.amount[order]
        self._starts = np.searchsorted(rows.element[order], np.arange(len(events) + 1))
        self._most = int(rows.key.max(initial=0)) + 1
        self._span = rows.span
        self._times = (self._most - 1) // rows.span + 1 if rows.span else 1
        self._loose, self._events, self._occupied = loose, events, occupied
        # Most sets asked for are of one element, so what these come to is added up once.
        self._total, self._largest = np.zeros_like(loose), np.zeros_like(loose)
        np.add.at(self._total, rows.element, rows.amount)
        np.maximum.at(self._largest, rows.element, rows.amount)

    def __len__(self) -> int:
        return len(self._events)

    def of(self, elements: Places) -> Holding:
        """What stands behind these elements together."""
        if len(elements) == 1:
            return self._of_one(int(elements[0]))
        rows = _ranges(self._starts[elements], self._starts[elements + 1])
        keys, amount = _add_up(self._keys[rows], self._amount[rows], self._most)
        return Holding(
            keys,
            amount,
            self._total[elements].sum(axis=0),
            np.maximum.reduce(amount, axis=0, initial=0.0),
            self._loose[elements].sum(axis=0),
            float(self._events[elements].sum()),
            int(self._occupied[elements].sum()),
        )

    def _of_one(self, element: int) -> Holding:
        rows = slice(self._starts[element], self._starts[element + 1])
        return Holding(
            self._keys[rows],
            self._amount[rows],
            self._total[element],
            self._largest[element],
            self._loose[element],
            float(self._events[element]),
            int(self._occupied[element]),
        )

    def passes(self, holding: Holding, demand: Demand) -> bool:
        """Whether a set of elements may be told apart: enough stands behind it, or it is empty by nature."""
        if not holding.occupied:
            return True
        if holding.events < demand.events or count_people(self.count(holding.keys)) < demand.people:
            return False
        if demand.dominance >= 1:
            return True
        largest, total = holding.largest + holding.loose, holding.total + holding.loose
        return bool((largest <= (demand.dominance + ROUNDING) * total).all())

    def count(self, keys: Places) -> Places:
        """How many people these keys stand for: in all, or at each time."""
        if not self._span:
            return np.array([len(keys)])
        return np.bincount(keys // self._span, minlength=self._times)


def count_people(at_a_time: Places) -> int:
    """How many people: at each time at which there is anybody, the fewest."""
    there = at_a_time[at_a_time > 0]
    return int(there.min()) if len(there) else 0


def _ranges(starts: Places, ends: Places) -> Places:
    """The numbers from each start to before its end, one after the other."""
    lengths = ends - starts
    before = np.repeat(np.cumsum(lengths) - lengths, lengths)
    numbers: Places = np.arange(int(lengths.sum()), dtype=np.intp) - before + np.repeat(starts, lengths)
    return numbers


def _add_up(keys: Places, amount: Numbers, most: int) -> tuple[Places, Numbers]:
    """Each key once, in order, with the sum of its amounts. Many are counted, few are sorted: keys are below `most`."""
    if not len(keys):
        return keys, amount
    if len(keys) * 8 > most:
        there = np.flatnonzero(np.bincount(keys, minlength=most))
        sums = [np.bincount(keys, column, most)[there] for column in amount.T]
        return there, np.stack(sums, axis=1)
    order = np.argsort(keys, kind="stable")
    keys, amount = keys[order], amount[order]
    firsts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[firsts], np.add.reduceat(amount, firsts, axis=0)
