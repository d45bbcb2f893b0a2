"""Versions, reviews and the contract over the API: the same services as the pages, the same refusals."""

from datetime import timedelta

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from charter.programme.models import Programme
from charter.registry import reviews
from charter.registry.models import Review
from charter.rules.vocabulary import Role
from governance.training.models import ContractAcknowledgement
from ground import calendar, clock
from tests import factories, on_the_log, snapshots

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

API = "/api/v1"


def as_(*roles: Role) -> APIClient:
    account = factories.an_account()
    for role in roles:
        factories.a_role(account, role)
    client = APIClient()
    client.force_authenticate(account, token="counted")
    return client


@snapshots.fixture
def version(founded):
    return factories.an_active_charter()


@snapshots.fixture
def changed(version):
    """The next version, handed in and not decided."""
    document = factories.a_document("deployment-frequency")
    what = msgspec.structs.replace(document.what, unit="per week")
    return factories.a_submitted_charter(document=msgspec.structs.replace(document, what=what))


def test_versions_are_read_by_whom_they_concern(version, changed):
    """S85, S143: what was in force by everybody, what is being worked on by the owner and the board."""
    path = f"{API}/metrics/deployment-frequency/versions"
    numbers = {}
    for name, client in (("board", as_(Role.BOARD_MEMBER)), ("nobody", as_())):
        numbers[name] = [each["number"] for each in client.get(path).json()["results"]]
        statuses = [client.get(f"{path}/{number}").status_code for number in (1, 2, 3)]
        assert statuses == ([200, 200, 404] if name == "board" else [200, 403, 404])
        assert client.get(f"{path}/1/2").status_code == (200 if name == "board" else 403)
    assert numbers == {"board": [2, 1], "nobody": [1]}
    assert as_().get(f"{path}/1").json()["document"]["metric"] == "deployment-frequency"
    said = as_(Role.BOARD_MEMBER).get(f"{path}/1/2").json()
    assert [(each["field"], each["after"]) for each in said] == [("Unit", "per week")]


def test_a_review_is_held_in_one_sitting(version, by):
    """S9, issue 3 item 8: started, looked at, flagged and confirmed, ended; what is flagged is justified."""
    other = factories.an_active_charter("pr-age")
    board = as_(Role.BOARD_MEMBER)
    assert board.get(f"{API}/reviews/due").json()["open"] is None
    opened = board.post(f"{API}/reviews").json()
    assert board.post(f"{API}/reviews").json()["id"] == opened["id"]
    address = f"{API}/reviews/{opened['id']}"
    items = {each["metric"]: each for each in board.get(f"{address}/items").json()["results"]}
    assert board.post(f"{address}/close").json()["code"] == "review_unfinished"
    flag = {"item": items["pr-age"]["id"], "result": "flagged"}
    unsaid = board.post(f"{address}/items", {"said": [flag]}, format="json")
    assert unsaid.status_code == 400 and unsaid.json()["detail"].startswith("Say why you flag")
    keep = {"item": items["deployment-frequency"]["id"], "result": "confirmed"}
    said = [keep, {**flag, "note": "Nobody uses it."}]
    assert board.post(f"{address}/items", {"said": said}, format="json").json() == {"left": 0}
    assert board.post(f"{address}/close").json()["closed_at"]
    assert board.post(f"{address}/close").json()["code"] == "review_closed"
    (flagged,) = as_().get(f"{API}/reviews/flagged").json()["results"]
    assert (flagged["metric"], flagged["note"]) == (other.metric.slug, "Nobody uses it.")
    why = f"{API}/reviews/flagged/{flagged['id']}/justify"
    assert as_().post(why, {"note": "x"}, format="json").status_code == 403
    assert board.post(why, {"note": ""}, format="json").json()["field"] == "note"
    assert board.post(why, {"note": "Two teams rely on it."}, format="json").json()["result"] == "confirmed"
    assert board.get(f"{API}/reviews/due").json()["last"] == str(calendar.today())


