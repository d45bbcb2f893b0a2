"""Routes of writing charters. What is handed in goes to the board, so the pages of a whole draft are the board's."""

from django.utils.translation import gettext_lazy as _

from charter.authoring import permissions
from charter.authoring.screens import heading, lists
from charter.registry.screens.page_context import badge
from charter.rules.vocabulary import Role
from governance.people.requests import PageRequest
from governance.ui.page_access import SIGNED_IN, accounts, depending
from governance.ui.routes import Nav, page

PROPOSERS = accounts("Metric owners.", permissions.check_can_register)
WRITERS = depending("The draft's owner, and whom the owner lets write along.")


def _owns_metrics(request: PageRequest) -> bool:
    """Whoever writes along finds the draft here too, but most readers would find nothing."""
    return badge(request).holds(Role.METRIC_OWNER)


urlpatterns = [
    page(
        "charters",
        lists.charters,
        name="charters",
        access=SIGNED_IN,
        stored=False,
        nav=Nav(_("My charters"), 20, offered=_owns_metrics),
    ),
    page(
        "charters.csv",
        lists.charters_csv,
        name="charters-csv",
        access=SIGNED_IN,
        stored=False,
        under="charters",
    ),
    page(
        "charters/new",
        lists.start_charter,
        name="charter-new",
        access=PROPOSERS,
        stored=False,
        under="charters",
    ),
    page(
        "charters/<uuid:draft_id>/<slug:slug>",
        heading.heading,
        name="charter-heading",
        access=WRITERS,
        stored=False,
        under="charters",
    ),
]
