"""Routes of training."""

from django.utils.translation import gettext_lazy as _

from governance.training import permissions
from governance.training.screens import attempts, managers, overview
from governance.ui.page_access import SIGNED_IN, accounts, depending
from governance.ui.routes import Nav, page

# Beginning is for people alone, as its service says; the page of a machine's account says so too.
TAKERS = depending("Everybody with a person's account.")
ITS_TAKER = depending("Whoever takes the course in this attempt.")
SEE_NAMES = accounts("HR, the review board and auditors.", permissions.check_can_see_names)
PUBLISHERS = accounts("HR, the review board and administrators.", permissions.check_can_publish_course)

urlpatterns = [
    page(
        "training",
        overview.training,
        name="training",
        access=SIGNED_IN,
        stored=False,
        footer=Nav(_("Training"), 60),
        under="rules",
    ),
    page(
        "training/attestation",
        overview.attestation,
        name="training-attestation",
        access=SIGNED_IN,
        stored=False,
        under="rules",
    ),
    page("training/begin", attempts.begin_attempt, name="training-begin", access=TAKERS, stored=False),
    page(
        "training/attempts/<uuid:key>",
        attempts.attempt,
        name="training-attempt",
        access=ITS_TAKER,
        stored=False,
    ),
    page(
        "training/attempts/<uuid:key>/<int:place>",
        attempts.question,
        name="training-question",
        access=ITS_TAKER,
        stored=False,
        under="rules",
    ),
    page(
        "training/attempts/<uuid:key>/result",
        attempts.result,
        name="training-result",
        access=ITS_TAKER,
        stored=False,
        under="rules",
    ),
    page(
        "training/managers",
        managers.managers,
        name="training-managers",
        access=SEE_NAMES,
        stored=False,
        under="rules",
    ),
    page(
        "training/managers.csv",
        managers.managers_csv,
        name="training-managers-csv",
        access=SEE_NAMES,
        stored=False,
        under="rules",
    ),
    page(
        "training/publish", managers.publish_course, name="training-publish", access=PUBLISHERS, under="rules"
    ),
]
