"""What an account may do with one object, as rows of guardian's direct tables: who reads a draft, who handles a case.

Apps keep a table of their own, and their `check_can_x` read it through `given_to` alone. guardian's checks and Django's
`has_perm` say yes to superusers whatever the table holds, so none of our code calls them.
"""

from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from guardian.models import UserObjectPermissionBase

from governance.people.models import AccountKind, User
from ground import clock
from ground.errors import BadInput
from ground.models import Record


class ObjectPermission(Record, UserObjectPermissionBase):
    """One permission of one account on one object, since when and by whose leave.

    An app's table adds `content_object`, which is what guardian calls the object. A row never changes: it is given and
    taken back, and the ledger keeps both.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    given_at = models.DateTimeField(default=clock.now)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


def find_permission(model: type[models.Model], codename: str) -> Permission:
    """Django's record of a permission that is given on objects of this model."""
    of = ContentType.objects.get_for_model(model, for_concrete_model=False)
    return Permission.objects.get(content_type=of, codename=codename)


def is_given_to(user: User, rows: QuerySet[ObjectPermission], *codenames: str) -> bool:
    """Whether one of these rows gives the account one of these permissions; an account out of use has none."""
    return user.is_active and rows.filter(user=user, permission__codename__in=codenames).exists()


def check_can_be_given(user: User, *, field: str = "user") -> None:
    """Raise BadInput unless permissions on single objects can be given to this account: a person's, in use."""
    if user.kind != AccountKind.HUMAN or not user.is_active:
        raise _make_account_refusal(field)


def find_account_to_name(username: str, *, field: str = "user") -> User:
    """A person's account in use, by its user name, once the asker may name anybody.

    Raises the same BadInput for a machine's, one out of use and one that is not there.
    """
    found = User.objects.find(username)
    if found is None or found.kind != AccountKind.HUMAN or not found.is_active:
        raise _make_account_refusal(field)
    return found


def _make_account_refusal(field: str) -> BadInput:
    return BadInput(_("Name somebody whose account is a person’s and in use."), field=field)
