"""The pulse: three questions, and what of the answers is kept and told. Pure.

Of answers the middle one is kept, where at least the minimum of people answered, and told with the band of how many did.
Nothing is typed in words, so nothing in words can name anybody.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec


class PulseQuestion(StrEnum):
    """What is asked, of the last month."""

    RECOVER = "recover"
    LOAD = "load"
    HELP = "help"


class PulseWord(StrEnum):
    """What can be answered, from well to strained."""

    MOSTLY = "mostly"
    OFTEN = "often"
    RARELY = "rarely"
    NEVER = "never"


STRAINED_WORDS = frozenset({PulseWord.RARELY, PulseWord.NEVER})
POINTING = 2  # questions whose middle answer is strained, for the pulse to point to strain


class PulseAnswer(msgspec.Struct, frozen=True):
    """One person's answers; None where a question was passed over."""

    recover: PulseWord | None = None
    load: PulseWord | None = None
    help: PulseWord | None = None


class PulseSum(msgspec.Struct, frozen=True):
    """What is kept of one question: how many answered, and the middle answer."""

    answered: int
    middle: PulseWord


def sum_answers(answers: Sequence[PulseAnswer], *, minimum: int) -> dict[PulseQuestion, PulseSum]:
    """What is kept of answers, by question: never how often each was given, which would tell on everybody where all said the same.

    A question that fewer than `minimum` answered is left out.
    """
    kept = {}
    for question in PulseQuestion:
        said = Counter(word.value for each in answers if (word := getattr(each, question.value)) is not None)
        if said.total() >= minimum:
            kept[question] = PulseSum(said.total(), find_middle(said))
    return kept


def find_middle(counts: Mapping[str, int]) -> PulseWord:
    """The middle answer; of two, the better one. `counts` holds at least one answer."""
    half, seen = (sum(counts.values()) + 1) // 2, 0
    for word in PulseWord:
        seen += counts.get(word.value, 0)
        if seen >= half:
            return word
    raise ValueError("Nothing was answered.")


def points_to_strain(middles: Mapping[str, str]) -> bool:
    """Whether the middle answers of at least two questions are on the strained side."""
    return sum(PulseWord(word) in STRAINED_WORDS for word in middles.values()) >= POINTING
