"""Requests as they come in: JSON bytes to a Request, or a sentence that names the field at fault."""

import re

import msgspec

from charter.rules.request import Request
from ground.errors import BadInput

LARGEST_BODY = 64 * 1024
LARGEST_BATCH = 100

_AT = re.compile(r" - at `\$?\.?(?P<path>[^`]*)`$")
_FIELD = re.compile(r"(?:unknown|required) field `(?P<name>[^`]*)`")


class Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Several requests, each decided on its own."""

    requests: tuple[msgspec.Raw, ...]


_REQUEST = msgspec.json.Decoder(Request)
_BATCH = msgspec.json.Decoder(Batch)


def parse(body: bytes) -> Request | list[Request]:
    """One request, or the list of a batch. Raises BadInput naming the field."""
    if len(body) > LARGEST_BODY:
        raise BadInput("The body may hold 64 KiB at most.", field="body", code="too_large")
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
        return False
    return "requests" in found


def _decode(decoder, body: bytes, *, prefix: str):
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        sentence, field = _told(str(error), prefix)
        raise BadInput(sentence, field=field) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise BadInput("This is not JSON that can be read.", field=prefix or "body") from None


def _told(message: str, prefix: str) -> tuple[str, str]:
    """msgspec's message as a sentence, and the path of the field that it speaks of."""
    found, named = _AT.search(message), _FIELD.search(message)
    path = found["path"].replace("[...]", "") if found else ""
    parts = [part for part in (prefix, path, named["name"] if named else "") if part]
    sentence = _AT.sub("", message).replace("Object", "The request", 1)
    return f"{sentence}.", ".".join(parts) or "body"
