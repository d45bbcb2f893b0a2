"""Who may begin a programme, and publish the contract. Being a superuser counts for nothing here."""

from django.utils.translation import gettext as _

from governance.people.models import GrantedRole, User
from governance.people.permissions import check_can_administer, holds, is_system
from ground.errors import NotPermitted


def check_can_establish(user: User) -> None:
    """Raise NotPermitted unless the account is an administrator's, who then invites the first board."""
    check_can_administer(user)


def check_can_publish_contract(user: User) -> None:
    """Raise NotPermitted unless the account is HR's, which keeps the contract with everybody (S133)."""
    if not is_system(user) and not holds(user, GrantedRole.HR):
        raise NotPermitted(_("Only HR publishes the contract. Send them the change you want."))


def can_publish_contract(user: User) -> bool:
    try:
        check_can_publish_contract(user)
    except NotPermitted:
        return False
    return True
