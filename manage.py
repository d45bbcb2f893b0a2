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
VAR_DIR = Path(__file__).resolve().parent / "var"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.config.settings")
    from django.core.management import execute_from_command_line

    from governance.demo import state

    # Before the settings are read: what is asked in the shell is asked on the day that the demo's pages show.
    state.heed(Path(os.environ.get("VAR_DIR", VAR_DIR)), sys.argv[1:])

    if any(sys.argv[1:][: len(words)] == words for words in LOOKING):
        _make_up_installation()
    execute_from_command_line(sys.argv)


def _make_up_installation() -> None:
    """What the settings ask for, where nothing is told; the key lasts as long as the command."""
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(64))
    os.environ.setdefault("ALLOWED_HOSTS", "localhost")
    os.environ.setdefault("BASE_URL", "https://localhost")


if __name__ == "__main__":
    main()
