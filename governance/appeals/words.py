"""What appeals say and whose they are, sealed by a key of their own: whoever has the database alone reads neither.

`Parties` is what the product itself needs to keep an appeal from a reporting line; nobody is shown it without leaving a trace
(`services.open_identity`). Each is bound to its row: moved to another, it does not open.
"""

import hmac
from datetime import date
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.utils.translation import gettext as _

from audits.ledger import keyfiles, sealing
from governance.appeals.states import AboutKind, HoldChoice
from ground.errors import Conflict

T = TypeVar("T")
RECEIPT_DIGITS = 16


class AppealAbout(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an appeal is about; of the fields those of its kind. `person` is an external id, `ends_on` is out."""

    kind: AboutKind = AboutKind.NOTHING
    decision: UUID | None = None
    entry: UUID | None = None
    metrics: tuple[str, ...] = ()
    cohorts: tuple[str, ...] = ()
    person: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    rule: str = ""
    calibration: UUID | None = None  # whose outcome is contested
    evidence: tuple[UUID, ...] = ()  # records that the outcome rests on


class ContextSaid(msgspec.Struct, frozen=True):
    """A time that an appeal says something of; `ends_on` is out."""

    kind: str
    starts_on: date
    ends_on: date
    says: str


class AppealWords(msgspec.Struct, frozen=True):
    """What was filed."""

    about: AppealAbout
    statement: str
    wanted: str
    context: tuple[ContextSaid, ...]
    hold: HoldChoice


class Parties(msgspec.Struct, frozen=True):
    """Whose appeal it is, whose use is contested, and the teams and people that its values are of: keys all."""

    appellant: UUID | None = None  # account
    appellant_person: UUID | None = None
    contested: UUID | None = None  # account
    contested_person: UUID | None = None
    teams: tuple[UUID, ...] = ()
    holds: tuple[UUID, ...] = ()


class OutcomeWords(msgspec.Struct, frozen=True):
    """What a decision of an appeal says."""

    reasons: str
    evidence: str
    remedy: str


class FollowUpWords(msgspec.Struct, frozen=True):
    """Whether somebody was treated worse, and how."""

    worse: bool
    says: str


class WatchedDecision(msgspec.Struct, frozen=True):
    """A decision that is presumed retaliation."""

    decision: UUID


class Answers(msgspec.Struct, frozen=True):
    """What was answered so far of an appeal that is being written, by name of the question's field."""

    given: dict[str, Any]


class Text(msgspec.Struct, frozen=True):
    """A message."""

    text: str


def seal(said: msgspec.Struct, row: UUID, part: str) -> bytes:
    """These words, for this part of this row alone."""
    return sealing.seal(msgspec.json.encode(said), settings.APPEALS_KEY_FILE, about=_about(row, part))


def unseal(sealed: bytes | memoryview, row: UUID, part: str, of: type[T]) -> T:
    """The words that were sealed. Raises Conflict where our key does not open them."""
    return msgspec.json.decode(_open(sealed, row, part), type=of)


def _open(sealed: bytes | memoryview, row: UUID, part: str) -> bytes:
    try:
        return sealing.unseal(bytes(sealed), settings.APPEALS_KEY_FILE, about=_about(row, part))
    except InvalidTag as error:
        raise Conflict(
            _("What this appeal says does not open: the key of appeals is another, or it was changed."),
            code="appeal_does_not_open",
        ) from error


def seal_file(content: bytes, row: UUID) -> bytes:
    """An attachment, for its row alone."""
    return sealing.seal(content, settings.APPEALS_KEY_FILE, about=_about(row, "attachment"))


def unseal_file(sealed: bytes | memoryview, row: UUID) -> bytes:
    """The attachment that was sealed. Raises Conflict where our key does not open it."""
    return _open(sealed, row, "attachment")


def tag(account: UUID) -> str:
    """What stands for an account where its confidential appeals and its draft are found; nobody reads a name from it."""
    return hmac.new(_key(b"tag"), account.bytes, sha256).hexdigest()


def mark_decision(appeal: UUID, decision: UUID) -> str:
    """What stands for a decision among those that are presumed retaliation after an appeal, so that each is found once."""
    return hmac.new(_key(b"watched"), appeal.bytes + decision.bytes, sha256).hexdigest()


def hash_receipt(digits: str) -> str:
    """What a receipt of an anonymous appeal is found by: slow for whoever guesses, and as long for each.

    Its salt is the key's, one for all, since a receipt is all that there is to find an appeal by.
    """
    raw = hash_secret_raw(digits.encode(), _key(b"receipt")[:16], 2, 19_456, 1, 32, Type.ID)
    return raw.hex()


def _key(purpose: bytes) -> bytes:
    return hmac.new(keyfiles.read(settings.APPEALS_KEY_FILE), b"appeals " + purpose, sha256).digest()


def _about(row: UUID, part: str) -> bytes:
    return f"appeal {part} {row}".encode()
