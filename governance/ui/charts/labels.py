"""Where the written values of a chart stand so that none lies on another; pure geometry in the plot's pixels."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from governance.ui.charts.layout import Slot
from governance.ui.theme import FONT_SIZE, text_width
from governance.ui.wording import number

ABOVE, BELOW = -12, 22  # of a point, to the foot of the letters
SHORT_BOUNDS = {"at_most": "≤ ", "at_least": "≥ "}


class Room(Protocol):
    """What a label must know of its drawing."""

    @property
    def plot(self) -> float: ...
    @property
    def height(self) -> int: ...
    def x(self, at: float) -> float: ...
    def y(self, value: float) -> float: ...


class Label(NamedTuple):
    """A text centred on `x` whose letters stand on `y`."""

    text: str
    x: float
    y: float

    def covers(self, other: "Label") -> bool:
        """Whether this text and another lie on each other."""
        wide = (text_width(self.text) + text_width(other.text)) / 2 + 4
        return abs(self.x - other.x) < wide and abs(self.y - other.y) < FONT_SIZE + 2

    def meets(self, left: float, right: float, top: float, foot: float) -> bool:
        """Whether this text lies on a box."""
        half = text_width(self.text) / 2
        return self.x - half < right and left < self.x + half and self.y - FONT_SIZE < foot and top < self.y


def end_labels(placed: Sequence[Slot], unit: str, room: Room, *, clear: bool = False) -> list[Label]:
    """The first and the last value, each on the side that the line leaves free, and apart from each other.

    `clear` of their ranges, where those are lines that a text would lie on.
    """
    points = [(slot, slot.value) for slot in placed if slot.value is not None]
    if clear:
        points = points[:1] + points[1:][-1:]
        return [_beyond(slot, value, unit, room) for slot, value in points]
    if not points:
        return []
    if len(points) == 1:
        return [_label(*points[0], None, unit, room)]
    first = _label(*points[0], points[1][1], unit, room)
    last = _label(*points[-1], points[-2][1], unit, room)
    if not first.covers(last):
        return [first, last]
    turned = (_turn(last, points[-1][1], room), _turn(first, points[0][1], room))
    if not first.covers(turned[0]):
        return [first, turned[0]]
    return [turned[1], last] if not turned[1].covers(last) else [last]


def _label(slot: Slot, value: float, neighbour: float | None, unit: str, room: Room) -> Label:
    text = SHORT_BOUNDS.get(slot.bound, "") + number(value, unit)
    half = text_width(text) / 2
    below = (neighbour is not None and neighbour > value) or room.y(value) + ABOVE < FONT_SIZE
    x = min(max(room.x(slot.at), half), room.plot - half)
    return Label(text, x, room.y(value) + (BELOW if below and room.y(value) < room.height - 30 else ABOVE))


def _beyond(slot: Slot, value: float, unit: str, room: Room) -> Label:
    """The label of a value over its whisker, or under it where there is no place."""
    text = SHORT_BOUNDS.get(slot.bound, "") + number(value, unit)
    half = text_width(text) / 2
    top, foot = (room.y(value if end is None else end) for end in (slot.high, slot.low))
    x = min(max(room.x(slot.at), half), room.plot - half)
    above = min(top, room.y(value)) + ABOVE + 3
    return Label(text, x, above if above >= 0 else max(foot, room.y(value)) + BELOW)


def _turn(label: Label, value: float, room: Room) -> Label:
    """The same label on the other side of its point."""
    other = BELOW if label.y < room.y(value) else ABOVE
    return label._replace(y=room.y(value) + other)


def free_height(
    left: float, right: float, tall: float, taken: Sequence[Label], height: float
) -> float | None:
    """The middle of the first free place for a text `tall` pixels high: in the middle, above it, below it; None where none is."""
    for middle in (height / 2, height * 0.28, height * 0.72):
        top, foot = middle - tall / 2, middle + tall / 2
        if top >= 0 and foot <= height and not any(each.meets(left, right, top, foot) for each in taken):
            return middle
    return None
