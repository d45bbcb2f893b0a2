"""A small governed house: the board has passed two charters, payments has nine people, and values are published."""

from datetime import UTC, date, datetime

import pytest
from msgspec import Struct

from charter.measures.models import PublishedValue, PublishingRun, RunState, Snapshot, Withheld
from charter.registry.models import CharterVersion
from governance.people.models import Cohort, Role, User
from ground import clock
from tests import factories

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


def furnish() -> House:
    """Make the house, through the services that make one in life."""
    from governance.people import cohorts
    from governance.training import services as training

    lead_time = factories.an_active_charter("lead-time-for-changes")
    commit_count = factories.an_active_charter("commit-count")
    team = factories.a_team("payments", people=9)
    factories.a_team("search", people=8)
    cohorts.register_tree(on=clock.today(), minimum=5, by=factories.system())
    names = ("manager", "employee", "auditor", "stranger")
    manager, employee, auditor, stranger = (factories.an_account(each) for each in names)
    employee.person = team.memberships.first().person
    employee.save(update_fields=["person"])
    factories.a_role(manager, Role.MANAGER, team=team)
    factories.a_role(auditor, Role.AUDITOR)
    for each in (manager, employee, auditor, stranger):
        training.acknowledge(rulebook_version=factories.the_rules(), by=each)
    snapshot = _publish(lead_time)
    return House(manager, employee, auditor, stranger, lead_time, commit_count, snapshot)


def _publish(version: CharterVersion) -> Snapshot:
    """January and March with numbers, February withheld."""
    snapshot = Snapshot.objects.create(content_hash="sha256:" + "0" * 64, url="duckdb:///x", tables={})
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
    return snapshot


@pytest.fixture
def house(db, stopped) -> House:
    return furnish()


@pytest.fixture
def committed_house(committed_db, stopped) -> House:
    """The same where commits are real."""
    return furnish()
