"""What the registry takes in by its API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from charter.registry.models import Review
from governance.people.models import GrantedRole
from tests import factories, snapshots

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

CHANGE = {"kind": "org_change", "says": "Search joined payments.", "on": "2026-03-02"}
PATH = "/api/v1/changes"


def as_(role: GrantedRole | None) -> APIClient:
    account = factories.an_account()
    if role:
        factories.a_role(account, role)
    client = APIClient()
    client.force_authenticate(account, token="counted")
    return client


@snapshots.fixture
def version(founded):
    factories.a_team("search")
    return factories.an_active_charter()


def test_a_change_is_recorded_and_read_by_the_api(version):
    """S10, issue 3 item 8: the same as the page and the command, for programs that watch the organisation."""
    client = as_(GrantedRole.ADMIN)
    told = client.post(PATH, {**CHANGE, "teams": ["search"]}, format="json")
    assert told.status_code == 201
    review = Review.objects.get()
    assert told.json() == {
        "id": str(review.pk), "kind": "org_change", "says": CHANGE["says"], "on": CHANGE["on"],
        "teams": ["search"], "sources": [], "reached": 1, "due_on": str(review.due_on),
        "recorded_at": told.json()["recorded_at"], "recorded_by": review.opened_by.username, "reviewed_at": None,
    }  # fmt: skip
    assert client.get(PATH).json()["results"] == [told.json()]


def test_changes_are_listed_in_a_pinned_number_of_statements(version):
    """S10, DESIGN Style: every list query is pinned."""
    client = as_(GrantedRole.ADMIN)
    costs = []
    for _ in range(2):
        client.post(PATH, CHANGE, format="json")
        with CaptureQueriesContext(connection) as captured:
            client.get(PATH)
        costs.append(len(captured))
    assert costs == [2, 2]


@pytest.mark.parametrize(
    "role", [None, GrantedRole.BOARD_MEMBER, GrantedRole.HR, GrantedRole.ADMIN, GrantedRole.METRIC_OWNER]
)
def test_who_records_a_change_by_the_api(version, role):
    """S10: administrators and metric owners; others are told whom to tell."""
    told = as_(role).post(PATH, CHANGE, format="json")
    assert (told.status_code == 201) == (role in {GrantedRole.ADMIN, GrantedRole.METRIC_OWNER})
    assert told.status_code == 201 or told.json()["code"] == "not_permitted"
    assert APIClient().post(PATH, CHANGE, format="json").status_code == 401


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "quarterly"}, "kind"),
        ({"says": ""}, "says"),
        ({"on": "soon"}, "on"),
        ({"on": "2999-01-01"}, "on"),
        ({"teams": ["serach"]}, "teams"),
        ({"sources": ["chagnes"]}, "sources"),
        ({"because": "x"}, "because"),
    ],
)
def test_a_change_that_is_none_is_refused_with_its_field(version, wrong, field):
    """S10, DESIGN Interfaces: errors are problems with a stable code that name the field."""
    told = as_(GrantedRole.ADMIN).post(PATH, {**CHANGE, **wrong}, format="json")
    assert told.status_code == 400 and field in told.content.decode()
    assert not Review.objects.exists()
