"""Files of intended uses: read within limits, from CSV or XLSX, and written back with their answers.

What a file holds is text. Formulas are read as the values that they had, and nothing that leaves is a formula.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct

from governance.ui.sheets import make_plain, write_lines
from governance.use_check.states import SheetFormat
from ground import texts
from ground.errors import BadInput

LARGEST = 1_000_000  # bytes
MOST_ROWS = 20_000
LONGEST_CELL = 1_000  # characters
_UNPACKED = 40_000_000  # bytes that a workbook may unpack to
_PARTS = 500  # files that a workbook may hold
_MOST_COLUMNS = 20
# Each column, and whether a file must have it.
COLUMNS = {
    "decision": True,
    "metrics": True,
    "grain": True,
    "cohorts": False,
    "persons": False,
    "role_family": False,
    "evidence": False,
    "accountable": False,
    "note": False,  # the sender's own, which comes back as it is
}
ADDED = ("answer", "rules", "changes", "problem")
_ZIP = b"PK\x03\x04"


class UseSheet(Struct, frozen=True):
    """A file as it was read: a header of known columns, and rows as long as it."""

    format: SheetFormat
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_sheet(body: bytes) -> UseSheet:
    """A file of intended uses. Raises BadInput, with a sentence, for one that is too large or cannot be read."""
    check_size(len(body))
    found = SheetFormat.XLSX if body.startswith(_ZIP) else SheetFormat.CSV
    lines = _read_xlsx(body) if found == SheetFormat.XLSX else _read_csv(body)
    header, rows = _read_lines(lines)
    return UseSheet(found, header, tuple(_fit(row, len(header), place) for place, row in enumerate(rows, 2)))


def check_size(size: int) -> None:
    """Raise BadInput for a file that is larger than one may be, before anything of it is read."""
    if size > LARGEST:
        raise _make_too_large()


def make_sheet(sheet_format: SheetFormat, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A file as it leaves, of the format in which it came; no cell of it runs."""
    if sheet_format == SheetFormat.CSV:
        return "".join(write_lines(header, rows)).encode()
    import openpyxl  # a tenth of a second, which a process that writes no workbook does without

    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(_("Intended uses"))
    for row in (header, *rows):
        page.append([make_plain(cell) for cell in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _read_csv(body: bytes) -> Iterator[Sequence[str]]:
    text = _decode(body)
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise _make_unreadable(_("It is no CSV file: %(error)s.") % {"error": error}) from None


def _decode(body: bytes) -> str:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise _make_unreadable(
            _("Line %(line)s holds bytes that are no UTF-8. Save the file as “CSV UTF-8”.") % {"line": line}
        ) from None
    if "\0" in text:
        raise _make_unreadable(
            _("It is no text: it holds null bytes. Save the file as “CSV UTF-8” or as XLSX.")
        )
    return text


def _read_xlsx(body: bytes) -> Iterator[Sequence[str]]:
    import openpyxl

    _check_package(body)
    try:
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
        page = book.worksheets[0]
        page.reset_dimensions()  # what the file says of its size is not believed
        for row in page.iter_rows(max_col=_MOST_COLUMNS, values_only=True):
            yield [_as_text(cell) for cell in row]
    except BadInput:
        raise
    except Exception:  # whatever a made-up workbook makes the library stumble over
        raise _make_unreadable(_("It is no Excel file that can be read.")) from None


def _check_package(body: bytes) -> None:
    """Raise BadInput for a workbook that unpacks to more than it may, by what it says; nothing reads on beyond that."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(body)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise _make_unreadable(_("It is no Excel file that can be read.")) from None
    if len(parts) > _PARTS or sum(part.file_size for part in parts) > _UNPACKED:
        raise BadInput(
            _(
                "This workbook unpacks to more than %(megabytes)s MB, so it was not opened. Send the rows alone."
            )
            % {"megabytes": _UNPACKED // 1_000_000},
            field="file",
            code="unpacks_too_large",
        )


def _read_lines(lines: Iterator[Sequence[str]]) -> tuple[tuple[str, ...], list[Sequence[str]]]:
    """The header, and the rows that hold something. Raises BadInput naming the limit or the column."""
    header = _read_header(next(lines, ()))
    rows: list[Sequence[str]] = []
    for place, row in enumerate(lines):
        if len(rows) > MOST_ROWS or place > 2 * MOST_ROWS:
            raise _make_too_large()
        if any(cell.strip() for cell in row):
            rows.append(row)
    if len(rows) > MOST_ROWS:
        raise _make_too_large()
    if not rows:
        raise _make_unreadable(_("It has no rows below its header."))
    return header, rows


def _read_header(first: Sequence[str]) -> tuple[str, ...]:
    header = tuple(cell.strip().lower().replace(" ", "_") for cell in first)
    while header and not header[-1]:
        header = header[:-1]
    for name in header:
        if name not in COLUMNS:
            text = _("There is no column “%(name)s”. The columns are: %(columns)s.")
            raise BadInput(
                text % {"name": name[:40], "columns": ", ".join(COLUMNS)}, field="file", code="no_such_column"
            )
        if header.count(name) > 1:
            raise BadInput(_("The column “%(name)s” stands here twice.") % {"name": name}, field="file")
    missing = [name for name, needed in COLUMNS.items() if needed and name not in header]
    if missing:
        text = _("The first row names the columns, and %(columns)s must be among them.")
        raise BadInput(text % {"columns": ", ".join(missing)}, field="file", code="column_missing")
    return header


def _fit(row: Sequence[str], width: int, place: int) -> tuple[str, ...]:
    """A row as long as the header. Raises BadInput for cells beyond it and for what no text may hold."""
    cells = [cell.strip() for cell in row]
    if any(cells[width:]):
        raise _make_unreadable(_("Row %(row)s has more cells than the first row.") % {"row": place})
    cells = [*cells[:width], *[""] * (width - len(cells))]
    long = any(len(cell) > LONGEST_CELL for cell in cells)
    fault = texts.find_fault(cells)
    if long or fault:
        said = fault[1] if fault else _("A cell holds %(most)s characters at most.") % {"most": LONGEST_CELL}
        raise _make_unreadable(_("Row %(row)s: %(fault)s") % {"row": place, "fault": said})
    return tuple(cells)


def _as_text(cell: Any) -> str:
    return "" if cell is None else str(cell)


def _make_too_large() -> BadInput:
    return BadInput(
        _("A file holds %(rows)s rows and %(bytes)s bytes at most. Send it in parts.")
        % {"rows": f"{MOST_ROWS:,}", "bytes": f"{LARGEST:,}"},
        field="file",
        code="file_too_large",
        limit=MOST_ROWS,
    )


def _make_unreadable(text: str) -> BadInput:
    return BadInput(text, field="file", code="file_unreadable")
