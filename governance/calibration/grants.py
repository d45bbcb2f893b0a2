"""A rubric and what a round announced stay as they were; what was said of people is sealed once, and erased once."""

from governance.calibration.models import (
    CalibrationItem,
    CalibrationRound,
    Challenge,
    PackNote,
    PackValues,
    Proposal,
    RoundFamily,
    Rubric,
)
from ground.grants import ADD, add_and_change

GRANTS = {
    Rubric: ADD,
    RoundFamily: ADD,
    CalibrationRound: add_and_change(
        "state", "announced_at", "outcomes", "published_at", "ended_at", "erased_at"
    ),
    CalibrationItem: add_and_change("accountable", "set_aside_at", "set_aside", "acknowledged_at"),
    PackNote: add_and_change("said"),
    PackValues: add_and_change("told"),
    Proposal: add_and_change("said"),
    Challenge: add_and_change("said", "answer", "answered_at", "answered_by"),
}
