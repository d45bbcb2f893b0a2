"""Routes of metrics, the matrix and its reviews."""

from django.utils.translation import gettext_lazy as _

from charter.registry import permissions
from charter.registry.screens import matrix, metrics, reviews, versions
from governance.ui.page_access import SIGNED_IN, accounts, depending
from governance.ui.routes import Nav, page

BOTH_VERSIONS = depending(
    "Versions that are or were in force: everybody. Those still worked on: the metric's owner, the review board, "
    "auditors and administrators."
)
REVIEWERS = accounts("Members of the review board.", permissions.check_can_review)
# Asked inside the view, once it is sure that something was posted.
REVIEWERS_WHO_POST = depending("Members of the review board.")
RECORDERS = accounts("Administrators and metric owners.", permissions.check_can_record_change)

urlpatterns = [
    page(
        "metrics",
        metrics.metrics,
        name="metrics",
        access=SIGNED_IN,
        nav=Nav(_("Metrics"), 30),
    ),
    page("metrics.csv", metrics.metrics_csv, name="metrics-csv", access=SIGNED_IN, stored=False),
    page(
        "metrics/<slug:slug>/versions/<int:older>/<int:newer>",
        versions.compare,
        name="versions",
        access=BOTH_VERSIONS,
        under="metrics",
    ),
    page(
        "matrix",
        matrix.matrix,
        name="matrix",
        access=SIGNED_IN,
        nav=Nav(_("Matrix"), 90),
        footer=Nav(_("Matrix"), 20),
    ),
    page("matrix.csv", matrix.matrix_csv, name="matrix-csv", access=SIGNED_IN, stored=False),
    page("matrix/review", reviews.reviews_page, name="reviews", access=SIGNED_IN, under="matrix"),
    page("matrix/review/<uuid:review>", reviews.review, name="review", access=REVIEWERS, under="matrix"),
    page(
        "matrix/review/flagged/<uuid:item>/justify",
        reviews.justify,
        name="justify",
        access=REVIEWERS_WHO_POST,
    ),
    page("matrix/change", reviews.record_change, name="record-change", access=RECORDERS, under="matrix"),
]
