"""The only writers of the board."""

from governance.board.services.cases import cast_ballot, cast_batch, change_ballot, close_case, open_case
from governance.board.services.consents import answer_consent, ask_for_consent, count_consent
from governance.board.services.discussion import comment, look_at, propose_condition, withdraw_condition
from governance.board.services.founding import (
    accept_invitation,
    end_invitation,
    found_programme,
    invite_member,
    list_missing,
)
from governance.board.services.handling import name_handler, release_handler
from governance.board.services.pilots import (
    answer_survey,
    end_pilot,
    start_pilot,
    write_exit,
)
from governance.board.services.seats import confirm_member, decline_seat, end_term, fill_seat
from governance.board.services.suspensions import suspend, suspend_together
from governance.board.services.waivers import end_waiver

__all__ = [
    "accept_invitation",
    "answer_consent",
    "answer_survey",
    "ask_for_consent",
    "cast_ballot",
    "cast_batch",
    "change_ballot",
    "close_case",
    "comment",
    "confirm_member",
    "count_consent",
    "decline_seat",
    "end_invitation",
    "end_pilot",
    "end_term",
    "end_waiver",
    "fill_seat",
    "found_programme",
    "invite_member",
    "list_missing",
    "look_at",
    "name_handler",
    "open_case",
    "propose_condition",
    "release_handler",
    "start_pilot",
    "suspend",
    "suspend_together",
    "withdraw_condition",
    "write_exit",
]
