"""`manage.py doctor`: every part of an installation, and what to do where something is the matter. It changes nothing."""

import sys
from typing import Any

from governance.config.doctor import look
from governance.config.looked_over import LookedOver, PartState
from ground import commands


class Command(commands.Command):
    help = "Look this installation over. Exit 0 where nothing keeps it from its work, 1 where something does."
    requires_system_checks: list[str] = []

    def handle(self, **_: Any) -> None:
        faults = 0
        for found in look():
            faults += found.state is PartState.FAULT
            self._say(found)
        self.stdout.write("")
        self.stdout.write(f"{faults} faults." if faults else "Nothing keeps it from its work.")
        if faults:
            sys.exit(commands.FAULTY)

    def _say(self, found: LookedOver) -> None:
        self.stdout.write(f"{found.state:<6}{found.part:<13}{found.sentence}")
        if found.remedy:
            self.stdout.write(f"{'':<19}→ {found.remedy}")
        self.stdout.flush()
