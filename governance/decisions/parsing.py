"""Requests as they come in: JSON bytes to a Request, or a sentence that names the field at fault."""

import re

import msgspec

from charter.rules.request import Request
from governance.decisions import malformed
from ground.errors import BadInput

LARGEST_BODY = 64 * 1024
LARGEST_BATCH = 100

_AT = re.compile(r" - at `\$?\.?(?P<path>[^`]*)`$")
_BATCH_BEGINS = re.compile(rb'\s*\{\s*"requests"\s*:')
_OF_A_NAME = "matching regex '^[a-z0-9]"  # of `charter.rules.request.Slug`
_NAMES = (
    "Names hold small letters from a to z, digits and . : + _ - alone, and begin with a letter or a digit."
)
_FIELD = re.compile(r"(?:unknown|required) field `(?P<name>[^`]*)`")


class Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Several requests, each decided on its own."""

    requests: tuple[msgspec.Raw, ...]


_REQUEST = msgspec.json.Decoder(Request)
_BATCH = msgspec.json.Decoder(Batch)


def parse(body: bytes) -> Request | list[Request]:
    """One request, or the list of a batch. Raises BadInput naming the field."""
    if len(body) > LARGEST_BODY:
        raise too_large(body)
    parsed = _parse(body)
    malformed.check_keys(body)
    return parsed


def too_large(beginning: bytes) -> BadInput:
    """What is said of a body over the limit, of which the beginning tells whether it is a batch."""
    if _BATCH_BEGINS.match(beginning):
        text = f"A batch holds between 1 and {LARGEST_BATCH} requests, and 64 KiB at most."
        return BadInput(text, field="requests", code="too_large")
    return BadInput("The body may hold 64 KiB at most.", field="body", code="too_large")


def _parse(body: bytes) -> Request | list[Request]:
    if not _is_batch(body):
        return _decode(_REQUEST, body, prefix="")
    raw = _decode(_BATCH, body, prefix="").requests
    if not 1 <= len(raw) <= LARGEST_BATCH:
        raise BadInput(f"A batch holds between 1 and {LARGEST_BATCH} requests.", field="requests")
    return [_decode(_REQUEST, bytes(each), prefix=f"requests[{place}]") for place, each in enumerate(raw)]


def _is_batch(body: bytes) -> bool:
    """Whether the body is an object with the key `requests`; anything else is read as one request and refused there."""
    try:
        found = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return bool(_BATCH_BEGINS.match(body))
    return "requests" in found


def _decode(decoder, body: bytes, *, prefix: str):
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        sentence, field = _told(str(error), prefix, body)
        raise BadInput(sentence, field=field) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise malformed.fault_of(body, prefix) from None


def _told(message: str, prefix: str, body: bytes) -> tuple[str, str]:
    """msgspec's message as a sentence, and the path of the field that it speaks of."""
    found, named = _AT.search(message), _FIELD.search(message)
    path = found["path"].replace("[...]", "") if found else ""
    parts = [part for part in (prefix, path, named["name"] if named else "") if part]
    field = ".".join(parts) or "body"
    if _OF_A_NAME in message:
        return f"This is no name that anything here has. {malformed.look_alike(body, path)}{_NAMES}", field
    sentence = _AT.sub("", message).replace("Object", "The request", 1)
    return f"{sentence}.", field
