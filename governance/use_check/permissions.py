"""Who may check a use, keep evidence profiles, and send files of intended uses."""

from django.utils.translation import gettext as _

from charter.rules.vocabulary import Role
from governance.people.models import User
from governance.people.permissions import holds
from governance.use_check.models import BulkCheck
from ground.errors import NotFound, NotPermitted


def check_can_check(user: User) -> None:
    """Raise NotPermitted unless the account is open: whoever may put a question to the line may check a use.

    A check reads no values, and is on the log as whoever's it is.
    """
    if not user.is_active:
        raise NotPermitted(_("This account is closed."))


def check_can_keep_profiles(user: User) -> None:
    """Raise NotPermitted unless the account is HR's, which answers for how people are judged."""
    if not holds(user, Role.HR):
        raise NotPermitted(_("Only HR writes which outcomes and evidence count for a role family."))


def can_keep_profiles(user: User) -> bool:
    try:
        check_can_keep_profiles(user)
    except NotPermitted:
        return False
    return True


def check_can_see_bulk(user: User, bulk: BulkCheck) -> None:
    """Raise NotFound unless the account sent the file, or is an auditor's."""
    if bulk.filed_by_id != user.pk and not holds(user, Role.AUDITOR):
        raise NotFound(_("There is no such file that you may see."), code="bulk_not_found")
