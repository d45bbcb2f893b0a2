"""The Model Context Protocol as of 2026-07-28, without a session: one POST, one answer. Pure.

Each request says in `params._meta` which revision it speaks; headers say the same, so that a gateway may route by them, and must
agree with the body. Batches, sessions, streams and notifications to clients are not of this revision or not offered.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

VERSION = "2026-07-28"
_META = "io.modelcontextprotocol/"
VERSION_KEY, CAPABILITIES_KEY, SERVER_KEY = (
    f"{_META}protocolVersion",
    f"{_META}clientCapabilities",
    f"{_META}serverInfo",
)
PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
HEADER_MISMATCH, UNSUPPORTED_VERSION = -32020, -32022
_NAMED = {"tools/call": "name"}  # whose parameter stands in the header Mcp-Name too
_ENCODED = re.compile(r"=\?base64\?(?P<payload>.*)\?=")
_NOT_FOUND, _BAD = 404, 400


class ProtocolError(Exception):
    """What is wrong with a message: a code of JSON-RPC or of the protocol, and a sentence."""

    def __init__(self, code: int, message: str, **data: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data

    @property
    def status(self) -> int:
        return _NOT_FOUND if self.code == METHOD_NOT_FOUND else _BAD

    def told(self, number: object) -> dict[str, Any]:
        """The response to the request of this number; null where it has none that can be read."""
        error = {"code": self.code, "message": self.message, **({"data": self.data} if self.data else {})}
        return {"jsonrpc": "2.0", "id": number, "error": error}


class Call(Struct, frozen=True):
    """A request: its number, its method, and what it says."""

    id: str | int
    method: str
    params: dict[str, Any]


class _Message(Struct, frozen=True):
    jsonrpc: str
    method: str
    id: str | int | None = None
    params: dict[str, Any] = {}


def find_number(found: object) -> object:
    """The number of a request, whatever else is wrong with it; None where it has none."""
    number = found.get("id") if isinstance(found, Mapping) else None
    return number if isinstance(number, str | int) and not isinstance(number, bool) else None


def read_call(found: object, headers: Mapping[str, str]) -> Call | None:
    """A request, or None for a notification, which is taken note of and does nothing. Raises ProtocolError."""
    try:
        message = msgspec.convert(found, _Message)
    except msgspec.ValidationError:
        raise ProtocolError(INVALID_REQUEST, "Send one request of JSON-RPC 2.0 in a body.") from None
    if message.jsonrpc != "2.0":
        raise ProtocolError(INVALID_REQUEST, "Send JSON-RPC 2.0.")
    if isinstance(found, Mapping) and "id" not in found:
        _check_version(headers.get("Mcp-Protocol-Version"))
        return None
    if message.id is None:
        raise ProtocolError(INVALID_REQUEST, "A request has a number or a text as its id.")
    if message.method == "initialize" and "_meta" not in message.params:  # how earlier revisions begin
        _check_version(str(message.params.get("protocolVersion", "")))
    _check_envelope(message, headers)
    return Call(message.id, message.method, message.params)


def _check_envelope(message: _Message, headers: Mapping[str, str]) -> None:
    """Raise ProtocolError unless the body says what it speaks, and the headers say the same."""
    meta = message.params.get("_meta")
    if not isinstance(meta, Mapping):
        raise ProtocolError(INVALID_PARAMS, "params._meta says which revision of the protocol is spoken.")
    missing = [key for key in (VERSION_KEY, CAPABILITIES_KEY) if key not in meta]
    if missing:
        raise ProtocolError(INVALID_PARAMS, f"params._meta lacks {', '.join(missing)}.")
    named = _NAMED.get(message.method)
    expected = {"Mcp-Protocol-Version": meta[VERSION_KEY], "Mcp-Method": message.method}
    if named and message.params.get(named) is not None:
        expected["Mcp-Name"] = message.params[named]
    for name, said in expected.items():
        if _decode(headers.get(name)) != said:
            raise ProtocolError(HEADER_MISMATCH, f"The header {name} does not say what the body says.")
    _check_version(meta[VERSION_KEY])


def _check_version(version: object) -> None:
    if version != VERSION:
        raise ProtocolError(
            UNSUPPORTED_VERSION, "Unsupported protocol version", supported=[VERSION], requested=str(version)
        )


def _decode(header: str | None) -> str | None:
    """A header's value; what ASCII cannot say comes as base64. None where there is none, or it cannot be read."""
    encoded = _ENCODED.fullmatch(header or "")
    if encoded is None:
        return header
    try:
        return base64.b64decode(encoded["payload"], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
