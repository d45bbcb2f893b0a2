"""Who may read what is held about a person: that person, and nobody else. No role opens it, and no superuser."""

from django.utils.translation import gettext as _

from governance.about_me.models import Inclusion
from governance.people.models import Person, User
from ground.errors import NotPermitted


def check_can_read_own(user: User) -> None:
    """Raise NotPermitted where the account is not a person's: there is nobody that it could read about."""
    get_own_person(user)


def get_own_person(user: User) -> Person:
    """Whom the account may read about: its own person. There is no way to name another."""
    if user.person is None or not user.is_active:
        raise NotPermitted(
            _(
                "This is for people who are employed here, each about themself. Your account is not linked to a person."
            )
        )
    return user.person


def check_can_acknowledge(user: User, inclusion: Inclusion) -> None:
    """Raise NotPermitted unless it was told to this very account."""
    if not user.is_active or inclusion.user_id != user.pk:
        raise NotPermitted(_("Only whoever was told this acknowledges it."))


def check_can_make_code(user: User) -> None:
    """Raise NotPermitted unless the account is a person's in use: a code is made before leaving, by nobody for anybody else."""
    get_own_person(user)


def get_left_person(user: User) -> Person:
    """Whom a leaver reads about. Raises NotPermitted while the account is in use: until then one signs in."""
    if user.is_active or user.person is None:
        raise NotPermitted(_("This opens once the account is closed. Until then, sign in."))
    return user.person
