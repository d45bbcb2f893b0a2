"""Merging two accounts from the desk: what stands against it in all apps, and what moves beside roles."""

from collections.abc import Iterator, Sequence

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from msgspec import Struct
from msgspec.structs import replace

from charter.registry import services as registry
from charter.registry.models import Metric
from governance.board.models import Ballot, Invitation, Term
from governance.board.states import CaseState
from governance.notices.services import notify
from governance.people import merging
from governance.people.merging import MergePreview
from governance.people.models import AccountMerge, MergeProposal, Session, Token, User
from ground import calendar

# What is told by itself, or moves.
_TOLD_ELSEWHERE = (Session, Token, Metric, MergeProposal)
# Whose rows an administrator may learn of by account: not appeals, findings, legal holds or evidence, of which a number would tell.
_OPEN = frozenset(
    {"agreements", "board", "measures", "people", "programme", "registry", "saved_views", "training"}
)


class WholePreview(Struct, frozen=True):
    """What a merge would move, end and leave: metrics by slug, and what of all that is open stays under the closed account's name, by kind."""

    plan: MergePreview
    metrics: Sequence[str]
    stays: Sequence[tuple[str, int]]


def preview(*, account: User, into: User, by: User) -> WholePreview:
    """What would move and what stands against it, in all apps. Raises NotPermitted."""
    plan = merging.preview_merge(account=account, into=into, by=by)
    obstacles = [*plan.obstacles, *list_obstacles(account)]
    metrics = list(Metric.objects.filter(owner=account).order_by("slug").values_list("slug", flat=True))
    return WholePreview(replace(plan, obstacles=obstacles), metrics, list(_count_what_stays(account)))


@transaction.atomic(durable=True)
def propose_merge(*, account: User, into: User, because: str, by: User) -> MergeProposal:
    """Propose to merge one account into another; both are told, and a second administrator confirms it.

    Raises NotPermitted; Conflict with what stands against it in `findings`; BadInput without a reason.
    """
    merging.refuse(preview(account=account, into=into, by=by).plan.obstacles)
    proposal = merging.propose_merge_beside(account=account, into=into, because=because, by=by)
    said = {"name": account.username, "into": into.username, "by": by.name}
    for each in (account, into):
        notify(
            to=each,
            kind="accounts.merge",
            subject=_("Two accounts are to become one"),
            text=_(
                "%(by)s proposes to merge “%(name)s” into “%(into)s”. If both are not yours, tell an administrator before a second one "
                "confirms it: it cannot be undone."
            )
            % said,
            path="/",
            once=f"merge:{proposal.pk}:{each.pk}",
            by=by,
        )
    return proposal


@transaction.atomic(durable=True)
def confirm_merge(*, proposal: MergeProposal, by: User) -> AccountMerge:
    """Merge two accounts for good, as a second administrator.

    Raises NotPermitted; NotFound where it is gone; Conflict with what stands against it by now in `findings`.
    """
    merging.check_can_confirm(by, proposal)
    account, into = proposal.account, proposal.into
    merging.refuse(preview(account=account, into=into, by=by).plan.obstacles)
    registry.hand_over_metrics(of=account, to=into, by=by)
    return merging.confirm_merge_beside(proposal=proposal, by=by)


def list_obstacles(account: User) -> Iterator[str]:
    """Seats and votes stay whose they are: two of them never become one person's, and none changes its holder by a merge."""
    today = calendar.today()
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=today)
    for term in Term.objects.filter(lasting, user=account).select_related("seat"):
        seat = {"seat": term.seat}
        yield _("It holds the seat “%(seat)s”. The board seats another first, or its term is ended.") % seat
    if Invitation.objects.filter(user=account, ended_at__isnull=True).exists():
        yield _("It is invited to the first board. End the invitation first.")
    if Ballot.objects.filter(user=account, case__state=CaseState.OPEN).exists():
        yield _("It has voted on a case that is open. Wait until that is decided.")


def _count_what_stays(account: User) -> Iterator[tuple[str, int]]:
    """Rows that name the account and stay as they are written, by what they are called; the most first. None that is not open."""
    counts: dict[str, int] = {}
    for relation in User._meta.related_objects:
        model = relation.related_model
        if model in _TOLD_ELSEWHERE or not isinstance(model, type) or not issubclass(model, models.Model):
            continue
        if model._meta.app_label not in _OPEN:
            continue
        number = model._base_manager.filter(**{relation.field.name: account}).count()
        if number:
            name = str(model._meta.verbose_name_plural)
            counts[name] = counts.get(name, 0) + number
    yield from sorted(counts.items(), key=lambda each: (-each[1], each[0]))
