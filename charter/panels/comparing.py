"""Whether a panel and what is proposed for it give the same numbers: rows matched by period and group. Pure."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from charter.panels.shapes import PanelShape

_NEAR = 1e-6  # of a value


class ComparedValue(Struct, frozen=True, order=True):
    """One value of both: None where one has none."""

    period: str
    group: str
    before: float | None
    after: float | None

    @property
    def same(self) -> bool:
        return (
            self.before is not None
            and self.after is not None
            and math.isclose(self.before, self.after, rel_tol=_NEAR, abs_tol=_NEAR)
        )


class PanelComparison(Struct, frozen=True):
    """All values of both, or why nobody compared them."""

    rows: tuple[ComparedValue, ...] = ()
    not_run: str = ""

    def summarize(self) -> str:
        """What came out, in a sentence."""
        if self.not_run:
            return f"Not compared: {self.not_run}"
        same = sum(value.same for value in self.rows)
        missing = sum(value.before is None or value.after is None for value in self.rows)
        return (
            f"Both were run: {same:,} of {len(self.rows):,} values are the same, {len(self.rows) - same - missing:,} differ, "
            f"{missing:,} are in one of them alone."
        )


def compare(
    shape: PanelShape, before: Sequence[Sequence[Any]], after: Sequence[Sequence[Any]]
) -> PanelComparison:
    """Match the rows of both, whose columns stand in the order of the shape; a view has one value a month and group."""
    first, second = _key_rows(shape, before), _key_rows(shape, after)
    if any(len(values) > 1 for values in (*first.values(), *second.values())):
        return PanelComparison(
            not_run="the panel has several values a month, of weeks or days; a view has one."
        )
    keys = sorted({*first, *second})
    return PanelComparison(
        tuple(ComparedValue(*key, _one(first.get(key)), _one(second.get(key))) for key in keys)
    )


def _key_rows(shape: PanelShape, rows: Iterable[Sequence[Any]]) -> Mapping[tuple[str, str], list[float]]:
    """The values of each month and group."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows:
        named = dict(zip(shape.columns, row, strict=False))
        value = named.get(shape.value)
        if value is not None:
            found[_month(named.get(shape.period)), _group(named.get(shape.team))].append(float(value))
    return found


def _one(values: list[float] | None) -> float | None:
    return values[0] if values else None


def _month(value: Any) -> str:
    """A period by its month, however it is written."""
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m}"
    if isinstance(value, int | float):
        return f"{datetime.fromtimestamp(value / 1000 if value > 1e11 else value).astimezone():%Y-%m}"
    return str(value)[:7] if value is not None else ""


def _group(value: Any) -> str:
    """A group by its own name: governed views say of which kind it is (`team:search`)."""
    return str(value).rpartition(":")[2] if value is not None else ""
