"""Reading the CSV files of an organisation: which files, which columns, what a cell may hold.

Nothing here touches the database. Row numbers are those of a spreadsheet: the header is row 1.
"""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec
from django.db.models import TextChoices
from django.utils.translation import gettext as _

from charter.rules.request import Slug
from governance.people.models import ContextClass, WorkingArrangement

Cell = str | date | None
Read = Callable[[str], Cell]


@dataclass(frozen=True)
class Problem:
    """One fault, where it stands, and what to do. Row and column are null where the whole file is at fault."""

    file: str
    row: int | None
    column: str | None
    sentence: str

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.row, self.column) if part is not None)
        return f"{place}: {self.sentence}"


@dataclass(frozen=True)
class Row:
    number: int
    cells: Mapping[str, Cell]

    def __getitem__(self, column: str) -> Cell:
        return self.cells[column]


@dataclass(frozen=True)
class Sheet:
    """One file as read: its sound rows, its faults, and every key that it names, on a sound row or not."""

    file: str
    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()
    keys: frozenset[str] = frozenset()
    sha256: str = ""


def text(length: int, *, blank: bool = False) -> Read:
    def read(cell: str) -> str:
        if not cell and not blank:
            raise ValueError(_("This must be filled in."))
        if len(cell) > length:
            raise ValueError(_("This is longer than %(length)s characters.") % {"length": length})
        return cell

    return read


def slug(cell: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,59}", cell):
        raise ValueError(
            _(
                "“%(cell)s” must be 1 to 60 lower-case letters, digits, “-” and “_”, beginning with a letter or digit."
            )
            % {"cell": cell}
        )
    return cell


def external_id(cell: str) -> str:
    """As a request may write it, since a person that cannot be named could not ask for their own values."""
    try:
        return msgspec.convert(cell, Slug)
    except msgspec.ValidationError:
        raise ValueError(
            _(
                "“%(cell)s” must be 1 to 100 lower-case letters, digits and “.:+_-”, beginning with a letter or digit."
            )
            % {"cell": cell}
        ) from None


def day(cell: str) -> date:
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
            return date.fromisoformat(cell)
    except ValueError:
        pass
    raise ValueError(_("“%(cell)s” is not a date. Write it as 2026-01-31.") % {"cell": cell})


def day_or_blank(cell: str) -> date | None:
    return day(cell) if cell else None


def word(choices: type[TextChoices], *, blank: bool = False) -> Read:
    def read(cell: str) -> str:
        if cell in choices.values or (blank and not cell):
            return cell
        raise ValueError(
            _("“%(cell)s” is not known. Write one of: %(words)s.")
            % {"cell": cell, "words": ", ".join(choices.values)}
        )

    return read


# The first column of the first three is what the other files call the row by.
COLUMNS: dict[str, dict[str, Read]] = {
    "value_streams.csv": {"slug": slug, "name": text(200)},
    "teams.csv": {
        "slug": slug,
        "name": text(200),
        "value_stream": text(60),
        "context_class": word(ContextClass),
        "valid_from": day,
        "valid_to": day_or_blank,
    },
    "people.csv": {
        "external_id": external_id,
        "name": text(200),
        "location": text(100, blank=True),
        "working_arrangement": word(WorkingArrangement, blank=True),
        "role_family": text(100, blank=True),
        "employed_from": day,
        "employed_to": day_or_blank,
    },
    "memberships.csv": {"person": text(100), "team": text(60), "valid_from": day, "valid_to": day_or_blank},
    "lines.csv": {"person": text(100), "manager": text(100), "valid_from": day, "valid_to": day_or_blank},
}


def read_folder(folder: Path) -> dict[str, Sheet]:
    """Every sheet of a folder by its file name, sound or not."""
    return {file: read_sheet(folder / file, columns) for file, columns in COLUMNS.items()}


def read_sheet(path: Path, columns: Mapping[str, Read]) -> Sheet:
    """One UTF-8 file, with commas and a header; blank lines are passed over."""
    try:
        content = path.read_bytes()
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except OSError:
        return _unreadable(
            path, _("This file cannot be read. Put it there, with its header even where it has no rows.")
        )
    except UnicodeDecodeError:
        return _unreadable(path, _("This file is not UTF-8 text. Save it as “CSV UTF-8”."))
    except csv.Error as error:
        return _unreadable(path, _("This file is not comma-separated text: %(error)s.") % {"error": error})
    header = [cell.strip() for cell in lines[0]] if lines else []
    if sorted(header) != sorted(columns):
        expected = {"columns": ", ".join(columns)}
        sentence = _("The header must name these columns, each once: %(columns)s.") % expected
        return Sheet(path.name, problems=(Problem(path.name, 1, None, sentence),))
    return _read_rows(path.name, header, lines, columns, hashlib.sha256(content).hexdigest())


def _unreadable(path: Path, sentence: str) -> Sheet:
    return Sheet(path.name, problems=(Problem(path.name, None, None, sentence),))


def _read_rows(
    file: str, header: list[str], lines: list[list[str]], columns: Mapping[str, Read], sha256: str
) -> Sheet:
    rows: list[Row] = []
    problems: list[Problem] = []
    keys: set[str] = set()
    key = next(iter(columns))
    for number, line in enumerate(lines[1:], start=2):
        raw = [cell.strip() for cell in line]
        if not any(raw):
            continue
        if len(raw) != len(header):
            problems.append(Problem(file, number, None, _wrong_length(len(raw), len(header))))
            continue
        cells = dict(zip(header, raw, strict=True))
        keys.add(cells[key])
        faults = list(_faults(file, number, cells, columns))
        problems += faults
        if not faults:
            rows.append(Row(number, {column: read(cells[column]) for column, read in columns.items()}))
    return Sheet(file, tuple(rows), tuple(problems), frozenset(keys), sha256)


def _wrong_length(found: int, expected: int) -> str:
    return _("This row has %(found)s cells where the header has %(expected)s.") % {
        "found": found,
        "expected": expected,
    }


def _faults(
    file: str, number: int, cells: Mapping[str, str], columns: Mapping[str, Read]
) -> Iterator[Problem]:
    for column, read in columns.items():
        try:
            if not cells[column].isprintable():
                raise ValueError(_("This holds a character that cannot be printed, such as a line break."))
            read(cells[column])
        except ValueError as error:
            yield Problem(file, number, column, str(error))
