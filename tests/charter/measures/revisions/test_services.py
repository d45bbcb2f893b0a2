"""Revisions: late rows change a frozen value only as a proposed batch that touches enough people, seen by few."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError
from rest_framework.test import APIClient

from audits.ledger.models import Entry
from charter.measures import queries
from charter.measures.models import Exclusion, PublishedValue, Revision, Trace
from charter.measures.revisions import services as revisions
from charter.measures.revisions.excluding import exclude_events
from charter.measures.states import RevisionState
from charter.rules.request import Window
from charter.rules.vocabulary import Period
from governance.notices.models import Notice
from governance.people.models import GrantedRole, Person
from ground.errors import BadInput, Conflict, NotPermitted
from tests import factories
from tests.charter.measures.publishing.test_publishing import at, changes, governed, house, publish, value

__all__ = ["at", "governed", "house"]

METRIC = "lead-time-for-changes"
NEXT_DAY = datetime(2026, 4, 2, 9, tzinfo=UTC)


@pytest.fixture
def frozen(house, stop_clock):
    """January of the organisation is frozen at 15.5 hours of 12 changes by 6 people; it is the next day."""
    publish()
    stop_clock(NEXT_DAY)
    return house


def late(house, people: int, *, team: str = "payments", first: int = 0, hours: float = 100) -> None:
    """Rows of January that came late: two changes each of so many people."""
    rows = changes(team, people=people, number=people * 2, hours=hours)
    house.add_changes(
        [(of, f"{team}-{first + int(who.split('-')[-1])}", begun, merged) for of, who, begun, merged in rows]
    )


def owner():
    from charter.registry.models import Metric

    return Metric.objects.get(slug=METRIC).owner


def auditor():
    account = factories.an_account("auditor")
    if not account.role_grants.exists():
        factories.a_role(account, GrantedRole.AUDITOR)
    return account


def find(house, people: int = 6, **more) -> Revision | None:
    late(house, people, **more)
    publish()
    return Revision.objects.filter(state=RevisionState.FOUND).first()


def test_late_rows_change_nothing_and_are_found(frozen):
    """Issue 10: late rows after a month closed make a revision, proposed with its difference; the value stays."""
    found = find(frozen)
    assert value().value == 15.5
    told = {str(each.old.cohort): each for each in found.values.select_related("old__cohort")}
    changed = found.values.get(old__cohort__slug="org:all", old__period_kind="month")
    assert (changed.n, changed.old.n) == (24, 12)
    assert changed.value > changed.old.value
    assert found.people >= 5 and told
    assert Entry.objects.filter(kind="measures.revision.found").count() == 1
    assert Notice.objects.get(kind="revision.found").to == owner()


def test_what_was_found_is_found_once(frozen):
    """Issue 10: the same difference is proposed once, a larger one in its place."""
    first = find(frozen)
    publish()
    assert Revision.objects.count() == 1
    second = find(frozen, 6, hours=300)
    first.refresh_from_db()
    assert (first.state, Revision.objects.get(state=RevisionState.FOUND)) == (RevisionState.OUTDATED, second)


@pytest.mark.parametrize("people", [1, 4])
def test_few_people_s_late_rows_are_no_revision(frozen, people):
    """Issue 10: revisions come in batches that touch at least k people; old minus new would point at somebody."""
    assert find(frozen, people) is None
    assert value().value == 15.5


def test_few_people_s_late_rows_wait_for_more(frozen):
    """Issue 10: rows of four people wait until those of others make them five."""
    assert find(frozen, 3) is None
    assert find(frozen, 3, first=3) is not None


def test_rows_that_were_loaded_twice_are_no_revision(frozen):
    """Issue 10: every row loaded twice is each event once, where the source names its key."""
    frozen.run("ALTER TABLE changes ADD COLUMN id TEXT")
    frozen.run("UPDATE changes SET id = 'c' || rowid")
    publish()
    assert not Revision.objects.exists()
    frozen.run("INSERT INTO changes SELECT * FROM changes")
    publish()
    assert not Revision.objects.exists()


def test_a_cohort_that_is_registered_later_does_not_take_in_late_rows(frozen, stop_clock):
    """Issue 10, attacks: a new cohort of the same teams, less the old one, would be the one person whose rows came late."""
    from governance.people import cohorts
    from governance.people.models import CohortKind, Team

    both = list(Team.objects.all())
    late(frozen, 1)
    cohorts.register(
        slug="value_stream:both", kind=CohortKind.VALUE_STREAM, name="Both", teams=both, by=factories.system()
    )
    publish()
    assert value("value_stream:both").value is None
    assert value("value_stream:commerce").value is not None


def test_a_revised_value_is_held_against_what_else_stands(house, stop_clock):
    """Issue 10, items 3 and 8: five people's rows are taken back. The whole less the other team would be who is left."""
    house.add_changes(changes("search", people=6, number=12))
    publish()
    stop_clock(NEXT_DAY)
    assert value("team:search").n == 12 and value().n == 24
    house.run("DELETE FROM changes WHERE team = 'payments' AND author <> 'payments-1'")
    publish()
    found = Revision.objects.get(state=RevisionState.FOUND)
    whole = found.values.get(old__cohort__slug="org:all", old__period_kind="month")
    assert (whole.withheld, whole.value, whole.n) == ("too_few", None, None)


