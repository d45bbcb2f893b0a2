"""What a demo folder remembers between starts, and whether anything it was made from has changed."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from ground import clock
from ground.errors import Conflict

if TYPE_CHECKING:
    from governance.demo.dataset import DataSet

# Whatever a started demo was made from, apart from its data.
_INPUTS = (
    "*/*/migrations/*.py",
    "ground/migrations/*.py",
    "ground/schema/*.py",
    "charter/registry/catalogue/**/*.yaml",
    "charter/rules/builtin/*",
    "governance/demo/**/*.py",
    "requirements.lock",
)


@dataclass(frozen=True)
class State:
    """The data set, the clock, and what was last finished (a programme's id and the fingerprint of the inputs)."""

    data: str
    content_hash: str
    clock_offset: float  # seconds
    programme: str = ""
    fingerprint: str = ""

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The state of a demo folder, None where none was begun."""
        try:
            return cls(**json.loads(_path(folder).read_text()))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise Conflict(
                f"{_path(folder)} is damaged. Run `make clean` to remove this demo and start again."
            ) from error

    def write(self, folder: Path) -> None:
        unfinished = _path(folder).with_suffix(".new")
        unfinished.write_text(json.dumps(asdict(self), indent=2) + "\n")
        os.replace(unfinished, _path(folder))

    def finished(self, *, programme: str, fingerprint: str) -> Self:
        return replace(self, programme=programme, fingerprint=fingerprint)


def open_data_set(folder: str) -> "DataSet":
    """The data set of a folder, or the made-up one where none is named."""
    # Every `manage.py` comes by this module, and few commands need DuckDB, which takes long to load.
    from governance.demo.dataset import make_up_data_set
    from governance.demo.forge import read_folder

    return read_folder(Path(folder)) if folder else make_up_data_set()


def begin_or_continue(folder: Path, data: "DataSet") -> State:
    """The state of a demo folder for a data set, begun now where there is none; Conflict where it holds another.

    The clock stands at the data's end when a demo is begun, and goes on from there.
    """
    state = State.read(folder)
    if state is None:
        offset = data.as_of - (clock.now() - _present_offset())
        state = State(data.name, data.content_hash, offset.total_seconds())
        state.write(folder)
    if state.content_hash != data.content_hash:
        raise Conflict(
            f"{folder} holds a demo of {_named(state, data)}. Run `make clean` to remove it and start again, "
            "or set VAR_DIR to another folder to keep both."
        )
    return state


def heed(var: Path, arguments: Sequence[str] = ()) -> None:
    """Let a command on the embedded database of `var` go by the clock and the warehouse of the demo that it holds.

    And let the demo's own command turn debugging on, which nothing else does. What the environment says already stands, and
    so does all of it where DATABASE_URL names another database.
    """
    if arguments[:1] == ["demo"]:
        os.environ.setdefault("DEBUG", "true")
    with suppress(Conflict):  # a damaged state is what the demo itself says at its next start
        state = None if os.environ.get("DATABASE_URL") else State.read(var / "demo")
        if state is not None:
            os.environ.setdefault("DEBUG", "true")
            os.environ.setdefault("CLOCK_OFFSET", str(state.clock_offset))
            os.environ.setdefault("WAREHOUSE_URL", warehouse_url(var / "demo"))


def warehouse_url(folder: Path) -> str:
    """Where the facts of a demo folder are read."""
    return f"duckdb://{quote(str((folder / 'warehouse.duckdb').absolute()))}"


def fingerprint(project: Path, data: "DataSet") -> str:
    """A hash of everything that a started demo was made from."""
    digest = hashlib.sha256(data.content_hash.encode())
    for path in sorted(_inputs(project)):
        digest.update(str(path.relative_to(project)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def moment(state: State) -> datetime:
    """What the clock of this demo shows now."""
    return clock.now() - _present_offset() + timedelta(seconds=state.clock_offset)


def _inputs(project: Path) -> Iterator[Path]:
    for pattern in _INPUTS:
        yield from (path for path in project.glob(pattern) if path.is_file() and ".venv" not in path.parts)


def _present_offset() -> timedelta:
    """What the environment already moves the clock by; the demo replaces it."""
    return timedelta(seconds=float(os.environ.get("CLOCK_OFFSET", "0")))


def _named(state: State, data: "DataSet") -> str:
    return (
        f"{state.data}, as it was before its files changed"
        if state.data == data.name
        else f"other data ({state.data})"
    )


def _path(folder: Path) -> Path:
    return folder / "state.json"
