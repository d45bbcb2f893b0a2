"""The door for assistants: the protocol of 2026-07-28, the four tools, and that an assistant never exceeds its human."""

import json

import httpx2
import pytest
from django.test import Client as Browser

from audits.ledger.models import Entry
from governance.assistants.protocol import VERSION, VERSION_KEY
from governance.decisions.models import DecisionRecord, Door
from governance.people.scopes import Scope
from tests import factories
from tests.event_loops import run_to_end
from tests.governance.assistants.conftest import a_message, call, send
from tests.governance.decisions.test_answer import LEAD_TIME, RANKING


def test_an_answer_is_the_lines_and_on_the_log_as_an_assistants(house, token):
    """Issue 14, 5: the same answer(), the same rows, and the door in the record."""
    result = call(token, "ask", LEAD_TIME)
    told = result["structuredContent"]
    assert result["isError"] is False and told["verdict"] == "permit" and told["rows"][0]["value"] == 20.0
    record = DecisionRecord.objects.get()
    assert (record.door, record.actor, record.checked_only) == (Door.ASSISTANT, house.manager, False)
    checked = call(token, "may_i", LEAD_TIME)["structuredContent"]
    assert checked["verdict"] == "permit" and "rows" not in checked
    assert DecisionRecord.objects.filter(checked_only=True, door=Door.ASSISTANT).count() == 1


def test_a_refusal_is_the_same_and_can_be_explained(house, token):
    """Issue 14, 5: each rule with its fix, as an error of the tool; then why, and what would be allowed instead."""
    refused = call(token, "ask", RANKING)
    told = refused["structuredContent"]
    assert refused["isError"] is True and told["code"] == "use_denied"
    assert {"AR04", "AR07"} <= {rule["id"] for rule in told["rules"]}
    why = call(token, "explain_a_refusal", {"receipt": told["receipt"]["id"]})["structuredContent"]
    assert {rule["id"] for rule in why["rules"]} == {rule["id"] for rule in told["rules"]}
    assert why["request"]["metrics"] == ["commit-count"] and "instead" in why
    other = factories.a_token(house.auditor, Scope.ASK)  # who may read the receipt elsewhere
    assert call(other, "explain_a_refusal", {"receipt": told["receipt"]["id"]})["isError"] is True
    assert call(token, "may_i", RANKING)["structuredContent"]["verdict"] == "deny"


def test_what_is_instead_is_allowed(token):
    """Issue 14, 5: what an assistant is told to ask instead is permitted when it is asked."""
    refused = call(token, "ask", {**LEAD_TIME, "grain": "person", "cohorts": [], "persons": ["payments-2"]})[
        "structuredContent"
    ]
    why = call(token, "explain_a_refusal", {"receipt": refused["receipt"]["id"]})["structuredContent"]
    assert why["instead"]["grain"] == "team"
    assert call(token, "may_i", why["instead"])["structuredContent"]["verdict"] == "permit"


def test_what_may_i_use_says_what_asking_would(house, token):
    """DESIGN: one answer to "may I, and with what?". What it says may be asked is permitted; it reads no value."""
    uses = call(token, "what_may_i_use", {})["structuredContent"]["uses"]
    asked = [use["ask"] for use in uses if use["ask"]]
    assert asked and not DecisionRecord.objects.exists()
    assert Entry.objects.filter(kind="assistants.uses.listed").count() == 1
    for each in asked:
        assert call(token, "may_i", each)["structuredContent"]["verdict"] == "permit"
    narrowed = call(token, "what_may_i_use", {"decision": "retrospective"})["structuredContent"]["uses"]
    assert {use["decision"] for use in narrowed} == {"retrospective"}
    stranger = factories.a_token(house.stranger, Scope.ASK)
    assert call(stranger, "what_may_i_use", {})["structuredContent"]["uses"] == []


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("ask", {**LEAD_TIME, "grain": "planet"}),
        ("ask", {"requests": [LEAD_TIME]}),
        ("may_i", {**LEAD_TIME, "as": "hr"}),
        ("explain_a_refusal", {"receipt": "x"}),
        ("explain_a_refusal", {"receipt": "0197f3a0-6b0d-7c9a-9d0e-1f2a3b4c5d6e"}),
        ("what_may_i_use", {"user": "hr"}),
    ],
)
def test_wrong_arguments_are_errors_that_name_the_field(token, tool, arguments):
    """Issue 14, Bad input: closed words here too; a problem that a model can act on, and nothing on the log."""
    result = call(token, tool, arguments)
    assert result["isError"] is True and result["structuredContent"]["code"]
    assert not DecisionRecord.objects.exists()


