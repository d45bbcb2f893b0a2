"""Routes of retention."""

from django.utils.translation import gettext_lazy as _

from audits.retention import permissions
from audits.retention.screens import retention
from charter.registry.screens.page_context import badge
from charter.rules.vocabulary import Role
from governance.people.requests import PageRequest
from governance.ui.page_access import accounts
from governance.ui.routes import Nav, page

READERS = accounts("Auditors, HR, administrators and the board.", permissions.check_can_read_retention)
KEEPERS = accounts("HR, and whoever holds the board’s seat for law.", permissions.check_can_place_legal_hold)


def _reads(request: PageRequest) -> bool:
    held = badge(request)
    return bool(held.seats) or any(held.holds(role) for role in (Role.AUDITOR, Role.HR, Role.ADMIN))


urlpatterns = [
    page(
        "retention",
        retention.retention,
        name="retention",
        access=READERS,
        stored=False,
        nav=Nav(_("Retention"), 138, offered=_reads),
    ),
    page(
        "retention.csv",
        retention.retention_csv,
        name="retention-csv",
        access=READERS,
        stored=False,
        under="retention",
    ),
    page(
        "retention/holds",
        retention.holds,
        name="legal-holds",
        access=READERS,
        stored=False,
        under="retention",
    ),
    page(
        "retention/holds.csv",
        retention.holds_csv,
        name="legal-holds-csv",
        access=READERS,
        stored=False,
        under="retention",
    ),
    page(
        "retention/holds/new",
        retention.new_hold,
        name="legal-hold-new",
        access=KEEPERS,
        stored=False,
        under="retention",
    ),
    page(
        "retention/holds/<uuid:key>/end",
        retention.end_hold,
        name="legal-hold-end",
        access=KEEPERS,
        stored=False,
        under="retention",
    ),
]
