"""Mails about an account's password or address: asked for here, sent by a scan, so that no request is longer for an account that exists.

A request for a link writes down what was typed and looks nothing up. The scan finds whom it means, makes the link as it
sends it, and deletes the row; nothing that waits here opens anything. A mail that left as its worker died may leave twice.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.people import address_links, links, permissions
from governance.people.events import PasswordLinkMailed, PasswordLinkSent
from governance.people.models import ELSEWHERE, AccountKind, AccountMail, AccountMailKind, User
from ground import counts, records, scans, texts
from ground.errors import BadInput, Conflict, TooMuch
from ground.rates import Rate

# A message that was refused so often is given up.
ATTEMPTS = 5
# To how many accounts of one address a link is mailed at most.
_ACCOUNTS = 5
# What tells of something that was done, and is worth telling however late; links are not.
_TOLD_LATE = (AccountMailKind.CHANGED, AccountMailKind.PROPOSED, AccountMailKind.MOVED)

log = logging.getLogger(__name__)


def ask_for_link(*, typed: str, origin: str) -> None:
    """Let a link be mailed to whoever has this user name or address, if anybody; what is done does not depend on that.

    `origin` is the key of where it is asked from. Nobody has signed in, so nobody does it: whose account it turns out to be
    does, as the mail leaves. How often one account is mailed is counted there, so that asking in its name keeps no mail
    from it. Raises BadInput, and TooMuch where it was asked too often, in which nothing is written.
    """
    named = typed.strip()
    if not named:
        raise BadInput(_("Enter your user name or e-mail address"), field="typed")
    _count(f"reset from {origin}", settings.RESET_ADDRESS_RATE)
    _count("reset", settings.RESET_RATE)
    records.insert(AccountMail(kind=AccountMailKind.ASKED, typed=named))


@transaction.atomic(durable=True)
def send_link(*, to: User, by: User) -> None:
    """Let a link be mailed to an account, as an administrator, who never sees it. Raises NotPermitted, Conflict."""
    permissions.check_can_administer(by)
    if not links.can_be_mailed(to):
        raise Conflict(
            _("This account has no e-mail address, or is not in use; nothing can be mailed to it.")
        )
    records.insert(AccountMail(kind=AccountMailKind.SENT, user=to))
    ledger.append(PasswordLinkSent(user=to.pk), by=by.actor)


def send_waiting() -> int:
    """Send what waits, oldest first; gives how many rows are done with. Raises OSError where the mail server is away."""
    _drop_outdated()
    waiting = list(AccountMail.objects.select_related("user"))
    if not waiting:
        return 0
    with get_connection() as connection:  # opened before anything is taken
        return sum(_send(mail, connection) for mail in waiting)


def _drop_outdated() -> None:
    """Who asked so long ago has asked again, or done without: a link that comes out of the blue is worse than none."""
    since = timezone.now() - timedelta(minutes=settings.RESET_LINK_MINUTES)
    AccountMail.objects.exclude(kind__in=_TOLD_LATE).filter(queued_at__lt=since).delete()


def _send(mail: AccountMail, connection: BaseEmailBackend) -> bool:
    scans.alive()
    row = AccountMail.objects.filter(pk=mail.pk)
    # Claimed before an account's room is spent on it; what fails comes after all others.
    if not row.filter(attempts=mail.attempts).update(attempts=F("attempts") + 1):
        return False
    accounts = list(_find_accounts(mail))
    try:
        with transaction.atomic(durable=True):
            if not row.delete()[0]:
                return False  # another worker has sent it meanwhile
            for user in accounts:
                if mail.kind == AccountMailKind.ASKED:
                    ledger.append(PasswordLinkMailed(user=user.pk), by=user.actor)
                _write(mail, user, connection).send()
    except Exception as error:  # whatever a mail server or its client raises, this one did not leave
        log.warning("A mail about a password was not sent: %s", type(error).__name__)
        if mail.attempts + 1 >= ATTEMPTS:
            row.delete()
        return False
    return True


def _find_accounts(mail: AccountMail) -> Iterator[User]:
    """Whom it goes to: of those that were asked for, who can sign in by a password and was not mailed too often."""
    if mail.user is not None:
        yield from [mail.user] if _reaches(mail, mail.user) else []
        return
    named = Q(username=texts.fold(mail.typed)) | Q(email__iexact=mail.typed)
    for user in User.objects.filter(named).order_by("pk")[:_ACCOUNTS]:
        if links.can_be_mailed(user) and user.has_usable_password() and (mail.attempts or _has_room(user)):
            yield user


def _reaches(mail: AccountMail, user: User) -> bool:
    """Whether a mail to a known account has where to go: an address of its own, or that of a person's account in use."""
    if mail.kind in ELSEWHERE:
        return user.is_active and user.kind == AccountKind.HUMAN
    return links.can_be_mailed(user)


