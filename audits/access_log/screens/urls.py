"""Routes of the access log."""

from django.utils.translation import gettext_lazy as _

from audits.access_log import permissions
from audits.access_log.screens import decision, exports, log, searches
from charter.registry.screens.page_context import badge
from charter.rules.vocabulary import Role
from governance.people.requests import PageRequest
from governance.ui.page_access import accounts, depending
from governance.ui.routes import Nav, page

READERS = accounts("Auditors, and administrators in pseudonyms alone.", permissions.check_can_read)
SEEKERS = accounts("Auditors.", permissions.check_can_seek)
ITS_OWNER = accounts("Auditors and administrators, each their own.", permissions.check_can_read)
SEE_THE_EXPORT = depending("Whoever made the export, and auditors.")


def _reads(request: PageRequest) -> bool:
    """As its access says, of what every page has read of its reader already."""
    held = badge(request)
    return held.holds(Role.AUDITOR) or held.holds(Role.ADMIN)


urlpatterns = [
    page(
        "access-log",
        log.access_log,
        name="access-log",
        access=READERS,
        stored=False,
        nav=Nav(_("Access log"), 135, offered=_reads),
    ),
    page(
        "access-log/export",
        log.export,
        name="access-log-export",
        access=READERS,
        stored=False,
        under="access-log",
    ),
    page(
        "access-log/person",
        decision.seek,
        name="access-log-person",
        access=SEEKERS,
        stored=False,
        under="access-log",
    ),
    page(
        "access-log/kept",
        searches.kept,
        name="access-log-kept",
        access=READERS,
        stored=False,
        under="access-log",
    ),
    page(
        "access-log/kept.csv",
        searches.kept_csv,
        name="access-log-kept-csv",
        access=READERS,
        stored=False,
        under="access-log",
    ),
    page(
        "access-log/searches",
        searches.save,
        name="access-log-save",
        access=READERS,
        stored=False,
        under="access-log",
    ),
    page(
        "access-log/searches/<uuid:search>",
        searches.change,
        name="access-log-search",
        access=ITS_OWNER,
        stored=False,
        under="access-log",
    ),
    page(
        "access-log/exports/<uuid:entry>",
        exports.export_receipt,
        name="access-log-receipt",
        access=SEE_THE_EXPORT,
        stored=False,
        under="access-log",
    ),
    page(
        "access-log/exports/<uuid:entry>/proof",
        exports.export_proof,
        name="access-log-proof",
        access=SEE_THE_EXPORT,
        stored=False,
        under="access-log",
    ),
    page(
        "access-log/<uuid:decision>",
        decision.decision,
        name="access-log-decision",
        access=READERS,
        stored=False,
        under="access-log",
    ),
]
