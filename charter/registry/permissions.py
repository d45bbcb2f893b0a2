"""Who may see and write charters. Being a superuser counts for nothing here."""

from django.utils.translation import gettext as _

from charter.registry.models import CharterVersion, Metric
from charter.registry.states import Standing
from governance.people.models import Role, User
from governance.people.permissions import holds, is_system
from ground.errors import NotPermitted

# A charter that is or was in force concerns everybody; one that is being worked on, those who work on it.
OPEN_TO_ALL = frozenset(
    {Standing.PILOT, Standing.ACTIVE, Standing.SUSPENDED, Standing.RETIRED, Standing.EXPIRED}
)
SEE_DRAFTS = (Role.BOARD_MEMBER, Role.ADMIN, Role.AUDITOR)


def check_can_see_version(user: User, version: CharterVersion) -> None:
    """Raise NotPermitted where a charter is still being worked on and this account does not work on it (S85)."""
    if not user.is_authenticated or not user.is_active:
        raise NotPermitted(_("Sign in to read charters."))
    if version.standing in OPEN_TO_ALL or _works_on(user, version.metric):
        return
    if not any(holds(user, role) for role in SEE_DRAFTS):
        raise NotPermitted(
            _(
                "This charter is not in force yet. Its owner and the review board can read it. You can once it is active."
            )
        )


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


def _works_on(user: User, metric: Metric) -> bool:
    return is_system(user) or metric.owner_id == user.pk
