"""Who may see and write charters. Being a superuser counts for nothing here."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from charter.registry.models import CharterVersion, Draft, Metric
from charter.registry.states import DraftRight, Standing
from governance.people.models import Role, User
from governance.people.object_permissions import given_to
from governance.people.permissions import holds, is_system
from ground.errors import Conflict, HouseError, NotPermitted

# A charter that is or was in force concerns everybody; one that is being worked on, those who work on it.
OPEN_TO_ALL = frozenset(
    {Standing.PILOT, Standing.ACTIVE, Standing.SUSPENDED, Standing.RETIRED, Standing.EXPIRED}
)
SEE_DRAFTS = (Role.BOARD_MEMBER, Role.ADMIN, Role.AUDITOR)


def check_can_see_version(user: User, version: CharterVersion) -> None:
    """Raise NotPermitted where a charter is still being worked on and this account does not work on it (S85)."""
    if not user.is_authenticated or not user.is_active:
        raise NotPermitted(_("Sign in to read charters."))
    if version.standing not in OPEN_TO_ALL and not sees_all_versions(user, version.metric):
        raise NotPermitted(
            _(
                "This charter is not in force yet. Its owner and the review board can read it. You can once it is active."
            )
        )


def sees_all_versions(user: User, metric: Metric) -> bool:
    """Whether the account may also read those versions of a metric's charter that are still being worked on."""
    return _works_on(user, metric) or any(holds(user, role) for role in SEE_DRAFTS)


def can_see_version(user: User, version: CharterVersion) -> bool:
    try:
        check_can_see_version(user, version)
    except NotPermitted:
        return False
    return True


def check_can_register(user: User) -> None:
    """Raise NotPermitted unless the account may propose charters: metric owners, and the house itself."""
    if not is_system(user) and not holds(user, Role.METRIC_OWNER):
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
    if not is_system(user) and not _works_on(user, version.metric) and version.created_by_id != user.pk:
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
    if metric is not None and not _works_on(user, metric):
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
    return owns or given_to(user, draft.shares.all(), *(right.codename for right in rights))


def _may(check: Callable[[User, Draft], None], user: User, draft: Draft) -> bool:
    try:
        check(user, draft)
    except HouseError:
        return False
    return True


def check_can_review(user: User) -> None:
    """Raise NotPermitted unless the account is on the review board, which alone says that a use may go on (S9)."""
    if not is_system(user) and not holds(user, Role.BOARD_MEMBER):
        raise NotPermitted(_("Only members of the review board review the matrix."))


def can_review(user: User) -> bool:
    try:
        check_can_review(user)
    except NotPermitted:
        return False
    return True


def check_can_record_change(user: User) -> None:
    """Raise NotPermitted unless the account may say that the organisation or a platform changed (S10)."""
    if not is_system(user) and not any(holds(user, role) for role in (Role.ADMIN, Role.METRIC_OWNER)):
        raise NotPermitted(_("Only administrators and metric owners record a change. Tell one of them."))


def can_record_change(user: User) -> bool:
    try:
        check_can_record_change(user)
    except NotPermitted:
        return False
    return True


def check_can_publish_contract(user: User) -> None:
    """Raise NotPermitted unless the account is HR's, which keeps the contract with everybody (S133)."""
    if not is_system(user) and not holds(user, Role.HR):
        raise NotPermitted(_("Only HR publishes the contract. Send them the change you want."))


def can_publish_contract(user: User) -> bool:
    try:
        check_can_publish_contract(user)
    except NotPermitted:
        return False
    return True


def _works_on(user: User, metric: Metric) -> bool:
    return is_system(user) or metric.owner_id == user.pk
