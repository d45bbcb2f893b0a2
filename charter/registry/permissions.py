"""Who may see and write charters. Being a superuser counts for nothing here."""

from django.utils.translation import gettext as _

from charter.registry.models import CharterVersion, Metric
from charter.registry.states import StandingChoices
from governance.people.models import AccountKind, GrantedRole, User
from governance.people.permissions import holds, is_system
from governance.people.queries import is_same_hand
from ground.errors import NotPermitted

# A charter that is or was in force concerns everybody; one that is being worked on, those who work on it.
OPEN_TO_ALL = frozenset(
    {
        StandingChoices.PILOT,
        StandingChoices.ACTIVE,
        StandingChoices.SUSPENDED,
        StandingChoices.RETIRED,
        StandingChoices.EXPIRED,
    }
)
SEE_DRAFTS = (GrantedRole.BOARD_MEMBER, GrantedRole.ADMIN, GrantedRole.AUDITOR)


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
    return works_on(user, metric) or any(holds(user, role) for role in SEE_DRAFTS)


def can_see_version(user: User, version: CharterVersion) -> bool:
    try:
        check_can_see_version(user, version)
    except NotPermitted:
        return False
    return True


def check_can_clear(user: User, version: CharterVersion) -> None:
    """Raise NotPermitted unless the account is an auditor's, a person's, and not of who owns the metric or wrote the charter (S22, AR25)."""
    if user.kind != AccountKind.HUMAN or not user.is_active or not holds(user, GrantedRole.AUDITOR):
        raise NotPermitted(_("What an audit found of a charter is signed off by an auditor."))
    if version.metric.owner_id == user.pk:
        raise NotPermitted(
            _("You own this metric. Another auditor has to sign its audit off."), code="has_a_stake"
        )
    if is_same_hand(version.created_by_id, user):
        raise NotPermitted(
            _("You wrote this charter. Another auditor has to sign its audit off."), code="has_a_stake"
        )


def check_can_review(user: User) -> None:
    """Raise NotPermitted unless the account is on the review board, which alone says that a use may go on (S9)."""
    if not is_system(user) and not holds(user, GrantedRole.BOARD_MEMBER):
        raise NotPermitted(_("Only members of the review board review the matrix."))


def can_review(user: User) -> bool:
    try:
        check_can_review(user)
    except NotPermitted:
        return False
    return True


def check_can_record_change(user: User) -> None:
    """Raise NotPermitted unless the account may say that the organisation or a platform changed (S10)."""
    if not is_system(user) and not any(
        holds(user, role) for role in (GrantedRole.ADMIN, GrantedRole.METRIC_OWNER)
    ):
        raise NotPermitted(_("Only administrators and metric owners record a change. Tell one of them."))


def can_record_change(user: User) -> bool:
    try:
        check_can_record_change(user)
    except NotPermitted:
        return False
    return True


def check_can_describe_source(user: User) -> None:
    """Raise NotPermitted unless the account may say what a table of the warehouse is (S65)."""
    if not is_system(user) and not any(
        holds(user, role) for role in (GrantedRole.ADMIN, GrantedRole.METRIC_OWNER)
    ):
        raise NotPermitted(_("Only administrators and metric owners describe sources. Ask one of them."))


def can_describe_source(user: User) -> bool:
    try:
        check_can_describe_source(user)
    except NotPermitted:
        return False
    return True


def works_on(user: User, metric: Metric) -> bool:
    """Whether the account owns a metric, or is the system's own."""
    return is_system(user) or metric.owner_id == user.pk
