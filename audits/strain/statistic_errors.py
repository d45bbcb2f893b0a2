"""What the statistics of strain refuse."""

from enum import StrEnum


class WeeksFault(StrEnum):
    """Why weeks, or what was to be done with them, are refused."""

    NOT_NUMBERS = "not_numbers"
    WRONG_SHAPE = "wrong_shape"
    MISSING = "missing"
    NEGATIVE = "negative"
    NOT_WHOLE = "not_whole"
    NO_EXPOSURE = "no_exposure"
    NO_EXPECTATION = "no_expectation"
    OUT_OF_BOUNDS = "out_of_bounds"
    TOO_FEW_WEEKS = "too_few_weeks"
    TEAM_BEGAN = "team_began"
    TEAM_ENDED = "team_ended"
    OVERLAPPING = "overlapping"
    TOO_FEW_KINDS = "too_few_kinds"


class BadWeeks(ValueError):
    """Something that was given to a statistic of strain makes no sense, or says too little.

    `fault` is its stable code, `field` what it is about in the words of the signature, and `team` and `week` the first place
    where it is so, counted from 0, or None where it is about all of them.
    """

    def __init__(
        self, fault: WeeksFault, field: str, message: str, team: int | None = None, week: int | None = None
    ) -> None:
        super().__init__(message)
        self.fault, self.field, self.team, self.week = fault, field, team, week
