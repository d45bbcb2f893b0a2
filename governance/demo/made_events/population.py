"""Who works when and where: the arrays that every made-up event is drawn from."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from governance.demo.organisation import LOCATIONS, Organisation

# Monday to Sunday: work thins out on Fridays, and few work at weekends.
WEEK = np.array([1.0, 1.1, 1.1, 1.05, 0.75, 0.03, 0.03])
_MAKES_CHANGES = {
    "engineering": 1.0,
    "reliability engineering": 0.8,
    "data engineering": 0.9,
    "quality": 0.5,
    "engineering management": 0.06,
}
_LEAVE_SHARE = 0.11
# One team met a migration in two months: its work was slower, and there was more of it.
MIGRATED_TEAM, MIGRATED_MONTHS = "payments", ("2025-10", "2025-11")

# One team carried too much in four months: incident after incident, until others took a part of its services.
STRAINED_TEAM, STRAINED_MONTHS = "runtime", ("2025-09", "2025-10", "2025-11", "2025-12")


class Population:
    """People × days of the made-up organisation.

    `days` are dates from the first of the first month to the day of `as_of`; arrays of shape (people, days)
    hold who works (`working`) and where they belong (`team_of`, an index into `teams`, -1 for none).
    """

    def __init__(self, organisation: Organisation, *, seed: int, as_of: datetime, months: int) -> None:
        self.organisation = organisation
        self.seed = seed
        self.as_of = np.datetime64(as_of.astimezone(UTC).replace(tzinfo=None), "us")
        first = np.datetime64(as_of.date(), "M") - months
        self.days: NDArray[np.datetime64] = np.arange(
            first.astype("M8[D]"), np.datetime64(as_of.date(), "D") + 1
        )
        self.people = np.array([person.external_id for person in organisation.people], dtype=object)
        self.teams = np.array([team.slug for team in organisation.teams], dtype=object)
        self._zones = [ZoneInfo(LOCATIONS[person.location]) for person in organisation.people]

    def random(self, *purpose: str) -> np.random.Generator:
        """Numbers for one purpose, so that a change to one table leaves the others as they were."""
        name = " ".join([str(self.seed), *purpose]).encode()
        return np.random.default_rng(list(name))

    @cached_property
    def weekdays(self) -> NDArray[np.int64]:
        """0 for Monday, one a day."""
        return (self.days.astype("M8[D]").astype(np.int64) + 3) % 7

    @cached_property
    def team_of(self) -> NDArray[np.int64]:
        """The team each person belongs to each day, -1 for none."""
        row = {person: index for index, person in enumerate(self.people)}
        column = {team: index for index, team in enumerate(self.teams)}
        team_of = np.full((len(self.people), len(self.days)), -1)
        for membership in self.organisation.memberships:
            span = self._span(membership.valid_from, membership.valid_to)
            team_of[row[membership.person], span] = column[membership.team]
        return team_of

    @cached_property
    def working(self) -> NDArray[np.float64]:
        """How much each person works each day: the rhythm of the week, none on leave or outside a team."""
        return WEEK[self.weekdays] * (self.team_of >= 0) * ~self._on_leave()

    @cached_property
    def output(self) -> NDArray[np.float64]:
        """How much of the code each person makes: by role, and by person within it."""
        random = self.random("output")
        roles = np.array([_MAKES_CHANGES.get(person.role_family, 0.0) for person in self.organisation.people])
        return roles * random.lognormal(0.0, 0.35, len(roles))

    def migrating(self, team: NDArray[Any], day: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these (team index, day index) pairs fall in the migration."""
        months = self.days.astype("M8[M]").astype(str)
        return np.isin(months, MIGRATED_MONTHS)[day] & (self.teams[team] == MIGRATED_TEAM)

    @cached_property
    def strained(self) -> NDArray[np.bool_]:
        """Which days of which team fell in the time of strain, of shape (teams, days)."""
        months = np.isin(self.days.astype("M8[M]").astype(str), STRAINED_MONTHS)
        return (self.teams == STRAINED_TEAM)[:, None] & months

    def to_utc(self, person: NDArray[np.int64], local: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
        """UTC times of wall clock times where these people are."""
        return local - self._ahead(person, local)

    def to_local(self, person: NDArray[np.int64], utc: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
        """Wall clock times, where these people are, of UTC times."""
        return utc + self._ahead(person, utc)

    def _ahead(self, person: NDArray[np.int64], at: NDArray[np.datetime64]) -> NDArray[np.timedelta64]:
        """How far the wall clock of each person is ahead of UTC on that day, nearly."""
        day = np.clip((at.astype("M8[D]") - self.days[0]).astype(np.int64), 0, len(self.days) - 1)
        return self._offsets[person, day].astype("m8[m]")

    @cached_property
    def _offsets(self) -> NDArray[np.int64]:
        """Minutes that each person's wall clock is ahead of UTC, each day (at its noon)."""
        noons = [datetime.combine(day, time(12)) for day in self.days.astype(date)]
        zones = {zone.key: zone for zone in self._zones}
        minutes = {key: [_minutes(zone, noon) for noon in noons] for key, zone in zones.items()}
        return np.array([minutes[zone.key] for zone in self._zones])

    def _on_leave(self) -> NDArray[np.bool_]:
        """Blocks of five to fifteen days away, about a ninth of the time."""
        random = self.random("leave")
        away = np.zeros((len(self.people), len(self.days)), dtype=bool)
        blocks = round(len(self.days) * _LEAVE_SHARE / 10)
        starts = random.integers(0, len(self.days), (len(self.people), blocks))
        lengths = random.integers(5, 16, starts.shape)
        for person, (firsts, sizes) in enumerate(zip(starts, lengths, strict=True)):
            for first, size in zip(firsts, sizes, strict=True):
                away[person, first : first + size] = True
        return away

    def _span(self, valid_from: date, valid_to: date | None) -> slice:
        first = (np.datetime64(valid_from, "D") - self.days[0]).astype(int)
        last = (np.datetime64(valid_to, "D") - self.days[0]).astype(int) if valid_to else len(self.days)
        return slice(max(first, 0), max(last, 0))


def _minutes(zone: ZoneInfo, noon: datetime) -> int:
    offset = noon.replace(tzinfo=zone).utcoffset() or timedelta()
    return round(offset.total_seconds() / 60)
