"""Weeks of teams: what was counted, over how many person-weeks, which are known, and which team stood when.

Pure: numpy alone. All that is computed of weeks takes `TeamWeeks`, so that nothing is computed of weeks that nobody looked over.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from audits.strain.statistic_errors import BadWeeks, WeeksFault

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


class TeamWeeks(NamedTuple):
    """Weeks that were looked over, all but the last two of shape (teams, weeks); made by `read_weeks` alone.

    `counts` and `person_weeks` are 0 where a week is not `known`. `began` and `ended`, of shape (teams,), are a team's first
    whole week and the first that it did not stand through, counted from the first week given.
    """

    counts: Floats
    person_weeks: Floats
    known: Bools
    began: Ints
    ended: Ints

    @property
    def length(self) -> int:
        """How many weeks there are."""
        return int(self.counts.shape[1])

    @property
    def teams(self) -> int:
        """How many teams there are."""
        return int(self.counts.shape[0])

    @property
    def lived(self) -> Bools:
        """In which weeks a team stood, from beginning to end."""
        weeks = np.arange(self.length)
        return np.asarray((weeks >= self.began[:, None]) & (weeks < self.ended[:, None]))


class WeekSpan(NamedTuple):
    """A half-open run of weeks, counted from the first week given."""

    start: int
    stop: int


def read_weeks(
    counts: ArrayLike,
    person_weeks: ArrayLike,
    *,
    known: ArrayLike | None = None,
    began: ArrayLike | None = None,
    ended: ArrayLike | None = None,
) -> TeamWeeks:
    """Weeks that make sense.

    `counts` has the shape (teams, weeks), or (weeks,) of one team; it is whole numbers of what happened, or durations in a
    whole unit. `person_weeks` is how many people were there to bear them, and is broadcast to that shape. `known` is false in a
    week without rota data, whose numbers are not read; so are those of weeks in which a team did not stand. Raises BadWeeks for
    another shape, and in known weeks for counts that are missing, negative or not whole and person-weeks that are not positive.
    """
    raw_counts, raw_exposure = _read_shape(counts, person_weeks)
    teams, length = raw_counts.shape
    first = _read_bounds(began, 0, teams, length, "began")
    last = _read_bounds(ended, length, teams, length, "ended")
    weeks = np.arange(length)
    lived = (weeks >= first[:, None]) & (weeks < last[:, None])
    read = lived & _read_known(known, (teams, length))
    _check_counts(raw_counts, read)
    _check_exposure(raw_exposure, read)
    return TeamWeeks(np.where(read, raw_counts, 0.0), np.where(read, raw_exposure, 0.0), read, first, last)


def pick_teams(weeks: TeamWeeks, teams: ArrayLike) -> TeamWeeks:
    """The weeks of some teams, by a mask or by places, such as those of whom `list_untold` says nothing."""
    return TeamWeeks(*(each[np.asarray(teams)] for each in weeks))


def last_weeks(weeks: TeamWeeks, length: int) -> WeekSpan:
    """The last so many weeks. Raises BadWeeks where there are fewer."""
    if not 0 < length <= weeks.length:
        raise BadWeeks(
            WeeksFault.TOO_FEW_WEEKS, "weeks", f"{length} weeks are needed, and {weeks.length} are there."
        )
    return WeekSpan(weeks.length - length, weeks.length)


def list_untold(weeks: TeamWeeks, span: WeekSpan, least: int) -> list[BadWeeks]:
    """Why nothing can be told of some teams in these weeks, one refusal a team, in their order.

    A team that began or ended inside of them is not compared with one that stood through, and fewer than `least` known weeks
    say too little. Raises BadWeeks for a span outside of what is there.
    """
    if not 0 <= span.start < span.stop <= weeks.length:
        raise BadWeeks(
            WeeksFault.OUT_OF_BOUNDS, "span", f"Weeks {span.start} to {span.stop} are not all there."
        )
    known = weeks.known[:, span.start : span.stop].sum(axis=1)
    bad = (weeks.began > span.start) | (weeks.ended < span.stop) | (known < least)
    return [_say_untold(weeks, span, least, int(team), int(known[team])) for team in np.flatnonzero(bad)]


def check_told(weeks: TeamWeeks, span: WeekSpan, least: int) -> None:
    """Raise the first of what `list_untold` lists."""
    for refusal in list_untold(weeks, span, least):
        raise refusal


def _say_untold(weeks: TeamWeeks, span: WeekSpan, least: int, team: int, known: int) -> BadWeeks:
    began, ended = int(weeks.began[team]), int(weeks.ended[team])
    among = f"weeks {span.start} to {span.stop - 1}"
    if began > span.start:
        said = f"Team {team} stands since week {began}, so not through all of {among}."
        return BadWeeks(WeeksFault.TEAM_BEGAN, "began", said, team, began)
    if ended < span.stop:
        said = f"Team {team} ended in week {ended}, so it did not stand through all of {among}."
        return BadWeeks(WeeksFault.TEAM_ENDED, "ended", said, team, ended)
    said = f"Of team {team}, {known} of {among} have rota data, and {least} are needed."
    return BadWeeks(WeeksFault.TOO_FEW_WEEKS, "known", said, team)


def _read_shape(counts: ArrayLike, person_weeks: ArrayLike) -> tuple[Floats, Floats]:
    raw = read_floats(counts, "counts")
    raw = raw[None, :] if raw.ndim == 1 else raw
    if raw.ndim != 2 or 0 in raw.shape:
        raise BadWeeks(
            WeeksFault.WRONG_SHAPE, "counts", "Counts have the shape (teams, weeks), with some of both."
        )
    return raw, _spread(read_floats(person_weeks, "person_weeks"), raw.shape, "person_weeks")


def read_floats(given: ArrayLike, field: str) -> Floats:
    """Numbers as floats. Raises BadWeeks, which names the field, for what is none."""
    try:
        return np.asarray(given, dtype=float)
    except (TypeError, ValueError) as error:
        raise BadWeeks(WeeksFault.NOT_NUMBERS, field, f"{field} has to be numbers.") from error


def _spread(given: Any, shape: tuple[int, ...], field: str) -> Any:
    try:
        return np.broadcast_to(given, shape)
    except ValueError as error:
        raise BadWeeks(
            WeeksFault.WRONG_SHAPE, field, f"{field} has to fit counts of shape {shape}."
        ) from error


def _read_bounds(given: ArrayLike | None, unless: int, teams: int, length: int, field: str) -> Ints:
    """A team's first or last week. Before the weeks given is as good as at their beginning, and so at their end."""
    raw = _spread(read_floats(unless if given is None else given, field), (teams,), field)
    bad = ~np.isfinite(raw) | (raw != np.floor(raw))
    if bad.any():
        raise BadWeeks(WeeksFault.NOT_WHOLE, field, f"{field} has to be whole weeks.", int(np.argmax(bad)))
    return np.asarray(np.clip(raw, 0, length).astype(np.int64))


