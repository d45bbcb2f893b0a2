"""What was asked and decided, and what bears on the values that are asked for."""

from governance.decisions.models.decision import Decision, Door

__all__ = ["Decision", "Door"]
