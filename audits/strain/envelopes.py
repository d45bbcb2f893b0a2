"""Answers to a pulse, sealed while it is open: whoever has the database alone reads none, and all are of one length.

Each is bound to its envelope and pulse: moved to another, it does not open.
"""

from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.utils.translation import gettext as _

from audits.ledger import sealing
from audits.strain.pulse import PulseAnswer
from ground.errors import Conflict


def seal_answer(answer: PulseAnswer, *, envelope: UUID, pulse: UUID) -> bytes:
    """The answer, for this envelope of this pulse alone. Raises KeyMissing."""
    return sealing.seal(
        msgspec.json.encode(answer), settings.LEDGER_SEALING_KEY_FILE, about=_about(envelope, pulse)
    )


def open_answer(sealed: bytes | memoryview, *, envelope: UUID, pulse: UUID) -> PulseAnswer:
    """What was sealed. Raises Conflict where our key does not open it."""
    try:
        body = sealing.unseal(bytes(sealed), settings.LEDGER_SEALING_KEY_FILE, about=_about(envelope, pulse))
    except InvalidTag as error:
        raise Conflict(
            _("An answer does not open: the key of this installation is another, or it was changed."),
            code="pulse_does_not_open",
        ) from error
    return msgspec.json.decode(body, type=PulseAnswer)


def _about(envelope: UUID, pulse: UUID) -> bytes:
    return f"pulse {pulse} {envelope}".encode()
