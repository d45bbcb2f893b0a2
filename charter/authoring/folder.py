"""A folder of charters: every YAML file below it, read strictly, each fault kept with its file, line and key. Pure."""

import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from msgspec import Struct

from charter.registry.charter_files import CharterFile, read_charter
from charter.registry.document import CharterDocument
from charter.registry.source_files import SourceFile, read_source
from ground.errors import BadInput
from ground.strict_yaml import LARGEST_FILE

SOURCES = "sources"
ENDINGS = frozenset({".yaml", ".yml"})


class Folder(Struct, frozen=True):
    """The charters and sources that a folder holds, in order of their files, and what is wrong with files that are none."""

    charters: tuple[CharterFile, ...]
    faults: tuple[BadInput, ...]
    sources: tuple[SourceFile, ...] = ()

    @property
    def documents(self) -> dict[str, CharterDocument]:
        """The charters by the slug of their metric."""
        return {charter.document.metric: charter.document for charter in self.charters}

    def check_is_whole(self) -> None:
        """Raise BadInput unless each file is one charter of a metric of its own: a line a fault, the first's place."""
        if self.faults:
            first, text = self.faults[0], "\n".join(fault.detail for fault in self.faults)
            raise BadInput(text, field=first.field, code="files_have_faults", **first.extra)


def read_folder(folder: Path) -> Folder:
    """Read every .yaml and .yml file at or below `folder`, hidden ones aside; those below its `sources` are sources.

    Raises BadInput where there is no such folder, or no such file in it. What is wrong inside files is in `faults`.
    """
    if not folder.is_dir():
        raise BadInput(f"There is no folder {folder}.", field="folder")
    charters: list[CharterFile] = []
    sources: list[SourceFile] = []
    faults: list[BadInput] = []
    for path in charter_paths(folder):
        try:
            charters.append(read_charter(_content(path), name=os.path.relpath(path)))
        except BadInput as error:
            faults.append(error)
    for path in source_paths(folder):
        try:
            sources.append(read_source(_content(path), name=os.path.relpath(path)))
        except BadInput as error:
            faults.append(error)
    if not charters and not sources and not faults:
        raise BadInput(f"{folder} holds no charter: no file there ends in .yaml or .yml.", field="folder")
    twice = chain(_named_twice(charters), _described_twice(sources))
    return Folder(tuple(charters), tuple(chain(faults, twice)), tuple(sources))


def charter_paths(folder: Path) -> list[Path]:
    """The YAML files of charters at or below a folder, sorted; hidden files and folders are left out."""
    return [path for path in _paths(folder) if not path.is_relative_to(folder / SOURCES)]


def source_paths(folder: Path) -> list[Path]:
    """The YAML files of sources, which stand below `sources`."""
    return [path for path in _paths(folder) if path.is_relative_to(folder / SOURCES)]


def _paths(folder: Path) -> list[Path]:
    found = (Path(place) / name for place, names in _walk(folder) for name in names)
    return sorted(path for path in found if path.suffix in ENDINGS and path.is_file())


def _walk(folder: Path) -> Iterator[tuple[str, list[str]]]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield place, [name for name in names if not name.startswith(".")]


def _content(path: Path) -> bytes:
    """What the file holds, but never more than is needed to see that it is too large."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        name = os.path.relpath(path)
        text = f"{name}, line 1: The file cannot be read: {error.strerror}."
        raise BadInput(text, file=name, line=1) from error


def _described_twice(sources: list[SourceFile]) -> Iterator[BadInput]:
    first: dict[str, SourceFile] = {}
    for source in sources:
        slug = source.description.slug
        other = first.setdefault(slug, source)
        if other is not source:
            line = source.line_of("slug")
            text = f"{source.name}, line {line}, slug: {other.name} describes “{slug}” already. Keep one file for each source."
            yield BadInput(text, field="slug", file=source.name, line=line)


def _named_twice(charters: list[CharterFile]) -> Iterator[BadInput]:
    first: dict[str, CharterFile] = {}
    for charter in charters:
        slug = charter.document.metric
        other = first.setdefault(slug, charter)
        if other is not charter:
            line = charter.line_of("metric")
            text = (
                f"{charter.name}, line {line}, metric: {other.name} holds the charter of “{slug}” already. "
                "Keep one file for each metric."
            )
            yield BadInput(text, field="metric", file=charter.name, line=line)
