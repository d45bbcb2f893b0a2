"""Routes of use checks."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from charter.registry.screens.page_context import badge
from charter.rules.vocabulary import Role
from governance.people.requests import PageRequest
from governance.ui.page_access import SIGNED_IN, accounts, depending
from governance.ui.routes import Nav, page
from governance.use_check import permissions
from governance.use_check.screens import checking, decisions, files, profiles

SEE_THE_CHECK = depending(
    "Whoever checked, auditors, and members of the board's seats where it was put to the board."
)
KEEP_PROFILES = accounts("HR.", permissions.check_can_keep_profiles)
ITS_SENDER = depending("Whoever sent the file, and auditors.")
_OF_CHECKS: dict[str, Any] = {"stored": False, "under": "use-check"}


def _is_hr(request: PageRequest) -> bool:
    return badge(request).holds(Role.HR)


urlpatterns = [
    page(
        "use-check",
        checking.start,
        name="use-check",
        access=SIGNED_IN,
        stored=False,
        nav=Nav(_("Check a use"), 35, offered=_is_hr),
    ),
    page("use-check/review", checking.review, name="use-check-review", access=SIGNED_IN, **_OF_CHECKS),
    page(
        "use-check/decisions/<slug:decision>",
        decisions.decision,
        name="use-check-decision",
        access=SIGNED_IN,
        **_OF_CHECKS,
    ),
    page("use-check/profiles", profiles.profiles, name="evidence-profiles", access=SIGNED_IN, **_OF_CHECKS),
    page(
        "use-check/profiles/new",
        profiles.profile_new,
        name="evidence-profile-new",
        access=KEEP_PROFILES,
        **_OF_CHECKS,
    ),
    page("use-check/files", files.files, name="use-check-files", access=SIGNED_IN, **_OF_CHECKS),
    page("use-check/files.csv", files.files_csv, name="use-check-files-csv", access=SIGNED_IN, **_OF_CHECKS),
    page(
        "use-check/files/example.csv", files.example, name="use-check-example", access=SIGNED_IN, **_OF_CHECKS
    ),
    page("use-check/files/<uuid:key>", files.file, name="use-check-file", access=ITS_SENDER, **_OF_CHECKS),
    page(
        "use-check/files/<uuid:key>/result",
        files.result,
        name="use-check-result",
        access=ITS_SENDER,
        **_OF_CHECKS,
    ),
    page(
        "use-check/files/<uuid:key>/receipt",
        files.receipt,
        name="use-check-receipt",
        access=ITS_SENDER,
        **_OF_CHECKS,
    ),
    page(
        "use-check/answers/<uuid:decision>",
        checking.answer,
        name="use-check-answer",
        access=SEE_THE_CHECK,
        **_OF_CHECKS,
    ),
    page(
        "use-check/<slug:step>", checking.question, name="use-check-question", access=SIGNED_IN, **_OF_CHECKS
    ),
]
