"""Who may start what in this app."""

from django.utils.translation import gettext as _

from charter.measures.models import Revision
from charter.measures.states import RevisionState
from charter.registry.models import Metric
from charter.registry.permissions import works_on
from governance.people.models import AccountKind, GrantedRole, User
from governance.people.permissions import holds, is_system
from governance.people.queries import is_same_hand
from ground import calendar
from ground.errors import NotPermitted


def check_can_publish(user: User) -> None:
    """Raise NotPermitted unless this is a machine's account or holds the role of administrator today."""
    if not user.is_active:
        raise NotPermitted(_("This account is closed."))
    if user.kind == AccountKind.MACHINE or _is_administrator(user):
        return
    raise NotPermitted(_("Only the system and administrators may start the publishing of values."))


def can_publish(user: User) -> bool:
    try:
        check_can_publish(user)
    except NotPermitted:
        return False
    return True


def check_can_exclude(user: User) -> None:
    """Raise NotPermitted unless the product itself acts: what is left out follows from a decided appeal, by nobody's wish."""
    if not is_system(user):
        raise NotPermitted(
            _("What values leave out follows from a decided appeal. Nobody leaves events out by hand.")
        )


def check_can_see_revisions(user: User) -> None:
    """Raise NotPermitted unless the account owns a metric or is an auditor's: old minus new could point at people's work."""
    if not holds(user, GrantedRole.AUDITOR) and not Metric.objects.filter(owner=user).exists():
        raise NotPermitted(_("Revisions are seen by the owner of their metric and by auditors."))


def can_see_revisions(user: User) -> bool:
    try:
        check_can_see_revisions(user)
    except NotPermitted:
        return False
    return True


def check_can_see_revision(user: User, metric: Metric) -> None:
    """Raise NotPermitted unless the account owns this metric or is an auditor's."""
    if not works_on(user, metric) and not holds(user, GrantedRole.AUDITOR):
        raise NotPermitted(_("Revisions are seen by the owner of their metric and by auditors."))


def check_can_see_numbers(user: User, revision: Revision) -> None:
    """Raise NotPermitted unless the account may see what is revised; once it is published, the old values are superseded."""
    check_can_see_revision(user, revision.metric)
    if revision.state == RevisionState.CONFIRMED and not holds(user, GrantedRole.AUDITOR):
        raise NotPermitted(_("Superseded values are seen by auditors alone."))


def can_see_numbers(user: User, revision: Revision) -> bool:
    try:
        check_can_see_numbers(user, revision)
    except NotPermitted:
        return False
    return True


def check_can_see_withheld(user: User, metric: Metric) -> None:
    """Raise NotPermitted unless the account owns this metric or is an auditor's: few others have a use for what it tells of teams."""
    if not works_on(user, metric) and not holds(user, GrantedRole.AUDITOR):
        raise NotPermitted(_("What is withheld is counted for the owner of the metric and for auditors."))


def can_see_withheld(user: User, metric: Metric) -> bool:
    try:
        check_can_see_withheld(user, metric)
    except NotPermitted:
        return False
    return True


def check_can_propose(user: User, metric: Metric) -> None:
    """Raise NotPermitted unless the account owns the metric."""
    if not works_on(user, metric):
        raise NotPermitted(_("Only the owner of a metric proposes a revision of its values."))


def can_propose(user: User, metric: Metric) -> bool:
    try:
        check_can_propose(user, metric)
    except NotPermitted:
        return False
    return True


def can_confirm(user: User, revision: Revision) -> bool:
    try:
        check_can_confirm(user, revision)
    except NotPermitted:
        return False
    return True


def check_can_confirm(user: User, revision: Revision) -> None:
    """Raise NotPermitted unless the account is an auditor's, and another's than who proposed it."""
    if not holds(user, GrantedRole.AUDITOR):
        raise NotPermitted(_("Only an auditor confirms a revision."))
    if any(is_same_hand(each, user) for each in (revision.proposed_by_id, revision.metric.owner_id)):
        raise NotPermitted(_("Nobody confirms what they proposed. Another auditor does."))


def check_can_decline(user: User, metric: Metric) -> None:
    """Raise NotPermitted unless the account owns the metric or is an auditor's."""
    if not works_on(user, metric) and not holds(user, GrantedRole.AUDITOR):
        raise NotPermitted(_("Only the owner of a metric and auditors decline a revision of its values."))


def _is_administrator(user: User) -> bool:
    today = calendar.today()
    grants = user.role_grants.filter(role=GrantedRole.ADMIN, valid_from__lte=today)
    return any(grant.valid_to is None or grant.valid_to > today for grant in grants)
