"""Route of what is withheld of a metric."""

from charter.measures.screens import withheld
from governance.ui.page_access import depending
from governance.ui.routes import page

urlpatterns = [
    page(
        "metrics/<slug:slug>/withheld",
        withheld.withheld_page,
        name="metric-withheld",
        access=depending("The metric's owner, and auditors."),
        under="metrics",
        stored=False,
    ),
]
