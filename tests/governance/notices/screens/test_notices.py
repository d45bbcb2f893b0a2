"""The page of notices, their number in the header, and the same in the API."""

import pytest

from governance.notices.models import Notice
from tests import factories
from tests.governance.notices.test_services import tell


@pytest.fixture
def told(house) -> list[Notice]:
    """Two notices to the manager and one to the employee."""
    return [
        tell(house.manager, subject="Lead time expires in 30 days"),
        tell(house.manager, subject="The review of lead time is due", once="review:1"),
        tell(house.employee, subject="For the employee alone"),
    ]


@pytest.fixture
def api(house, client):
    """Ask the API as the manager."""
    token = factories.a_token(house.manager)

    def _api(path: str, method: str = "get"):
        return getattr(client, method)(path, HTTP_AUTHORIZATION=f"Token {token}")

    return _api


def test_ones_notices_are_listed_with_their_links(browse, told):
    """Issue 3, 8: notifications in the app, each with a link, one's own alone."""
    page = browse("/notices")
    assert page.says("Lead time expires in 30 days", "The review of lead time is due", "2 notices")
    assert 'href="/metrics/lead-time-for-changes"' in page.html
    assert not page.says("For the employee alone")


def test_who_was_told_nothing_reads_so(browse, house, told):
    """Screens: empty states say what would be there."""
    assert browse("/notices", by=house.auditor).says("You have not been told anything yet")


def test_the_header_counts_what_is_not_read(browse, told):
    """Contract: the number of unread notices stands on every page, and goes down as they are read."""
    assert browse("/rules").says("Notices (2 unread)")
    read = browse(f"/notices/{told[0].pk}/read", data={"show": "unread"})
    assert (read.status, read.response["Location"]) == (302, "/notices?show=unread")
    assert browse("/rules").says("Notices (1 unread)")
    browse("/notices/read", data={})
    assert not browse("/rules").says("unread)")
    assert browse("/notices?show=unread").says("You have read everything")


def test_unread_ones_alone(browse, told):
    """Screens: the list can be narrowed, and says how many there are of each."""
    browse(f"/notices/{told[0].pk}/read", data={})
    page = browse("/notices?show=unread")
    assert page.says("All (2)", "Not read yet (1)", "1 of 2 notices")
    assert not page.says("Lead time expires in 30 days")


def test_nobody_marks_what_others_were_told(browse, told):
    """Permissions: another's notice is not there."""
    assert browse(f"/notices/{told[2].pk}/read", data={}).status == 404
    assert Notice.objects.get(pk=told[2].pk).read_at is None


@pytest.mark.parametrize("path", ["/notices/read", "/notices/7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9/read"])
def test_a_link_marks_nothing(browse, path):
    """Issue 2, Screens: what changes something is posted."""
    assert browse(path).status == 405


def test_forty_notices_are_paged_and_cost_what_one_costs(browse, house, statements):
    """Screens: pagination, and a pinned number of queries."""
    tell(house.manager)
    few = statements("/notices")
    for number in range(40):
        tell(house.manager, once=f"many:{number}")
    assert statements("/notices") == few <= 10
    assert browse("/notices?page=3").says("Page 3 of 3")


def test_no_cache_keeps_what_one_was_told(browse, told):
    """Privacy: notices are for their reader alone."""
    assert "no-store" in browse("/notices").response["Cache-Control"]


def test_a_notice_cannot_write_markup(browse, house):
    """Bad input: a metric's name is text, whatever it says."""
    tell(house.manager, subject="<b>bold</b>")
    assert "&lt;b&gt;bold&lt;/b&gt;" in browse("/notices").html


def test_the_api_lists_ones_own_newest_first(api, told):
    """Issue 3, 8: REST for all of it."""
    found = api("/api/v1/notices").json()["results"]
    assert [each["id"] for each in found] == [str(told[1].pk), str(told[0].pk)]
    assert found[0].keys() == {"id", "kind", "subject", "text", "path", "given_at", "read_at"}


def test_the_api_marks_as_read(api, told):
    """Issue 3, 8: what the page does, the API does; another's is not there."""
    marked = api(f"/api/v1/notices/{told[0].pk}/read", "post")
    assert (marked.status_code, marked.json()["read_at"] is not None) == (200, True)
    assert [each["id"] for each in api("/api/v1/notices?read=false").json()["results"]] == [str(told[1].pk)]
    assert [each["id"] for each in api("/api/v1/notices?read=true").json()["results"]] == [str(told[0].pk)]
    assert api(f"/api/v1/notices/{told[2].pk}/read", "post").status_code == 404


def test_the_api_lists_nothing_to_who_shows_no_token(client, told):
    """Permissions: one's notices need one's token."""
    assert client.get("/api/v1/notices").status_code == 401


def test_the_admin_does_not_show_what_a_notice_says(client, told, house):
    """Privacy: what one was told is for its reader; nobody else is told that it was."""
    client.force_login(factories.an_account("super", is_staff=True, is_superuser=True))
    assert client.get(f"/admin/notices/notice/{told[2].pk}/change/").status_code == 404
