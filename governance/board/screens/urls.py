"""Routes of the board: cases, pilots, waivers, settings and rules, and the drafts that are handed in to it."""

from django.utils.translation import gettext_lazy as _

from charter.registry.screens.page_context import READABLE
from governance.board.screens import (
    ballots,
    batch,
    bring_back,
    case,
    case_new,
    cases,
    conditions,
    consents,
    councils,
    draft,
    founding,
    handler,
    how_we_know,
    minutes,
    pilots,
    rules,
    seats,
    settings,
    suspend,
    waivers,
)
from governance.ui.page_access import SIGNED_IN, PageAccess, depending
from governance.ui.routes import Nav, page

SEE_THE_DRAFT = depending(
    "The draft's owner and whom the owner lets read along, the review board, auditors and administrators."
)
OWN_THE_DRAFT = depending("The draft's owner.")
SEE_THE_CASE = depending(
    "A closed case: everybody. An open one: members of the board's seats, the review board, auditors, administrators, whose proposal it is, and who "
    "handles it."
)
VOTE = depending("Members and alternates of the board's seats, unless it is their own proposal.")
CHANGE_VOTE = depending("Whoever cast a ballot on the case, of their own, while it is open.")
COMMENT = depending("Whoever may see the case, while it is open.")
CLOSE = depending("Whoever may see the case, once it can be closed.")
SET_CONDITIONS = depending("Members of the board's seats, before the first vote on a charter.")
NAME_HANDLER = depending("Members of the board's seats, while the case is open.")
RELEASE_HANDLER = depending("Members of the board's seats and whoever handles the case, while it is open.")
SUSPEND = depending("Members of the board's seats, while the charter is in force.")
BRING_BACK = depending(
    "Members of the board's seats, the metric's owner, who wrote the charter, and administrators; while it is suspended."
)
START_PILOT = depending(
    "Members of the board's seats and the metric's owner, once the board let the charter be tried out."
)
ASK_TEAM = depending(
    "Members of the board's seats and the metric's owner, where the charter asks for a team's consent."
)
END_PILOT = depending("Members of the board's seats, the metric's owner, and the team.")
WRITE_EXIT = depending("Members of the board's seats and the metric's owner.")
ANSWER_SURVEY = depending("The team that tries it out.")
OPEN_A_CASE = depending("Everybody reads the form; what one may put to the board, the kind of the case says.")
ROLL_OUT = depending(
    "Members of the board's seats, who stands behind the charter, and administrators; once its pilot has taught."
)
CHANGE_SETTINGS = PageAccess(
    "Members of the board's seats and administrators.", on_entry=settings.check_can_propose
)
FOUND = depending("Whoever began the programme, until it is in force.")
BEGIN = PageAccess("Administrators.", on_entry=founding.check_can_begin)
INVITED = depending("Whoever is invited, the founder, and of what was accepted whoever has accepted too.")
NAME_ALTERNATE = depending("The member of the seat.")
PROPOSE_MEMBER = depending("Administrators.")
CONFIRM_MEMBER = depending("Members of the other seats, but not who proposed them.")
DECLINE_SEAT = depending("Whoever is proposed, until they are confirmed.")
END_TERM = depending("Whose term it is, of an alternate the member of the seat, and administrators.")
PUT_A_SEAT = depending("Members and alternates of the board's seats, and administrators.")
END_WAIVER = depending("Members of the board's seats.")

