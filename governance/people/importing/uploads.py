"""The organisation's files as they were sent: laid into a folder for as long as they are read, and nowhere kept."""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _

from governance.people.importing.sheets import COLUMNS, OPTIONAL
from ground.errors import BadInput


class Sent(Protocol):
    """A file as a form gives it."""

    name: str | None

    def read(self) -> bytes: ...


@contextmanager
def laid_out(files: Sequence[Sent]) -> Iterator[tuple[Path, str]]:
    """A folder with these files, and one hash of all of them. Raises BadInput for a file that is none of ours, or comes twice."""
    with tempfile.TemporaryDirectory(prefix="organisation-") as place:
        folder, digest = Path(place), hashlib.sha256()
        for name, content in sorted(_read(files).items()):
            (folder / name).write_bytes(content)
            digest.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\0".encode())
        yield folder, digest.hexdigest()


def _read(files: Sequence[Sent]) -> dict[str, bytes]:
    known = {**COLUMNS, **OPTIONAL}
    read: dict[str, bytes] = {}
    for file in files:
        name = file.name or ""
        if name not in known:
            said = {"name": name, "names": ", ".join(known)}
            raise BadInput(_("“%(name)s” is none of the files: %(names)s.") % said, field="files")
        if name in read:
            raise BadInput(_("“%(name)s” was chosen twice.") % {"name": name}, field="files")
        read[name] = file.read()
    return read
