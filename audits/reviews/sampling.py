"""Which looks of a month are reviewed: drawn so that nobody chooses, and anybody can draw them again. Pure.

The seed is made of the root of the log's first checkpoint that was signed after the month was over. Whoever asks cannot know it
before, and whoever draws cannot choose it: it depends on every entry until then. Each look's ticket is a hash of the seed and of its receipt's
number; the lowest tickets are drawn.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from math import ceil
from uuid import UUID


def make_seed(month: date, root: bytes) -> str:
    """The seed of a month (its first day) from the root of a checkpoint, in hex."""
    return sha256(f"sampled reviews {month:%Y-%m} {root.hex()}".encode()).hexdigest()


def make_ticket(seed: str, receipt: UUID) -> str:
    """What a look is drawn by, in hex."""
    return sha256(f"{seed} {receipt}".encode()).hexdigest()


def count_drawn(population: int, *, share: int, least: int) -> int:
    """How many of so many are drawn: `share` percent, rounded up, and at least `least` where there are so many."""
    return min(population, max(ceil(population * share / 100), least))


def draw(seed: str, receipts: Iterable[UUID], count: int) -> list[UUID]:
    """The receipts with the lowest tickets, in their order; the order in which they are given is all one."""
    return sorted(set(receipts), key=lambda each: (make_ticket(seed, each), each))[:count]


def hash_frame(receipts: Sequence[UUID]) -> str:
    """The SHA-256 (hex) of all that could be drawn: their receipts' numbers, sorted, a line each."""
    return sha256("".join(f"{each}\n" for each in sorted(map(str, set(receipts)))).encode()).hexdigest()
