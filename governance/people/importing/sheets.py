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
from typing import TypeVar

import msgspec
from django.db.models import TextChoices
from django.utils.translation import gettext as _

from charter.rules.request import PersonName
from governance.people.models import ContextClassChoices, WorkingArrangement
from governance.people.names import fold_name
from governance.people.source_names import NAME_LENGTH
from ground import texts
from ground.parsing import parse_day

Cell = str | date | None
Read = Callable[[str], Cell]
Kind = TypeVar("Kind", str, date)


_BOM = "\ufeff"  # some programs write one before each time that they save


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
class SheetRow:
    number: int
    cells: Mapping[str, Cell]

    def text(self, column: str) -> str:
        """What a column of text holds."""
        return self._cell(column, str)

    def day(self, column: str) -> date:
        """What a column of dates holds."""
        return self._cell(column, date)

    def end(self, column: str) -> date | None:
        """What a column of dates holds that may be blank."""
        return None if self.cells[column] is None else self.day(column)

    def _cell(self, column: str, kind: type[Kind]) -> Kind:
        cell = self.cells[column]
        if not isinstance(cell, kind):
            raise TypeError(f"{column} holds {cell!r}, which is no {kind.__name__}")
        return cell


@dataclass(frozen=True)
class Sheet:
    """One file as read: its sound rows, its faults, and every key that it names, on a sound row or not."""

    file: str
    rows: tuple[SheetRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    keys: frozenset[str] = frozenset()
    sha256: str = ""


def text(length: int, *, blank: bool = False) -> Read:
    """A label (`texts.clean_label`) of so many characters, as it is kept."""
    longest = 4 * length  # as it is written, with what is composed or left out on the way in

    def read(cell: str) -> str:
        if len(cell) > longest:
            raise ValueError(_("This is longer than %(length)s characters.") % {"length": length})
        label = texts.clean_label(cell)
        if not label and not blank:
            raise ValueError(_("This must be filled in."))
        if len(label) > length:
            raise ValueError(_("This is longer than %(length)s characters.") % {"length": length})
        return label

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


def source(cell: str) -> str:
    """The slug of a source, or nothing for all of them."""
    if not re.fullmatch(r"([a-z][a-z0-9_]{0,59})?", cell):
        raise ValueError(
            _(
                "“%(cell)s” is no source. Write its slug, or leave it blank where the name is the same in every source."
            )
            % {"cell": cell}
        )
    return cell


def name_in_source(cell: str) -> str:
    """What a source calls somebody, as it writes it."""
    if not fold_name(cell):
        raise ValueError(_("This must be filled in."))
    return str(text(NAME_LENGTH)(cell))


class IdentityKind(TextChoices):
    """Whose a name in a source is."""

    PERSON = "person", _("A person")
    BOT = "bot", _("A bot")


def external_id(cell: str) -> str:
    """As a request may write it, since a person that cannot be named could not ask for their own values."""
    try:
        return msgspec.convert(cell, PersonName)
    except msgspec.ValidationError:
        raise ValueError(
            _(
                "“%(cell)s” must be 1 to 100 lower-case letters, digits and “.:+_-@'”, beginning with a letter or digit."
            )
            % {"cell": cell}
        ) from None


def day(cell: str) -> date:
    try:
        return parse_day(cell)
    except ValueError:
        raise ValueError(_("“%(cell)s” is not a date. Write it as 2026-01-31.") % {"cell": cell}) from None


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
        "context_class": word(ContextClassChoices),
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

# What may be left out; what is kept elsewhere then stays as it is.
OPTIONAL: dict[str, dict[str, Read]] = {
    "identities.csv": {
        "source": source,
        "name": name_in_source,
        "person": text(100, blank=True),
        "kind": word(IdentityKind),
    },
    "aliases.csv": {"source": source, "name": name_in_source, "team": text(60, blank=True)},
}


def read_folder(folder: Path) -> dict[str, Sheet]:
    """Every sheet of a folder by its file name, sound or not; of those that may be left out, those that are there."""
    there = {file: columns for file, columns in OPTIONAL.items() if (folder / file).exists()}
    return {file: read_sheet(folder / file, columns) for file, columns in {**COLUMNS, **there}.items()}


def read_sheet(path: Path, columns: Mapping[str, Read]) -> Sheet:
    """One UTF-8 file, with commas and a header; blank lines are passed over."""
    try:
        content = path.read_bytes()
        lines = list(csv.reader(io.StringIO(content.decode().lstrip(_BOM), newline=""), strict=True))
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
    rows: list[SheetRow] = []
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
            rows.append(SheetRow(number, {column: read(cells[column]) for column, read in columns.items()}))
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
            texts.check_label(cells[column])  # first, as other sentences say the cell
            read(cells[column])
        except ValueError as error:
            yield Problem(file, number, column, str(error))
