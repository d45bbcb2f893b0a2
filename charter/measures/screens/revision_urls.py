"""Routes of revisions."""

from django.utils.translation import gettext_lazy as _

from charter.measures import permissions
from charter.measures.screens import revisions
from charter.registry.screens.page_context import badge
from charter.rules.vocabulary import Role
from governance.people.requests import PageRequest
from governance.ui.page_access import accounts, depending
from governance.ui.routes import Nav, page


def _may_have_some(request: PageRequest) -> bool:
    """Asked of every page, so first by the roles that are known already."""
    held = badge(request)
    return held.holds(Role.AUDITOR) or (
        held.holds(Role.METRIC_OWNER) and permissions.can_see_revisions(request.user)
    )


READERS = accounts("Owners of metrics, and auditors.", permissions.check_can_see_revisions)
READERS_OF_ONE = depending("The owner of its metric, and auditors.")

urlpatterns = [
    page(
        "revisions",
        revisions.revisions_page,
        name="revisions",
        access=READERS,
        nav=Nav(_("Revisions"), 95, offered=_may_have_some),
        stored=False,
    ),
    page("revisions.csv", revisions.revisions_csv, name="revisions-csv", access=READERS, stored=False),
    page(
        "revisions/<uuid:revision>",
        revisions.revision,
        name="revision",
        access=READERS_OF_ONE,
        under="revisions",
        stored=False,
    ),
]
