"""The only writers of accounts and roles, and the door to the organisation's import.

Each writes its ledger entry in the same transaction. Cohorts are registered in `cohorts.py`.
"""

from datetime import date
from pathlib import Path

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.people import importing, permissions
from governance.people.importing import ImportReport
from governance.people.models import AccountKind, Person, Role, RoleGrant, Team, User, ValueStream
from ground import records
from ground.errors import BadInput, Conflict


@transaction.atomic(durable=True)
def open_account(
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
) -> User:
    """Open an account, of a person or of a machine. Without a password nobody can sign in to it, tokens aside.

    Raises BadInput naming the field, NotPermitted where `by` is no administrator.
    """
    permissions.check_can_administer(by)
    user = User(
        username=username,
        name=name,
        person=person,
        kind=kind,
        email=email,
        is_staff=is_staff,
        is_superuser=is_superuser,
    )
    _set_password(user, password)
    records.insert(user)
    payload = {
        "user": user.pk,
        "username": username,
        "name": name,
        "kind": kind,
        "person": person and person.pk,
        "is_staff": is_staff,
        "is_superuser": is_superuser,
    }
    ledger.append(kind="people.account.opened", payload=payload, by=by.actor)
    return user


def system_account() -> User:
    """The account that the house itself acts as: a machine's, without password, made at first use by itself."""
    found = User.objects.filter(username=permissions.SYSTEM).first()
    if found is None:
        found = _open_system_account()
    if not permissions.is_system(found):
        raise Conflict(
            _(
                "The user name “system” belongs to somebody. Rename that account: the house acts under this name."
            )
        )
    return found


@transaction.atomic(durable=True)
def change_password(*, user: User, password: str, by: User) -> User:
    """Set a new password, one's own or as an administrator. The ledger is told that, never what."""
    permissions.check_can_set_password(by, of=user)
    if user.kind == AccountKind.MACHINE:
        raise BadInput(_("A machine has no password; give it a token."), field="password")
    _set_password(user, password)
    user.save(update_fields=["password"])
    ledger.append(kind="people.password.changed", payload={"user": user.pk}, by=by.actor)
    return user


@transaction.atomic(durable=True)
def grant_role(
    *,
    user: User,
    role: Role,
    valid_from: date,
    by: User,
    team: Team | None = None,
    value_stream: ValueStream | None = None,
    valid_to: date | None = None,
) -> RoleGrant:
    """Give an account a role from one day (in) to another (out).

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
    ledger.append(kind="people.role.granted", payload=_grant_payload(grant), by=by.actor)
    return grant


@transaction.atomic(durable=True)
def end_role(*, grant: RoleGrant, valid_to: date, by: User) -> RoleGrant:
    """Let a role end on a day (out). What has ended already stays as it is: Conflict."""
    permissions.check_can_administer(by)
    grant = RoleGrant.objects.select_for_update().get(pk=grant.pk)
    if grant.valid_to is not None and grant.valid_to <= valid_to:
        raise Conflict(_("This role ends on %(day)s already.") % {"day": grant.valid_to})
    if valid_to <= grant.valid_from:
        raise BadInput(_("A role ends after the day on which it begins."), field="valid_to")
    grant.valid_to = valid_to
    grant.save(update_fields=["valid_to"])
    ledger.append(kind="people.role.ended", payload=_grant_payload(grant), by=by.actor)
    return grant


@transaction.atomic(durable=True)
def import_organisation(*, folder: Path, by: User) -> ImportReport:
    """Bring persons, teams, memberships and lines to what the five CSV files of a folder say, or change nothing.

    Raises BadInput with code `import_refused` and every fault found as `problems` (file, row, column, sentence).
    The same files again change nothing. See docs/reference/organisation-csv.md.
    """
    permissions.check_can_administer(by)
    report = importing.run(folder)
    ledger.append(kind="people.organisation.imported", payload=report.payload(), by=by.actor)
    return report


def _open_system_account() -> User:
    """Make the system account; where somebody else makes it in the same moment, theirs is the one."""
    try:
        with transaction.atomic():
            user = User(username=permissions.SYSTEM, name="Metric Charter", kind=AccountKind.MACHINE)
            user.set_unusable_password()
            user.save(force_insert=True)
            payload = {"user": user.pk, "username": user.username, "kind": user.kind}
            ledger.append(kind="people.account.opened", payload=payload, by=user.actor)
            return user
    except IntegrityError:
        return User.objects.get(username=permissions.SYSTEM)


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


def _grant_payload(grant: RoleGrant) -> dict[str, object]:
    return {
        "grant": grant.pk,
        "user": grant.user_id,
        "role": grant.role,
        "team": grant.team_id,
        "value_stream": grant.value_stream_id,
        "valid_from": grant.valid_from,
        "valid_to": grant.valid_to,
    }
