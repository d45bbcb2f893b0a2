"""The only writers of decisions. `answer` is the line, and the only way to a value."""

from governance.decisions.services.line import answer

__all__ = ["answer"]
