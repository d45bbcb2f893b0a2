"""What was asked and decided, what was put to the board, and what bears on the values that are asked for."""

from governance.decisions.models.decision import Decision, Door
from governance.decisions.models.holds import Hold, Protection
from governance.decisions.models.looks import DelayedNotice
from governance.decisions.models.notes import ContextNote
from governance.decisions.models.rulings import Referral

__all__ = ["ContextNote", "Decision", "DelayedNotice", "Door", "Hold", "Protection", "Referral"]
