"""A rubric and what a round announced stay as they were; what is said of people is written once, and deleted by the owner alone."""

from governance.calibration.models import (
    CalibrationItem,
    CalibrationRound,
    Challenge,
    LevelProposal,
    PackNote,
    PackValues,
    RoundFamily,
    Rubric,
)
from ground.grants import ADD, add_and_change

GRANTS = {
    Rubric: ADD,
    RoundFamily: ADD,
    CalibrationRound: add_and_change("state", "announced_at", "outcomes", "published_at", "ended_at"),
    CalibrationItem: add_and_change("accountable", "set_aside_at", "set_aside", "acknowledged_at"),
    PackNote: ADD,
    PackValues: ADD,
    LevelProposal: ADD,
    Challenge: add_and_change("answer", "answered_at", "answered_by"),
}
