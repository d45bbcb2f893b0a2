"""Routes of evidence packs and of what can be taken along."""

from django.utils.translation import gettext_lazy as _

from audits.packs import permissions
from audits.packs.screens import packs
from charter.registry.screens.page_context import badge
from charter.rules.vocabulary import Role
from governance.people.requests import PageRequest
from governance.ui.page_access import SIGNED_IN, accounts
from governance.ui.routes import Nav, page

READERS = accounts("Auditors and members of the board.", permissions.check_can_read_packs)


def _looks_after(request: PageRequest) -> bool:
    held = badge(request)
    return held.holds(Role.AUDITOR) or bool(held.seats)


urlpatterns = [
    page(
        "packs",
        packs.packs,
        name="packs",
        access=READERS,
        stored=False,
        nav=Nav(_("Evidence packs"), 139, offered=_looks_after),
    ),
    page(
        "packs.csv",
        packs.packs_csv,
        name="packs-csv",
        access=READERS,
        stored=False,
        under="packs",
    ),
    page(
        "packs/<uuid:key>",
        packs.pack,
        name="pack",
        access=READERS,
        stored=False,
        under="packs",
    ),
    page(
        "packs/<uuid:key>/take",
        packs.take,
        name="pack-take",
        access=READERS,
        stored=False,
        under="packs",
    ),
    page(
        "take-along",
        packs.take_along,
        name="take-along",
        access=SIGNED_IN,
        footer=Nav(_("Take it along"), 60),
    ),
    page(
        "take-along/<slug:kind>.<slug:form>",
        packs.rows,
        name="take-along-rows",
        access=SIGNED_IN,
        stored=False,
    ),
]
