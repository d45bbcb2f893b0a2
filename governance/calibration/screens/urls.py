"""Routes of calibration."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from charter.registry.screens.page_context import badge
from charter.rules.vocabulary import Role
from governance.calibration import permissions
from governance.calibration.screens import outcomes, packs, rounds
from governance.people.requests import PageRequest
from governance.ui.page_access import SIGNED_IN, accounts, depending
from governance.ui.routes import Nav, page

HR = accounts("HR.", permissions.check_keeps_rounds)
FIGURES = accounts("HR, auditors and the board.", permissions.check_reads_figures)
SESSION = depending(
    "HR, and whoever answers for somebody in the round once it is announced; never about themself."
)
EVERYBODY = depending("Everybody who has signed in, once the round is announced.")
PACK = depending("Whoever answers for the person, HR, and the person themself; once the round is announced.")
ANSWERS = depending("The one account that is named to answer for the person.")
KEEPS = depending("HR, never about themself.")
ITS_PERSON = depending("Whom it is about, once it is published. Nobody else, whatever their role.")
_OF_IT: dict[str, Any] = {"stored": False, "under": "calibration"}


def _works_with_it(request: PageRequest) -> bool:
    return badge(request).holds(Role.HR) or badge(request).holds(Role.MANAGER)


urlpatterns = [
    page(
        "calibration",
        rounds.calibration,
        name="calibration",
        access=SIGNED_IN,
        stored=False,
        nav=Nav(_("Calibration"), 36, offered=_works_with_it),
    ),
    page("calibration.csv", rounds.calibration_csv, name="calibration-csv", access=SIGNED_IN, **_OF_IT),
    page("calibration/figures", rounds.figures, name="calibration-figures", access=FIGURES, **_OF_IT),
    page("calibration/rubrics", outcomes.rubrics, name="calibration-rubrics", access=SIGNED_IN, **_OF_IT),
    page("calibration/rubrics/new", outcomes.rubric_new, name="calibration-rubric-new", access=HR, **_OF_IT),
    page("calibration/rounds/new", rounds.round_new, name="calibration-round-new", access=HR, **_OF_IT),
    *(
        page(f"calibration/{address}", view, name=f"calibration-{name}", access=access, **_OF_IT)
        for address, view, name, access in (
            ("rounds/<uuid:key>", rounds.round_page, "round", SESSION),
            ("rounds/<uuid:key>/announcement", rounds.announcement, "announcement", EVERYBODY),
            ("rounds/<uuid:key>/<slug:word>", rounds.reasoned, "reasoned", KEEPS),
            ("packs/<uuid:key>", packs.pack, "pack", PACK),
            ("packs/<uuid:key>/notes/<slug:word>", packs.note, "note", PACK),
            ("packs/<uuid:key>/values", packs.values, "values", ANSWERS),
            ("packs/<uuid:key>/propose", packs.propose, "propose", ANSWERS),
            ("packs/<uuid:key>/challenge", packs.challenge, "challenge", SESSION),
            ("packs/<uuid:key>/answerer", packs.answerer, "answerer", KEEPS),
            ("packs/<uuid:key>/set-aside", packs.set_aside, "set-aside", KEEPS),
            ("challenges/<uuid:key>", packs.answer, "answer", ANSWERS),
            ("outcomes/<uuid:key>", outcomes.outcome, "outcome", ITS_PERSON),
        )
    ),
]
