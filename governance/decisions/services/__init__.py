"""The only writers of decisions and of what bears on values. `answer` is the line, and the only way to a value."""

from governance.decisions.services.access_notices import give_notice
from governance.decisions.services.holds import (
    HeldValues,
    end_protection,
    place_hold,
    place_holds,
    protect,
    release_hold,
)
from governance.decisions.services.line import answer, answer_all
from governance.decisions.services.misuse import name_misuse, put_to_board
from governance.decisions.services.naming import ask_for_names
from governance.decisions.services.notes import (
    attach_note,
    confirm_note,
    note_as_found,
    propose_note,
    turn_down_note,
)
from governance.decisions.services.rulings import end_ruling, refer_to_board
from governance.decisions.services.voids import void_decision

__all__ = [
    "HeldValues",
    "answer",
    "answer_all",
    "ask_for_names",
    "attach_note",
    "confirm_note",
    "end_protection",
    "end_ruling",
    "give_notice",
    "name_misuse",
    "note_as_found",
    "place_hold",
    "place_holds",
    "propose_note",
    "protect",
    "put_to_board",
    "refer_to_board",
    "release_hold",
    "turn_down_note",
    "void_decision",
]
