#!/usr/bin/env python
"""Django's command line for this house."""

import os
import sys
from pathlib import Path

VAR_DIR = Path(__file__).resolve().parent / "var"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.config.settings")
    from django.core.management import execute_from_command_line

    from governance.demo import state

    # Before the settings are read: what is asked in the shell is asked on the day that the demo's pages show.
    state.heed(Path(os.environ.get("VAR_DIR", VAR_DIR)))

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
