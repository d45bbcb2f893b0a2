"""The second step of signing in by password: a code from an app, or one of the recovery codes that are shown once.

It is asked for where the password is looked at (backends.py), so that no door takes a password alone. A code counts once; wrong
ones are counted and locked like wrong passwords. The secret lies sealed, of recovery codes their digests.
"""

import secrets
import time
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audits.ledger import sealing
from audits.ledger import services as ledger
from governance.people import permissions, totp
from governance.people.events import RecoveryCodeUsed, SecondStepRemoved, SecondStepSet
from governance.people.models import AccountKind, SecondStep, User
from ground import records
from ground.errors import BadInput, Conflict, NotFound

_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


@transaction.atomic(durable=True)
def set_second_step(*, secret: str, code: str, by: User) -> list[str]:
    """Ask for a code at one's sign-ins from now on; gives the recovery codes, which are kept nowhere.

    Raises BadInput for a code that is not of the secret, Conflict where one has it already, and for a machine's account.
    """
    if by.kind != AccountKind.HUMAN:
        raise Conflict(_("A machine has no password, so no second step."))
    if SecondStep.objects.filter(user=by).exists():
        raise Conflict(_("You have a second step already. Remove it first."))
    step = totp.find_step(secret, code, at=time.time(), after=0) if totp.is_secret(secret) else None
    if step is None:
        raise BadInput(
            _("That is not the code of now. Look whether the clock of your phone is right."), field="code"
        )
    codes = [_make_recovery_code() for _number in range(_CODES)]
    sealed = sealing.seal(secret.encode(), settings.LEDGER_SEALING_KEY_FILE, about=by.pk.bytes)
    made = SecondStep(user=by, sealed=sealed, last_step=step, recovery=[_digest(each) for each in codes])
    records.insert(made)
    ledger.append(SecondStepSet(step=made.pk, user=by.pk), by=by.actor)
    return codes


@transaction.atomic(durable=True)
def remove_second_step(*, user: User, by: User, code: str = "") -> None:
    """Ask for no code any more: one's own, with a code; another's as an administrator, which ends their sessions' trust in it.

    Raises NotPermitted, BadInput for a wrong code, NotFound where there is none.
    """
    if user == by:
        if not accepts(user, code):
            raise BadInput(_("That is not a code of yours that was not used yet."), field="code")
    else:
        permissions.check_can_grant(by, to=user)
    found = SecondStep.objects.filter(user=user).first()
    if found is None:
        raise NotFound(_("This account has no second step."))
    removed = SecondStepRemoved(step=found.pk, user=user.pk)
    found.delete()
    ledger.append(removed, by=by.actor)


@transaction.atomic
def accepts(user: User, code: str) -> bool:
    """Whether this is a code of the account's, which is used up by it; of an account without a second step nothing is asked."""
    found = SecondStep.objects.filter(user=user).first()
    if found is None:
        return True
    row = SecondStep.objects.filter(pk=found.pk)
    sealed = bytes(found.sealed)
    secret = sealing.unseal(sealed, settings.LEDGER_SEALING_KEY_FILE, about=user.pk.bytes).decode()
    step = totp.find_step(secret, code, at=time.time(), after=found.last_step)
    if step is not None:
        # Two who send it at once: one is first.
        return bool(row.filter(last_step__lt=step).update(last_step=step))
    return _use_recovery_code(user, found, row, code)


def has_second_step(user: User) -> bool:
    """Whether a code is asked for."""
    return SecondStep.objects.filter(user=user).exists()


def is_used() -> bool:
    """Whether anybody's sign-in asks for a code, so that the page has a field for it."""
    return SecondStep.objects.exists()


def _use_recovery_code(user: User, found: SecondStep, row: "QuerySet[SecondStep]", code: str) -> bool:
    digest = _digest(code)
    if digest not in found.recovery:
        return False
    left = [each for each in found.recovery if each != digest]
    if not row.filter(recovery=found.recovery).update(recovery=left):
        return False
    ledger.append(RecoveryCodeUsed(user=user.pk, left=len(left)), by=user.actor)
    return True


def _make_recovery_code() -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _number in range(12))
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def _digest(code: str) -> str:
    """Of 60 random bits there is nothing to guess, so that a plain digest is enough."""
    return sha256("".join(code.lower().replace("-", "").split()).encode()).hexdigest()
