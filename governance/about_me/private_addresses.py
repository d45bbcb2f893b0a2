"""Private addresses by which people read what is held about them after they have left (S149): a second way beside the code on paper.

An address is given before leaving, confirmed by a link that is mailed to it, and kept sealed. It is used for one thing: to mail a
link, once its account is closed and whoever has left asks for one by user name and address. Nobody is shown it but who gave it.
Requests write down what was typed and look nothing up; a scan finds whom they mean, so that no request is longer for what is there.
"""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audits.ledger import sealing
from audits.ledger import services as ledger
from governance.about_me.events import (
    LeaverAddressConfirmed,
    LeaverAddressDropped,
    LeaverAddressGiven,
    LeaverLinkUsed,
)
from governance.about_me.models import LeaverAddress, LeaverMail
from governance.about_me.permissions import check_can_make_code, get_left_person
from governance.people.address_links import AddressLinkOver
from governance.people.models import User
from ground import clock, counts, records, texts
from ground.errors import BadInput, Conflict, DomainError, NotFound, TooMuch, Unavailable
from ground.rates import Rate

_CONFIRM, _OPEN = "about_me.address.confirm", "about_me.address.open"
# A message that was refused so often is given up.
ATTEMPTS = 5
_LONGEST = 254


class LeaverLinkOver(NotFound):
    """The same of a link that was used, that is too old, of an account in use, and that never was one."""

    code = "link_over"
    title = "This link is over"

    def __init__(self) -> None:
        text = _(
            "A link opens once, within %(minutes)s minutes, after the account is closed. Ask for another."
        )
        super().__init__(text % {"minutes": settings.RESET_LINK_MINUTES})


def give_address(*, email: str, by: User) -> LeaverAddress:
    """Give a private address of one's own, in the place of one that there may be; a link to confirm it is mailed there.

    Raises BadInput naming `email`, and TooMuch where it was given too often: each is a mail to somebody who may not want one.
    """
    check_can_make_code(by)
    address = _take(email, of=by)
    _count(f"leaver address {by.pk}", settings.RESET_ACCOUNT_RATE)
    return _keep(address, by)


@transaction.atomic(durable=True)
def _keep(address: str, by: User) -> LeaverAddress:
    User.objects.select_for_update().get(pk=by.pk)
    _drop(by)
    row = LeaverAddress(user=by, given_at=clock.now())
    row.address = _seal(address, row.pk)
    records.insert(row)
    ledger.append(LeaverAddressGiven(address=row.pk), by=by.actor)
    records.insert(LeaverMail(address=row))
    return row


@transaction.atomic(durable=True)
def confirm_address(*, token: str, by: User) -> LeaverAddress:
    """Confirm one's own address by the link that was mailed to it. Raises AddressLinkOver."""
    check_can_make_code(by)
    User.objects.select_for_update().get(pk=by.pk)
    row = find_to_confirm(token, of=by)
    row.confirmed_at = clock.now()
    row.save(update_fields=["confirmed_at"])
    ledger.append(LeaverAddressConfirmed(address=row.pk), by=by.actor)
    return row


@transaction.atomic(durable=True)
def drop_address(*, by: User) -> None:
    """Take one's own address back: it is forgotten. Raises Conflict where there is none."""
    check_can_make_code(by)
    User.objects.select_for_update().get(pk=by.pk)
    if not _drop(by):
        raise Conflict(_("There is no address that could be taken back."), code="no_address")


def find_address(user: User) -> LeaverAddress | None:
    """The address of an account that counts or waits to be confirmed, if there is one."""
    return LeaverAddress.objects.filter(user=user, dropped_at__isnull=True).first()


def read_address(row: LeaverAddress) -> str:
    """The address itself, for its owner and the mails to it."""
    sealed = sealing.unseal(
        bytes(row.address), settings.LEDGER_SEALING_KEY_FILE, about=_about("address", row.pk)
    )
    return sealed.decode()


def find_to_confirm(token: str, *, of: User) -> LeaverAddress:
    """The address that a link confirms, of the account that gave it. Raises AddressLinkOver."""
    key = _read(token, _CONFIRM).get("address")
    row = find_address(of)
    if row is None or str(row.pk) != key or row.confirmed_at is not None:
        raise AddressLinkOver
    return row


def ask_for_link(*, username: str, email: str) -> None:
    """Let a link be mailed to who has left, if both are theirs; what is done does not depend on that. Raises TooMuch."""
    _count("leaver codes", settings.LEAVER_CODE_RATE)
    row = LeaverMail()
    typed = json.dumps([username.strip()[:_LONGEST], email.strip()[:_LONGEST]])
    row.typed = sealing.seal(typed.encode(), settings.LEDGER_SEALING_KEY_FILE, about=_about("mail", row.pk))
    records.insert(row)


@transaction.atomic(durable=True)
def open_by_link(*, token: str) -> LeaverAddress:
    """Open the pages to whoever follows the link, once. Raises LeaverLinkOver."""
    told = _read(token, _OPEN)
    row = check_opens(_list_named(told).select_for_update(of=("self",)).first(), told)
    row.opened_at = clock.now()
    row.save(update_fields=["opened_at"])
    ledger.append(LeaverLinkUsed(address=row.pk), by=row.user.actor)
    return row


def check_link(token: str) -> None:
    """Raise LeaverLinkOver unless the link opens something now; it opens nothing yet."""
    told = _read(token, _OPEN)
    check_opens(_list_named(told).first(), told)


def _list_named(told: dict[str, Any]) -> QuerySet[LeaverAddress]:
    """The address that a link names; none of one that says nothing."""
    named = [str(told["address"])] if "address" in told else []
    return LeaverAddress.objects.select_related("user__person").filter(pk__in=named)


