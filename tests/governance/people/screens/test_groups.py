"""Joining two teams' groups from a page: chosen, shown, confirmed."""

from datetime import date

import pytest
from django.test import Client

from governance.people import cohorts
from governance.people.models import Cohort
from tests import factories

ASKED = {"one": "team:a", "other": "team:b"}


@pytest.fixture
def admin(db) -> Client:
    for slug, stream in [("a", "north"), ("b", "north"), ("c", "south")]:
        factories.a_team(slug, people=6, value_stream=stream)
    cohorts.register_tree(on=date(2026, 5, 1), minimum=5, by=factories.system())
    client = Client()
    client.force_login(factories.an_administrator("ada"))
    return client


def test_what_follows_is_shown_before_it_is_done(admin):
    """Issue 10, 3: an administrator merges a thin team's cohort from the suggestion, after reading what follows."""
    shown = admin.get("/organisation/groups/join", ASKED)
    text = shown.content.decode()
    assert shown.status_code == 200 and "team:a+b" in text and "Join them for good" in text
    assert not Cohort.objects.filter(slug="team:a+b").exists()
    done = admin.post("/organisation/groups/join", ASKED, follow=True)
    assert "A and B are one group from now on." in done.content.decode()
    assert cohorts.find_covering_cohort("a").slug == "team:a+b"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"one": "team:a"}, "Choose one of the groups"),
        ({"one": "team:a", "other": "team:a"}, "Choose two different groups."),
        ({"one": "team:a", "other": "team:c"}, "different value streams"),
        ({"one": "team:a", "other": "org:all"}, "Choose one of the groups"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_cannot_be_joined_says_why(admin, asked, says, method):
    """Design, style: a refusal stands beside its field."""
    response = getattr(admin, method)("/organisation/groups/join", asked)
    assert response.status_code == 400 and says in response.content.decode()
    assert not Cohort.objects.exclude(retired_at=None).exists()


def test_without_groups_it_says_what_to_do_first(db, client):
    """Design, screens: an empty state says what to do."""
    client.force_login(factories.an_administrator("ada"))
    response = client.get("/organisation/groups/join")
    assert response.status_code == 200 and "No group is registered yet" in response.content.decode()
