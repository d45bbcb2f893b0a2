"""Routes of sampled reviews."""

from django.utils.translation import gettext_lazy as _

from audits.reviews import permissions
from audits.reviews.screens import reviews
from charter.registry.screens.page_context import badge
from charter.rules.vocabulary import Role
from governance.people.requests import PageRequest
from governance.ui.page_access import accounts, depending
from governance.ui.routes import Nav, page

REVIEWERS = accounts(
    "Auditors and members of the board, who may be given looks to review.", permissions.check_can_open_reviews
)
ITS_REVIEWER = depending("Its reviewer, and auditors; nobody who stands in the line of whoever looked.")
WHO_LOOKED = depending("Whoever looked, once a reviewer has asked.")


def _looks_after(request: PageRequest) -> bool:
    held = badge(request)
    return held.holds(Role.AUDITOR) or bool(held.seats)


urlpatterns = [
    page(
        "sampled-reviews",
        reviews.reviews,
        name="sampled-reviews",
        access=REVIEWERS,
        stored=False,
        nav=Nav(_("Sampled reviews"), 136, offered=_looks_after),
    ),
    page(
        "sampled-reviews.csv",
        reviews.draws_csv,
        name="sampled-reviews-csv",
        access=REVIEWERS,
        stored=False,
        under="sampled-reviews",
    ),
    page(
        "sampled-reviews/draws/<uuid:key>",
        reviews.draw,
        name="sample-draw",
        access=REVIEWERS,
        stored=False,
        under="sampled-reviews",
    ),
    page(
        "sampled-reviews/<uuid:key>",
        reviews.review,
        name="sampled-review",
        access=ITS_REVIEWER,
        stored=False,
        under="sampled-reviews",
    ),
    page(
        "sampled-reviews/<uuid:key>/answer",
        reviews.answer,
        name="sampled-review-answer",
        access=WHO_LOOKED,
        stored=False,
        under="sampled-reviews",
    ),
]
