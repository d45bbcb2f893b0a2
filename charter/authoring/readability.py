"""How easily a text reads: Flesch's reading ease, and the years of school that Kincaid's formula makes of it. Pure.

Flesch, R. (1948), "A new readability yardstick"; Kincaid et al. (1975), Naval Technical Training, report 8-75. Both
are made for English, and for whole passages: of a few words they say little (S17).
"""

import re

from msgspec import Struct

FEWEST_WORDS = 8  # of fewer, the formulas say nothing

_SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)|[:;]\s|\n{2,}")
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|\d[\d.,]*")
_VOWELS = re.compile(r"[aeiouy]+")
# An ending whose vowel is not spoken: "made", "changes" but not "services", "merged" but not "counted", "table".
_SILENT = re.compile(r"(?<=[^aeiouylsxzcg])es$|(?<=[^aeiouytd])ed$|(?<=[^aeiouyl])e$|(?<=[aeiouy]l)e$")

# From this ease on: how it reads, after Flesch's own table.
_EASE = (
    (90, "very easy to read"),
    (80, "easy to read"),
    (70, "fairly easy to read"),
    (60, "plain English"),
    (50, "fairly hard to read"),
    (30, "hard to read"),
)


class Readability(Struct, frozen=True):
    """`ease` runs from 0 (hardest) to 100; `grade` is in years of school."""

    ease: float
    grade: float

    @property
    def plain(self) -> bool:
        """Whether it is plain English, that is, 60 or easier."""
        return self.ease >= 60

    @property
    def words(self) -> str:
        """`Plain English: 64 of 100, for readers with about 8 years of school`."""
        how = next((words for least, words in _EASE if self.ease >= least), "very hard to read")
        years = max(1, round(self.grade))
        school = f"{years} {'year' if years == 1 else 'years'} of school"
        return f"{how[0].upper()}{how[1:]}: {self.ease:.0f} of 100, for readers with about {school}"


def measure_readability(text: str) -> Readability | None:
    """How a text reads; None where it has too few words to say."""
    spoken = _WORD.findall(text)
    if len(spoken) < FEWEST_WORDS:
        return None
    sentences = sum(1 for part in _SENTENCE_END.split(text) if _WORD.search(part))
    length = len(spoken) / sentences
    syllables = sum(map(count_syllables, spoken)) / len(spoken)
    ease = 206.835 - 1.015 * length - 84.6 * syllables
    return Readability(min(100.0, max(0.0, ease)), 0.39 * length + 11.8 * syllables - 15.59)


def count_syllables(word: str) -> int:
    """About how many syllables an English word has: groups of vowels, without the silent ones at its end."""
    letters = re.sub(r"[^a-z]", " ", word.lower()).split()
    return sum(max(1, len(_VOWELS.findall(_SILENT.sub("", part)))) for part in letters) or 1
