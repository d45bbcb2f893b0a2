"""What is said, granted and learnt is written once; of a case only how it ended, so that a passed one keeps its matter."""

from governance.board.models import (
    Ballot,
    BoardOutcome,
    Case,
    CaseHandler,
    CaseView,
    Comment,
    Condition,
    ConsentAnswer,
    ConsequencesProposal,
    CouncilProposal,
    Founding,
    Invitation,
    LevelBar,
    MisuseQuestion,
    Pilot,
    PilotExit,
    Seat,
    SeatProposal,
    SettingsChange,
    SurveyAnswer,
    Suspension,
    TeamConsent,
    Term,
    TermConfirmation,
    Waiver,
)
from ground.grants import ADD, ADD_AND_REMOVE, READ, add_and_change

GRANTS = {
    Seat: ADD,
    Term: add_and_change("valid_to", "confirmed_at", "declined_at"),
    TermConfirmation: ADD,
    Invitation: add_and_change("accepted_at", "ended_at", "ended_by"),
    Founding: ADD,
    SeatProposal: ADD,
    CouncilProposal: ADD,
    LevelBar: READ,  # `migrate` writes it, from the settings
    Case: add_and_change("state", "closed_at", "closed_by"),
    Ballot: add_and_change(
        "vote", "reason", "sealed", "cast_at"
    ),  # cast anew and opened once: triggers see to that
    BoardOutcome: ADD,
    CaseHandler: ADD_AND_REMOVE,  # named and released, never changed
    Comment: ADD,
    Condition: add_and_change("withdrawn_at", "withdrawn_by"),
    CaseView: add_and_change("seen_at"),
    Waiver: add_and_change("ended_at", "ended_by"),
    Suspension: add_and_change("ratified_at", "lapsed_at"),
    Pilot: add_and_change("state", "ended_at", "ended_by", "ended_because"),
    PilotExit: ADD,
    TeamConsent: add_and_change("given_at", "withdrawn_at"),
    ConsentAnswer: add_and_change("agrees"),
    SurveyAnswer: ADD,
    SettingsChange: ADD,
    ConsequencesProposal: ADD,
    MisuseQuestion: ADD,
}
