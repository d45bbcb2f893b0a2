"""Who may read a notice. Being a superuser counts for nothing here."""

from django.utils.translation import gettext as _

from governance.notices.models import Notice
from governance.people.models import User
from ground.errors import NotFound


def check_can_read(user: User, notice: Notice) -> None:
    """Raise NotFound unless the notice was given to this account: what others are told is theirs alone to know."""
    if not user.is_active or notice.to_id != user.pk:
        raise NotFound(_("There is no such notice among yours."))


def can_read(user: User, notice: Notice) -> bool:
    try:
        check_can_read(user, notice)
    except NotFound:
        return False
    return True
