"""The values of an answer as a file to take away: what was asked for and what stands beside it, each with its receipt."""

import csv
from collections.abc import Iterator

from django.http import HttpResponse

from charter.measures.rows import Row
from governance.decisions.services.answers import Answer
from governance.ui.sheets import FORMULAS

_NUMBERS = ("value", "low", "high", "n", "people", "coverage", "difference", "percentile")
COLUMNS = (
    "stands",
    "metric",
    "charter_version",
    "cohort",
    "period",
    "unit",
    *_NUMBERS,
    "bound",
    "withheld_because",
    "context",
    "receipt",
    "snapshot",
)


def make_file(answer: Answer) -> HttpResponse:
    """A download of comma-separated values."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="metric-charter-{answer.receipt.id}.csv"'
    writer = csv.DictWriter(response, COLUMNS)
    writer.writeheader()
    writer.writerows(_lines(answer))
    return response


def _lines(answer: Answer) -> Iterator[dict[str, object]]:
    versions = dict(answer.charters)
    for row in answer.rows:
        yield _line(row, "asked for", versions[row.metric], answer)
    for beside in answer.paired:
        for row in beside.rows:
            yield _line(row, "beside", beside.version, answer)


def _line(row: Row, stands: str, version: int | None, answer: Answer) -> dict[str, object]:
    told: dict[str, object] = {name: getattr(row, name) for name in _NUMBERS}
    words = {
        "stands": stands,
        "metric": row.metric,
        "cohort": row.cohort,
        "period": row.period,
        "unit": row.unit,
        "bound": row.bound or "",
        "withheld_because": row.withheld_because or "",
        "context": "; ".join(note.label for note in row.context),
        "snapshot": answer.snapshot or "",
    }
    told |= {name: _plain(text) for name, text in words.items()}
    return told | {"charter_version": version, "receipt": str(answer.receipt.id)}


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULAS) else text
