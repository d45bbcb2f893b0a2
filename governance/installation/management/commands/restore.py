"""`manage.py restore`: a backup into an empty database, held against what the log's key has signed, and the witnesses' word on it."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from audits.ledger.notes import NoteWrong, Verifier, parse_verifier
from governance.installation.backups.errors import BackupFailed
from governance.installation.backups.reaching import reached
from governance.installation.backups.restoring import Restored, hear_witnesses, restore
from ground import commands
from ground.errors import BadInput, DomainError

_GOES_BACK = (
    "The log has gone back: a witness refuses whatever is signed from here on, until somebody has decided. Stop here. Look for a "
    "newer backup and restore that one instead. Where there is none, what came after is lost: tell the board and whoever verifies "
    "the log, and let the keepers of the witnesses decide (docs/how-to/back-up-and-restore.md)."
)


class Command(commands.Command):
    help = (
        "Restore a backup into an empty database, once its keys are where this installation looks for them. Exit 1 where it is "
        "refused and nothing was done, 2 where it could not be finished, 3 where a witness has seen more than it holds."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="of the backup")
        parser.add_argument(
            "--key",
            action="append",
            default=[],
            help="a key of the log from before it was exchanged (name+number+key), as whoever holds the log has it",
        )

    def handle(self, *, folder: Path, key: list[str], **_: Any) -> None:
        trusted = [_read_key(each) for each in key]
        with reached() as databases:
            done = restore(folder, databases=databases, trusted=trusted, say=self._say)
            self._tell(done)
            if self._goes_back(done):
                self.stderr.write(_GOES_BACK)
                raise SystemExit(_OLDER)

    def find_exit_code(self, error: DomainError) -> int:
        return commands.BROKEN if isinstance(error, BackupFailed) else commands.FAULTY

    def _tell(self, done: Restored) -> None:
        if done.state is None:
            self._say(
                "Restored. Nothing of its log had been signed, so nothing was held against a signature."
            )
        else:
            self._say(f"Restored: {done.state.size} entries of the log are those that were signed.")

    def _goes_back(self, done: Restored) -> bool:
        if done.state is None:
            return False
        words = hear_witnesses(done.state, done.manifest)
        for each in words:
            self._say(f"Witness {each.name}: {each.sentence}")
        if not words:
            self._say(
                "No witness is asked, so nobody but you can say whether more was signed after this backup."
            )
        return any(each.refuses for each in words)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


_OLDER = 3


def _read_key(text: str) -> Verifier:
    try:
        return parse_verifier(text)
    except NoteWrong as error:
        raise BadInput(str(error), field="key") from error
