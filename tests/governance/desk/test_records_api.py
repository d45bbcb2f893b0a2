"""Records of processing in the API: the same entries as on the page, for the same readers."""

import pytest
from django.test import Client

from governance.people.models import GrantedRole
from tests import factories
from tests.governance.desk.screens.test_matrix import browse_streamed, table


@pytest.fixture
def get(house):
    def _get(path, by):
        token = factories.a_token(by)
        return Client().get(f"/api/v1/{path}", headers={"authorization": f"Token {token}"})

    return _get


def test_a_record_is_that_of_the_sheet(get, house, browse):
    """Issue 3, 7 and 8: what, why, basis, who, how long, assessment, agreement."""
    listed = get("records", house.auditor).json()["results"]
    assert [each["metric"] for each in listed] == ["commit-count", "lead-time-for-changes"]
    sheet = table(browse_streamed(browse, "/legal-record.csv", by=house.auditor))
    rows = {row["metric"]: row for row in sheet}
    for each in listed:
        assert each["entries"] == {name: rows[each["metric"]][name] for name in each["entries"]}
    assert get("records/commit-count", house.auditor).json() == listed[0]
    narrowed = get("records?name=commit", house.auditor).json()["results"]
    assert [each["metric"] for each in narrowed] == ["commit-count"]
    assert get("records/happiness", house.auditor).status_code == 404


def test_records_are_for_those_who_answer_for_them(get, house):
    """Issue 3, 7: legal, HR, auditors and administrators; who may not learns nothing, not even which metrics there are."""
    for path in ("records", "records/commit-count", "records/happiness"):
        assert get(path, house.manager).status_code == 403
    seats = factories.a_board()
    hr = factories.an_account("hr-partner")
    factories.a_role(hr, GrantedRole.HR)
    assert get("records", seats["legal"]).status_code == get("records", hr).status_code == 200
    assert get("records", seats["product"]).status_code == 403
    assert Client().get("/api/v1/records").status_code == 401
