"""Files and folders read as panels: which tool a file is of is told by what it holds. Each fault is kept with its file. Pure."""

import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from charter.panels.panel import ScanFault, SqlPanel
from charter.panels.reading.dbt import MANIFEST, PROJECT, DbtFile, DbtProject, read_dbt
from charter.panels.reading.decoding import (
    LARGEST_JSON,
    LARGEST_SQL,
    TextLines,
    UnreadableFileError,
    decode_json,
    decode_text,
    decode_yaml,
)
from charter.panels.reading.grafana import is_grafana, read_grafana
from charter.panels.reading.metabase import is_metabase, read_metabase
from charter.panels.reading.superset import NamedDocument, is_superset, read_superset

LARGEST_FILE = LARGEST_JSON
LARGEST_ARCHIVE = 100_000_000  # bytes, unpacked
MOST_ENTRIES = 10_000
_ENDINGS = frozenset({".sql", ".json", ".yaml", ".yml", ".zip"})
_SKIPPED = frozenset({"node_modules", "target", "dbt_packages", "venv", "__pycache__"})


class ScannedFile(Struct, frozen=True):
    """A file by its name, with what it holds."""

    name: str
    content: bytes


class ReadPanels(Struct, frozen=True):
    """What some paths hold."""

    panels: tuple[SqlPanel, ...]
    faults: tuple[ScanFault, ...]
    files: int


def read_paths(paths: Iterable[Path], *, dialect: str = "") -> ReadPanels:
    """Every panel at or below some paths, and what could not be read. Hidden files and installed packages are left out."""
    faults: list[ScanFault] = []
    files = list(_open_all(paths, faults))
    panels: list[SqlPanel] = []
    rest = _take_projects(files, panels, faults, dialect)
    superset: list[NamedDocument] = []
    metabase: list[NamedDocument] = []
    for file in rest:
        with _told(file.name, faults):
            panels += _read_file(file, dialect, superset, metabase)
    for name, read, documents in (
        ("Superset", read_superset, superset),
        ("Metabase", read_metabase, metabase),
    ):
        with _told(documents[0].file if documents else name, faults):
            panels += read(documents)
    return ReadPanels(tuple(panels), tuple(faults), len(files))


def _take_projects(
    files: list[ScannedFile], panels: list[SqlPanel], faults: list[ScanFault], dialect: str
) -> list[ScannedFile]:
    """Read the dbt projects among some files; the files that belong to none."""
    rest = files
    for settings in [file for file in files if os.path.basename(file.name) == PROJECT]:
        root = os.path.dirname(settings.name)
        inside = [file for file in rest if not root or file.name.startswith(os.path.join(root, ""))]
        rest = [file for file in rest if file not in inside]
        with _told(settings.name, faults):
            project = DbtProject(root, tuple(DbtFile(file.name, file.content) for file in inside))
            panels += read_dbt(project, dialect)
    return rest


@contextmanager
def _told(name: str, faults: list[ScanFault]) -> Iterator[None]:
    """Go on with the rest where a file cannot be read, and say so."""
    try:
        yield
    except UnreadableFileError as error:
        faults.append(ScanFault(name, str(error)))
    except RecursionError:
        faults.append(ScanFault(name, "It is nested too deeply."))
    except (AttributeError, TypeError, KeyError, ValueError, IndexError) as error:
        # Anybody's file may have another shape than its tool gives it, in more ways than can be listed.
        faults.append(
            ScanFault(name, f"It has another shape than its tool gives it ({type(error).__name__}).")
        )


def _read_file(
    file: ScannedFile, dialect: str, superset: list[NamedDocument], metabase: list[NamedDocument]
) -> list[SqlPanel]:
    """The panels of one file; what stands with others, such as an export's parts, is kept for when all are there."""
    ending = os.path.splitext(file.name)[1].lower()
    if ending == ".sql":
        if len(file.content) > LARGEST_SQL:
            raise UnreadableFileError(f"It is larger than {LARGEST_SQL // 1_000_000} MB.")
        text = decode_text(file.content)
        return [SqlPanel(file.name, 1, file.name, os.path.basename(file.name), text, dialect)]
    document = decode_json(file.content) if ending == ".json" else decode_yaml(file.content)
    lines = TextLines(file.content)
    if is_grafana(document):
        return list(read_grafana(document, file=file.name, lines=lines))
    if is_superset(document):
        superset.append(NamedDocument(file.name, document, lines))
    elif is_metabase(document):
        several = document if isinstance(document, dict) else {"items": document}
        metabase.append(NamedDocument(file.name, several, lines))
    return []


def _open_all(paths: Iterable[Path], faults: list[ScanFault]) -> Iterator[ScannedFile]:
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
        if PROJECT in names and (Path(place) / MANIFEST).is_file():
            yield Path(place) / MANIFEST
        for name in sorted(names):
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in _ENDINGS:
                yield Path(place) / name


def _open(path: Path, faults: list[ScanFault]) -> Iterator[ScannedFile]:
    name = os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
    try:
        if path.suffix.lower() == ".zip":
            yield from _unpack(path, name, faults)
        elif path.stat().st_size > LARGEST_FILE:
            faults.append(ScanFault(name, f"It is larger than {LARGEST_FILE // 1_000_000} MB."))
        else:
            yield ScannedFile(name, path.read_bytes())
    except OSError as error:
        faults.append(ScanFault(name, f"It cannot be read: {error.strerror or error}."))


def _unpack(path: Path, name: str, faults: list[ScanFault]) -> Iterator[ScannedFile]:
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
                    yield ScannedFile(f"{name}/{entry.filename}", content)
    except UnreadableFileError as error:
        faults.append(ScanFault(name, str(error)))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        faults.append(ScanFault(name, f"It is no archive that can be read: {error}."))