@pytest.mark.parametrize("role", [None, Role.HR, Role.ADMIN, Role.METRIC_OWNER, Role.BOARD_MEMBER])
def test_who_reviews(version, by, role):
    """S9: the board alone starts, opens and ends a review; that there are any is for everybody."""
    review = reviews.start_review(programme=Programme.objects.get(), by=by)
    client = as_(*filter(None, [role]))
    address, may = f"{API}/reviews/{review.pk}", role is Role.BOARD_MEMBER
    for method, path in (
        ("post", f"{API}/reviews"), ("get", address), ("get", f"{address}/items"), ("post", f"{address}/items"),
        ("post", f"{address}/close"),
    ):  # fmt: skip
        assert (getattr(client, method)(path).status_code != 403) == may, path
    for path in (f"{API}/reviews", f"{API}/reviews/due", f"{API}/reviews/flagged"):
        assert client.get(path).status_code == 200
        assert APIClient().get(path).status_code == 401


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ([], "said"),
        ([{"item": "x", "result": "confirmed"}], "said.0.item"),
        ([{"item": "7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9", "result": "confirmed"}], "items"),
        ([{"item": "7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9", "result": "pending"}], "said.0.result"),
        ([{"item": "7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9", "result": "confirmed"}] * 2, "said"),
    ],
)
def test_what_is_no_sitting_is_refused_with_its_field(version, by, said, field):
    """Issue 3, Bad input: nothing is decided."""
    review = reviews.start_review(programme=Programme.objects.get(), by=by)
    told = as_(Role.BOARD_MEMBER).post(f"{API}/reviews/{review.pk}/items", {"said": said}, format="json")
    assert (told.status_code, told.json()["field"]) == (400, field)


def test_lists_cost_a_pinned_number_of_statements(version, by):
    """DESIGN, Style: pinned query counts, however long the list is."""
    board = as_(Role.BOARD_MEMBER)
    slug = version.metric.slug
    costs: list[list[int]] = []
    for more in ("pr-age", "pr-size"):
        factories.an_active_charter(more)
        with clock.stopped_at(clock.now() + timedelta(days=len(costs))):
            review = reviews.start_review(programme=Programme.objects.get(), by=by)
            on_the_log.update(Review.objects.filter(pk=review.pk), closed_at=clock.now(), closed_by=by)
        paths = ("reviews", f"reviews/{review.pk}/items", f"metrics/{slug}/versions", "contract/versions")
        costs.append([])
        for path in (*paths, "reviews/flagged", "metric-kinds/others"):
            with CaptureQueriesContext(connection) as captured:
                assert board.get(f"{API}/{path}").status_code == 200
            costs[-1].append(len(captured))
    # The first asks for the roles of the board's members as well; kinds read the charters of a page at once.
    assert costs[0][:5] == costs[1][:5] == [1, 3, 3, 1, 2]
    assert max(costs[0][5], costs[1][5]) <= 6


def test_the_contract_is_published_read_and_acknowledged(version):
    """S133, S135: by HR, in three blocks; every version stays, and the one that counts is acknowledged."""
    hr, reader = as_(Role.HR), as_()
    first = reader.get(f"{API}/contract").json()
    text = {block: first[block] for block in ("can", "cannot", "disputes")}
    assert hr.post(f"{API}/contract", text, format="json").json()["number"] == 1  # the same says the same
    published = hr.post(f"{API}/contract", {**text, "can": "Help teams."}, format="json")
    assert (published.status_code, published.json()["number"]) == (201, 2)
    listed = reader.get(f"{API}/contract/versions").json()["results"]
    assert [each["number"] for each in listed] == [2, 1]
    assert reader.get(f"{API}/contract/versions/1").json() == first
    path = f"{API}/contract/acknowledgements"
    old = reader.post(path, {"number": 1}, format="json")
    assert (old.status_code, old.json()["code"]) == (409, "not_in_force")
    for _ in range(2):
        assert reader.post(path, {"number": 2}, format="json").status_code == 201
    assert [each["number"] for each in reader.get(path).json()] == [2]
    assert ContractAcknowledgement.objects.count() == 1
    assert reader.post(path, {"number": "two"}, format="json").json()["field"] == "number"


@pytest.mark.parametrize(
    ("role", "body", "status", "field"),
    [
        (Role.HR, {"can": "a", "cannot": "b"}, 400, "disputes"),
        (Role.HR, {"can": "a", "cannot": " ", "disputes": "c"}, 400, "cannot"),
        (Role.HR, {"can": "a", "cannot": "b", "disputes": "c", "maybe": "d"}, 400, "maybe"),
        (Role.BOARD_MEMBER, {"can": "a", "cannot": "b", "disputes": "c"}, 403, None),
    ],
)
def test_what_is_no_contract_is_refused(version, role, body, status, field):
    """S135: three blocks, by HR alone."""
    told = as_(role).post(f"{API}/contract", body, format="json")
    assert (told.status_code, told.json().get("field")) == (status, field)


def test_kinds_of_metrics_are_told_beside_each_other(version):
    """S136, S137: generated from the registry, for everybody."""
    kinds = as_().get(f"{API}/metric-kinds").json()
    assert len(kinds) >= 7 and kinds[0]["members"][0]["metric"] == "deployment-frequency"
    factories.an_active_charter("pr-size")
    (row,) = as_().get(f"{API}/metric-kinds/others").json()["results"]
    assert [each["metric"] for each in row["members"]] == ["pr-size"]