def test_the_protocol_finds_its_faults(token):
    """MCP 2026-07-28: what is no request, speaks another revision, or says two things, is refused with its code."""
    listing = a_message("tools/list")
    older = {**listing, "params": {"_meta": {**listing["params"]["_meta"], VERSION_KEY: "2025-06-18"}}}
    before = {**a_message("initialize"), "params": {"protocolVersion": "2025-06-18", "capabilities": {}}}
    cases = [
        (b"{", {}, 400, -32700),
        ([listing], {}, 400, -32600),
        ({**listing, "jsonrpc": "1.0"}, {}, 400, -32600),
        ({**listing, "id": None}, {}, 400, -32600),
        ({**listing, "params": {}}, {}, 400, -32602),
        ({**listing, "params": {"_meta": {}}}, {}, 400, -32602),
        (listing, {"Mcp-Method": "tools/call"}, 400, -32020),
        (listing, {"Mcp-Protocol-Version": "2025-06-18"}, 400, -32020),
        (older, {"Mcp-Protocol-Version": "2025-06-18"}, 400, -32022),
        (before, {}, 400, -32022),  # as earlier revisions begin: they learn which one is spoken here
        (a_message("initialize", protocolVersion="2025-06-18"), {}, 404, -32601),
        (a_message("tools/call", name="ask", arguments={}), {"Mcp-Name": "may_i"}, 400, -32020),
        (a_message("tools/call", name="drop", arguments={}), {}, 400, -32602),
        (a_message("tools/call", name="ask", arguments=[]), {}, 400, -32602),
        (a_message("resources/list"), {}, 404, -32601),
    ]
    for message, headers, status, code in cases:
        response = send(token, message, **headers)
        assert (response.status_code, response.json()["error"]["code"]) == (status, code), message
    notification = {name: said for name, said in listing.items() if name != "id"}
    assert send(token, notification).status_code == 202
    assert send(token, listing, **{"Mcp-Method": "=?base64?dG9vbHMvbGlzdA==?="}).status_code == 200


def test_who_is_let_in(house, token):
    """MCP 2026-07-28, Authorization; issue 14, Bad input: a token of enough scope, from no other site's page, as JSON."""
    listing = a_message("tools/list")
    nobody = send(None, listing)
    assert (nobody.status_code, nobody["WWW-Authenticate"]) == (401, "Bearer")
    assert send("x" * 64, listing).status_code == 401
    assert send(factories.a_token(house.employee, Scope.READ), listing).status_code == 403
    assert send(token, listing, Origin="https://evil.example").status_code == 403
    assert send(token, listing, **{"Content-Type": "text/plain"}).status_code == 400
    assert send(token, listing, Accept="text/html").status_code == 400
    assert Browser().get("/mcp").status_code == 405
    answered = send(token, listing)
    assert "no-store" in answered["Cache-Control"] and "Mcp-Session-Id" not in answered


class DjangoTransport(httpx2.AsyncBaseTransport):
    """Carries the official client's requests into the application, in the test's own transaction."""

    async def handle_async_request(self, request):
        from asgiref.sync import sync_to_async

        def send_on():
            browser = Browser(raise_request_exception=False)
            headers = {name: said for name, said in request.headers.items() if name != "content-length"}
            return browser.generic(
                request.method,
                request.url.path,
                request.content,
                headers.pop("content-type", ""),
                headers=headers,
            )

        response = await sync_to_async(send_on, thread_sensitive=True)()
        return httpx2.Response(response.status_code, headers=dict(response.items()), content=response.content)


def test_the_official_client_asks(house, token):
    """Issue 14, 5: tested with the official client: it discovers, lists, asks and is refused."""
    from mcp.client.client import Client
    from mcp.client.streamable_http import streamable_http_client

    async def use():
        http = httpx2.AsyncClient(transport=DjangoTransport(), headers={"Authorization": f"Bearer {token}"})
        transport = streamable_http_client("http://testserver/mcp", http_client=http)
        async with Client(transport, mode="auto") as client:
            tools = await client.list_tools()
            asked = await client.call_tool("ask", LEAD_TIME)
            refused = await client.call_tool("ask", RANKING)
            return tools, asked, refused

    tools, asked, refused = run_to_end(use)
    assert {tool.name for tool in tools.tools} == {"what_may_i_use", "may_i", "ask", "explain_a_refusal"}
    assert asked.structured_content["rows"] and not asked.is_error
    assert refused.is_error and json.loads(refused.content[0].text)["code"] == "use_denied"
    assert DecisionRecord.objects.filter(door=Door.ASSISTANT).count() == 2
    assert VERSION == "2026-07-28"
