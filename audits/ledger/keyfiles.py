"""Keys in files, mode 600, which are made when somebody asks for it and never by themselves. Imports no Django."""

import os
from pathlib import Path

from ground.errors import Conflict, DomainError


class KeyMissing(DomainError):
    """A key is not where it should be: nothing can be signed or opened, and another in its place would hide the loss."""

    status = 503
    code = "key_missing"
    title = "A key is missing"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"There is no key at {path}. Restore it from its backup; in a new installation, or where it is lost for good, "
            "`manage.py ledger keys init` makes one."
        )


def read(path: Path) -> bytes:
    """The bytes of the key at `path`. Raises KeyMissing."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise KeyMissing(path) from None


def place(path: Path, key: bytes) -> None:
    """Write a new key; the file is linked into place, so that it is whole or not there. Raises Conflict where there is one."""
    draft = write_draft(path, key)
    try:
        os.link(draft, path)
    except FileExistsError:
        raise Conflict(f"There is a key at {path} already.") from None
    finally:
        draft.unlink()


def write_draft(path: Path, key: bytes) -> Path:
    """Write a key beside its place, in the place of a draft that an earlier try may have left there; gives where."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return draft
