"""Routes of the pages about what bears on values."""

from django.utils.translation import gettext_lazy as _

from charter.registry.screens.page_context import badge
from charter.rules.vocabulary import Role
from governance.decisions import permissions
from governance.decisions.screens.value_context import holds, notes
from governance.people.requests import PageRequest
from governance.ui.page_access import SIGNED_IN, accounts, depending
from governance.ui.routes import Nav, page

SPEAKERS = depending(
    "Of a team: its people, whoever leads it, HR, metric owners and administrators. Of a person: themself, whoever leads "
    "them, and HR."
)
SEE_THE_NOTE = depending(
    "A note about a team: everybody. One about a person: that person, whoever proposed it, whoever leads them, the "
    "owner of the metric that it speaks of, HR and auditors."
)
CONFIRM = depending(
    "Whoever leads the team or the person, HR, and the owner of the metric that the note speaks of; never its "
    "proposer or the person it is about."
)
TURN_DOWN = depending(
    "Until it is confirmed: who could confirm it, its proposer, and the person it is about. Afterwards: HR."
)
LIST_HOLDS = accounts(
    "Auditors, members of the board's seats, and whoever put something under review.",
    permissions.check_can_list_holds,
)
PLACE_HOLDS = depending("HR, auditors, administrators, members of the board's seats, and the metric's owner.")
RELEASE_HOLDS = depending("Whoever placed it, and auditors.")


def _sees_all_holds(request: PageRequest) -> bool:
    held = badge(request)
    return held.holds(Role.AUDITOR) or bool(held.seats)


urlpatterns = [
    page(
        "context",
        notes.context,
        name="context",
        access=SIGNED_IN,
        stored=False,
        nav=Nav(_("Context"), 110),
    ),
    page("context.csv", notes.context_csv, name="context-csv", access=SIGNED_IN, stored=False),
    page(
        "context/new", notes.propose_note, name="note-propose", access=SPEAKERS, stored=False, under="context"
    ),
    page("context/<uuid:key>", notes.note, name="note", access=SEE_THE_NOTE, stored=False, under="context"),
    page("context/<uuid:key>/confirm", notes.confirm_note, name="note-confirm", access=CONFIRM, stored=False),
    page(
        "context/<uuid:key>/turn-down",
        notes.turn_down_note,
        name="note-turn-down",
        access=TURN_DOWN,
        stored=False,
    ),
    page(
        "teams/<slug:slug>/context",
        notes.team_context,
        name="team-context",
        access=SIGNED_IN,
        stored=False,
        under="context",
    ),
    page(
        "teams/<slug:slug>/context.csv",
        notes.team_context_csv,
        name="team-context-csv",
        access=SIGNED_IN,
        stored=False,
    ),
    page("holds.csv", holds.holds_csv, name="holds-csv", access=LIST_HOLDS, stored=False),
    page(
        "holds",
        holds.holds,
        name="holds",
        access=LIST_HOLDS,
        stored=False,
        nav=Nav(_("Under review"), 130, offered=_sees_all_holds),
    ),
    page(
        "holds/<uuid:key>/release",
        holds.release_hold,
        name="hold-release",
        access=RELEASE_HOLDS,
        stored=False,
        under="holds",
    ),
    page(
        "metrics/<slug:slug>/hold",
        holds.place_hold,
        name="hold-place",
        access=PLACE_HOLDS,
        stored=False,
        under="metrics",
    ),
]