urlpatterns = [
    page(
        "charters/<uuid:draft_id>",
        draft.overview,
        name="charter-draft",
        access=SEE_THE_DRAFT,
        stored=False,
        under="charters",
    ),
    page(
        "charters/<uuid:draft_id>/writers",
        draft.writers,
        name="charter-writers",
        access=OWN_THE_DRAFT,
        stored=False,
        under="charters",
    ),
    page(
        "charters/<uuid:draft_id>/discard",
        draft.discard,
        name="charter-discard",
        access=OWN_THE_DRAFT,
        stored=False,
        under="charters",
    ),
    page(
        "charters/<uuid:draft_id>/check",
        draft.check,
        name="charter-check",
        access=SEE_THE_DRAFT,
        stored=False,
        under="charters",
    ),
    page(
        "rules",
        rules.rules,
        name="rules",
        access=READABLE,
        nav=Nav(_("Rules"), 70),
        footer=Nav(_("All rules"), 40),
    ),
    page("rules/acknowledge", rules.acknowledge_rules, name="acknowledge", access=SIGNED_IN, under="rules"),
    page(
        "how-we-know",
        how_we_know.how_we_know,
        name="how-we-know",
        access=READABLE,
        under="rules",
        footer=Nav(_("How we know"), 45),
    ),
    page("rules/<str:rule_id>", rules.rule, name="rule", access=READABLE, under="rules"),
    page("cases", cases.cases, name="cases", access=SIGNED_IN, stored=False, nav=Nav(_("Cases"), 80)),
    page("cases.csv", cases.cases_csv, name="cases-csv", access=SIGNED_IN, stored=False),
    page("cases/batch", batch.batch, name="cases-batch", access=SIGNED_IN, stored=False, under="cases"),
    page("cases/new", case_new.put, name="case-new", access=OPEN_A_CASE, stored=False, under="cases"),
    page("cases/<uuid:case_id>", case.case, name="case", access=SEE_THE_CASE, stored=False, under="cases"),
    page(
        "cases/<uuid:case_id>/ballot",
        case.ballot,
        name="case-ballot",
        access=VOTE,
        stored=False,
        under="cases",
    ),
    page(
        "cases/<uuid:case_id>/ballot/change",
        ballots.change,
        name="case-ballot-change",
        access=CHANGE_VOTE,
        stored=False,
        under="cases",
    ),
    page(
        "cases/<uuid:case_id>/comments",
        case.comment,
        name="case-comment",
        access=COMMENT,
        stored=False,
        under="cases",
    ),
    page("cases/<uuid:case_id>/close", case.close, name="case-close", access=CLOSE, stored=False),
    page(
        "cases/<uuid:case_id>/conditions",
        conditions.propose_condition,
        name="case-condition",
        access=SET_CONDITIONS,
        stored=False,
        under="cases",
    ),
    page(
        "cases/<uuid:case_id>/conditions/<uuid:condition_id>/withdraw",
        conditions.withdraw_condition,
        name="case-condition-withdraw",
        access=SET_CONDITIONS,
        stored=False,
    ),
    page(
        "cases/<uuid:case_id>/handler",
        handler.name_handler,
        name="case-handler",
        access=NAME_HANDLER,
        stored=False,
    ),
    page(
        "cases/<uuid:case_id>/handler/release",
        handler.release_handler,
        name="case-handler-release",
        access=RELEASE_HANDLER,
        stored=False,
    ),
    page("board", seats.board, name="board", access=SIGNED_IN, footer=Nav(_("The board"), 65), under="cases"),
    page("board/begin", founding.begin, name="board-begin", access=BEGIN, stored=False, under="cases"),
    page("board/furnish", founding.furnish, name="board-furnish", access=FOUND, stored=False),
    page("board/found", founding.found, name="board-found", access=FOUND, stored=False, under="cases"),
    page(
        "board/invitations/<uuid:invitation_id>",
        founding.invitation,
        name="board-invitation",
        access=INVITED,
        stored=False,
        under="cases",
    ),
    page(
        "board/invitations/<uuid:invitation_id>/accept",
        founding.accept,
        name="board-invitation-accept",
        access=INVITED,
        stored=False,
    ),
    page(
        "board/invitations/<uuid:invitation_id>/end",
        founding.end_invitation,
        name="board-invitation-end",
        access=INVITED,
        stored=False,
    ),
    page(
        "board/terms/<uuid:term_id>",
        seats.term,
        name="board-term",
        access=SIGNED_IN,
        stored=False,
        under="cases",
    ),
    page(
        "board/terms/<uuid:term_id>/confirm",
        seats.confirm,
        name="board-term-confirm",
        access=CONFIRM_MEMBER,
        stored=False,
        under="cases",
    ),
    page(
        "board/terms/<uuid:term_id>/decline",
        seats.decline,
        name="board-term-decline",
        access=DECLINE_SEAT,
        stored=False,
        under="cases",
    ),
    page(
        "board/terms/<uuid:term_id>/end",
        seats.end,
        name="board-term-end",
        access=END_TERM,
        stored=False,
        under="cases",
    ),
    page(
        "board/councils/new",
        councils.put_council,
        name="board-council",
        access=PUT_A_SEAT,
        stored=False,
        under="cases",
    ),
    page(
        "board/<str:seat>/invite",
        founding.invite,
        name="board-invite",
        access=FOUND,
        stored=False,
        under="cases",
    ),
    page(
        "board/<str:seat>/alternate",
        seats.name_alternate,
        name="board-alternate",
        access=NAME_ALTERNATE,
        stored=False,
        under="cases",
    ),
    page(
        "board/<str:seat>/member",
        seats.propose_member,
        name="board-member",
        access=PROPOSE_MEMBER,
        stored=False,
        under="cases",
    ),
    page(
        "board/<str:seat>/case",
        seats.put_to_the_board,
        name="board-seat-case",
        access=PUT_A_SEAT,
        stored=False,
        under="cases",
    ),
    page("minutes.csv", minutes.minutes_csv, name="minutes-csv", access=SIGNED_IN, stored=False),
    page(
        "minutes",
        minutes.minutes,
        name="minutes",
        access=SIGNED_IN,
        footer=Nav(_("Minutes of the board"), 70),
        under="cases",
    ),
    page(
        "metrics/<slug:slug>/suspend",
        suspend.suspend,
        name="metric-suspend",
        access=SUSPEND,
        stored=False,
        under="metrics",
    ),
    page(
        "metrics/<slug:slug>/bring-back",
        bring_back.bring_back,
        name="metric-bring-back",
        access=BRING_BACK,
        stored=False,
        under="metrics",
    ),
    page(
        "metrics/<slug:slug>/pilot",
        pilots.start_pilot,
        name="pilot-start",
        access=START_PILOT,
        stored=False,
        under="cases",
    ),
    page(
        "metrics/<slug:slug>/consent",
        consents.ask_team,
        name="consent-ask",
        access=ASK_TEAM,
        stored=False,
        under="cases",
    ),
    page(
        "consents/<uuid:consent_id>",
        consents.consent,
        name="consent",
        access=SIGNED_IN,
        stored=False,
        under="cases",
    ),
    page("pilots.csv", pilots.pilots_csv, name="pilots-csv", access=SIGNED_IN, stored=False),
    page("pilots", pilots.pilots, name="pilots", access=SIGNED_IN, under="cases"),
    page("pilots/<uuid:pilot_id>", pilots.pilot, name="pilot", access=SIGNED_IN, stored=False, under="cases"),
    page("pilots/<uuid:pilot_id>/end", pilots.end_pilot, name="pilot-end", access=END_PILOT, stored=False),
    page(
        "pilots/<uuid:pilot_id>/exit", pilots.write_exit, name="pilot-exit", access=WRITE_EXIT, stored=False
    ),
    page(
        "pilots/<uuid:pilot_id>/roll-out",
        pilots.roll_out,
        name="pilot-roll-out",
        access=ROLL_OUT,
        stored=False,
    ),
    page(
        "pilots/<uuid:pilot_id>/survey",
        pilots.survey,
        name="pilot-survey",
        access=ANSWER_SURVEY,
        stored=False,
    ),
    page(
        "settings",
        settings.settings,
        name="settings",
        access=SIGNED_IN,
        footer=Nav(_("Settings"), 50),
        under="rules",
    ),
    page(
        "settings/<slug:part>/change",
        settings.change,
        name="settings-change",
        access=CHANGE_SETTINGS,
        stored=False,
        under="rules",
    ),
    page("waivers.csv", waivers.waivers_csv, name="waivers-csv", access=SIGNED_IN, stored=False),
    page("waivers", waivers.waivers, name="waivers", access=SIGNED_IN, under="cases"),
    page(
        "waivers/<uuid:waiver_id>/end", waivers.end_waiver, name="waiver-end", access=END_WAIVER, stored=False
    ),
    page("waivers/ask", waivers.ask_waiver, name="waiver-ask", access=SIGNED_IN, stored=False, under="cases"),
]