def test_the_owner_proposes_and_an_auditor_confirms(frozen):
    """Issue 10: revised values take the place of those before, which stay, superseded; all of it is on the ledger."""
    found = find(frozen)
    revisions.propose_revision(revision=found, reason="The loader was down.", by=owner())
    revisions.confirm_revision(revision=found, by=auditor())
    assert value().n == 24
    old = PublishedValue.objects.get(
        cohort__slug="org:all", starts_on=date(2026, 1, 1), period_kind="month", n=12
    )
    assert old.superseded_at is not None
    window = Window(date(2026, 1, 1), date(2026, 2, 1))
    rows, _ = queries.read_rows(metrics=[METRIC], cohorts=["org:all"], window=window, period=Period.MONTH)
    assert [row.n for row in rows] == [24]
    kinds = {"measures.revision.found", "measures.revision.proposed", "measures.revision.confirmed"}
    assert kinds <= set(Entry.objects.values_list("kind", flat=True))
    publish()
    assert Revision.objects.count() == 1
    assert not Trace.objects.filter(revision__isnull=False).exists()


def test_nobody_does_both(frozen):
    """Issue 10: a second person confirms, who already sees superseded values."""
    found = find(frozen)
    with pytest.raises(Conflict):
        revisions.confirm_revision(revision=found, by=auditor())
    with pytest.raises(NotPermitted):
        revisions.propose_revision(revision=found, reason="Because.", by=auditor())
    revisions.propose_revision(revision=found, reason="Because.", by=owner())
    factories.a_role(owner(), GrantedRole.AUDITOR)
    with pytest.raises(NotPermitted):
        revisions.confirm_revision(revision=found, by=owner())
    with pytest.raises(IntegrityError, match="revision_confirmed_by_another"):
        factories.change(
            found, state="confirmed", ended_by=owner(), ended_at=NEXT_DAY, run=found.snapshot.runs.first()
        )


def test_whoever_proposed_is_no_second_under_another_account(frozen):
    """Issue 10 and 15: not after the account by which it was proposed was merged into an auditor's."""
    found = find(frozen)
    revisions.propose_revision(revision=found, reason="Because.", by=owner())
    proposer, twin = owner(), factories.an_account("twin")
    factories.a_role(twin, GrantedRole.AUDITOR)
    factories.a_merge(proposer, twin)
    factories.change(found.metric, owner=factories.an_account("next-owner"))
    found = Revision.objects.get(pk=found.pk)
    with pytest.raises(NotPermitted, match="what they proposed"):
        revisions.confirm_revision(revision=found, by=twin)


def test_what_is_declined_stays_declined(frozen):
    """Issue 10: a reason is asked for, and the same difference is not found again."""
    found = find(frozen)
    with pytest.raises(BadInput):
        revisions.decline_revision(revision=found, reason=" ", by=owner())
    revisions.decline_revision(revision=found, reason="The rows are tests.", by=auditor())
    publish()
    assert Revision.objects.count() == 1
    assert value().n == 12


def test_a_revision_of_values_that_were_replaced_is_refused(frozen):
    """Issue 10: all values of a batch or none."""
    found = find(frozen)
    revisions.propose_revision(revision=found, reason="Because.", by=owner())
    factories.change(found.values.first().old, superseded_at=NEXT_DAY)
    with pytest.raises(Conflict, match="replaced meanwhile"):
        revisions.confirm_revision(revision=found, by=auditor())
    assert not PublishedValue.objects.filter(n=24).exists()


def test_a_trace_says_nothing_by_itself(frozen):
    """DESIGN, published values: no person and no value is kept with a trace, and without the key it cannot be made."""
    trace = Trace.objects.get(team="payments", month=date(2026, 1, 1))
    assert len(trace.marks) == 6 * 32
    assert "payments" not in trace.marks
    assert set(trace.marks) <= set("0123456789abcdef")


def test_with_another_secret_nothing_is_compared(frozen, settings):
    """A change of the secret must not read as a change of everybody's events, in which one person's could hide."""
    settings.SECRET_KEY = "another"
    late(frozen, 6)
    publish()
    assert not Revision.objects.exists()


def sign_in(client, user):
    client.force_login(user)
    return client


def program(user) -> APIClient:
    """A program that acts for an account."""
    client = APIClient()
    client.force_authenticate(user, token="counted")
    return client


