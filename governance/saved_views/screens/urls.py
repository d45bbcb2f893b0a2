"""Routes of saved views."""

from django.utils.translation import gettext_lazy as _

from governance.saved_views import permissions
from governance.saved_views.screens import changing, lists, opening
from governance.ui.page_access import SIGNED_IN, accounts, depending
from governance.ui.routes import Nav, page

MAKERS = accounts("Managers, leads, leadership, metric owners and HR.", permissions.check_can_make)
OPENERS = depending(
    "A diagnostic view: its owner, leadership, and whoever holds a role over all its groups, their members included. "
    "A performance view: its owner, managers and HR."
)
ITS_OWNER = depending("The view's owner.")

urlpatterns = [
    page("views.csv", lists.views_csv, name="views-csv", access=SIGNED_IN, stored=False),
    page(
        "views",
        lists.views,
        name="views",
        access=SIGNED_IN,
        nav=Nav(_("Views"), 50),
        footer=Nav(_("Views"), 30),
    ),
    page("views/new", lists.new_view, name="view-new", access=MAKERS, stored=False, under="views"),
    page("views/<slug:slug>", opening.view, name="view", access=SIGNED_IN, stored=False, under="views"),
    page(
        "views/<slug:slug>/open",
        opening.open_view,
        name="view-open",
        access=OPENERS,
        stored=False,
        under="views",
    ),
    page(
        "views/<slug:slug>/metrics",
        changing.propose_metric,
        name="view-metric",
        access=ITS_OWNER,
        stored=False,
        under="views",
    ),
    page(
        "views/<slug:slug>/metrics/<slug:metric>/drop",
        changing.drop_metric,
        name="view-metric-drop",
        access=ITS_OWNER,
        stored=False,
    ),
    page(
        "views/<slug:slug>/class",
        changing.propose_class,
        name="view-class",
        access=ITS_OWNER,
        stored=False,
        under="views",
    ),
    page(
        "views/<slug:slug>/expectations",
        changing.write_expectation,
        name="view-expectation",
        access=ITS_OWNER,
        stored=False,
        under="views",
    ),
    page(
        "views/<slug:slug>/retire",
        changing.retire,
        name="view-retire",
        access=ITS_OWNER,
        stored=False,
        under="views",
    ),
]
