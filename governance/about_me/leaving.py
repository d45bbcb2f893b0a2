"""The codes by which people read what is held about them after they have left (S149): made before, shown once, taken back at will.

A code is 25 characters of paper: 125 random bits in letters and digits that cannot be mistaken for each other.
"""

import secrets
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.ledger import services as ledger
from audits.ledger.models import Entry
from governance.about_me.events import LeaverCameBack, LeaverCodeMade, LeaverCodeRevoked, OwnDataDownloaded
from governance.about_me.models import LeaverAddress, LeaverCode
from governance.about_me.permissions import check_can_make_code, get_left_person
from governance.people.models import User
from ground import clock, counts, records, texts
from ground.errors import Conflict, DomainError, NotFound, TooMuch

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH = 25
_SALT = "about_me.left"
# How long a page stays open to whoever has given the code.
OPEN_FOR = timedelta(minutes=30)


class MadeCode(Struct, frozen=True):
    """A code as it was made, and the text that is told to nobody again."""

    row: LeaverCode
    text: str


@transaction.atomic(durable=True)
def make_code(*, by: User) -> MadeCode:
    """Make a code of one's own, in the place of one that there may be."""
    check_can_make_code(by)
    User.objects.select_for_update().get(pk=by.pk)
    _revoke(by)
    text = "".join(secrets.choice(_LETTERS) for _each in range(_LENGTH))
    row = records.insert(LeaverCode(user=by, hashed=make_password(text), made_at=clock.now()))
    ledger.append(LeaverCodeMade(code=row.pk), by=by.actor)
    return MadeCode(row, "-".join(text[at : at + 5] for at in range(0, _LENGTH, 5)))


@transaction.atomic(durable=True)
def revoke_code(*, by: User) -> None:
    """Take one's own code back, so that it opens nothing. Raises Conflict where there is none."""
    check_can_make_code(by)
    User.objects.select_for_update().get(pk=by.pk)
    if not _revoke(by):
        raise Conflict(_("There is no code that could be taken back."), code="no_code")


def come_back(*, username: str, typed: str) -> str:
    """What a browser keeps so that the pages open to it for a while: of whose user name and code these are.

    Raises NotFound, after as much work whether the name, the code or neither is right, and while the account is in use; TooMuch
    where all together have tried too often, as no address is kept.
    """
    spent = counts.spend("leaver codes", settings.LEAVER_CODE_RATE)
    if not spent.granted:
        raise TooMuch(
            _("Many people try this at the moment. Wait a little and send it again."), wait=spent.wait
        )
    return remember(_open(username, _clean(typed)))


def remember(row: LeaverCode | LeaverAddress) -> str:
    """What a browser keeps of the code or the link by which somebody came back."""
    return signing.dumps([type(row).__name__, str(row.pk)], salt=_SALT)


@transaction.atomic(durable=True)
def _open(username: str, typed: str) -> LeaverCode:
    named = LeaverCode.objects.filter(user__username=texts.fold(username.strip()), revoked_at__isnull=True)
    code = named.select_related("user__person").first()
    right = check_password(typed, code.hashed if code else _nobodys())
    if code is None or not right or code.user.is_active or code.user.person is None:
        raise NotFound(
            _(
                "No code of this name opens anything. Check both; while your account is in use, sign in instead."
            ),
            code="no_such_code",
        )
    ledger.append(LeaverCameBack(code=code.pk), by=code.user.actor)
    return code


def find_leaver(kept: str | None) -> User | None:
    """Who has come back in a browser; None after a while, once the code or address was taken back, or where the account is in use again."""
    try:
        way, key = signing.loads(kept or "", salt=_SALT, max_age=OPEN_FOR)
    except signing.BadSignature:
        return None
    user = _WAYS[way](key)
    try:
        return user if user is not None and get_left_person(user) else None
    except DomainError:
        return None


def _of_code(key: str) -> User | None:
    found = LeaverCode.objects.select_related("user__person").filter(pk=key, revoked_at__isnull=True).first()
    return found.user if found else None


def _of_address(key: str) -> User | None:
    found = (
        LeaverAddress.objects.select_related("user__person").filter(pk=key, dropped_at__isnull=True).first()
    )
    return found.user if found else None


# Whose it is by what a browser keeps, by what that is.
_WAYS = {LeaverCode.__name__: _of_code, LeaverAddress.__name__: _of_address}


@transaction.atomic(durable=True)
def record_leavers_download(*, by: User) -> Entry:
    """Put on the log that somebody who has left takes a copy of what is held about them."""
    get_left_person(by)
    return ledger.append(OwnDataDownloaded(), by=by.actor)


def find_code(user: User) -> LeaverCode | None:
    """The code of an account that opens, if there is one."""
    return LeaverCode.objects.filter(user=user, revoked_at__isnull=True).first()


def _revoke(user: User) -> bool:
    code = find_code(user)
    if code is None:
        return False
    code.revoked_at = clock.now()
    code.save(update_fields=["revoked_at"])
    ledger.append(LeaverCodeRevoked(code=code.pk), by=user.actor)
    return True


def _clean(typed: str) -> str:
    """As it was made, however its parts are parted, in small letters too."""
    return "".join(each for each in typed.upper() if each in _LETTERS)[: _LENGTH + 1]


@cache
def _nobodys() -> str:
    """What a code is compared with where nobody has the name, so that it takes as long."""
    return make_password("nobody's")
