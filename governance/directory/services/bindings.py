"""Whose account an assertion is about: found by what binds it, bound at the first time, refused where anything does not fit."""

from typing import NoReturn

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.directory.claims import Asserted
from governance.directory.events import AccountBound, BindingEnded, SignInRefused
from governance.directory.models import Binding
from governance.directory.refusals import make_refusal
from governance.people import permissions as people_permissions
from governance.people import services as people
from governance.people.models import AccountKind, Person, Session, User
from governance.people.queries import find_employed
from ground import records
from ground.errors import BadInput, Conflict, NotFound


def find_account(*, asserted: Asserted, by: User) -> User:
    """The account that a provider vouches for, bound to its subject from now on; `by` is the system.

    Each step is whole in itself. Raises SignInRefusedError, and writes why, where nobody is known by the claim, where the account
    or the subject is bound otherwise, or where the account is closed.
    """
    bound = (
        Binding.objects.select_related("user")
        .filter(provider=asserted.provider, subject=asserted.subject)
        .first()
    )
    user = _find_claimed(asserted, by=by, known=bound.user if bound else None)
    if bound is not None and bound.user_id != user.pk:
        _refuse(asserted, "another_person", bound.user, by)
    if not user.is_active:
        _refuse(asserted, "closed", user, by)
    if bound is None:
        if Binding.objects.filter(provider=asserted.provider, user=user).exists():
            _refuse(asserted, "bound_elsewhere", user, by)
        _bind(asserted, user, by)
    return user


@transaction.atomic(durable=True)
def end_binding(*, binding: Binding, by: User) -> None:
    """End what binds an account to a subject, so that it is bound anew at the next sign-in; its sessions end. NotFound where it is gone."""
    people_permissions.check_can_grant(by, to=binding.user)
    ended = BindingEnded(binding=binding.pk, user=binding.user_id, provider=binding.provider)
    if not Binding.objects.filter(pk=binding.pk).delete()[0]:
        raise NotFound(_("This binding has ended already."))
    Session.objects.filter(user=ended.user).delete()
    ledger.append(ended, by=by.actor)


def _find_claimed(asserted: Asserted, *, by: User, known: User | None) -> User:
    """The account of whom the claim names. Whoever works here and has none yet is opened one."""
    if asserted.person is None:
        _refuse(asserted, "no_person_claim", known, by)
    user = _find_by_email(asserted.person) if asserted.by_email else _find_by_person(asserted.person)
    if user is not None:
        return user
    person = None if asserted.by_email else find_employed(asserted.person)
    if person is None:
        _refuse(asserted, "unknown_person", known, by)
    return _open(asserted, person, by)


def _find_by_email(address: str) -> User | None:
    """The one account of an address; where several have it nobody can say whose it is."""
    found = list(User.objects.filter(email__iexact=address, kind=AccountKind.HUMAN)[:2])
    return found[0] if len(found) == 1 else None


def _find_by_person(external_id: str) -> User | None:
    return User.objects.filter(person__external_id=external_id, kind=AccountKind.HUMAN).first()


def _open(asserted: Asserted, person: Person, by: User) -> User:
    try:
        return people.open_account(username=person.external_id, name=person.name, person=person, by=by)
    except (
        BadInput,
        Conflict,
    ):  # the name is another's, or two sign in at once: the second finds the account of the first
        user = _find_by_person(person.external_id)
        if user is None:
            _refuse(asserted, "unknown_person", None, by)
        return user


@transaction.atomic(durable=True)
def _bind(asserted: Asserted, user: User, by: User) -> None:
    """Two who do it at once: the database lets one, and tells the other so (Conflict, BadInput)."""
    binding = records.insert(Binding(user=user, provider=asserted.provider, subject=asserted.subject))
    ledger.append(AccountBound(binding=binding.pk, user=user.pk, provider=asserted.provider), by=by.actor)


@transaction.atomic(durable=True)
def _note_refusal(asserted: Asserted, why: str, user: User | None, by: User) -> None:
    refused = SignInRefused(provider=asserted.provider, why=why, user=user.pk if user else None)
    ledger.append(refused, by=by.actor)


def _refuse(asserted: Asserted, why: str, user: User | None, by: User) -> NoReturn:
    """Write that somebody whom the provider vouched for was refused, then refuse."""
    _note_refusal(asserted, why, user, by)
    raise make_refusal(why)