def check_opens(row: LeaverAddress | None, told: dict[str, Any]) -> LeaverAddress:
    """The address where a link that says so opens. Raises LeaverLinkOver."""
    if row is None or not has_left(row) or told.get("as") != _state_of(row):
        raise LeaverLinkOver
    return row


def has_left(row: LeaverAddress) -> bool:
    """Whether an address counts and its account is closed."""
    try:
        get_left_person(row.user)
    except DomainError:
        return False
    return row.confirmed_at is not None and row.dropped_at is None


def list_waiting() -> list[LeaverMail]:
    """The mails that wait, those that failed least first."""
    return list(
        LeaverMail.objects.select_related("address__user__person").order_by("attempts", "queued_at", "pk")
    )


def send_waiting(*, mail: LeaverMail) -> int:
    """Send one that waits, or forget it where it is too old or means nobody; gives how many mails have left.

    Raises Unavailable where the mail server is away.
    """
    row = LeaverMail.objects.filter(pk=mail.pk)
    # Claimed before an account's room is spent on it.
    if not row.filter(attempts=mail.attempts).update(attempts=F("attempts") + 1):
        return 0
    message = _write(mail)
    if message is not None:
        try:
            message.send()
        except OSError as away:
            if mail.attempts + 1 >= ATTEMPTS:
                row.delete()
            raise Unavailable(_("The mail server does not answer: %(why)s") % {"why": away}) from away
    row.delete()
    return int(message is not None)


def _write(mail: LeaverMail) -> EmailMessage | None:
    if timezone.now() - mail.queued_at > _lasts():
        return None
    address = mail.address if mail.address is not None else _find_meant(mail)
    if address is None or address.dropped_at is not None:
        return None
    subject, text = _tell_open(address) if mail.address is None else _tell_confirm(address)
    return EmailMessage(
        subject,
        f"{text}\n\n-- \nMetric Charter\n",
        to=[read_address(address)],
        headers={"Auto-Submitted": "auto-generated"},
    )


def _find_meant(mail: LeaverMail) -> LeaverAddress | None:
    """Whose both are that were typed, if it was not mailed too often."""
    typed = sealing.unseal(bytes(mail.typed), settings.LEDGER_SEALING_KEY_FILE, about=_about("mail", mail.pk))
    username, email = json.loads(typed)
    named = LeaverAddress.objects.filter(user__username=texts.fold(username), dropped_at__isnull=True)
    row = named.select_related("user__person").first()
    if row is None or not has_left(row) or read_address(row).casefold() != email.casefold():
        return None
    return row if counts.spend(f"leaver mail {row.pk}", settings.RESET_ACCOUNT_RATE).granted else None


def _tell_confirm(row: LeaverAddress) -> tuple[str, str]:
    text = _(
        "Somebody gave this address, to read after they have left what is held about them where they work.\n\n"
        "If that is you, sign in and confirm it within %(minutes)s minutes:\n\n%(link)s\n\n"
        "If not, do nothing: this link is worth nothing to anybody else, and no more mails come."
    )
    link = _make_link("about-me-address-confirm", _CONFIRM, {"address": str(row.pk)})
    return _("Confirm your private address"), text % {"minutes": settings.RESET_LINK_MINUTES, "link": link}


def _tell_open(row: LeaverAddress) -> tuple[str, str]:
    text = _(
        "Read here what is held about you, once, within %(minutes)s minutes:\n\n%(link)s\n\n"
        "If you did not ask, do nothing: nobody but you has this link."
    )
    told = {"address": str(row.pk), "as": _state_of(row)}
    link = _make_link("about-me-left-open", _OPEN, told)
    return _("What is held about you"), text % {"minutes": settings.RESET_LINK_MINUTES, "link": link}


def _make_link(page: str, salt: str, told: dict[str, str]) -> str:
    site: str = settings.BASE_URL.rstrip("/")
    return site + reverse(page, args=[signing.dumps(told, salt=salt)])


def _read(token: str, salt: str) -> dict[str, Any]:
    """What a link says; nothing of one that is too old or none."""
    try:
        return dict(signing.loads(token, salt=salt, max_age=_lasts()))
    except signing.BadSignature:
        return {}


def _lasts() -> timedelta:
    return timedelta(minutes=settings.RESET_LINK_MINUTES)


def _state_of(row: LeaverAddress) -> str:
    """What is another once a link was used."""
    return row.opened_at.isoformat() if row.opened_at else ""


def _drop(user: User) -> bool:
    row = find_address(user)
    if row is None:
        return False
    row.address, row.dropped_at = b"", clock.now()
    row.save(update_fields=["address", "dropped_at"])
    ledger.append(LeaverAddressDropped(address=row.pk), by=user.actor)
    return True


def _take(typed: str, *, of: User) -> str:
    """An address as it is kept. Raises BadInput."""
    try:
        address = texts.clean_label(typed)
        validate_email(address)
    except (ValueError, ValidationError):
        raise BadInput(_("Enter an e-mail address such as ana@example.org"), field="email") from None
    if len(address) > _LONGEST or address.casefold() == of.email.casefold():
        text = _("Enter an address that stays yours: this is the one of your account, or longer than any is.")
        raise BadInput(text, field="email")
    return address


def _count(key: str, rate: Rate) -> None:
    spent = counts.spend(key, rate)
    if not spent.granted:
        raise TooMuch(
            _("Many people try this at the moment. Wait a little and send it again."), wait=spent.wait
        )


def _seal(address: str, row: UUID) -> bytes:
    return sealing.seal(address.encode(), settings.LEDGER_SEALING_KEY_FILE, about=_about("address", row))


def _about(what: str, row: UUID) -> bytes:
    return f"leaver {what} {row}".encode()