def test_only_the_owner_and_auditors_see_what_would_change(frozen, client):
    """Issue 10: superseded values, and so a revision's difference, are for the owner, handlers and auditors alone."""
    found = find(frozen)
    page, listed = f"/revisions/{found.pk}", "/revisions"
    api = f"/api/v1/revisions/{found.pk}"
    factories.a_role(factories.an_account("member"), GrantedRole.BOARD_MEMBER)
    factories.a_role(factories.an_account("chief"), GrantedRole.ADMIN)
    for name in ("member", "chief"):
        account = factories.an_account(name)
        sign_in(client, account)
        for address in (page, listed):
            assert client.get(address).status_code == 403, address
        for address in (api, f"{api}/values", "/api/v1/revisions"):
            assert program(account).get(address).status_code == 403, address
        for act in ("propose", "confirm", "decline"):
            assert program(account).post(f"{api}/{act}", {"reason": "x"}, format="json").status_code == 403
    for user in (owner(), auditor()):
        sign_in(client, user)
        assert "15.5" in client.get(page).content.decode()
        assert found.metric.name in client.get(listed).content.decode()
        told = program(user).get(f"{api}/values").json()["results"]
        assert {"org:all"} <= {each["cohort"] for each in told}
        assert all(each["difference"] == pytest.approx(each["value"] - each["was"]) for each in told)
        assert program(user).get("/api/v1/revisions").json()["results"][0]["values"] == len(told)


def test_another_owner_sees_none_of_it(frozen, client):
    """Issue 10: an owner sees the revisions of their own metrics."""
    found = find(frozen)
    other = factories.an_account("other")
    factories.an_active_charter("pr-size", owner=other)
    sign_in(client, other)
    assert client.get("/revisions").status_code == 200
    assert found.metric.name not in client.get("/revisions").content.decode()
    assert client.get(f"/revisions/{found.pk}").status_code == 403
    assert program(other).get("/api/v1/revisions").json()["results"] == []


def test_a_revision_is_done_on_its_page(frozen, client):
    """Issue 10: pages with their permissions: the owner proposes with a reason, an auditor publishes."""
    page = f"/revisions/{find(frozen).pk}"
    sign_in(client, owner())
    assert client.post(page, {"act": "propose"}).status_code == 400
    assert client.post(page, {"act": "propose", "reason": "The loader was down."}).status_code == 302
    assert "Publish the new values" not in client.get(page).content.decode()
    sign_in(client, auditor())
    assert "The loader was down." in client.get(page).content.decode()
    assert client.post(page, {"act": "confirm"}).status_code == 302
    assert value().n == 24
    assert "15.5" in client.get(page).content.decode()
    sign_in(client, owner())
    assert "15.5" not in client.get(page).content.decode()
    assert program(owner()).get(f"/api/v1{page}/values").status_code == 403


def test_a_revision_is_done_over_the_api(frozen):
    """Issue 10: the API with its permissions; what is missing is named."""
    address = f"/api/v1/revisions/{find(frozen).pk}"
    owns, audits = program(owner()), program(auditor())
    bad = owns.post(f"{address}/propose", {}, format="json")
    assert bad.status_code == 400 and "reason" in bad.content.decode()
    asked = owns.post(f"{address}/propose", {"reason": "The loader was down."}, format="json")
    assert (asked.status_code, asked.json()["state"]) == (200, "proposed")
    assert owns.post(f"{address}/confirm").status_code == 403
    assert audits.post(f"{address}/confirm").json()["state"] == "confirmed"
    assert audits.post(f"{address}/decline", {"reason": "x"}, format="json").status_code == 409


def test_lists_of_revisions_cost_the_same_however_long(frozen, client, django_assert_max_num_queries):
    """CONTRIBUTING: every list has a pinned number of statements."""
    find(frozen)
    sign_in(client, auditor())
    client.get("/revisions")
    with django_assert_max_num_queries(14):
        client.get("/revisions")
    with django_assert_max_num_queries(14):
        program(auditor()).get("/api/v1/revisions")


@pytest.mark.parametrize(("people", "is_found"), [(1, False), (5, True)])
def test_what_is_left_out_comes_with_a_revision_that_touches_enough_people(frozen, people, is_found):
    """Issue 12, 6: an appeal that was right takes events out of values; alone it would show the work of few."""
    metric = owner().metrics.get(slug=METRIC)
    days = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 2, 1)}
    for number in range(1, people + 1):
        person = Person.objects.get(external_id=f"payments-{number}")
        for _twice in range(2):
            exclude_events(metric=metric, person=person, reason="On leave.", by=factories.system(), **days)
    assert Exclusion.objects.count() == people
    publish()
    found = Revision.objects.filter(state=RevisionState.FOUND).first()
    assert (found is not None) is is_found and value().n == 12
    if found is not None:
        assert found.people >= 5
        with pytest.raises(NotPermitted):
            exclude_events(metric=metric, person=person, reason="I say so.", by=owner(), **days)
