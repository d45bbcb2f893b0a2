"""What calibration says of people, sealed: whoever has the database alone reads no level, no reason and no value.

Each is bound to its row and part: moved to another, it does not open.
"""

from datetime import date
from typing import TypeVar
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.utils.translation import gettext as _

from audits.ledger import sealing
from ground.errors import Conflict

T = TypeVar("T")


class ProposalWords(msgspec.Struct, frozen=True):
    """A proposed level from 1 to 3, why the evidence shows it, and of a change why it was changed."""

    level: int
    reasons: str
    change: str = ""


class CalibrationText(msgspec.Struct, frozen=True):
    """A note, a challenge or what was said to it."""

    text: str


class CitedRow(msgspec.Struct, frozen=True):
    """A value as the line told it, with the notes that stood beside it; or why there was none."""

    metric: str
    name: str
    whose: str
    period: str
    value: float | None
    unit: str
    notes: tuple[str, ...]
    because: str = ""


class CitedAnswer(msgspec.Struct, frozen=True):
    """What the line answered of one person: rows, or the rules by which it refused."""

    rows: tuple[CitedRow, ...]
    rules: tuple[tuple[str, str], ...]  # number and text
    gap: bool
    starts_on: date
    ends_on: date


def seal(said: msgspec.Struct, row: UUID, part: str) -> bytes:
    """These words, for this part of this row alone. Raises KeyMissing."""
    return sealing.seal(msgspec.json.encode(said), settings.LEDGER_SEALING_KEY_FILE, about=_about(row, part))


def unseal(sealed: bytes | memoryview, row: UUID, part: str, of: type[T]) -> T:
    """The words that were sealed. Raises Conflict where our key does not open them."""
    try:
        body = sealing.unseal(bytes(sealed), settings.LEDGER_SEALING_KEY_FILE, about=_about(row, part))
    except InvalidTag as error:
        raise Conflict(
            _("What was said does not open: the key of this installation is another, or it was changed."),
            code="calibration_does_not_open",
        ) from error
    return msgspec.json.decode(body, type=of)


def _about(row: UUID, part: str) -> bytes:
    return f"calibration {part} {row}".encode()
