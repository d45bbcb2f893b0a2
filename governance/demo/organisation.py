"""An organisation as the rows of the import files, and the made-up one of about 200 people in 24 teams.

Every name is a role and a number, so that nobody can take these for real people.
"""

import csv
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from charter.rules.vocabulary import ContextClass


class ValueStreamRow(NamedTuple):
    slug: str
    name: str


class TeamRow(NamedTuple):
    slug: str
    name: str
    value_stream: str
    context_class: str
    valid_from: date
    valid_to: date | None = None


class PersonRow(NamedTuple):
    external_id: str
    name: str
    location: str
    working_arrangement: str
    role_family: str
    employed_from: date
    employed_to: date | None = None


class MembershipRow(NamedTuple):
    person: str
    team: str
    valid_from: date
    valid_to: date | None = None


class LineRow(NamedTuple):
    person: str
    manager: str
    valid_from: date
    valid_to: date | None = None


class IdentityRow(NamedTuple):
    source: str
    name: str
    person: str
    kind: str


class AliasRow(NamedTuple):
    source: str
    name: str
    team: str


Dated = TypeVar("Dated", PersonRow, MembershipRow, LineRow)


@dataclass(frozen=True)
class Organisation:
    """Rows of the import files, and who leads what by external id."""

    value_streams: tuple[ValueStreamRow, ...]
    teams: tuple[TeamRow, ...]
    people: tuple[PersonRow, ...]
    memberships: tuple[MembershipRow, ...]
    lines: tuple[LineRow, ...]
    managers: Mapping[str, str]  # team → person
    leads: Mapping[str, str]  # value stream → person
    head: str
    identities: tuple[IdentityRow, ...] = ()
    aliases: tuple[AliasRow, ...] = ()


