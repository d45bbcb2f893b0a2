#!/usr/bin/env python
"""Django's command line for this project."""

import os
import secrets
import sys
from pathlib import Path

# Commands that look at files alone: they serve nobody, so they need not be told of an installation.
LOOKING = (
    ["charter", "lint"], ["charter_schema"], ["state_diagram"], ["ledger", "events"],
    ["ledger", "witness-init"], ["ledger", "witness"], ["ledger", "mirror"], ["rulebook", "check"], ["rulebook", "table"],
    ["makemigrations"], ["makemigrations_anew"],
)  # fmt: skip
# Commands that begin an installation: until it is set up they are told of none either, and tell what follows nothing of it.
BEGINNING = ("setup", "start")
VAR_DIR = Path(__file__).resolve().parent / "var"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.config.settings")
    from django.core.management import execute_from_command_line

    var = Path(os.environ.get("VAR_DIR", VAR_DIR))
    _heed_demo(var)
    if any(sys.argv[1:][: len(words)] == words for words in LOOKING):
        _make_up_installation()
    elif sys.argv[1:2] and sys.argv[1] in BEGINNING:
        _begin_installation(var)
    execute_from_command_line(sys.argv)


def _heed_demo(var: Path) -> None:
    """Before the settings are read: what is asked in the shell is asked on the day that the demo's pages show.

    Where there is no demo, none of its code is loaded.
    """
    if sys.argv[1:2] == ["demo"] or (var / "demo").exists():
        from governance.demo import state

        state.heed(var, sys.argv[1:])


def _begin_installation(var: Path) -> None:
    """What the settings ask for until they are kept; which names are made up is said, so that no other process believes them."""
    from governance.installation import environment_file

    if environment_file.find(var) is None:
        before = set(os.environ)
        _make_up_installation()
        os.environ[environment_file.MADE_UP] = ",".join(set(os.environ) - before)


def _make_up_installation() -> None:
    """What the settings ask for, where nothing is told; the key lasts as long as the command."""
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(64))
    os.environ.setdefault("ALLOWED_HOSTS", "localhost")
    os.environ.setdefault("BASE_URL", "https://localhost")


if __name__ == "__main__":
    main()
