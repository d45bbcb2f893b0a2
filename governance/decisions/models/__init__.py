"""What was asked and decided, and what bears on the values that are asked for."""

from governance.decisions.models.decision import Decision, Door
from governance.decisions.models.holds import Hold, Protection
from governance.decisions.models.notes import ContextNote

__all__ = ["ContextNote", "Decision", "Door", "Hold", "Protection"]
