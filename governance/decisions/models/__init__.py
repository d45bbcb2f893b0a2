"""What was asked and decided, what was put to the board, and what bears on the values that are asked for."""

from governance.decisions.models.access_notices import DelayedNotice
from governance.decisions.models.holds import Hold, Protection
from governance.decisions.models.kept_charters import KeptCharter
from governance.decisions.models.naming import Naming
from governance.decisions.models.notes import ContextNote
from governance.decisions.models.records import DecisionRecord, Door, ReasonWords
from governance.decisions.models.repeats import KeptAnswer
from governance.decisions.models.replays import Replay, ReplayPart
from governance.decisions.models.rulings import Referral
from governance.decisions.models.voids import VoidedDecision

__all__ = [
    "ContextNote",
    "DecisionRecord",
    "DelayedNotice",
    "Door",
    "Hold",
    "KeptAnswer",
    "KeptCharter",
    "Naming",
    "Protection",
    "ReasonWords",
    "Referral",
    "Replay",
    "ReplayPart",
    "VoidedDecision",
]
