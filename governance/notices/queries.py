"""Reads of notices: one's own, newest first."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from governance.notices.models import Notice
from governance.people.models import User
from ground.errors import NotFound


def list_notices(user: User) -> QuerySet[Notice]:
    """What this account was told, newest first."""
    return Notice.objects.filter(to=user)


def count_unread(user: User) -> int:
    """How many of its notices this account has not read."""
    return list_notices(user).filter(read_at__isnull=True).count()


def get_notice(key: UUID, *, by: User) -> Notice:
    """One of the account's notices by its id; NotFound where it has no such one."""
    found = list_notices(by).filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no such notice among yours."))
    return found
