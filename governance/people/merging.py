"""Merging two accounts of one person: what one may do moves to the other, and the first is closed for good.

One administrator proposes it and a second confirms it, since it cannot be undone.

What the closed account wrote, voted and asked stays under its name, here and in the log: nothing of the past is written anew.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.ledger import services as ledger
from governance.people import permissions, services
from governance.people.events import AccountsMerged, MergeDropped, MergeProposed, TokenRevoked
from governance.people.models import (
    AccountKind,
    AccountMerge,
    GrantedRole,
    MergeProposal,
    RoleGrant,
    Token,
    User,
)
from ground import calendar, records
from ground.errors import BadInput, Conflict, NotFound, NotPermitted
from ground.parsing import read_prose

# Roles that nobody holds together: who looks over what is done does not do it.
APART = frozenset({GrantedRole.AUDITOR, GrantedRole.ADMIN})


class RoleToMove(Struct, frozen=True):
    """A role that the other account is given, from when to when."""

    grant: RoleGrant
    valid_from: date
    valid_to: date | None


class MergePreview(Struct, frozen=True):
    """What a merge would move and end, read from what is there; `obstacles` are why it cannot be."""

    account: User
    into: User
    roles: Sequence[RoleToMove]
    roles_held: Sequence[RoleGrant]  # of the account, which the other holds already
    sessions: int
    tokens: int
    obstacles: Sequence[str]


def preview_merge(*, account: User, into: User, by: User) -> MergePreview:
    """What merging `account` into `into` would do, and what stands against it in accounts and roles. Raises NotPermitted."""
    permissions.check_can_administer(by)
    today = calendar.today()
    grants = list(_list_grants(account, today))
    moved = [move for grant in grants if (move := _plan(grant, into, today)) is not None]
    planned = {move.grant.pk for move in moved}
    return MergePreview(
        account=account,
        into=into,
        roles=moved,
        roles_held=[grant for grant in grants if grant.pk not in planned],
        sessions=account.sessions.count(),
        tokens=Token.objects.filter(user=account).count(),
        obstacles=list(_list_obstacles(account, into, by, today)),
    )


@transaction.atomic
def propose_merge_beside(*, account: User, into: User, because: str, by: User) -> MergeProposal:
    """Propose to merge one account into another, in the caller's transaction, which has asked the apps above; nothing moves yet.

    Raises NotPermitted; Conflict with every obstacle in `findings`, and where one waits already; BadInput without a reason.
    """
    _lock(account, into)
    refuse(preview_merge(account=account, into=into, by=by).obstacles)
    because = read_prose(because, field="because")
    if not because:
        raise BadInput(_("Say how you know that both are one person’s."), field="because", code="required")
    if MergeProposal.objects.filter(account=account).exists():
        raise Conflict(_("A merge of this account waits already. It is confirmed or dropped first."))
    proposal = records.insert(MergeProposal(account=account, into=into, because=because, asked_by=by))
    ledger.append(
        MergeProposed(proposal=proposal.pk, user=account.pk, into=into.pk, because=because), by=by.actor
    )
    return proposal


@transaction.atomic(durable=True)
def drop_merge(*, proposal: MergeProposal, by: User) -> None:
    """Drop a merge that waits, as an administrator. Raises NotPermitted, NotFound where it is gone."""
    permissions.check_can_administer(by)
    _lock(proposal.account, proposal.into)
    proposal = get_waiting(proposal.pk)
    dropped = MergeDropped(proposal=proposal.pk, user=proposal.account_id, into=proposal.into_id)
    proposal.delete()
    ledger.append(dropped, by=by.actor)


def list_waiting() -> QuerySet[MergeProposal]:
    """The merges that wait for a second administrator, the first proposed first."""
    return MergeProposal.objects.select_related("account", "into", "asked_by")


def find_waiting(account: User) -> MergeProposal | None:
    """The merge that waits for an account, which it would close or which would stay."""
    return list_waiting().filter(Q(account=account) | Q(into=account)).first()


def get_waiting(key: UUID) -> MergeProposal:
    """One that waits, by its key. Raises NotFound."""
    found = list_waiting().filter(pk=key).first()
    if found is None:
        raise NotFound(_("No such merge waits. It was confirmed or dropped meanwhile."))
    return found


def check_can_confirm(by: User, proposal: MergeProposal) -> None:
    """Raise NotPermitted unless `by` is a second administrator, and neither account is theirs."""
    permissions.check_can_confirm_as_second(
        by, asked_by=proposal.asked_by_id, of=(proposal.account_id, proposal.into_id)
    )


def can_confirm(by: User, proposal: MergeProposal) -> bool:
    try:
        check_can_confirm(by, proposal)
    except NotPermitted:
        return False
    return True


@transaction.atomic
def confirm_merge_beside(*, proposal: MergeProposal, by: User) -> AccountMerge:
    """Merge the two accounts, in the caller's transaction, which has asked the apps above what stands against it.

    Raises NotPermitted; NotFound where it is gone; Conflict with every obstacle in `findings`. It cannot be undone.
    """
    check_can_confirm(by, proposal)
    account, into = _lock(proposal.account, proposal.into)
    proposal = get_waiting(proposal.pk)
    plan = preview_merge(account=account, into=into, by=by)
    refuse(plan.obstacles)
    _move_roles(plan, by)
    tokens = _end_tokens(account, by)
    # What the account held last goes with it: the other holds it by now.
    services.close_account_beside(user=account, by=by)
    because = proposal.because
    merge = records.insert(
        AccountMerge(account=account, into=into, because=because, asked_by=proposal.asked_by, merged_by=by)
    )
    proposal.delete()
    merged = AccountsMerged(
        user=account.pk, into=into.pk, because=because, roles=len(plan.roles), tokens=tokens
    )
    ledger.append(merged, by=by.actor)
    return merge


def _lock(account: User, into: User) -> tuple[User, User]:
    """Both accounts as they are now, held; in one order, so that two merges never wait for each other."""
    held = User.objects.select_for_update().filter(pk__in=(account.pk, into.pk)).order_by("pk")
    locked = {each.pk: each for each in held}
    return locked[account.pk], locked[into.pk]


def list_onward(account: User) -> list[User]:
    """An account, and those that it was merged into one after the other: the one in use last."""
    found = [account]
    while (
        merge := AccountMerge.objects.filter(account=found[-1]).select_related("into").first()
    ) is not None:
        found.append(merge.into)
    return found


def refuse(obstacles: Sequence[str]) -> None:
    """Raise Conflict where anything stands against a merge, with all of it."""
    if obstacles:
        first, *others = obstacles
        raise Conflict(first, code="merge_refused", findings=others)


def _list_obstacles(account: User, into: User, by: User, today: date) -> Iterator[str]:
    if account == into:
        yield _("These are one account.")
        return
    if by in (account, into):
        yield _("Nobody merges an account of their own. Ask another administrator.")
    if AccountKind.MACHINE in (account.kind, into.kind):
        yield _("Machines’ accounts are not merged: make the token for the one that stays.")
    for each in (account, into):
        if not each.is_active:
            yield _("The account “%(name)s” is closed.") % {"name": each.username}
    if None not in (account.person_id, into.person_id) and account.person_id != into.person_id:
        yield _("They are the accounts of two different persons.")
    # What is held about somebody is read by their own account, so no administrator may have it read by another.
    if account.person_id is not None and into.person_id is None:
        yield _("“%(name)s” is its person’s account, and stays. Merge the other into it.") % {
            "name": account.username
        }
    held = {GrantedRole(grant.role) for each in (account, into) for grant in _list_grants(each, today)}
    if held >= APART:
        yield _("One would be auditor and administrator at once. End one of these roles first.")


def _list_grants(user: User, today: date) -> QuerySet[RoleGrant]:
    """Roles held today or to come."""
    found = user.role_grants.exclude(valid_to__lte=today).select_related("team", "value_stream")
    return found.order_by("valid_from", "role", "pk")


def _plan(grant: RoleGrant, into: User, today: date) -> RoleToMove | None:
    """The part of a role that the other account does not hold; None where it holds all of it."""
    begins = max(today, grant.valid_from)
    same = into.role_grants.filter(role=grant.role, team=grant.team, value_stream=grant.value_stream)
    for held in same.exclude(valid_to__lte=begins).order_by("valid_from"):
        if held.valid_from > begins:
            return RoleToMove(grant, begins, min(filter(None, (grant.valid_to, held.valid_from))))
        if held.valid_to is None:
            return None
        begins = held.valid_to
    return (
        RoleToMove(grant, begins, grant.valid_to)
        if grant.valid_to is None or grant.valid_to > begins
        else None
    )


def _move_roles(plan: MergePreview, by: User) -> None:
    today = calendar.today()
    for move in plan.roles:
        services.grant_role_beside(
            user=plan.into,
            role=GrantedRole(move.grant.role),
            team=move.grant.team,
            value_stream=move.grant.value_stream,
            valid_from=move.valid_from,
            valid_to=move.valid_to,
            by=by,
        )
    for grant in (*(move.grant for move in plan.roles), *plan.roles_held):
        ends = max(today, grant.valid_from + timedelta(days=1))
        if grant.valid_to is None or grant.valid_to > ends:
            services.end_role_beside(grant=grant, valid_to=ends, by=by)


def _end_tokens(account: User, by: User) -> int:
    tokens = list(Token.objects.select_for_update().filter(user=account))
    for token in tokens:
        ended = TokenRevoked(token=token.pk, user=account.pk)
        token.delete()
        ledger.append(ended, by=by.actor)
    return len(tokens)
