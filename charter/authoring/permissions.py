"""Who may write, share and hand in charters. Being a superuser counts for nothing here."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from charter.authoring.models import Draft
from charter.authoring.states import DraftRight
from charter.registry.models import CharterVersion, Metric
from charter.registry.permissions import SEE_DRAFTS, works_on
from governance.people.models import GrantedRole, User
from governance.people.object_permissions import is_given_to
from governance.people.permissions import holds, is_system
from ground.errors import Conflict, DomainError, NotPermitted


def check_can_register(user: User) -> None:
    """Raise NotPermitted unless the account may propose charters: metric owners, and the system account."""
    if not is_system(user) and not holds(user, GrantedRole.METRIC_OWNER):
        raise NotPermitted(
            _("Only metric owners can propose a charter. Ask an administrator to be made one.")
        )


def can_register(user: User) -> bool:
    try:
        check_can_register(user)
    except NotPermitted:
        return False
    return True


def check_can_submit(user: User, version: CharterVersion) -> None:
    """Raise NotPermitted unless the account owns the metric or wrote this version."""
    if not is_system(user) and not works_on(user, version.metric) and version.created_by_id != user.pk:
        raise NotPermitted(_("Only the owner of this metric can hand its charter in. Ask them to."))


def can_submit(user: User, version: CharterVersion) -> bool:
    try:
        check_can_submit(user, version)
    except NotPermitted:
        return False
    return True


def check_can_start_draft(user: User, slug: str) -> None:
    """Raise NotPermitted unless the account may propose charters, and owns the metric where there is one already."""
    check_can_register(user)
    metric = Metric.objects.filter(slug=slug).first()
    if metric is not None and not works_on(user, metric):
        raise NotPermitted(
            _("This metric has another owner. Only they can change its charter, or ask you to write along."),
            code="not_the_owner",
        )


def check_can_see_draft(user: User, draft: Draft) -> None:
    """Raise NotPermitted unless the draft is shared with the account, or it reads whatever is being worked on (S85)."""
    known = user.is_authenticated and user.is_active
    if not known or not (_has(user, draft, *DraftRight) or any(holds(user, role) for role in SEE_DRAFTS)):
        raise NotPermitted(
            _("Only those whom its owner lets read this draft, and the review board, can read it yet.")
        )


def can_see_draft(user: User, draft: Draft) -> bool:
    return _may(check_can_see_draft, user, draft)


def check_can_edit_draft(user: User, draft: Draft) -> None:
    """Raise NotPermitted unless the account writes on the draft; Conflict where it was handed in or thrown away."""
    if not user.is_active or not _has(user, draft, DraftRight.WRITE):
        raise NotPermitted(
            _("Only its owner, and whom the owner asked to write along, can change this draft.")
        )
    _check_goes_on(draft)


def can_edit_draft(user: User, draft: Draft) -> bool:
    return _may(check_can_edit_draft, user, draft)


def check_can_end_draft(user: User, draft: Draft) -> None:
    """Raise NotPermitted unless the account owns the draft: sharing it, handing it in and throwing it away are theirs."""
    if not user.is_active or not (is_system(user) or draft.owner_id == user.pk):
        raise NotPermitted(_("Only the owner of this draft can share it, hand it in or throw it away."))
    _check_goes_on(draft)


def can_end_draft(user: User, draft: Draft) -> bool:
    return _may(check_can_end_draft, user, draft)


def _check_goes_on(draft: Draft) -> None:
    if draft.version_id:
        raise Conflict(_("This draft was handed in. A change is a new draft now."), code="draft_ended")
    if draft.ended_at:
        raise Conflict(_("This draft was thrown away."), code="draft_ended")


def _has(user: User, draft: Draft, *rights: DraftRight) -> bool:
    """Whether the account owns the draft, or was given one of these rights on it."""
    owns = is_system(user) or draft.owner_id == user.pk
    return owns or is_given_to(user, draft.shares.all(), *(right.codename for right in rights))


def _may(check: Callable[[User, Draft], None], user: User, draft: Draft) -> bool:
    try:
        check(user, draft)
    except DomainError:
        return False
    return True
