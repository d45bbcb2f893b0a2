"""An answer beside that of a quarter or a year before, asked of the line as any other, in words."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct
from msgspec.structs import replace as with_fields

from charter.measures.models import Bound
from charter.measures.rows import Row
from charter.rules.request import Request
from governance.decisions.models import Door
from governance.decisions.rows.comparing import Earlier, find_earlier, move_window, subtract
from governance.decisions.screens.answers import AnswerSeries, ShownAnswer
from governance.decisions.services import answer
from governance.decisions.services.answers import Answer
from governance.people.models import User
from governance.ui import wording
from ground.errors import BadInput

LABELS = {
    Earlier.QUARTER: gettext_lazy("The quarter before"),
    Earlier.YEAR: gettext_lazy("The year before"),
}


class Compared(Struct, frozen=True):
    """What the earlier months came to: their answer, or why there is nothing to hold the values against."""

    earlier: Earlier
    answer: Answer | None
    because: str = ""

    @property
    def label(self) -> str:
        return str(LABELS[self.earlier])


def ask_earlier(request: Request, earlier: Earlier, *, by: User) -> Compared:
    """Ask the same question of the months before; it is decided and leaves a receipt of its own."""
    before = with_fields(request, window=move_window(request.window, earlier))
    try:
        given = answer(request=before, by=by, door=Door.SCREEN)
    except BadInput as error:
        return Compared(earlier, None, str(error.detail))
    if given.verdict.permits:
        return Compared(earlier, given)
    return Compared(earlier, given, given.verdict.rules[0].here)


def show_compared(shown: ShownAnswer, given: Answer, compared: Compared) -> ShownAnswer:
    """The values of an answer, each with the earlier one and the difference."""
    if compared.answer is None or not compared.answer.verdict.permits:
        return shown
    held = find_earlier(given.rows, compared.answer.rows, compared.earlier)
    rows = {(row.metric, row.cohort, row.period): row for row in given.rows}
    series = tuple(_compare(each, rows, held, compared.label) for each in shown.series)
    return replace(shown, series=series)


def _compare(
    series: AnswerSeries,
    rows: Mapping[tuple[str, str, str], Row],
    held: Mapping[tuple[str, str, str], Row],
    label: str,
) -> AnswerSeries:
    told = []
    for shown in series.rows:
        place = (series.metric, series.cohort, shown["period"])
        told.append({**shown, "earlier": _tell(rows[place], held.get(place))})
    return replace(series, rows=tuple(told), earlier=label)


def _tell(row: Row, before: Row | None) -> dict[str, Any]:
    """The earlier value, the difference with its range, and what can be said of it."""
    if before is None or before.value is None:
        return {"value": "", "says": (before.withheld_because if before else "") or _("No value")}
    bound = f"{Bound(before.bound).label} " if before.bound else ""
    told = {"value": bound + wording.number(before.value, row.unit)}
    found = subtract(row, before)
    if found is None:
        return {**told, "says": _("Cannot be compared: a value is missing or only a bound is known")}
    spread = ""
    if found.low is not None and found.high is not None:
        spread = f"{_signed(found.low, row.unit)} {_('to')} {_signed(found.high, row.unit)}"
    return {
        **told,
        "difference": _signed(found.value, row.unit),
        "range": spread,
        "says": _say(found.value, found.is_clear),
    }


def _say(value: float, is_clear: bool) -> str:
    if not is_clear:
        return _("No clear change")
    return _("Higher") if value > 0 else _("Lower")


def _signed(value: float, unit: str) -> str:
    """`+2.4`, `−0.3`; of shares in points."""
    written = wording.number(abs(value), unit)
    if unit in wording.SHARES:
        written = written.replace("%", _(" points"))
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{written}"
