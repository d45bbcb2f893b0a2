"""The files that are taken out of the access log: written whole before a byte leaves, as their entry holds their hash.

The last line names the entry, and is no part of what is hashed: `head -n -1 FILE | sha256sum` gives the hash again.
"""

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO
from uuid import UUID

from django.http import StreamingHttpResponse

from audits.access_log import telling
from audits.access_log.models import Export, FileFormat
from governance.decisions.models import DecisionRecord
from governance.ui.sheets import write_lines

COLUMNS = (
    "id", "at", "who", "asked_about", "metrics", "cohorts", "grain", "decision", "question", "from", "to", "reason",
    "verdict", "rules", "checked_only", "door", "through", "receipt",
)  # fmt: skip
LAST_LINE = "The log's entry of this file"
IN_MEMORY = 4_000_000  # bytes, beyond which the file is on disk
A_CHUNK = 500  # decisions
TYPES = {FileFormat.CSV: "text/csv; charset=utf-8", FileFormat.JSON: "application/json"}


class Written:
    """A file as it will leave but for its last line, with its hash and how many decisions it holds."""

    def __init__(self) -> None:
        self.file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (see __del__)
        self.rows = 0
        self._hash = sha256()

    def __del__(self) -> None:
        """It goes with the last that reads it, sent or not."""
        self.file.close()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def add(self, text: str) -> None:
        body = text.encode()
        self._hash.update(body)
        self.file.write(body)


def write(found: Iterable[DecisionRecord], teller: telling.Teller, file_format: FileFormat) -> Written:
    """Write all these decisions, a chunk at a time."""
    written = Written()
    lines = _counted(_tell(found, teller), written)
    for text in _csv(lines) if file_format == FileFormat.CSV else _json(lines):
        written.add(text)
    return written


def respond(written: Written, export: Export) -> StreamingHttpResponse:
    """The file as a download: its entry's number stands in a header and in its last line."""
    written.file.seek(0)
    file_format = FileFormat(export.format)
    response = StreamingHttpResponse(_leave(written, export), content_type=TYPES[file_format])
    name = f"access-log-{str(export.entry_id)[:8]}.{file_format.value}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Log-Entry"] = str(export.entry_id)
    response["Cache-Control"] = "no-store"
    return response


def last_line(file_format: FileFormat, entry: UUID) -> str:
    if file_format == FileFormat.JSON:
        return f'],"log_entry":"{entry}"}}\n'
    return f"{LAST_LINE},{entry}\r\n"


def _leave(written: Written, export: Export) -> Iterator[bytes]:
    while part := written.file.read(65_536):
        yield part
    yield last_line(FileFormat(export.format), export.entry_id).encode()


def _tell(found: Iterable[DecisionRecord], teller: telling.Teller) -> Iterator[dict[str, object]]:
    decisions = iter(found)
    while some := list(islice(decisions, A_CHUNK)):
        yield from (line.said for line in teller.tell(some))


def _counted(lines: Iterable[dict[str, object]], written: Written) -> Iterator[dict[str, object]]:
    for line in lines:
        written.rows += 1
        yield line


def _csv(lines: Iterable[dict[str, object]]) -> Iterator[str]:
    yield from write_lines(COLUMNS, ([_cell(line[name]) for name in COLUMNS] for line in lines))


def _cell(value: object) -> object:
    return "; ".join(map(str, value)) if isinstance(value, list) else value


def _json(lines: Iterable[dict[str, object]]) -> Iterator[str]:
    yield '{"decisions":[\n'
    for place, line in enumerate(lines):
        yield ("," if place else "") + json.dumps(line, ensure_ascii=False) + "\n"
