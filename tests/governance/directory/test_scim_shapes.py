"""Whatever a directory sends is answered as SCIM answers: never with a fault of ours."""

import json

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.directory.configuration import DirectorySettings
from ground.rates import parse_rate
from tests.governance.directory.scim_client import GROUP, PATCH, USER, Directory
from tests.proof import whole_or_short

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

NAMES = [
    "userName",
    "externalId",
    "displayName",
    "active",
    "emails",
    "name",
    "members",
    "schemas",
    "id",
    "meta",
    "value",
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from([USER, GROUP, PATCH, "a@b.example"])
)
NAMED = st.sampled_from(
    [*NAMES, "op", "path", "Operations", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMED, inner, max_size=4),
    max_leaves=8,
)
PATHS = st.sampled_from(
    [
        *NAMES,
        'emails[type eq "work"].value',
        "emails[",
        'members[value eq "x"]',
        "name.givenName",
        "a.b.c",
        "",
        "urn:x:y",
    ]
)
OPERATIONS = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "Replace", "remove", "move", 7])},
    optional={"path": PATHS | SCALARS, "value": VALUES},
)
BODIES = VALUES | st.fixed_dictionaries(
    {"schemas": st.just([PATCH]), "Operations": st.lists(OPERATIONS, max_size=3)}
)
FILTERS = st.lists(
    st.sampled_from(
        [*NAMES, "eq", "co", "pr", "gt", "and", "or", "not", "(", ")", "[", "]", '"a"', "true", "null", "3"]
    ),
    max_size=8,
).map(" ".join)


@pytest.fixture
def directory():
    often = parse_rate("100000/min", setting="API_RATE")
    with override_settings(DIRECTORY=DirectorySettings(scim=True), API_RATE=often):
        yield Directory()


@pytest.mark.proof
@settings(max_examples=whole_or_short(400, 12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["POST", "PUT", "PATCH"]), kind=st.sampled_from(["Users", "Groups"]), body=BODIES
)
def test_no_body_is_a_fault_of_ours(directory, method, kind, body):
    """Issue 19, bad input: each is taken, or refused with a sentence."""
    held = directory.get("Users", filter='userName eq "held"').json().get("Resources")
    one = held[0] if held else directory.write("held")
    key = one["id"] if kind == "Users" else "01960000-0000-7000-8000-000000000001"
    answer = directory.send(method, kind if method == "POST" else f"{kind}/{key}", json.dumps(body).encode())
    assert answer.status_code in {200, 201, 400, 404, 409}, answer.content
    if answer.status_code >= 400:
        assert answer.json()["detail"] and answer["Content-Type"] == "application/scim+json"


@pytest.mark.proof
@settings(max_examples=whole_or_short(400, 12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=FILTERS, sort=st.sampled_from(["", *NAMES]))
def test_no_filter_is_a_fault_of_ours(directory, text, sort):
    """Issue 19, bad input: a filter is held against what is there, or refused with a sentence."""
    for kind in ("Users", "Groups"):
        answer = directory.get(kind, **{"filter": text, **({"sortBy": sort} if sort else {})})
        assert answer.status_code in {200, 400}, answer.content
