"""Registering cohorts among 10,000 people, against the statements that none can do without, taken in turns in one run."""

import time
from collections.abc import Callable
from datetime import date
from functools import partial
from statistics import quantiles
from uuid import UUID

from tests.benchmarks import harness

PEOPLE, TEAMS, SAMPLE = 10_000, 1_000, 1_000
MILLISECONDS, RATIO = 2.0, 4.0


def run() -> list[dict]:
    """The 99th of a hundred registrations in ms (aim: 2), and how often that is the floor's (aim: 4)."""
    with harness.installation():
        own, floor = _measure()
    slowest, least = _p99(own), _p99(floor)
    return [
        _line("cohorts: registering one, p50", quantiles(own, n=100)[49], "ms"),
        _line("cohorts: registering one, p99", slowest, "ms", f"under {MILLISECONDS:g}", slowest < MILLISECONDS),
        _line("cohorts: its bare statements, p99", least, "ms"),
        _line(
            "cohorts: registering one against its bare statements, p50",
            quantiles(own, n=100)[49] / quantiles(floor, n=100)[49], "ratio", f"at most {RATIO:g}",
            quantiles(own, n=100)[49] / quantiles(floor, n=100)[49] <= RATIO,
        ),
    ]  # fmt: skip


def _line(name: str, value: float, unit: str, aim: str = "", holds: bool = True) -> dict:
    return {"name": name, "value": value, "unit": unit, "aim": aim, "holds": holds}


def _p99(milliseconds: list[float]) -> float:
    return quantiles(milliseconds, n=100)[98]


def _measure() -> tuple[list[float], list[float]]:
    """Milliseconds of each registration and of each floor, in turns, as a tree registers them: in one transaction."""
    from django.db import transaction

    from governance.people import cohorts
    from governance.people.models import CohortKind
    from tests import factories

    by, teams = factories.system(), _prepare()
    own: list[float] = []
    floor: list[float] = []
    with transaction.atomic():
        for number in range(SAMPLE):
            some = teams[number % TEAMS : number % TEAMS + 3]
            floor.append(_timed(partial(_bare, number, [each.pk for each in some], by)))
            asked = {"slug": f"team:n{number}", "kind": CohortKind.TEAM, "name": "Some teams", "teams": some}
            own.append(_timed(partial(cohorts.register, **asked, by=by)))
    return own, floor


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def _bare(number: int, teams: list[UUID], by) -> None:
    """The rows alone: a cohort, its teams, and an entry of the log."""
    from audits.ledger import services as ledger
    from governance.people.events import CohortRegistered
    from governance.people.models import Cohort, CohortKind
    from ground import statements

    cohort = Cohort(slug=f"bare:n{number}", kind=CohortKind.TEAM, name="Some teams", registered_by=by)
    statements.insert(cohort)
    statements.run(
        "INSERT INTO people_cohort_teams (id, cohort_id, team_id)"
        " SELECT gen_random_uuid(), %(cohort)s, unnest(%(teams)s::uuid[])",
        {"cohort": cohort.pk, "teams": teams},
    )
    ledger.append(CohortRegistered(cohort=cohort.pk, slug=cohort.slug, teams=[]), by=by.actor)


def _prepare() -> list:
    """10,000 people in 1,000 teams of one value stream."""
    from tests import factories

    with factories.imported():
        return _organise(date(2020, 1, 1))


def _organise(begun: date) -> list:
    from governance.people.models import ContextClassChoices, Membership, Person, Team, ValueStream

    stream = ValueStream.objects.create(slug="commerce", name="Commerce")
    teams = Team.objects.bulk_create(
        Team(
            slug=f"t{number}", name=f"T{number}", value_stream=stream, valid_from=begun,
            context_class=ContextClassChoices.PLATFORM,
        )
        for number in range(TEAMS)
    )  # fmt: skip
    people = Person.objects.bulk_create(
        Person(external_id=f"p{number}", name=f"P{number}", employed_from=begun) for number in range(PEOPLE)
    )
    Membership.objects.bulk_create(
        Membership(person=person, team=teams[place % TEAMS], valid_from=begun)
        for place, person in enumerate(people)
    )
    return teams
