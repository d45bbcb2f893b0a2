"""The only writers of accounts and roles, and the door to the organisation's import.

Each writes its ledger entry in the same transaction. Cohorts are registered in `cohorts.py`.
"""

from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.auth import hashers
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.people import importing, links, permissions
from governance.people.events import (
    AccountClosed,
    AccountOpened,
    AccountReopened,
    OrganisationImported,
    PasswordChanged,
    PasswordRehashed,
    PasswordReset,
    RoleEnded,
    RoleGranted,
)
from governance.people.importing import ImportReport
from governance.people.models import (
    AccountKind,
    AccountMail,
    AccountMailKind,
    AccountMerge,
    GrantedRole,
    Person,
    RoleGrant,
    Session,
    Team,
    User,
    ValueStream,
)
from ground import records, texts
from ground.errors import BadInput, Conflict


@transaction.atomic(durable=True)
def open_account(*, username: str, name: str, by: User, **more: Any) -> User:
    """Open an account, as `open_account_beside` does, and nothing else."""
    return open_account_beside(username=username, name=name, by=by, **more)


@transaction.atomic
def open_account_beside(
    *,
    username: str,
    name: str,
    by: User,
    password: str | None = None,
    person: Person | None = None,
    kind: AccountKind = AccountKind.HUMAN,
    email: str = "",
    is_staff: bool = False,
    is_superuser: bool = False,
    owner: User | None = None,
) -> User:
    """Open an account, of a person or of a machine, in the transaction of whatever is written beside it. Without a password nobody can sign in to it, tokens aside.

    A machine has an owner, a person who answers for it and makes its tokens. Raises BadInput naming the field, NotPermitted
    where `by` is no administrator.
    """
    permissions.check_can_administer(by)
    user = User(
        username=_take_username(username),
        name=name,
        person=person,
        kind=kind,
        email=email,
        is_staff=is_staff,
        is_superuser=is_superuser,
        owner=owner,
    )
    _check_owner(user)
    _set_password(user, password)
    records.insert(user)
    opened = AccountOpened(
        user=user.pk,
        username=user.username,
        name=user.name,
        account_kind=kind,
        person=person.pk if person else None,
        is_staff=is_staff,
        is_superuser=is_superuser,
        owner=owner.pk if owner else None,
    )
    ledger.append(opened, by=by.actor)
    return user


def get_system_account() -> User:
    """The account that the product itself acts as: a machine's, without password, made at first use by itself."""
    found = User.objects.filter(username=permissions.SYSTEM).first()
    if found is None:
        found = _open_system_account()
    if not permissions.is_system(found):
        raise Conflict(
            _(
                "The user name “system” belongs to somebody. Rename that account: the product acts under this name."
            )
        )
    return found


def make_system_account() -> User:
    """The system account before it is written, for whoever looks and writes nothing."""
    return User(username=permissions.SYSTEM, name="Metric Charter", kind=AccountKind.MACHINE)


@transaction.atomic(durable=True)
def close_account(*, user: User, by: User) -> User:
    """Close an account, as `close_account_beside` does, and nothing else."""
    return close_account_beside(user=user, by=by)


@transaction.atomic(durable=True)
def reopen_account(*, user: User, by: User) -> User:
    """Open a closed account again, as `reopen_account_beside` does, and nothing else."""
    return reopen_account_beside(user=user, by=by)


