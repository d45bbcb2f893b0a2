"""`manage.py backup`: the database as one moment saw it, in a new folder, and the keys in another."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from governance.installation.backups.errors import BackupFailed
from governance.installation.backups.making import make_backup
from governance.installation.backups.manifest import Manifest
from governance.installation.backups.reaching import reached
from ground import clock, commands
from ground.errors import BadInput, DomainError


class Command(commands.Command):
    help = (
        "Back the database up into a new folder, while everything runs, and with --keys the keys into another. Exit 1 where it is "
        "refused, 2 where it could not be finished; nothing half is left in either case."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder",
            type=Path,
            nargs="?",
            help="a new folder; without one, a folder named after the time in BACKUP_FOLDER",
        )
        parser.add_argument(
            "--keys",
            type=Path,
            metavar="FOLDER",
            help="copy the keys and the settings too, into a new folder that is kept apart from the other",
        )

    def handle(self, *, folder: Path | None, keys: Path | None, **_: Any) -> None:
        place = folder or _make_name()
        with reached() as databases:
            made = make_backup(place, keys_folder=keys, owner=databases.owner, say=self._say)
        self._tell(place, made, keys)

    def find_exit_code(self, error: DomainError) -> int:
        return commands.BROKEN if isinstance(error, BackupFailed) else commands.FAULTY

    def _tell(self, place: Path, made: Manifest, keys: Path | None) -> None:
        self._say(
            f"Backed up to {place}: {made.file.size / 2**20:,.1f} MiB, {made.entries + made.waiting} entries of the log, as of "
            f"{made.made_at:%Y-%m-%d %H:%M} UTC."
        )
        if keys is None:
            self._say(
                "The keys are not in it. Without them nothing that is sealed opens again: --keys FOLDER copies them."
            )

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _make_name() -> Path:
    if not settings.BACKUP_FOLDER:
        raise BadInput(
            "Name a new folder, or set BACKUP_FOLDER to the folder of all backups.", field="folder"
        )
    return Path(settings.BACKUP_FOLDER) / f"{clock.now():%Y-%m-%dT%H%M%SZ}"
