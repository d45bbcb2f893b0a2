"""The only writers of appeals."""

from governance.appeals.services.anonymous import FiledAnonymously, file_anonymously
from governance.appeals.services.deciding import (
    accept_outcome,
    ask_second_instance,
    close_appeal,
    decide_appeal,
)
from governance.appeals.services.drafts import discard_draft, save_draft
from governance.appeals.services.filing import Filing, file_appeal
from governance.appeals.services.follow_ups import answer_follow_up, ask_follow_up
from governance.appeals.services.handling import (
    acknowledge_appeal,
    assign_handler,
    declare_conflict,
    extend_outcome,
    open_identity,
)
from governance.appeals.services.holding import lift_holds
from governance.appeals.services.missed import escalate_clock
from governance.appeals.services.presuming import answer_presumption
from governance.appeals.services.subjects import list_uses
from governance.appeals.services.talking import write_message, write_note
from governance.appeals.services.watching import answer_asked, watch_appeal
from governance.appeals.services.withdrawing import withdraw_appeal

__all__ = [
    "FiledAnonymously",
    "Filing",
    "accept_outcome",
    "acknowledge_appeal",
    "answer_asked",
    "answer_follow_up",
    "answer_presumption",
    "ask_follow_up",
    "ask_second_instance",
    "assign_handler",
    "close_appeal",
    "decide_appeal",
    "declare_conflict",
    "discard_draft",
    "escalate_clock",
    "extend_outcome",
    "file_anonymously",
    "file_appeal",
    "lift_holds",
    "list_uses",
    "open_identity",
    "save_draft",
    "watch_appeal",
    "withdraw_appeal",
    "write_message",
    "write_note",
]
