"""The API against its own document: whatever is sent, never a 500 and never rows without a receipt."""

import json

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.decisions.models import DecisionRecord
from ground.rates import Rate
from tests import factories
from tests.governance.decisions.test_answer import LEAD_TIME
from tests.proof import whole_or_short

pytestmark = pytest.mark.proof(alone=True)

QUIETLY = settings(
    max_examples=whole_or_short(200, 10),
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.filter_too_much,
        HealthCheck.too_slow,
    ],
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@pytest.fixture
def document(house, client, settings):
    """The API's own document, and a token in every request."""
    settings.API_RATE = settings.COST_RATE = Rate(100_000_000, 1)
    token = factories.a_token(house.manager)
    written = client.get("/api/schema/?format=json").json()
    schema = schemathesis.openapi.from_dict(written)
    schema.app = get_wsgi_application()
    return schema, {"Authorization": f"Token {token}", "Host": "localhost"}


@pytest.mark.committed  # the application is called as a server does, which ends the connection with a request
@pytest.mark.parametrize("path", ["/api/v1/queries", "/api/v1/checks"])
def test_what_the_document_allows_is_never_a_fault_of_ours(document, path):
    """Issue 2, Bad input: requests made from the OpenAPI document are decided or refused with a problem."""
    schema, headers = document
    statuses = set()

    @QUIETLY
    @given(schema[path]["POST"].as_strategy())
    def ask(case):
        response = case.call(base_url="http://localhost", headers=headers)
        statuses.add(response.status_code)
        assert response.status_code in {200, 400, 403, 422}, response.text
        assert response.status_code == 200 or "code" in response.json()

    ask()
    assert statuses


@pytest.mark.parametrize("part", [*LEAD_TIME, "order_by", "limit", "evidence", "persons", "accountable"])
def test_any_part_may_be_anything_and_the_answer_stays_an_answer(house, client, part):
    """Issue 2, Bad input: 400 naming the field, 403 with rules, or rows with a receipt; nothing else."""
    token = factories.a_token(house.manager)

    @QUIETLY
    @given(JSON)
    def ask(value):
        body = json.dumps({**LEAD_TIME, part: value})
        response = client.post(
            "/api/v1/queries",
            body,
            content_type="application/json",
            headers={"authorization": f"Token {token}"},
        )
        told = response.json()
        assert response.status_code in {200, 400, 403, 429}
        if response.status_code == 400:
            assert told["field"]
        if response.status_code == 200:
            assert DecisionRecord.objects.filter(entry=told["receipt"]["id"]).exists()

    ask()


@pytest.mark.parametrize("path", ["/api/v1/queries", "/api/v1/checks"])
def test_a_batch_of_what_the_document_allows_is_never_a_fault_of_ours(document, client, path):
    """Issue 4, Bad input: each of a batch has an answer of its own, or the whole is refused naming one of them."""
    schema, headers = document
    statuses = set()

    @QUIETLY
    @given(st.lists(schema[path]["POST"].as_strategy().filter(_has_body), min_size=1, max_size=3))
    def ask(cases):
        asked = [one for case in cases for one in case.body.get("requests", [case.body])]
        response = _post(client, path, {"requests": asked}, headers)
        statuses.add(response.status_code)
        if not _refuses_the_batch(response):
            answers = response.json()["answers"]
            assert len(answers) == len(asked)
            assert {each["status"] for each in answers} <= {200, 400, 403}

    ask()
    assert statuses


PARTS = [*LEAD_TIME, "order_by", "limit", "evidence", "persons", "accountable", "combine", "time_filter"]


@pytest.mark.parametrize("path", ["/api/v1/queries", "/api/v1/checks"])
def test_any_part_of_one_of_a_batch_may_be_anything(document, client, path):
    """Issue 4, Bad input: what is wrong is told of the one that it stands in, and the other is answered or named too."""
    headers = document[1]

    @QUIETLY
    @given(st.sampled_from(PARTS), JSON)
    def ask(part, value):
        response = _post(client, path, {"requests": [LEAD_TIME, {**LEAD_TIME, part: value}]}, headers)
        if _refuses_the_batch(response):
            assert response.json()["field"].startswith(f"requests[1].{part}")
            return
        first, second = response.json()["answers"]
        assert first["status"] == 200
        assert second["status"] in {200, 400, 403}
        assert second["status"] != 400 or second["field"]

    ask()


def _has_body(case) -> bool:
    return isinstance(case.body, dict)


def _post(client, path, body, headers):
    sent = {"authorization": headers["Authorization"]}
    return client.post(path, json.dumps(body), content_type="application/json", headers=sent)


def _refuses_the_batch(response) -> bool:
    """Whether the whole of a batch was refused, and then by a field of one of its requests."""
    assert response.status_code in {200, 400}, response.content
    if response.status_code == 200:
        return False
    assert response.json()["field"].startswith("requests")
    return True
