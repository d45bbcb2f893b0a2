"""A small governed house: the board has passed two charters, payments has nine people, and values are published."""

from datetime import UTC, date, datetime

import pytest
from msgspec import Struct

from charter.measures.models import PublishedValue, PublishingRun, RunState, Snapshot, Withheld
from charter.registry.models import CharterVersion, Metric
from governance.people.models import Cohort, Membership, ReportingLine, Role, Team, User, ValueStream
from ground import clock
from tests import factories

ACCOUNTS = ("manager", "employee", "auditor", "stranger")
NOON = datetime(2026, 4, 14, 12, tzinfo=UTC)
MONTHS = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)]


class House(Struct):
    """Who and what the tests of the line speak of."""

    manager: User
    employee: User
    auditor: User
    stranger: User
    lead_time: CharterVersion
    commit_count: CharterVersion
    snapshot: Snapshot


@pytest.fixture
def stopped():
    """Noon on 14 April 2026."""
    with clock.stopped_at(NOON):
        yield NOON


def furnish() -> None:
    """Make the house, through the services that make one in life."""
    from governance.people import cohorts
    from governance.training import services as training

    lead_time = factories.an_active_charter("lead-time-for-changes")
    factories.an_active_charter("commit-count")
    team = factories.a_team("payments", people=9)
    factories.a_team("search", people=8)
    cohorts.register_tree(on=clock.today(), minimum=5, by=factories.system())
    manager, employee, auditor, stranger = (factories.an_account(each) for each in ACCOUNTS)
    employee.person = team.memberships.first().person
    employee.save(update_fields=["person"])
    factories.a_role(manager, Role.MANAGER, team=team)
    factories.a_role(auditor, Role.AUDITOR)
    for each in (manager, employee, auditor, stranger):
        training.acknowledge(rulebook_version=factories.the_rules(), by=each)
    publish_values(lead_time)


def publish_values(version: CharterVersion) -> None:
    """January and March with numbers, February withheld, of payments."""
    snapshot, _ = Snapshot.objects.get_or_create(
        content_hash="sha256:" + "0" * 64, defaults={"url": "duckdb:///x", "tables": {}}
    )
    run = PublishingRun.objects.create(
        started_by=factories.system(), state=RunState.DONE, ended_at=clock.now()
    )
    told = [
        {"value": 20.0, "low": 18.0, "high": 23.0, "n": 40, "people": 9, "coverage": 1.0},
        {"withheld": Withheld.FEW_PEOPLE},
    ]
    for start, end, numbers in zip(MONTHS, MONTHS[1:], [told[0], told[1], told[0]], strict=False):
        PublishedValue.objects.create(
            metric=version.metric,
            charter_version=version,
            cohort=Cohort.objects.get(slug="team:payments"),
            period_kind="month",
            starts_on=start,
            ends_on=end,
            run=run,
            snapshot=snapshot,
            **numbers,
        )


@pytest.fixture
def house(houses, stopped, request, django_db_blocker):
    """The furnished house, with what the test's other fixtures say stands in it besides."""
    steps = [furnish, *(MORE[each] for each in request.fixturenames if each in MORE)]
    name = houses.furnished(*steps, at=NOON)
    committed = request.node.get_closest_marker("committed") is not None
    with django_db_blocker.unblock(), houses.visited(name, committed=committed):
        accounts = {name: User.objects.get(username=name) for name in ACCOUNTS}
        yield House(
            **accounts,
            lead_time=CharterVersion.objects.get(metric__slug="lead-time-for-changes"),
            commit_count=CharterVersion.objects.get(metric__slug="commit-count"),
            snapshot=Snapshot.objects.get(),
        )


def furnish_judged() -> None:
    """A house in which calibration may look at two metrics: charters, clearances, values, and everybody trained.

    They took the course, once a worker as all that stands here: performance views ask for it (AR24).
    """
    from charter.registry.models import ClearanceKind
    from charter.registry.services import grant_clearance
    from tests.governance.decisions.people import DELIVERY, HEALTH, performance

    for slug in (HEALTH, DELIVERY):
        version = factories.an_active_charter(slug, document=performance(slug))
        grant_clearance(
            version=version,
            kind=ClearanceKind.FAIRNESS_AUDIT,
            passed=True,
            valid_until=date(2027, 1, 1),
            reference="FA-1",
            by=factories.system(),
        )
        publish_values(version)
    for account in User.objects.filter(username__in=ACCOUNTS):
        factories.an_attestation(account)


@pytest.fixture
def judged(house):
    """The accounts of that house."""
    return {name: User.objects.get(username=name) for name in ACCOUNTS}


def furnish_people() -> None:
    """A house with a charter that tells of single people."""
    from tests.governance.decisions.looks import a_charter_of_people

    a_charter_of_people()


# What else stands in the house of a test that uses the fixture of this name.
MORE = {"judged": furnish_judged, "people": furnish_people}


@pytest.fixture
def around_payments(house):
    """One account of each kind, seen from the team payments and from `concerned`, who is on it."""
    made = {"manager": house.manager, "auditor": house.auditor, "stranger": house.stranger}
    payments = Team.objects.get(slug="payments")
    for name, place in (("concerned", 2), ("colleague", 3), ("superior", 4)):
        person = Membership.objects.filter(team=payments).order_by("person__external_id")[place].person
        made[name] = factories.an_account(name, person=person)
    ReportingLine.objects.create(
        person=made["concerned"].person, manager=made["superior"].person, valid_from=factories.LONG_AGO
    )
    for name, role, scope in (
        ("lead", Role.VALUE_STREAM_LEAD, {"value_stream": ValueStream.objects.get()}),
        ("other manager", Role.MANAGER, {"team": Team.objects.get(slug="search")}),
        ("hr", Role.HR, {}), ("admin", Role.ADMIN, {}), ("metric owner", Role.METRIC_OWNER, {}),
    ):  # fmt: skip
        made[name] = factories.an_account(name.replace(" ", "-"))
        factories.a_role(made[name], role, **scope)
    made["owner"] = Metric.objects.get(slug="lead-time-for-changes").owner
    made["superuser"] = factories.an_account("root", is_superuser=True)
    made["closed hr"] = factories.an_account("closed-hr")
    factories.a_role(made["closed hr"], Role.HR)
    made["closed hr"].is_active = False
    made["closed hr"].save()
    return made
