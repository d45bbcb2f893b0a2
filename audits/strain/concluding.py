"""When clues are enough to speak of strain of a team: two kinds of three, one of them from people (S116). Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from audits.strain.statistic_errors import BadWeeks, WeeksFault


class ClueKind(StrEnum):
    """Where a clue of strain comes from."""

    SIGNAL = "signal"  # counted by systems
    SELF_REPORT = "self_report"  # the pulse
    OBSERVATION = "observation"  # what a manager saw


FROM_PEOPLE = frozenset({ClueKind.SELF_REPORT, ClueKind.OBSERVATION})
NEEDED = 2


class StrainConclusion(NamedTuple):
    """Whether clues suffice, and which kinds were heard and which point to strain."""

    concluded: bool
    heard: frozenset[ClueKind]
    pointing: frozenset[ClueKind]


def conclude(clues: Mapping[ClueKind, bool]) -> StrainConclusion:
    """Whether at least two kinds of clues point to strain, one of them from people.

    `clues` says of each kind that was heard whether it points to strain; one that was not heard is left out, and neither points
    nor speaks against. Raises BadWeeks where fewer than two kinds were heard, as silence is no all-clear, and for
    a kind that there is not. Source: S116.
    """
    unknown = [str(each) for each in clues if each not in set(ClueKind)]
    if unknown:
        raise BadWeeks(WeeksFault.OUT_OF_BOUNDS, "clues", f"{unknown[0]} is no kind of clue.")
    heard = frozenset(ClueKind(each) for each in clues)
    if len(heard) < NEEDED:
        raise BadWeeks(
            WeeksFault.TOO_FEW_KINDS,
            "clues",
            f"Of three kinds of clues {NEEDED} have to be heard; heard so far: {len(heard)}.",
        )
    pointing = frozenset(ClueKind(each) for each, points in clues.items() if points)
    return StrainConclusion(len(pointing) >= NEEDED and bool(pointing & FROM_PEOPLE), heard, pointing)
