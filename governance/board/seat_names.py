"""What seats are called: the six by their kind, that of a council by its short name, as `council-berlin`."""

from typing import Self

from governance.board.states import SeatKind

BEGINS = "council-"


class CouncilSeat(str):
    """The seat of a council: its word, which begins with `council-`, and as label what the council is called."""

    label: str

    def __new__(cls, word: str, label: str) -> Self:
        made = super().__new__(cls, word)
        made.label = label
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]  # its label is copied with it
        return self.value, self.label

    @property
    def value(self) -> str:
        """Its word as plain text, as enums have it."""
        return str.__str__(self)

    @property
    def speaks_as(self) -> SeatKind:
        """A council votes, vetoes and must vote as the worker representation does."""
        return SeatKind.WORKER_REP


SeatName = SeatKind | CouncilSeat


def name_seat(word: str, label: str) -> SeatName:
    """A seat by its word, and what its council is called where it is a council's."""
    return CouncilSeat(word, label) if word.startswith(BEGINS) else SeatKind(word)
