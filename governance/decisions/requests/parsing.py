"""Requests as they come in: JSON bytes to a Request, or a sentence that names the field at fault."""

import re
from enum import StrEnum
from typing import TypeVar

import msgspec

from charter.rules.request import Request
from charter.rules.vocabulary import (
    Combine,
    DecisionType,
    EvidenceKind,
    Grain,
    OrderBy,
    Period,
    TimeFilter,
    View,
)
from governance.decisions.requests import malformed
from ground import strict_json
from ground.errors import BadInput
from ground.msgspec_errors import locate_fault, strip_place

T = TypeVar("T")

LARGEST_BODY = 64 * 1024
LARGEST_BATCH = 100

_BATCH_BEGINS = re.compile(rb'\s*\{\s*"requests"\s*:')
_OF_A_NAME = "matching regex '^[a-z0-9]"  # of `charter.rules.request.Slug`
_NAMES = (
    "Names hold small letters from a to z, digits and . : + _ - alone, those of persons @ and ' as well, and begin with a "
    "letter or a digit."
)


# The fields of a request that take words of a vocabulary, by their last name.
WORDS: dict[str, type[StrEnum]] = {
    "decision": DecisionType,
    "grain": Grain,
    "period": Period,
    "view": View,
    "order_by": OrderBy,
    "combine": Combine,
    "time_filter": TimeFilter,
    "kind": EvidenceKind,
}


class RequestBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Several requests, each decided on its own."""

    requests: tuple[msgspec.Raw, ...]


_REQUEST = msgspec.json.Decoder(Request)
_BATCH = msgspec.json.Decoder(RequestBatch)


def parse(body: bytes) -> Request | list[Request]:
    """One request, or the list of a batch. Raises BadInput naming the field."""
    if len(body) > LARGEST_BODY:
        raise describe_too_large(body)
    parsed = _parse(body)
    strict_json.check_keys(body)
    return parsed


def describe_too_large(beginning: bytes) -> BadInput:
    """What is said of a body over the limit, of which the beginning tells whether it is a batch."""
    if _BATCH_BEGINS.match(beginning):
        text = f"A batch holds between 1 and {LARGEST_BATCH} requests, and 64 KiB at most."
        return BadInput(text, field="requests", code="too_large")
    return strict_json.make_too_large(LARGEST_BODY)


def _parse(body: bytes) -> Request | list[Request]:
    if not _is_batch(body):
        return decode(_REQUEST, body, prefix="")
    raw = decode(_BATCH, body, prefix="").requests
    if not 1 <= len(raw) <= LARGEST_BATCH:
        raise BadInput(f"A batch holds between 1 and {LARGEST_BATCH} requests.", field="requests")
    return [decode(_REQUEST, bytes(each), prefix=f"requests[{place}]") for place, each in enumerate(raw)]


def _is_batch(body: bytes) -> bool:
    """Whether the body is an object with the key `requests`; anything else is read as one request and refused there."""
    try:
        found = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except strict_json.UNREADABLE:
        return bool(_BATCH_BEGINS.match(body))
    return "requests" in found


def decode(decoder: "msgspec.json.Decoder[T]", body: bytes, *, prefix: str = "") -> T:
    """What a decoder reads of bytes. Raises BadInput naming the field, behind `prefix`."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        sentence, field = _describe(str(error), prefix, body)
        raise BadInput(sentence, field=field) from None
    except strict_json.UNREADABLE:
        raise malformed.describe_fault(body, prefix) from None


def _describe(message: str, prefix: str, body: bytes) -> tuple[str, str]:
    """msgspec's message as a sentence, and the path of the field that it speaks of."""
    path = locate_fault(message)[1].replace("[...]", "")
    field = ".".join(part for part in (prefix, path) if part) or "body"
    if _OF_A_NAME in message:
        return (
            f"This is no name that anything here has. {malformed.describe_look_alike(body, path)}{_NAMES}",
            field,
        )
    sentence = strip_place(message).replace("Object", "The request", 1)
    return f"{sentence}.{_list_words(message, path)}", field


def _list_words(message: str, path: str) -> str:
    """The words that a field takes, where it was given another."""
    words = WORDS.get(path.rpartition(".")[2]) if message.startswith("Invalid enum value") else None
    return f" It is one of: {', '.join(words)}." if words else ""
