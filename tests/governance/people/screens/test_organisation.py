"""The organisation on a day, for administrators."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.people.models import GrantedRole, Membership, ReportingLine, User
from tests import factories


@pytest.fixture
def admin(db) -> Client:
    """Two streams; payments has a manager and six people, of whom one joins and one leaves within the year."""
    lead = factories.a_person("lead")
    team = factories.a_team("payments", people=6)
    factories.a_team("search", people=2, value_stream="finding")
    factories.a_role(factories.an_account("boss", name="Bea Boss"), GrantedRole.MANAGER, team=team)
    members = list(Membership.objects.filter(team=team).order_by("person__external_id"))
    with factories.imported():
        factories.change(members[0], valid_from=date(2026, 3, 1))
        factories.change(members[1].person, employed_to=date(2026, 2, 1))
        ReportingLine.objects.create(person=members[0].person, manager=lead, valid_from=factories.LONG_AGO)
    client = Client()
    client.force_login(factories.an_administrator("ada"))
    return client


def count(client: Client, day: str) -> int:
    response = client.get(f"/organisation?on={day}")
    (payments,) = [
        team for stream in response.context["streams"] for team in stream.teams if team.slug == "payments"
    ]
    return payments.people


def test_people_are_counted_on_their_day(admin):
    """Issue 15, 3: who joins counts from that day on, and who has left no more, whatever the membership says."""
    assert [count(admin, day) for day in ("2026-01-31", "2026-02-28", "2026-03-01")] == [5, 4, 5]
    page = admin.get("/organisation").content.decode()
    assert "Bea Boss" in page and "No account has the role" in page


def test_a_team_says_who_is_on_it_and_to_whom_they_report(admin):
    """Issue 15, 3: as a page and as a table to take away."""
    on = "?on=2026-03-01"
    page = admin.get(f"/organisation/teams/payments{on}")
    assert "Lead" in page.content.decode() and page.context["table"].paginator.count == 5
    text = b"".join(admin.get(f"/organisation/teams/payments.csv{on}").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 5
    assert [row["Reports to"] for row in rows if row["Number"] == "payments-1"] == ["Lead"]


@pytest.mark.parametrize(
    "path", ["/organisation", "/organisation/teams/payments", "/organisation/teams/payments.csv"]
)
def test_a_day_that_is_none_is_said_to_be_none(admin, path):
    """Issue 15, bad input: 400, and the day that is wrong."""
    response = admin.get(f"{path}?on=2026-02-30")
    assert response.status_code == 400 and b"On this day" in response.content


@pytest.mark.parametrize("slug", ["no-such-team"])
def test_a_team_that_is_not_there(admin, slug):
    """Found on no day, and on a day before it was there."""
    assert admin.get(f"/organisation/teams/{slug}").status_code == 404
    page = admin.get("/organisation/teams/payments?on=1990-01-01").content.decode()
    assert "This team is not there on 1 January 1990" in page


def test_they_cost_the_same_however_large_it_is(admin):
    """DESIGN, Style: every list has a pinned query count."""

    def cost(path: str) -> int:
        admin.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert admin.get(path).status_code == 200
        return len(captured)

    before = [cost("/organisation"), cost("/organisation/teams/payments")]
    factories.a_team("billing", people=4)
    assert [cost("/organisation"), cost("/organisation/teams/payments")] == before


def test_nobody_else_opens_it(admin):
    """Who is on which team is everybody's own manager's to know, and an administrator's."""
    client = Client()
    client.force_login(User.objects.get(username="boss"))
    for path in ("/organisation", "/organisation/teams/payments", "/organisation/teams/payments.csv"):
        assert client.get(path).status_code == 403
