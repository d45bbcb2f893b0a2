"""Routes of the sources, of revisions, of what is withheld and of queries tried on made-up rows."""

from django.utils.translation import gettext_lazy as _

from charter.measures.permissions import check_can_publish
from charter.measures.screens import (
    connecting,
    made_up_urls,
    revision_urls,
    runs,
    sources,
    warehouse,
    withheld_urls,
)
from charter.registry.permissions import check_can_describe_source
from governance.people.permissions import check_can_administer
from governance.ui.page_access import SIGNED_IN, accounts
from governance.ui.routes import Nav, page

DESCRIBERS = accounts("Administrators and metric owners.", check_can_describe_source)
ADMINISTRATORS = accounts("Administrators.", check_can_administer)
SURVEYORS = accounts("Administrators and machines.", check_can_publish)

urlpatterns = [
    page(
        "sources",
        sources.sources_page,
        name="sources",
        access=SIGNED_IN,
        footer=Nav(_("Sources"), 25),
        under="metrics",
    ),
    page(
        "warehouse", warehouse.warehouse, name="warehouse", access=DESCRIBERS, stored=False, under="metrics"
    ),
    page("publishing", runs.runs, name="publishing-runs", access=SURVEYORS, stored=False, under="metrics"),
    page("publishing.csv", runs.runs_csv, name="publishing-runs-csv", access=SURVEYORS, stored=False),
    page(
        "warehouse/connect",
        connecting.connect,
        name="warehouse-connect",
        access=ADMINISTRATORS,
        stored=False,
        under="metrics",
    ),
    page(
        "warehouse/disconnect",
        connecting.disconnect,
        name="warehouse-disconnect",
        access=ADMINISTRATORS,
        stored=False,
        under="metrics",
    ),
    page("sources.csv", sources.sources_csv, name="sources-csv", access=SIGNED_IN, stored=False),
    page("sources/new", sources.describe_new, name="source-new", access=DESCRIBERS, under="metrics"),
    page("sources/survey", sources.survey, name="source-survey", access=SURVEYORS, under="metrics"),
    page(
        "sources/<slug:slug>",
        sources.source_page,
        name="source",
        access=SIGNED_IN,
        stored=False,
        under="metrics",
    ),
    page(
        "sources/<slug:slug>/change",
        sources.describe_again,
        name="source-change",
        access=DESCRIBERS,
        under="metrics",
    ),
    *revision_urls.urlpatterns,
    *made_up_urls.urlpatterns,
    *withheld_urls.urlpatterns,
]
