"""A small governed programme: the board has passed two charters, payments has nine people, and values are published."""

from datetime import UTC, date, datetime

import pytest
from msgspec import Struct

from charter.measures.models import PublishedValue, PublishingRun, RunState, Snapshot, Withheld
from charter.registry.models import CharterVersion, Metric
from governance.people.models import Cohort, GrantedRole, Membership, ReportingLine, Team, User, ValueStream
from ground import calendar, clock
from tests import factories, on_the_log, snapshots

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


@snapshots.fixture(at=NOON)
def governed() -> House:
    """The governed house, made through the services that make one in life."""
    from governance.people import cohorts
    from governance.training import services as training

    lead_time = factories.an_active_charter("lead-time-for-changes")
    commit_count = factories.an_active_charter("commit-count")
    team = factories.a_team("payments", people=9)
    factories.a_team("search", people=8)
    cohorts.register_tree(on=calendar.today(), minimum=5, by=factories.system())
    manager, employee, auditor, stranger = (factories.an_account(each) for each in ACCOUNTS)
    factories.change(employee, person=team.memberships.first().person)
    factories.a_role(manager, GrantedRole.MANAGER, team=team)
    factories.a_role(auditor, GrantedRole.AUDITOR)
    for each in (manager, employee, auditor, stranger):
        training.acknowledge(rulebook_version=factories.the_rules(), by=each)
    publish_values(lead_time)
    return House(
        manager,
        employee,
        auditor,
        stranger,
        lead_time=lead_time,
        commit_count=commit_count,
        snapshot=Snapshot.objects.get(),
    )


@pytest.fixture
def house(stopped, governed) -> House:
    """The governed house, at the noon at which it was made."""
    return governed


def publish_values(version: CharterVersion) -> None:
    """January and March with numbers, February withheld, of payments."""
    named = {"content_hash": "sha256:" + "0" * 64}
    snapshot = Snapshot.objects.filter(**named).first() or on_the_log.make(
        Snapshot, url="duckdb:///x", tables={}, **named
    )
    run = on_the_log.make(
        PublishingRun, started_by=factories.system(), state=RunState.DONE, ended_at=clock.now()
    )
    told = [
        {"value": 20.0, "low": 18.0, "high": 23.0, "n": 40, "people": 9, "coverage": 1.0},
        {"withheld": Withheld.TOO_FEW},
    ]
    for start, end, numbers in zip(MONTHS, MONTHS[1:], [told[0], told[1], told[0]], strict=False):
        on_the_log.make(
            PublishedValue,
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


@snapshots.fixture
def with_judged(governed) -> dict[str, User]:
    """A programme in which calibration may look at two metrics: charters, clearances, values, and everybody trained.

    They took the course, once as all that stands here: performance views ask for it (AR24).
    """
    from charter.registry.models import ClearanceKind
    from charter.registry.services import grant_clearance
    from tests.governance.decisions.people import DELIVERY, HEALTH, performance

    auditor = User.objects.get(username="auditor")
    factories.the_evidence()
    for slug in (HEALTH, DELIVERY):
        version = factories.an_active_charter(slug, document=performance(slug))
        grant_clearance(
            version=version,
            kind=ClearanceKind.FAIRNESS_AUDIT,
            passed=True,
            valid_until=date(2027, 1, 1),
            reference="FA-1",
            by=auditor,
        )
        publish_values(version)
    accounts = {each: User.objects.get(username=each) for each in ACCOUNTS}
    for account in accounts.values():
        factories.an_attestation(account)
    return accounts


@pytest.fixture
def judged(stopped, with_judged) -> dict[str, User]:
    """The accounts of that programme, at its noon."""
    return with_judged


@snapshots.fixture
def with_people(governed) -> None:
    """A programme with a charter that tells of single people."""
    from tests.governance.decisions.looks import a_charter_of_people

    a_charter_of_people()


@snapshots.fixture
def people_around(governed) -> dict[str, User]:
    """One account of each kind, seen from the team payments and from `concerned`, who is on it."""
    made = {"manager": governed.manager, "auditor": governed.auditor, "stranger": governed.stranger}
    payments = Team.objects.get(slug="payments")
    for name, place in (("concerned", 2), ("colleague", 3), ("superior", 4)):
        person = Membership.objects.filter(team=payments).order_by("person__external_id")[place].person
        made[name] = factories.an_account(name, person=person)
    on_the_log.make(
        ReportingLine,
        person=made["concerned"].person,
        manager=made["superior"].person,
        valid_from=factories.LONG_AGO,
    )
    for name, role, scope in (
        ("lead", GrantedRole.VALUE_STREAM_LEAD, {"value_stream": ValueStream.objects.get()}),
        ("other manager", GrantedRole.MANAGER, {"team": Team.objects.get(slug="search")}),
        ("hr", GrantedRole.HR, {}), ("admin", GrantedRole.ADMIN, {}), ("metric owner", GrantedRole.METRIC_OWNER, {}),
    ):  # fmt: skip
        made[name] = factories.an_account(name.replace(" ", "-"))
        factories.a_role(made[name], role, **scope)
    made["owner"] = Metric.objects.get(slug="lead-time-for-changes").owner
    made["superuser"] = factories.an_account("root", is_superuser=True)
    made["closed hr"] = factories.an_account("closed-hr")
    factories.a_role(made["closed hr"], GrantedRole.HR)
    factories.change(made["closed hr"], is_active=False)
    return made


@pytest.fixture
def around_payments(stopped, people_around) -> dict[str, User]:
    """Those accounts, at noon."""
    return people_around
