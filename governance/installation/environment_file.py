"""What an installation was told when it was set up, kept as `VAR_DIR/installation/settings.env`, which the settings read.

One `NAME=value` a line, as it stands, without quotes. It holds secrets, so nobody but its owner reads or writes it: a file
that others may read is refused, rather than believed. What the environment says itself goes before. No Django here, as
the settings are what reads it.
"""

import os
import stat
from collections.abc import Mapping, MutableMapping
from pathlib import Path

FOLDER = "installation"
# Names, by commas, of what a command that sets up made up for as long as nothing is: no word of whoever runs it.
MADE_UP = "MADE_UP"
_NAME = "settings.env"


class FileRefused(ValueError):
    """It cannot be read as what it is meant to be; the sentence says why, and what to do."""


def find(var: Path) -> Path | None:
    """Where the file of an installation lies; None where nothing was set up in this folder."""
    path = place(var)
    return path if path.exists() else None


def place(var: Path) -> Path:
    """Where it lies, or will."""
    return var / FOLDER / _NAME


def read(var: Path) -> dict[str, str]:
    """What was told, empty where nothing was set up. Raises FileRefused."""
    path = find(var)
    if path is None:
        return {}
    _check_mode(path)
    return dict(_read_line(path, number, line) for number, line in _lines(path))


def heed(var: Path, environment: MutableMapping[str, str]) -> None:
    """Let an environment have what was told, where it does not say so itself. Raises FileRefused."""
    for name, value in read(var).items():
        environment.setdefault(name, value)


def write(var: Path, told: Mapping[str, str]) -> None:
    """Write it whole or not at all. ValueError for a value of more than one line, which it cannot keep."""
    for name, value in told.items():
        if not value.isprintable():
            raise ValueError(f"{name} holds a character that this file cannot keep.")
    write_secret(place(var), "".join(f"{name}={value}\n" for name, value in told.items()))


def write_secret(path: Path, text: str) -> None:
    """Write a file that its owner alone reads, in place of the one before, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    os.replace(unfinished, path)


def _lines(path: Path) -> list[tuple[int, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(number, line) for number, line in enumerate(lines, start=1) if line and not line.startswith("#")]


def _read_line(path: Path, number: int, line: str) -> tuple[str, str]:
    name, sign, value = line.partition("=")
    if not sign or not name.isidentifier():
        raise FileRefused(f"{path}, line {number}: write NAME=value, without spaces around the sign.")
    return name, value


def _check_mode(path: Path) -> None:
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise FileRefused(f"{path} holds secrets and others may read it. Close it: chmod 600 {path}")