@transaction.atomic
def close_account_beside(*, user: User, by: User) -> User:
    """Close an account, in the caller's transaction: nobody signs in to it, its sessions end, its tokens are worth nothing meanwhile.

    Raises NotPermitted for one's own, Conflict for one that is closed and for the last administrator's.
    """
    permissions.check_can_grant(by, to=user)
    user = _locked_as(user, in_use=True)
    if permissions.is_last_administrator(user):
        raise Conflict(_("This is the last administrator’s account. Make another one administrator first."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    Session.objects.filter(user=user).delete()
    ledger.append(AccountClosed(user=user.pk), by=by.actor)
    return user


@transaction.atomic
def reopen_account_beside(*, user: User, by: User) -> User:
    """Open a closed account again, in the caller's transaction. Raises NotPermitted, and Conflict for one that is in use."""
    permissions.check_can_grant(by, to=user)
    user = _locked_as(user, in_use=False)
    if AccountMerge.objects.filter(account=user).exists():
        raise Conflict(
            _("This account was merged into another one, and stays closed."), code="account_was_merged"
        )
    user.is_active = True
    user.save(update_fields=["is_active"])
    ledger.append(AccountReopened(user=user.pk), by=by.actor)
    return user


@transaction.atomic
def rehash_password(*, user: User, password: str, by: User) -> bool:
    """Keep a password that was just given by the means of today, where it is kept by older ones; gives whether it was."""
    today = hashers.get_hasher()
    if hashers.identify_hasher(user.password).algorithm == today.algorithm and not today.must_update(
        user.password
    ):
        return False
    user.set_password(password)
    # The same as before, of which Django would tell its validators.
    user._password = None  # type: ignore[attr-defined]
    user.save(update_fields=["password"])
    ledger.append(PasswordRehashed(user=user.pk), by=by.actor)
    return True


@transaction.atomic(durable=True)
def change_password(*, user: User, password: str, by: User) -> User:
    """Set a new password, one's own or as an administrator. The ledger is told that, never what.

    All its sessions end, and its owner is told by e-mail.
    """
    permissions.check_can_set_password(by, of=user)
    if user.kind == AccountKind.MACHINE:
        raise BadInput(_("A machine has no password; give it a token."), field="password")
    _replace_password(user, password)
    ledger.append(PasswordChanged(user=user.pk), by=by.actor)
    return user


@transaction.atomic(durable=True)
def reset_password(*, token: str, password: str, by: User) -> User:
    """Set a new password as whoever holds the link that was mailed to `by`; the link is worth nothing from then on.

    Two who hold it wait for each other here, and the first has it. Raises LinkOver, BadInput.
    """
    user = User.objects.select_for_update().get(pk=by.pk)
    links.check_is_valid(token, of=user)
    _replace_password(user, password)
    ledger.append(PasswordReset(user=user.pk), by=user.actor)
    return user


@transaction.atomic(durable=True)
def grant_role(
    *,
    user: User,
    role: GrantedRole,
    valid_from: date,
    by: User,
    team: Team | None = None,
    value_stream: ValueStream | None = None,
    valid_to: date | None = None,
) -> RoleGrant:
    """Give an account a role from one day (in) to another (out), as `grant_role_beside` does, and nothing else."""
    return grant_role_beside(
        user=user,
        role=role,
        valid_from=valid_from,
        valid_to=valid_to,
        team=team,
        value_stream=value_stream,
        by=by,
    )


@transaction.atomic
def grant_role_beside(
    *,
    user: User,
    role: GrantedRole,
    valid_from: date,
    by: User,
    team: Team | None = None,
    value_stream: ValueStream | None = None,
    valid_to: date | None = None,
) -> RoleGrant:
    """Give an account a role in the transaction of whatever is written beside it.

    A manager's role is held over a team, a value stream lead's over a value stream, others over nothing: else
    BadInput. NotPermitted where `by` is no administrator or is the account itself.
    """
    permissions.check_can_grant(by, to=user)
    grant = records.insert(
        RoleGrant(
            user=user,
            role=role,
            team=team,
            value_stream=value_stream,
            valid_from=valid_from,
            valid_to=valid_to,
        )
    )
    ledger.append(RoleGranted(**_recorded(grant)), by=by.actor)
    return grant


@transaction.atomic(durable=True)
def end_role(*, grant: RoleGrant, valid_to: date, by: User) -> RoleGrant:
    """Let a role end on a day (out), as `end_role_beside` does, and nothing else."""
    return end_role_beside(grant=grant, valid_to=valid_to, by=by)


@transaction.atomic
def end_role_beside(*, grant: RoleGrant, valid_to: date, by: User) -> RoleGrant:
    """Let a role end on a day (out), in the caller's transaction. What has ended already stays as it is: Conflict."""
    permissions.check_can_administer(by)
    grant = RoleGrant.objects.select_for_update().get(pk=grant.pk)
    if grant.valid_to is not None and grant.valid_to <= valid_to:
        raise Conflict(_("This role ends on %(day)s already.") % {"day": grant.valid_to})
    if valid_to <= grant.valid_from:
        raise BadInput(_("A role ends after the day on which it begins."), field="valid_to")
    grant.valid_to = valid_to
    grant.save(update_fields=["valid_to"])
    ledger.append(RoleEnded(**_recorded(grant)), by=by.actor)
    return grant


@transaction.atomic(durable=True)
def import_organisation(
    *, folder: Path, by: User, allow_removals: bool = False, tell: importing.Tell = importing.tell_nobody
) -> ImportReport:
    """Bring persons, teams, memberships and lines to what the CSV files of a folder say, or change nothing.

    What sources call persons and teams as well, where the folder holds those files. Raises BadInput with code `import_refused` and every fault found as `problems` (file, row, column, sentence);
    `import_would_remove` where more than a tenth of the memberships or lines would end and that was not allowed.
    The same files again change nothing. `tell` hears how far it is. See docs/reference/organisation-csv.md.
    """
    permissions.check_can_administer(by)
    report = importing.run(folder, by=by, allow_removals=allow_removals, tell=tell)
    ledger.append(OrganisationImported(**report.by_sheet()), by=by.actor)
    return report


@transaction.atomic(durable=True)
def preview_import(*, folder: Path, by: User, tell: importing.Tell = importing.tell_nobody) -> ImportReport:
    """What an import of these files would change, row by row; nothing is written. Raises BadInput for their faults."""
    permissions.check_can_administer(by)
    return importing.preview(folder, by=by, tell=tell)


def _open_system_account() -> User:
    """Make the system account; where somebody else makes it in the same moment, theirs is the one."""
    try:
        with transaction.atomic():
            user = make_system_account()
            user.set_unusable_password()
            user.save(force_insert=True)
            opened = AccountOpened(user=user.pk, username=user.username, account_kind=user.kind)
            ledger.append(opened, by=user.actor)
            return user
    except IntegrityError:
        return User.objects.get(username=permissions.SYSTEM)


def _locked_as(user: User, *, in_use: bool) -> User:
    found = User.objects.select_for_update().get(pk=user.pk)
    if found.is_active != in_use:
        raise Conflict(
            _("This account is closed already.") if in_use else _("This account is in use already.")
        )
    return found


def _take_username(typed: str) -> str:
    """A user name as it is kept. BadInput, as there is one account of each name and of all that look like it."""
    try:
        name = texts.clean_handle(typed)
    except ValueError as error:
        raise BadInput(str(error), field="username") from error
    if name and User.objects.filter(username=name).exists():
        sentence = _("An account called “%(name)s” already exists. Take another name.") % {"name": name}
        raise BadInput(sentence, field="username")
    return name


def _check_owner(user: User) -> None:
    if user.kind == AccountKind.MACHINE and not _answers(user.owner):
        raise BadInput(_("Name the person who answers for this machine."), field="owner")
    if user.kind == AccountKind.HUMAN and user.owner is not None:
        raise BadInput(_("Only a machine has an owner."), field="owner")


def _answers(owner: User | None) -> bool:
    return owner is not None and owner.kind == AccountKind.HUMAN and owner.is_active


def _set_password(user: User, password: str | None) -> None:
    if password is None:
        user.set_unusable_password()
        return
    if user.kind == AccountKind.MACHINE:
        raise BadInput(_("A machine has no password; give it a token."), field="password")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadInput(" ".join(error.messages), field="password") from error
    user.set_password(password)


def _replace_password(user: User, password: str) -> None:
    _set_password(user, password)
    user.save(update_fields=["password"])
    Session.objects.filter(user=user).delete()
    if links.can_be_mailed(user):
        AccountMail.objects.create(kind=AccountMailKind.CHANGED, user=user)


def _recorded(grant: RoleGrant) -> dict[str, Any]:
    return {
        "grant": grant.pk,
        "user": grant.user_id,
        "role": grant.role,
        "team": grant.team_id,
        "value_stream": grant.value_stream_id,
        "valid_from": grant.valid_from,
        "valid_to": grant.valid_to,
    }
