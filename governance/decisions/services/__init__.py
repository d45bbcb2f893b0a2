"""The only writers of decisions. `answer` is the line, and the only way to a value."""

from governance.decisions.services.line import answer
from governance.decisions.services.looks import give_notice
from governance.decisions.services.rulings import end_ruling, refer_to_board

__all__ = ["answer", "end_ruling", "give_notice", "refer_to_board"]
