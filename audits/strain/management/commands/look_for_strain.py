"""manage.py look_for_strain: one pass of what the clock does about strain, now."""

from typing import Any

from audits.strain.scans import STRAIN_CLOCK
from governance.people.services import get_system_account
from ground import commands


class Command(commands.Command):
    help = "Look for strain of teams now, as the clock does each hour: signals, alerts, and what is due to the board."

    def handle(self, **_options: Any) -> None:
        for name, done in STRAIN_CLOCK.once(by=get_system_account()).items():
            self.stdout.write(f"{name}: {done}")