def write_import_files(organisation: Organisation, folder: Path) -> None:
    """Write the CSV files that `people.services.import_organisation` reads; an open end is an empty cell."""
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, tuple[type, Iterable[tuple[object, ...]]]] = {
        "value_streams": (ValueStreamRow, organisation.value_streams),
        "teams": (TeamRow, organisation.teams),
        "people": (PersonRow, organisation.people),
        "memberships": (MembershipRow, organisation.memberships),
        "lines": (LineRow, organisation.lines),
        "identities": (IdentityRow, organisation.identities),
        "aliases": (AliasRow, organisation.aliases),
    }
    for name, (kind, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(kind._fields)  # type: ignore[attr-defined]
            writer.writerows(rows)


# The made-up organisation

STARTED_ON = date(2018, 1, 1)
VALUE_STREAMS = {
    "commerce": "Commerce",
    "money": "Money",
    "logistics": "Logistics",
    "customers": "Customers",
    "insight": "Insight",
    "platform": "Platform",
}


class _PlannedTeam(NamedTuple):
    """A team as planned: its manager is one of `size`."""

    slug: str
    name: str
    value_stream: str
    context_class: ContextClass
    size: int


# Two teams are below the smallest reportable group, so that merging with a sibling shows.
PLANS = (
    _PlannedTeam("storefront", "Storefront", "commerce", ContextClass.STABLE_PRODUCT, 10),
    _PlannedTeam("checkout", "Checkout", "commerce", ContextClass.INCIDENT_HEAVY, 9),
    _PlannedTeam("catalogue", "Catalogue", "commerce", ContextClass.STABLE_PRODUCT, 8),
    _PlannedTeam("search", "Search", "commerce", ContextClass.STABLE_PRODUCT, 8),
    _PlannedTeam("payments", "Payments", "money", ContextClass.STABLE_PRODUCT, 12),
    _PlannedTeam("billing", "Billing", "money", ContextClass.MIGRATION, 9),
    _PlannedTeam("invoicing", "Invoicing", "money", ContextClass.STABLE_PRODUCT, 7),
    _PlannedTeam("fraud-checks", "Fraud checks", "money", ContextClass.GREENFIELD, 8),
    _PlannedTeam("stock", "Stock", "logistics", ContextClass.RESCUE, 9),
    _PlannedTeam("delivery", "Delivery", "logistics", ContextClass.STABLE_PRODUCT, 9),
    _PlannedTeam("returns", "Returns", "logistics", ContextClass.RESCUE, 7),
    _PlannedTeam("tracking", "Tracking", "logistics", ContextClass.STABLE_PRODUCT, 4),
    _PlannedTeam("accounts", "Accounts", "customers", ContextClass.STABLE_PRODUCT, 8),
    _PlannedTeam("notifications", "Notifications", "customers", ContextClass.STABLE_PRODUCT, 7),
    _PlannedTeam("support-tools", "Support tools", "customers", ContextClass.STABLE_PRODUCT, 8),
    _PlannedTeam("onboarding", "Onboarding", "customers", ContextClass.GREENFIELD, 9),
    _PlannedTeam("pipelines", "Pipelines", "insight", ContextClass.PLATFORM, 9),
    _PlannedTeam("reporting", "Reporting", "insight", ContextClass.STABLE_PRODUCT, 8),
    _PlannedTeam("experiments", "Experiments", "insight", ContextClass.GREENFIELD, 3),
    _PlannedTeam("recommendations", "Recommendations", "insight", ContextClass.GREENFIELD, 8),
    _PlannedTeam("delivery-tooling", "Delivery tooling", "platform", ContextClass.PLATFORM, 9),
    _PlannedTeam("runtime", "Runtime", "platform", ContextClass.INCIDENT_HEAVY, 10),
    _PlannedTeam("observability", "Observability", "platform", ContextClass.PLATFORM, 7),
    _PlannedTeam("identity", "Identity", "platform", ContextClass.MIGRATION, 7),
)

# City → IANA zone, which gives their events a local time.
LOCATIONS = {
    "Lisbon": "Europe/Lisbon",
    "Warsaw": "Europe/Warsaw",
    "Nairobi": "Africa/Nairobi",
    "Bengaluru": "Asia/Kolkata",
    "Toronto": "America/Toronto",
    "São Paulo": "America/Sao_Paulo",
}
_LOCATION_WEIGHTS = (30, 20, 10, 18, 14, 8)
_ARRANGEMENTS = {"on_site": 20, "hybrid": 45, "remote": 35}
# Role family → what a name begins with, and how common it is in a team.
ROLE_FAMILIES = {
    "engineering": ("Engineer", 62),
    "reliability engineering": ("Reliability engineer", 10),
    "data engineering": ("Data engineer", 8),
    "quality": ("Test engineer", 8),
    "design": ("Designer", 7),
    "product management": ("Product manager", 5),
}
_MOVES, _LEAVERS = 8, 6


def make_up(*, seed: int, as_of: date) -> Organisation:
    """The made-up organisation as it stands on a day; the same seed and day give the same one.

    Within the 18 months before that day eight people move between teams and six leave.
    """
    return _Maker(seed, as_of).make()


class _Maker:
    def __init__(self, seed: int, as_of: date) -> None:
        self._random = random.Random(f"organisation {seed}")
        self._as_of = as_of
        self._people: list[PersonRow] = []
        self._memberships: list[MembershipRow] = []
        self._lines: list[LineRow] = []

    def make(self) -> Organisation:
        head = self._hire("Head of engineering", "leadership", at_least=7)
        leads = {
            stream: self._hire("Value stream lead", "leadership", at_least=6) for stream in VALUE_STREAMS
        }
        for lead in leads.values():
            self._report(lead, head)
        managers = {plan.slug: self._staff(plan, leads[plan.value_stream]) for plan in PLANS}
        self._move_some(managers)
        return Organisation(
            value_streams=tuple(ValueStreamRow(*item) for item in VALUE_STREAMS.items()),
            teams=tuple(
                TeamRow(plan.slug, plan.name, plan.value_stream, plan.context_class.value, STARTED_ON)
                for plan in PLANS
            ),
            people=tuple(self._people),
            memberships=tuple(self._memberships),
            lines=tuple(self._lines),
            managers=managers,
            leads={stream: person.external_id for stream, person in leads.items()},
            head=head.external_id,
        )

    def _staff(self, plan: _PlannedTeam, lead: PersonRow) -> str:
        """Fill a team; its manager's external id."""
        manager = self._hire("Engineering manager", "engineering management", at_least=4)
        self._report(manager, lead)
        self._join(manager, plan.slug)
        families = list(ROLE_FAMILIES)
        weights = [weight for _, weight in ROLE_FAMILIES.values()]
        for _ in range(plan.size - 1):
            family = self._random.choices(families, weights)[0]
            person = self._hire(ROLE_FAMILIES[family][0], family)
            self._report(person, manager)
            self._join(person, plan.slug)
        return manager.external_id

    def _hire(self, title: str, family: str, at_least: float = 0.15) -> PersonRow:
        """A new person; `at_least` is the shortest tenure in years."""
        number = len(self._people) + 1
        years = min(at_least + self._random.expovariate(1 / 3), 14)
        person = PersonRow(
            external_id=f"made-up-{number:03}",
            name=f"{title} {number:03}",
            location=self._random.choices(list(LOCATIONS), _LOCATION_WEIGHTS)[0],
            working_arrangement=self._random.choices(list(_ARRANGEMENTS), list(_ARRANGEMENTS.values()))[0],
            role_family=family,
            employed_from=self._as_of - timedelta(days=round(365.25 * years)),
        )
        self._people.append(person)
        return person

    def _report(self, person: PersonRow, manager: PersonRow) -> None:
        since = max(person.employed_from, manager.employed_from)
        self._lines.append(LineRow(person.external_id, manager.external_id, since))

    def _join(self, person: PersonRow, team: str) -> None:
        self._memberships.append(
            MembershipRow(person.external_id, team, max(person.employed_from, STARTED_ON))
        )

    def _move_some(self, managers: Mapping[str, str]) -> None:
        """Let some change team, and some leave, on the first of a month; small teams keep their size."""
        roomy = [plan.slug for plan in PLANS if plan.size >= 8]
        months = [_months_before(self._as_of, months) for months in range(3, 16)]
        movable = [row for row in self._memberships if self._may_move(row, roomy, managers, min(months))]
        chosen = self._random.sample(movable, _MOVES + _LEAVERS)
        for row in chosen[:_MOVES]:
            team = self._random.choice([slug for slug in roomy if slug != row.team])
            self._move(row, team, managers[team], self._random.choice(months))
        for row in chosen[_MOVES:]:
            self._leave(row, self._random.choice(months))

    def _may_move(
        self, row: MembershipRow, roomy: list[str], managers: Mapping[str, str], since: date
    ) -> bool:
        return row.team in roomy and row.person not in managers.values() and row.valid_from < since

    def _move(self, row: MembershipRow, team: str, manager: str, on: date) -> None:
        self._end(row, on)
        self._memberships.append(MembershipRow(row.person, team, on))
        self._lines.append(LineRow(row.person, manager, on))

    def _leave(self, row: MembershipRow, on: date) -> None:
        self._end(row, on)
        self._replace(self._people, lambda person: person.external_id == row.person, employed_to=on)

    def _end(self, row: MembershipRow, on: date) -> None:
        self._replace(self._memberships, lambda other: other == row, valid_to=on)
        self._replace(self._lines, lambda line: line.person == row.person, valid_to=on)

    @staticmethod
    def _replace(rows: list[Dated], is_meant: Callable[[Dated], bool], **changes: Any) -> None:
        rows[:] = [row._replace(**changes) if is_meant(row) else row for row in rows]


def _months_before(day: date, months: int) -> date:
    """The first of the month that lies so many months before a day's."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)
