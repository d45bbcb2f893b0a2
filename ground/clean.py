"""Removes what the project made here: `var/` and the tools' caches, unless something runs from them or an installation lies there.

`python -m ground.clean`; needs the standard library alone, so that it works without the environment.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from ground import locks

CACHES = (
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".hypothesis",
    ".import_linter_cache",
    ".schemathesis",
)


def main(project: Path) -> int:
    """Clean one project folder; the exit status is 1, and nothing is removed, while a lock in it is held."""
    roots = [project / "var", *_linked(project)]
    held = [path for root in roots for path in sorted(root.rglob("*.lock")) if locks.is_held(path)]
    if held:
        print(f"Something runs from {held[0].parent}: stop the demo or the tests first.", file=sys.stderr)
        return 1
    if (project / "var" / "installation").exists():
        print(
            "var/ holds an installation, with its keys and its database. Move it away by hand first.",
            file=sys.stderr,
        )
        return 1
    try:
        for path in _made(project):
            shutil.rmtree(path)
    except PermissionError as error:
        print(f"{error.filename} belongs to another user, perhaps root: clean as that user.", file=sys.stderr)
        return 1
    return 0


def _linked(project: Path) -> list[Path]:
    """Folders elsewhere that `var/` links to: what the tests keep in memory."""
    var = project / "var"
    links = [path for path in var.iterdir() if path.is_symlink()] if var.is_dir() else []
    return [path.resolve() for path in links if path.resolve().is_dir()]


def _made(project: Path) -> Iterator[Path]:
    yield from _linked(project)
    yield from (path for name in ("var", *CACHES) if (path := project / name).is_dir())
    for folder in sorted(
        path for path in project.iterdir() if path.is_dir() and not path.name.startswith(".")
    ):
        yield from (path for path in sorted(folder.rglob("__pycache__")) if "node_modules" not in path.parts)


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[1]))
