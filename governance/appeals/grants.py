"""What was filed, said and decided is written once; an appeal's state and its clocks move on."""

from governance.appeals.models import (
    Appeal,
    AppealAttachment,
    AppealDraft,
    AppealHandler,
    AppealMessage,
    AppealOutcome,
    AppealTerm,
    Clock,
    FollowUp,
    Presumption,
)
from ground.grants import ADD, ADD_AND_REMOVE, May, add_and_change

GRANTS = {
    Appeal: add_and_change("state", "urgent", "next_due", "over_at", "holds_lifted_at", "watched_on"),
    AppealHandler: ADD_AND_REMOVE,
    AppealTerm: ADD,
    Clock: add_and_change("due_on", "met_at", "missed_at", "extended_because"),
    AppealMessage: ADD,
    AppealAttachment: ADD,
    AppealOutcome: ADD,
    FollowUp: add_and_change("asked_at", "answered_at", "said"),
    Presumption: add_and_change("asked", "answered_at", "answered_by", "retaliation", "said"),
    AppealDraft: May("SELECT, INSERT, DELETE", ("said", "saved_at")),
}
