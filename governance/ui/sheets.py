"""Tables to take away, as CSV that leaves row by row."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpRequest, StreamingHttpResponse
from django_tables2 import Table

from governance.ui.lists import sort_table

# A spreadsheet takes a cell that begins with one of these for a formula, the full-width ones in some languages.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


# Without it spreadsheets take UTF-8 for the encoding of their country.
BYTE_ORDER_MARK = "\ufeff"


class _Line:
    """What a CSV writer writes to: it hands each line on."""

    def write(self, line: str) -> str:
        return line


def stream_csv(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A download of this file name; no cache keeps it."""
    response = StreamingHttpResponse(write_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def stream_table(name: str, table: Table, request: HttpRequest) -> StreamingHttpResponse:
    """A table of a page as a download, sorted as there: the same columns, each as its plain value or as its `value_` method says."""
    sort_table(request, table)
    header, *rows = table.as_values()
    return stream_csv(name, header, rows)


def write_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a table, none of whose cells a spreadsheet runs."""
    writer = csv.writer(_Line())
    yield BYTE_ORDER_MARK + writer.writerow(header)
    for row in rows:
        yield writer.writerow([make_plain(cell) for cell in row])


def make_plain(cell: object) -> str:
    """A cell as text that no spreadsheet runs."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULAS) else text
