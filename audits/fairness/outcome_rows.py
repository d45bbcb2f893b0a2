"""Whose outcome was which: read from a file or from the API, sealed while it waits, and never kept.

A file is CSV in UTF-8 with a line for each outcome. Columns: `person`; `selected` (yes or no) or `rating` (a number); and, where
they are known, `evidence` (a level), `manager` and `metric:<slug>` for a metric's value of that person.
"""

import csv
import zlib
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from io import StringIO
from math import isfinite
from uuid import UUID

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _

from audits.fairness.limits import MOST_ROWS
from audits.ledger import sealing
from ground.errors import BadInput

_METRIC = "metric:"
_COLUMNS = ("person", "selected", "rating", "evidence", "manager")
_WORDS = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}


class OutcomeRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One outcome. Persons and managers are external ids; `rating` is null where the outcome is yes or no."""

    person: str
    selected: bool | None = None
    rating: float | None = None
    evidence: str = ""
    manager: str = ""
    values: dict[str, float] = {}


def read_csv(body: bytes) -> tuple[OutcomeRow, ...]:
    """The outcomes of a file. Raises BadInput naming the line."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(_("The file is not in UTF-8."), field="file") from error
    lines = csv.reader(StringIO(text))
    header = [each.strip() for each in next(lines, [])]
    _check_header(header)
    return tuple(_read_lines(header, lines))


def _check_header(header: Sequence[str]) -> None:
    unknown = [each for each in header if each not in _COLUMNS and not each.startswith(_METRIC)]
    if unknown or len(set(header)) < len(header):
        raise BadInput(
            _("Line 1: there is no column of this name, or it stands twice: %(name)s")
            % {"name": ", ".join(unknown or header)},
            field="file",
        )
    if "person" not in header or ("selected" in header) == ("rating" in header):
        raise BadInput(_("Line 1: give “person”, and either “selected” or “rating”."), field="file")


def _read_lines(header: Sequence[str], lines: Iterable[list[str]]) -> Iterator[OutcomeRow]:
    try:
        for number, cells in enumerate(lines, 2):
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise BadInput(
                    _("Line %(line)s has another number of cells than line 1.") % {"line": number},
                    field="file",
                )
            yield _read_line({name: cell.strip() for name, cell in zip(header, cells, strict=True)}, number)
    except csv.Error as error:
        raise BadInput(_("This is no CSV file: %(why)s") % {"why": error}, field="file") from error


def _read_line(cells: dict[str, str], number: int) -> OutcomeRow:
    selected = cells.get("selected", "").lower()
    if "selected" in cells and selected not in _WORDS:
        raise BadInput(_("Line %(line)s: write yes or no as “selected”.") % {"line": number}, field="file")
    return OutcomeRow(
        person=cells["person"],
        selected=_WORDS.get(selected) if "selected" in cells else None,
        rating=_read_number(cells["rating"], number) if "rating" in cells else None,
        evidence=cells.get("evidence", ""),
        manager=cells.get("manager", ""),
        values={
            name.removeprefix(_METRIC): _read_number(cell, number)
            for name, cell in cells.items()
            if name.startswith(_METRIC) and cell
        },
    )


def _read_number(cell: str, line: int) -> float:
    try:
        return float(cell)
    except ValueError as error:
        raise BadInput(
            _("Line %(line)s: “%(cell)s” is no number.") % {"line": line, "cell": cell[:40]}, field="file"
        ) from error


def check_rows(rows: Sequence[OutcomeRow], *, metrics: Sequence[str], rated: bool, known: set[str]) -> None:
    """Raise BadInput for rows that say nothing, something else than is said of them, or name nobody."""
    if not rows:
        raise BadInput(_("There is no outcome in it."), field="rows")
    if len(rows) > MOST_ROWS:
        raise BadInput(_("There are more than %(most)s outcomes.") % {"most": MOST_ROWS}, field="rows")
    seen: set[tuple[str, str]] = set()
    for number, row in enumerate(rows, 1):
        fault = _find_fault(row, metrics, rated, known)
        key = (row.person, row.manager if rated else "")
        if fault or key in seen:
            text = fault or _("this person stands in it already")
            raise BadInput(
                _("Outcome %(number)s: %(fault)s.") % {"number": number, "fault": text}, field="rows"
            )
        seen.add(key)


def _find_fault(row: OutcomeRow, metrics: Sequence[str], rated: bool, known: set[str]) -> str:
    if row.person not in known or (row.manager and row.manager not in known):
        return _("there is nobody of this number in the organisation")
    if row.manager == row.person:
        return _("nobody rates themself")
    if rated != (row.rating is not None) or rated != (row.selected is None):
        return _("give a rating where ratings are audited, and yes or no where selections are")
    numbers = [*row.values.values(), *(() if row.rating is None else (row.rating,))]
    if not all(map(isfinite, numbers)):
        return _("a number is missing or not finite")
    if set(row.values) - set(metrics):
        return _("it has a value of a metric that is not among those audited")
    return ""


def hash_rows(rows: Sequence[OutcomeRow], about: Sequence[object]) -> str:
    """A hash of outcomes and of what they are about, the same in whatever order they came."""
    said = sorted(msgspec.json.encode(row, order="deterministic") for row in rows)
    return sha256(b"\n".join([repr(tuple(about)).encode(), *said])).hexdigest()


def seal(rows: Sequence[OutcomeRow], key: UUID) -> bytes:
    """The rows so that only this installation reads them, and only as this set's. Raises KeyMissing."""
    body = zlib.compress(msgspec.json.encode(rows))
    return sealing.seal(body, settings.LEDGER_SEALING_KEY_FILE, about=key.bytes)


def unseal(sealed: bytes, key: UUID) -> tuple[OutcomeRow, ...]:
    """What was sealed as this set's."""
    body = sealing.unseal(bytes(sealed), settings.LEDGER_SEALING_KEY_FILE, about=key.bytes)
    return msgspec.json.decode(zlib.decompress(body), type=tuple[OutcomeRow, ...])
