"""Routes of findings."""

from django.utils.translation import gettext_lazy as _

from audits.findings import permissions
from audits.findings.screens import findings
from charter.registry.screens.page_context import badge
from charter.rules.vocabulary import Role
from governance.people.requests import PageRequest
from governance.ui.page_access import SIGNED_IN, accounts, depending
from governance.ui.routes import Nav, page

READERS = accounts(
    "Auditors; members of the board read of shifts in values. Nobody sees what is about themself or their line.",
    permissions.check_can_open_findings,
)
SEE_THE_FINDING = depending(
    "Auditors outside of the line of whom it is about; of a shift the board as well; after an appeal its handler alone."
)


def _looks_after(request: PageRequest) -> bool:
    held = badge(request)
    return held.holds(Role.AUDITOR) or bool(held.seats)


urlpatterns = [
    page(
        "findings",
        findings.findings,
        name="findings",
        access=READERS,
        stored=False,
        nav=Nav(_("Findings"), 137, offered=_looks_after),
    ),
    page("findings.csv", findings.findings_csv, name="findings-csv", access=READERS, stored=False),
    page(
        "findings/definitions",
        findings.definitions,
        name="finding-definitions",
        access=SIGNED_IN,
        under="findings",
    ),
    page(
        "findings/<uuid:key>",
        findings.finding,
        name="finding",
        access=SEE_THE_FINDING,
        stored=False,
        under="findings",
    ),
]