def _read_known(given: ArrayLike | None, shape: tuple[int, int]) -> Bools:
    raw = np.asarray(True if given is None else given)
    if raw.dtype != np.bool_:
        raise BadWeeks(WeeksFault.NOT_NUMBERS, "known", "known has to be true or false.")
    return np.asarray(_spread(raw, shape, "known"))


def _check_counts(counts: Floats, read: Bools) -> None:
    _refuse(~np.isfinite(counts) & read, WeeksFault.MISSING, "counts", "is missing")
    _refuse((counts < 0) & read, WeeksFault.NEGATIVE, "counts", "is negative")
    _refuse((counts != np.floor(counts)) & read, WeeksFault.NOT_WHOLE, "counts", "is not whole")


def _check_exposure(exposure: Floats, read: Bools) -> None:
    _refuse(~np.isfinite(exposure) & read, WeeksFault.MISSING, "person_weeks", "is missing")
    _refuse((exposure < 0) & read, WeeksFault.NEGATIVE, "person_weeks", "is negative")
    _refuse((exposure == 0) & read, WeeksFault.NO_EXPOSURE, "person_weeks", "is 0: nobody was there")


def _refuse(bad: Bools, fault: WeeksFault, field: str, what: str) -> None:
    """Refuse where anything is bad, and name the first place."""
    if bad.any():
        team, week = (int(each) for each in np.argwhere(bad)[0])
        raise BadWeeks(fault, field, f"{field} of team {team} in week {week} {what}.", team, week)
