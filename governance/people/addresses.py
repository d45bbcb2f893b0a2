"""The writers of accounts' e-mail addresses, and reads of changes that wait.

Whoever reads an account's mails can set its password. So a person changes their own address by their password and a link
mailed to the new one; and for who has lost their mailbox an administrator proposes one, of which its owner is told at the old
address and which counts once a second administrator has confirmed it.
"""

from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.people import address_links, links, permissions
from governance.people.events import AddressChanged, AddressDropped, AddressLinkAsked, AddressProposed
from governance.people.models import AccountKind, AccountMail, AccountMailKind, AddressChange, User
from ground import counts, records, texts
from ground.errors import BadInput, Conflict, NotFound, TooMuch


def ask_for_link(*, email: str, by: User) -> None:
    """Let a link be mailed to a new address of one's own, with which one confirms it; nothing changes until then.

    Whoever asks has given their password (the page sees to it). Raises BadInput, and TooMuch where it was asked too often:
    each is a mail to somebody who may not have asked for it.
    """
    address = _take(email, of=by)
    spent = counts.spend(f"address mail {by.pk}", settings.RESET_ACCOUNT_RATE)
    if not spent.granted:
        raise TooMuch(
            _("You asked for such links too often of late. Look among your mails, or try again later."),
            wait=spent.wait,
        )
    _queue_link(address, by)


@transaction.atomic(durable=True)
def confirm(*, token: str, by: User) -> User:
    """Take the address of a link as one's own. Two who use it at once wait for each other, and the first has it.

    Raises AddressLinkOver.
    """
    user = User.objects.select_for_update().get(pk=by.pk)
    return _change(user, address_links.read_address(token, of=user), by)


@transaction.atomic(durable=True)
def propose(*, of: User, email: str, by: User) -> AddressChange:
    """Propose a new address for another's account, as an administrator; its owner is told at the old one.

    Raises NotPermitted, BadInput, and Conflict where one waits already.
    """
    permissions.check_can_propose_address(by, of=of)
    of = User.objects.select_for_update().get(pk=of.pk)
    if AddressChange.objects.filter(user=of).exists():
        raise Conflict(_("An address waits for this account already. It is confirmed or dropped first."))
    change = records.insert(AddressChange(user=of, email=_take(email, of=of), asked_by=by))
    ledger.append(AddressProposed(change=change.pk, user=of.pk), by=by.actor)
    if links.can_be_mailed(of):
        records.insert(AccountMail(kind=AccountMailKind.PROPOSED, user=of))
    return change


@transaction.atomic(durable=True)
def confirm_proposed(*, change: AddressChange, by: User) -> User:
    """Let a proposed address count, as a second administrator. Raises NotPermitted, NotFound where it is gone."""
    permissions.check_can_confirm_address(by, change)
    user = User.objects.select_for_update().get(pk=change.user_id)
    return _change(user, get_waiting(change.pk).email, by)


@transaction.atomic(durable=True)
def drop(*, change: AddressChange, by: User) -> None:
    """Drop a proposed address: whose account it is, or an administrator. Raises NotPermitted, NotFound where it is gone."""
    permissions.check_can_drop_address(by, change)
    User.objects.select_for_update().get(pk=change.user_id)
    change = get_waiting(change.pk)
    dropped = AddressDropped(change=change.pk, user=change.user_id)
    change.delete()
    ledger.append(dropped, by=by.actor)


def list_waiting() -> QuerySet[AddressChange]:
    """The addresses that wait for a second administrator, the first proposed first."""
    return AddressChange.objects.select_related("user", "asked_by").order_by("asked_at", "pk")


def find_waiting(of: User) -> AddressChange | None:
    """The address that waits for an account."""
    return list_waiting().filter(user=of).first()


def get_waiting(key: UUID) -> AddressChange:
    """One that waits, by its key. Raises NotFound."""
    found = list_waiting().filter(pk=key).first()
    if found is None:
        raise NotFound(_("No such address waits. It was confirmed or dropped meanwhile."))
    return found


@transaction.atomic(durable=True)
def _queue_link(address: str, by: User) -> None:
    records.insert(AccountMail(kind=AccountMailKind.CONFIRM, user=by, typed=address))
    ledger.append(AddressLinkAsked(user=by.pk), by=by.actor)


def _change(user: User, address: str, by: User) -> User:
    """In a transaction that holds the account: the old address is told, and what waited is over."""
    old, user.email = user.email, address
    user.save(update_fields=["email"])
    AddressChange.objects.filter(user=user).delete()
    ledger.append(AddressChanged(user=user.pk), by=by.actor)
    if old:
        records.insert(AccountMail(kind=AccountMailKind.MOVED, user=user, typed=old))
    return user


def _take(typed: str, *, of: User) -> str:
    """An address as it is kept. Raises BadInput; of other accounts that have it nothing is said."""
    if of.kind != AccountKind.HUMAN or not of.is_active:
        raise BadInput(_("Only a person’s account in use has an address."), field="email")
    try:
        address = texts.clean_label(typed)
        validate_email(address)
    except (ValueError, ValidationError):
        raise BadInput(_("Enter an e-mail address such as ana@example.org"), field="email") from None
    if len(address) > 254 or address.casefold() == of.email.casefold():
        raise BadInput(_("This is the address of now, or longer than any is."), field="email")
    return address
