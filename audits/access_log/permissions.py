"""Who reads the access log: auditors, and administrators in pseudonyms alone. Being a superuser counts for nothing."""

from django.utils.translation import gettext as _

from audits.access_log.models import Export, SavedSearch
from charter.rules.vocabulary import Role
from governance.people.models import User
from governance.people.permissions import holds
from ground.errors import NotFound, NotPermitted


def check_can_read(user: User) -> None:
    """Raise NotPermitted unless the account is an auditor's or an administrator's."""
    if not (holds(user, Role.AUDITOR) or holds(user, Role.ADMIN)):
        raise NotPermitted(
            _(
                "The access log is for auditors, and for administrators without names. What you asked stands in My answers."
            )
        )


def check_can_seek(user: User) -> None:
    """Raise NotPermitted unless the account may ask what somebody of a name is called: auditors, whatever the name."""
    if not holds(user, Role.AUDITOR):
        raise NotPermitted(_("Only auditors look for somebody by name, and say why."))


def reads_reasons(user: User) -> bool:
    """Whether the account reads and searches the reasons that were given: people write names into them."""
    return holds(user, Role.AUDITOR)


def check_can_see_export(user: User, export: Export) -> None:
    """Whoever made it and auditors may; to all others it is not there."""
    if export.by_id != user.pk and not holds(user, Role.AUDITOR):
        raise NotFound(_("There is no export with this number that you may see."), code="export_not_found")


def check_owns(user: User, search: SavedSearch) -> None:
    """Raise NotFound unless the search is the account's own."""
    if search.owner_id != user.pk:
        raise NotFound(_("You have kept no such search."), code="search_not_found")
