"""Whatever is sent to AuthZEN's addresses and to the door for assistants: never a 500, never a permit that is not on the log."""

import json
from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.decisions.models import DecisionRecord
from ground.rates import Rate
from tests import factories
from tests.governance.assistants.conftest import a_message
from tests.governance.assistants.conftest import send as send_message
from tests.governance.authzen.conftest import CONTEXT, question, send
from tests.governance.decisions.test_answer import LEAD_TIME
from tests.governance.decisions.test_fuzz import JSON, QUIETLY
from tests.proof import whole_or_short

pytestmark = pytest.mark.proof(alone=True)


def some(each: Iterable[Any], of: int) -> list[Any]:
    """All of them in the whole proof, one of so many in the short one."""
    return list(each)[:: whole_or_short(1, of)]


ADDRESSES = ["evaluation", "evaluations", "search/subject", "search/resource", "search/action"]
PARTS = ["subject", "action", "resource", "context", "page", "options", "evaluations"]


@pytest.fixture
def token(house, settings):
    settings.API_RATE = settings.COST_RATE = Rate(100_000_000, 1)
    return factories.a_token(house.manager)


def check(response) -> None:
    """An answer, or a problem with its code; what is permitted is on the log."""
    assert response.status_code in {200, 400, 403}, response.content
    told = response.json()
    if response.status_code != 200:
        assert told["code"]
        return
    decisions = told.get("evaluations", [told] if "decision" in told else [])
    for each in decisions:
        assert isinstance(each["decision"], bool)
        if each["decision"]:
            receipt = each["context"]["receipt"]["id"]
            assert DecisionRecord.objects.get(entry=receipt).verdict == "permit"
    assert "decision" in told or "evaluations" in told or isinstance(told["results"], list)


@pytest.mark.parametrize(("part", "address"), some(product(PARTS, ADDRESSES), 6))
def test_any_part_may_be_anything(token, address, part):
    """Issue 14, Bad input: the fuzzers of the decision endpoint on these doors too."""

    @QUIETLY
    @given(JSON)
    def ask(value):
        check(send(f"/access/v1/{address}", {**question(), part: value}, token))

    ask()


@pytest.mark.parametrize(
    "name", some([*CONTEXT, "beside", "persons", "evidence", "limit", "accountable", "reason"], 4)
)
def test_any_part_of_the_context_may_be_anything(token, name):
    """Issue 14, Bad input: the context is a request, and is read as strictly."""

    @QUIETLY
    @given(JSON)
    def ask(value):
        context = {**CONTEXT, name: value}
        items = [{"context": context}, {}]
        check(send("/access/v1/evaluations", {**question(), "evaluations": items}, token))
        check(send("/access/v1/search/action", question(context=context), token))

    ask()


@QUIETLY
@given(st.binary(max_size=200))
def _ask_bytes(token, sent):
    for address in ADDRESSES:
        assert send(f"/access/v1/{address}", sent, token).status_code == 400
    response = send_message(token, sent)
    assert response.status_code == 400 and {"error", "code"} & set(response.json())


def test_any_bytes(token):
    """Issue 14, Bad input: what is no message of theirs is told so."""
    _ask_bytes(token)


@pytest.mark.parametrize("part", ["jsonrpc", "id", "method", "params"])
def test_any_part_of_a_message_may_be_anything(token, part):
    """Issue 14, Bad input: an assistant's message is a request, or an error of its protocol."""

    @QUIETLY
    @given(JSON)
    def ask(value):
        message = {**a_message("tools/call", name="may_i", arguments=LEAD_TIME), part: value}
        headers = {"Mcp-Method": "tools/call", "Mcp-Name": "may_i"}
        response = send_message(token, json.dumps(message).encode(), **headers)
        assert response.status_code in {200, 400, 404}, response.content

    ask()


@pytest.mark.parametrize("tool", ["ask", "may_i", "what_may_i_use", "explain_a_refusal"])
def test_any_arguments_of_a_tool(token, tool):
    """Issue 14, Bad input: whatever a model makes up."""

    @QUIETLY
    @given(st.dictionaries(st.sampled_from([*LEAD_TIME, "receipt", "x"]), JSON, max_size=4), st.booleans())
    def ask(arguments, whole):
        message = a_message("tools/call", name=tool, arguments={**(LEAD_TIME if whole else {}), **arguments})
        response = send_message(token, message)
        assert response.status_code in {200, 400}, response.content
        if response.status_code == 200 and "rows" in (told := response.json()["result"]["structuredContent"]):
            assert DecisionRecord.objects.get(entry=told["receipt"]["id"]).verdict == "permit"

    ask()
