"""Routes of evidence packs and of what can be taken along."""

from django.utils.translation import gettext_lazy as _

from audits.evidence import permissions
from audits.evidence.screens import evidence
from charter.registry.screens.page_context import badge
from charter.rules.vocabulary import Role
from governance.people.requests import PageRequest
from governance.ui.page_access import SIGNED_IN, accounts
from governance.ui.routes import Nav, page

READERS = accounts("Auditors and members of the board.", permissions.check_can_read_packs)


def _audits(request: PageRequest) -> bool:
    return badge(request).holds(Role.AUDITOR)


urlpatterns = [
    page(
        "evidence",
        evidence.packs,
        name="evidence",
        access=READERS,
        stored=False,
        nav=Nav(_("Evidence packs"), 139, offered=_audits),
    ),
    page(
        "evidence/<uuid:key>",
        evidence.pack,
        name="evidence-pack",
        access=READERS,
        stored=False,
        under="evidence",
    ),
    page(
        "evidence/<uuid:key>/take",
        evidence.take,
        name="evidence-take",
        access=READERS,
        stored=False,
        under="evidence",
    ),
    page(
        "take-along",
        evidence.take_along,
        name="take-along",
        access=SIGNED_IN,
        footer=Nav(_("Take it along"), 60),
    ),
    page(
        "take-along/<slug:kind>.<slug:form>",
        evidence.rows,
        name="take-along-rows",
        access=SIGNED_IN,
        stored=False,
        under="take-along",
    ),
]
