"""A decision is written once, with what was true when it was made; of what bears on values, only that it ended."""

from governance.decisions.models import (
    ContextNote,
    DecisionRecord,
    DelayedNotice,
    Hold,
    KeptAnswer,
    KeptCharter,
    Naming,
    Protection,
    Referral,
    Replay,
    ReplayPart,
    VoidedDecision,
)
from ground.grants import ADD, ADD_AND_REMOVE, add_and_change

GRANTS = {
    DecisionRecord: ADD,
    KeptAnswer: ADD_AND_REMOVE,
    KeptCharter: ADD,
    Hold: add_and_change("released_at", "released_by", "released_because"),
    ContextNote: add_and_change(
        "confirmed_at", "confirmed_by", "turned_down_at", "turned_down_by", "turned_down_because"
    ),
    Protection: add_and_change("ended_at", "ended_by", "ended_because"),
    Naming: ADD,
    VoidedDecision: ADD,
    Referral: add_and_change("ended_at", "ended_by"),
    Replay: add_and_change("ended_at", "result", "why"),
    ReplayPart: ADD,
    DelayedNotice: add_and_change("given_at", "given_by"),
}
