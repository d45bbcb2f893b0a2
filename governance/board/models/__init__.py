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
)
from governance.board.models.consents import ConsentAnswer, TeamConsent
from governance.board.models.effects import (
    ConsequencesProposal,
    MisuseQuestion,
    Pilot,
    PilotExit,
    SettingsChange,
    SurveyAnswer,
    Suspension,
    Waiver,
)
from governance.board.models.guarded import (
    GuardedCharterVersion,
    GuardedDecision,
    GuardedProgramme,
    GuardedRulebook,
)
from governance.board.models.seating import CouncilProposal, Founding, Invitation, SeatProposal
from governance.board.models.seats import LevelBar, Seat, Term, TermConfirmation

__all__ = [
    "HANDLE",
    "Ballot",
    "BoardOutcome",
    "Case",
    "CaseHandler",
    "CaseView",
    "Comment",
    "Condition",
    "ConsentAnswer",
    "ConsequencesProposal",
    "CouncilProposal",
    "Founding",
    "GuardedCharterVersion",
    "GuardedDecision",
    "GuardedProgramme",
    "GuardedRulebook",
    "Invitation",
    "LevelBar",
    "MisuseQuestion",
    "Pilot",
    "PilotExit",
    "Seat",
    "SeatProposal",
    "SettingsChange",
    "SurveyAnswer",
    "Suspension",
    "TeamConsent",
    "Term",
    "TermConfirmation",
    "Waiver",
]