def _has_room(user: User) -> bool:
    """Whether the account was mailed less often than it may be; by whatever name it was asked for."""
    return counts.spend(f"reset mail {user.pk}", settings.RESET_ACCOUNT_RATE).granted


def _write(mail: AccountMail, user: User, connection: BaseEmailBackend) -> EmailMessage:
    """The message, to the address that the account has; what asks the new address or tells the old one goes to that.

    No address comes from who did not sign in.
    """
    ways: dict[AccountMailKind, Callable[[User], tuple[str, str]]] = {
        AccountMailKind.CHANGED: _tell_changed,
        AccountMailKind.CONFIRM: partial(_tell_confirm, mail.typed),
        AccountMailKind.PROPOSED: _tell_proposed,
        AccountMailKind.MOVED: _tell_moved,
    }
    subject, text = ways.get(AccountMailKind(mail.kind), partial(_tell_link, mail.kind))(user)
    to = mail.typed if mail.kind in ELSEWHERE else user.email
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(
        subject, f"{text}\n\n-- \nMetric Charter\n", to=[to], headers=headers, connection=connection
    )


def _tell_link(kind: str, user: User) -> tuple[str, str]:
    why = (
        _("Somebody asked for a new password of your account “%(username)s”.")
        if kind == AccountMailKind.ASKED
        else _("An administrator sends you a link to set the password of your account “%(username)s”.")
    )
    text = _(
        "Set it here, once, within %(minutes)s minutes:\n\n%(link)s\n\n"
        "If you did not ask, do nothing: your password stays as it is, and nobody but you has this link."
    )
    said = {"username": user.username, "minutes": settings.RESET_LINK_MINUTES, "link": links.make_link(user)}
    return _("Set a new password"), f"{why % said}\n\n{text % said}"


def _tell_changed(user: User) -> tuple[str, str]:
    text = _(
        "The password of your account “%(username)s” was changed, and every session of it has ended.\n\n"
        "If you know of it, there is nothing to do. If not, tell an administrator at once, and set a new one here:\n\n%(page)s"
    )
    page = f"{settings.BASE_URL.rstrip('/')}/password/forgotten"
    return _("Your password was changed"), text % {"username": user.username, "page": page}


def _tell_confirm(address: str, user: User) -> tuple[str, str]:
    text = _(
        "Whoever has the account “%(username)s” wants its mails here.\n\n"
        "If that is you, sign in and confirm it within %(minutes)s minutes:\n\n%(link)s\n\n"
        "If not, do nothing: this link is worth nothing to anybody else, and no more mails come."
    )
    link = address_links.make_link(user, address)
    said = {"username": user.username, "minutes": settings.RESET_LINK_MINUTES, "link": link}
    return _("Confirm your e-mail address"), text % said


def _tell_proposed(user: User) -> tuple[str, str]:
    text = _(
        "An administrator asks that mails of your account “%(username)s” go to another address. It counts once a second "
        "administrator has confirmed it.\n\n"
        "If you asked for it, there is nothing to do. If not, sign in and refuse it here, and tell whoever runs this site:\n\n%(page)s"
    )
    page = f"{settings.BASE_URL.rstrip('/')}/email"
    return _("Another e-mail address was proposed"), text % {"username": user.username, "page": page}


def _tell_moved(user: User) -> tuple[str, str]:
    text = _(
        "Mails of your account “%(username)s” go to another address from now on, links for a new password too.\n\n"
        "If you know of it, there is nothing to do. If not, tell an administrator at once."
    )
    return _("Your e-mail address was changed"), text % {"username": user.username}


def _count(key: str, rate: Rate) -> None:
    spent = counts.spend(key, rate)
    if not spent.granted:
        raise TooMuch(
            _("New passwords were asked for too often of late. Look among your mails, or try again later."),
            wait=spent.wait,
        )
