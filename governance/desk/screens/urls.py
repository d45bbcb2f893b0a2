"""Routes of home, of a metric's page, and of the contract and the records of processing."""

from django.utils.translation import gettext_lazy as _

from charter.programme.permissions import check_can_publish_contract
from charter.registry.screens.page_context import READABLE, badge, today
from governance.board.states import SeatKind
from governance.desk import permissions
from governance.desk.screens import administration, contract, find, home, log, merge, metric, records
from governance.people import badges
from governance.people.permissions import check_can_administer
from governance.people.requests import PageRequest
from governance.ui.page_access import ANYONE, SIGNED_IN, PageAccess, accounts, depending
from governance.ui.routes import Nav, page


def _check_can_read_records(request: PageRequest) -> None:
    permissions.check_can_read_records(request.user, today(request))


def _reads_records(request: PageRequest) -> bool:
    """The same of what the page has read of its reader anyway."""
    held = badge(request)
    return any(map(held.holds, permissions.READ_RECORDS)) or SeatKind.LEGAL in held.seats


READ_RECORDS = PageAccess(
    "The legal seat, HR, auditors and administrators.",
    on_entry=_check_can_read_records,
)
PUBLISH_THE_CONTRACT = accounts("HR.", check_can_publish_contract)

urlpatterns = [
    page(
        "administration",
        administration.administration,
        name="administration",
        access=accounts("Administrators.", check_can_administer),
        stored=False,
        footer=Nav(_("Administration"), 88, offered=badges.shows_administrator),
    ),
    page(
        "accounts/<uuid:key>/merge",
        merge.merge,
        name="account-merge",
        access=accounts("Administrators.", check_can_administer),
        stored=False,
    ),
    page(
        "merges/<uuid:key>/confirm",
        merge.confirm,
        name="merge-confirm",
        access=depending("Administrators, but not who proposed it or whose accounts they are."),
        stored=False,
    ),
    page(
        "merges/<uuid:key>/drop",
        merge.drop,
        name="merge-drop",
        access=accounts("Administrators.", check_can_administer),
        stored=False,
    ),
    page("", home.home, name="home", access=SIGNED_IN, stored=False, nav=Nav(_("Home"), 10)),
    page("metrics/<slug:slug>", metric.metric, name="metric", access=SIGNED_IN, under="metrics"),
    page(
        "contract",
        contract.contract,
        name="contract",
        access=READABLE,
        nav=Nav(_("The contract"), 100),
        footer=Nav(_("The contract"), 10),
    ),
    page(
        "contract/acknowledge", contract.acknowledge_contract, name="contract-acknowledge", access=SIGNED_IN
    ),
    page(
        "contract/publish",
        contract.publish_contract,
        name="contract-publish",
        access=PUBLISH_THE_CONTRACT,
        under="contract",
    ),
    page(
        "contract/metrics",
        contract.metric_kinds,
        name="contract-metrics",
        access=READABLE,
        under="contract",
    ),
    page(
        "legal-record",
        records.records,
        name="records",
        access=READ_RECORDS,
        stored=False,
        nav=Nav(_("Records"), 120, offered=_reads_records),
    ),
    page("legal-record.csv", records.records_csv, name="records-csv", access=READ_RECORDS, stored=False),
    page(
        "legal-record/<slug:slug>",
        records.record,
        name="record",
        access=READ_RECORDS,
        stored=False,
        under="records",
    ),
    page("log", log.log, name="log", access=SIGNED_IN, stored=False, footer=Nav(_("The log"), 83)),
    page("find", find.find, name="find", access=SIGNED_IN, stored=False),
    page("about", home.about, name="about", access=READABLE, footer=Nav(_("What this is"), 5)),
    page(
        "accessibility",
        home.accessibility,
        name="accessibility",
        access=ANYONE,
        footer=Nav(_("Accessibility"), 90),
    ),
]
