"""The review board: its seats and cases, and what follows from them."""

from governance.board.models.cases import (
    HANDLE,
    Ballot,
    BoardOutcome,
    Case,
    CaseHandler,
    CaseView,
    Comment,
    Condition,
    Seat,
    Term,
)
from governance.board.models.effects import Pilot, PilotExit, SettingsChange, SurveyAnswer, Suspension, Waiver

__all__ = [
    "HANDLE",
    "Ballot",
    "BoardOutcome",
    "Case",
    "CaseHandler",
    "CaseView",
    "Comment",
    "Condition",
    "Pilot",
    "PilotExit",
    "Seat",
    "SettingsChange",
    "SurveyAnswer",
    "Suspension",
    "Term",
    "Waiver",
]
