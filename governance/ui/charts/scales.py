"""Sizes of a drawing, and the two scales by which all that is drawn in it finds its place."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from governance.ui.charts.layout import Slot, time_labels
from governance.ui.theme import FONT, FONT_SIZE, INKS
from governance.ui.wording import SHARES, number

MARGIN_RIGHT = 14


@dataclass(frozen=True)
class Frame:
    """Sizes of one drawing, in pixels: the plot lies at `left`, below its upper margin, inside the drawing."""

    width: int
    height: int
    left: int
    count: int
    steps: tuple[float, ...]
    valued: bool

    @property
    def plot(self) -> float:
        """Width of the plot."""
        return self.width - self.left - MARGIN_RIGHT

    @property
    def slot(self) -> float:
        """Width of one period."""
        return self.plot / self.count

    def x(self, at: float) -> float:
        """Pixel of a place on the time axis."""
        return (at + 0.5) * self.slot

    def y(self, value: float) -> float:
        """Pixel of a value."""
        low, high = self.steps[0], self.steps[-1]
        return self.height * (1 - (value - low) / (high - low))


def tick_labels(steps: Sequence[float], unit: str) -> list[str]:
    """Write ticks with as few decimals as say them exactly."""
    scale = 100 if unit in SHARES else 1
    exact = (n for n in range(5) if all(abs(round(step * scale, n) - step * scale) < 1e-9 for step in steps))
    digits = next(exact, 5)
    return [number(step, unit, digits) for step in steps]


class Scales:
    """The two scales that all layers share: periods across, the metric's unit upwards."""

    def __init__(self, placed: Sequence[Slot], room: Frame, unit: str):
        self.room, self.unit = room, unit
        self._labels = time_labels(placed, room.slot)
        self._text: dict[str, Any] = {
            "labelFont": FONT,
            "labelFontSize": FONT_SIZE,
            "labelOverlap": False,
            "labelPadding": 8,
        }

    def x(self, field: str = "at") -> alt.X:
        """The time axis, its labels chosen so that none touches the next."""
        names = json.dumps({str(at): lines for at, lines in self._labels.items()})
        axis = alt.Axis(
            **self._text, values=list(self._labels), labelExpr=f"({names})[datum.value]", labelColor=INKS["ink"],
            labelLineHeight=18, labelFlush=False, ticks=False, grid=False, domainColor=INKS["ink"], title=None,
        )  # fmt: skip
        scale = alt.Scale(domain=[-0.5, self.room.count - 0.5], nice=False, zero=False)
        return alt.X(f"{field}:Q", axis=axis, scale=scale)

    def y(self, field: str = "value") -> alt.Y:
        """The axis of values; where it does not begin at zero, the unit over it says so."""
        steps = list(self.room.steps)
        names = json.dumps(tick_labels(steps, self.unit))
        axis = alt.Axis(
            **self._text, values=steps if self.room.valued else [], labelExpr=f"{names}[indexof({steps}, datum.value)]",
            labelColor=INKS["ink-2"], ticks=False, grid=False, domain=False, title=None,
        )  # fmt: skip
        return alt.Y(
            f"{field}:Q", axis=axis, scale=alt.Scale(domain=[steps[0], steps[-1]], nice=False, zero=False)
        )
