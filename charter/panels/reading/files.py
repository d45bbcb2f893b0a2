"""Files and folders read as panels: which tool a file is of is told by what it holds. Each fault is kept with its file. Pure."""

import os
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from charter.panels.panel import Panel, ScanFault
from charter.panels.reading.decoding import (
    LARGEST_JSON,
    LARGEST_SQL,
    Lines,
    UnreadableFileError,
    decode_json,
    decode_text,
    decode_yaml,
)
from charter.panels.reading.grafana import is_grafana, read_grafana

LARGEST_FILE = LARGEST_JSON
LARGEST_ARCHIVE = 100_000_000  # bytes, unpacked
MOST_ENTRIES = 10_000
_ENDINGS = frozenset({".sql", ".json", ".yaml", ".yml", ".zip"})
_SKIPPED = frozenset({"node_modules", "target", "dbt_packages", "venv", "__pycache__"})


class ReadFile(Struct, frozen=True):
    """A file by its name, with what it holds."""

    name: str
    content: bytes


class ReadPanels(Struct, frozen=True):
    """What some paths hold."""

    panels: tuple[Panel, ...]
    faults: tuple[ScanFault, ...]
    files: int


def read_paths(paths: Iterable[Path], *, dialect: str = "") -> ReadPanels:
    """Every panel at or below some paths, and what could not be read. Hidden files and installed packages are left out."""
    faults: list[ScanFault] = []
    files = list(_open_all(paths, faults))
    panels: list[Panel] = []
    for file in files:
        try:
            panels += read_file(file, dialect=dialect)
        except UnreadableFileError as error:
            faults.append(ScanFault(file.name, str(error)))
        except RecursionError:
            faults.append(ScanFault(file.name, "It is nested too deeply."))
    return ReadPanels(tuple(panels), tuple(faults), len(files))


def read_file(file: ReadFile, *, dialect: str = "") -> list[Panel]:
    """The panels of one file; none where it is of no tool that is known. UnreadableFileError says what is wrong with it."""
    ending = os.path.splitext(file.name)[1].lower()
    if ending == ".sql":
        if len(file.content) > LARGEST_SQL:
            raise UnreadableFileError(f"It is larger than {LARGEST_SQL // 1_000_000} MB.")
        return [
            Panel(file.name, 1, file.name, os.path.basename(file.name), decode_text(file.content), dialect)
        ]
    document = decode_json(file.content) if ending == ".json" else decode_yaml(file.content)
    return list(_read_document(document, file))


def _read_document(document: Any, file: ReadFile) -> Iterator[Panel]:
    lines = Lines(file.content)
    if is_grafana(document):
        yield from read_grafana(document, file=file.name, lines=lines)


def _open_all(paths: Iterable[Path], faults: list[ScanFault]) -> Iterator[ReadFile]:
    for path in paths:
        if not path.exists():
            faults.append(ScanFault(str(path), "There is no such file or folder."))
        for each in _walk(path):
            yield from _open(each, faults)


def _walk(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for place, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        for name in sorted(names):
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in _ENDINGS:
                yield Path(place) / name


def _open(path: Path, faults: list[ScanFault]) -> Iterator[ReadFile]:
    name = os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
    try:
        if path.suffix.lower() == ".zip":
            yield from _unpack(path, name, faults)
        elif path.stat().st_size > LARGEST_FILE:
            faults.append(ScanFault(name, f"It is larger than {LARGEST_FILE // 1_000_000} MB."))
        else:
            yield ReadFile(name, path.read_bytes())
    except OSError as error:
        faults.append(ScanFault(name, f"It cannot be read: {error.strerror or error}."))


def _unpack(path: Path, name: str, faults: list[ScanFault]) -> Iterator[ReadFile]:
    """The files of an archive, read in memory and never more than they may be, whatever it says of their size."""
    left = LARGEST_ARCHIVE
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise UnreadableFileError(f"It holds more than {MOST_ENTRIES:,} files.")
            for entry in sorted(entries, key=lambda each: each.filename):
                if entry.is_dir() or os.path.splitext(entry.filename)[1].lower() not in _ENDINGS - {".zip"}:
                    continue
                with archive.open(entry) as opened:
                    content = opened.read(min(LARGEST_FILE, left) + 1)
                left -= len(content)
                if left < 0:
                    raise UnreadableFileError(f"It unpacks to more than {LARGEST_ARCHIVE // 1_000_000} MB.")
                if len(content) > LARGEST_FILE:
                    faults.append(
                        ScanFault(
                            f"{name}/{entry.filename}", f"It is larger than {LARGEST_FILE // 1_000_000} MB."
                        )
                    )
                else:
                    yield ReadFile(f"{name}/{entry.filename}", content)
    except UnreadableFileError as error:
        faults.append(ScanFault(name, str(error)))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        faults.append(ScanFault(name, f"It is no archive that can be read: {error}."))
