"""An assistant of the manager's: messages of the protocol, sent by hand."""

import json
from typing import Any

import pytest
from django.test import Client

from governance.assistants.protocol import CAPABILITIES_KEY, VERSION, VERSION_KEY
from governance.people.scopes import Scope
from tests import factories
from tests.governance.decisions.conftest import governed, house, stopped

__all__ = ["governed", "house", "stopped"]


def a_message(method: str, *, number: Any = 1, **params: Any) -> dict[str, Any]:
    meta = {VERSION_KEY: VERSION, CAPABILITIES_KEY: {}}
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": {**params, "_meta": meta}}


def send(token: str | None, message: Any, **headers: str) -> Any:
    """The response to a message, with the headers that belong to it unless others are given."""
    if isinstance(message, dict):
        params = message.get("params") or {}
        headers = {
            "Mcp-Protocol-Version": VERSION,
            "Mcp-Method": str(message.get("method")),
            "Mcp-Name": str(params.get("name")),
            **headers,
        }
    if token is not None:
        headers.setdefault("Authorization", f"Bearer {token}")
    content_type = headers.pop("Content-Type", "application/json")
    data = message if isinstance(message, bytes) else json.dumps(message)
    return Client(raise_request_exception=False).post(
        "/mcp", data, content_type=content_type, headers=headers
    )


def call(token: str, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The result of a tool."""
    response = send(token, a_message("tools/call", name=tool, arguments=arguments))
    assert response.status_code == 200, response.content
    result = response.json()["result"]
    assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
    return result


@pytest.fixture
def token(house) -> str:
    return factories.a_token(house.manager, Scope.ASK)
