"""A question asked again under the key of the first time gets the first answer, and no second entry (`Idempotency-Key`).

The answer is written in the transaction of its decision, so that there is both or neither. It is sealed by the asker's key
and ours: whoever reads the database reads no value, least of all a person's own, which are otherwise stored nowhere.
After `LASTING` the key means nothing any more, and the row goes.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Self
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.ledger import keyfiles
from charter.rules.request import Request
from governance.decisions.models import DecisionRecord, KeptAnswer
from governance.decisions.services.answers import Answer, Unsigned
from governance.decisions.services.receipts import sign_decision
from governance.people.models import User
from ground import clock
from ground.errors import Conflict

LASTING = timedelta(hours=1)
_NONCE = 12
_JSON = msgspec.json.Encoder(order="deterministic")


class AskedAtOnceError(Exception):
    """Another worker has answered under this key since we looked."""


class KeyReused(Conflict):
    """One key stands for one question."""

    status = 422
    code = "idempotency_key_reused"
    title = "This key was used for another question"


class Once(Struct, frozen=True):
    """A question under a key of its asker's: `asked_hash` is of all that makes it this question."""

    key: str
    place: int  # in a batch, whose questions are decided one by one
    asked_hash: str

    @classmethod
    def of_each(cls, key: str, asked: Sequence[Request], *, rows: bool, is_batch: bool) -> list[Self]:
        """For all questions that come under one key: it stands for them all together, in their order."""
        asked_hash = hashlib.sha256(_JSON.encode((asked, rows, is_batch))).hexdigest()
        return [cls(key, place, asked_hash) for place in range(len(asked))]

    @property
    def key_hash(self) -> str:
        return hashlib.sha256(f"{self.place} {self.key}".encode()).hexdigest()


def check_unused(onces: Sequence[Once], *, by: User) -> None:
    """Raise KeyReused where other questions came under this key of late, before any of these is asked."""
    asked = {each.key_hash: each.asked_hash for each in onces}
    kept = _list_kept(by).filter(key_hash__in=asked).values_list("key_hash", "asked_hash")
    if any(asked[key] != before for key, before in kept):
        text = _("This Idempotency-Key stands for another question. Take a new key for each question.")
        raise KeyReused(text, field="Idempotency-Key")


def find_kept(once: Once, *, by: User) -> Answer | None:
    """The answer that was given under this key, None where there was none of late. Raises KeyReused."""
    check_unused([once], by=by)
    found = _list_kept(by).select_related("entry__decision__entry")
    kept = found.filter(key_hash=once.key_hash).first()
    if kept is None:
        return None
    opened = _cipher(once, by.pk).decrypt(bytes(kept.sealed)[:_NONCE], bytes(kept.sealed)[_NONCE:], None)
    return msgspec.json.decode(opened, type=Unsigned).signed(sign_decision(kept.entry.decision))


def get_kept(once: Once, *, by: User) -> Answer:
    """The answer that another worker has just given under this key. Raises Conflict where it is gone again."""
    found = find_kept(once, by=by)
    if found is None:
        raise Conflict(_("The same was asked at that moment. Ask again."), code="asked_at_once")
    return found


def keep(once: Once, decision: DecisionRecord, given: Unsigned, *, by: User) -> None:
    """Keep an answer in the transaction of its decision. Raises AskedAtOnceError where somebody answered under the key."""
    KeptAnswer.objects.filter(account=by, key_hash=once.key_hash, kept_at__lte=clock.now() - LASTING).delete()
    nonce = secrets.token_bytes(_NONCE)
    sealed = nonce + _cipher(once, by.pk).encrypt(nonce, _JSON.encode(given), None)
    kept = KeptAnswer(
        account=by,
        key_hash=once.key_hash,
        asked_hash=once.asked_hash,
        entry_id=decision.entry_id,
        sealed=sealed,
    )
    try:
        with transaction.atomic():
            kept.save(force_insert=True)
    except IntegrityError as error:
        raise AskedAtOnceError from error


def _list_kept(by: User) -> QuerySet[KeptAnswer]:
    return KeptAnswer.objects.filter(account=by, kept_at__gt=clock.now() - LASTING)


@transaction.atomic
def forget_old_answers() -> int:
    """Delete what was kept long enough; gives how many. What it was is on the log, and stays there."""
    return KeptAnswer.objects.filter(kept_at__lte=clock.now() - LASTING).delete()[0]


def _cipher(once: Once, account: UUID) -> AESGCM:
    """Opens with the asker's key and the sealing key together, which is in no table."""
    secret = once.key.encode() + keyfiles.read(settings.LEDGER_SEALING_KEY_FILE)
    return AESGCM(HKDF(SHA256(), length=32, salt=account.bytes, info=b"kept answer").derive(secret))
