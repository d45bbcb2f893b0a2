"""`manage.py replay CASE|--folder DIR`: what the questions of the last 90 days would have come to, from the shell."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from charter.registry import queries as registry
from charter.registry import rulebooks
from governance.board.models import Case
from governance.decisions import permissions, queries
from governance.decisions.models import Replay
from governance.decisions.replay.counting import AsProposed
from governance.decisions.replay.folders import hash_folder, read_proposal
from governance.decisions.services.replays import ask_for_folder_replay, ask_for_replay, work_replay
from governance.people.commands import add_account_argument, find_account
from governance.people.models import User
from ground import commands


class Command(commands.Command):
    help = (
        "Decide the questions of the last 90 days anew, as if a case had passed: its rulebook, charter, setting or waiver; or as a "
        "folder proposes that nobody has put to the board: rules/*.cedar, charters/*.yaml, settings.yaml. Goes on where it stopped. "
        "Told by role, and never of fewer people than the smallest group."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("case", type=int, nargs="?", metavar="NUMBER", help="the number of the case")
        what.add_argument("--folder", type=Path, metavar="DIR", help="a folder with what is proposed")
        add_account_argument(parser, help_text="the account that asks")

    def handle(self, *, case: int | None, folder: Path | None, username: str, **_: Any) -> None:
        by = find_account(username)
        replay, proposal = _of_folder(folder, by) if folder else (_of_case(case, by), None)
        work_replay(key=replay.pk, by=by, proposal=proposal, told=self._tell)
        replay.refresh_from_db()
        if replay.why:
            raise CommandError(replay.why, returncode=commands.BROKEN)
        self.stdout.write(json.dumps(replay.result, indent=2))

    def _tell(self, done: int, total: int) -> None:
        self.stderr.write(f"{done} of {total} questions are decided anew.")


def _of_case(number: int | None, by: User) -> Replay:
    found = Case.objects.filter(number=number or 0).first()
    if found is None:
        raise CommandError(f"There is no case number {number}.", returncode=commands.BROKEN)
    replay = queries.find_replay(found.pk)
    return replay if replay and replay.ended_at is None else ask_for_replay(case=found, by=by)


def _of_folder(folder: Path, by: User) -> tuple[Replay, AsProposed]:
    """Read before anything is asked for, so that what cannot be read is on no record."""
    permissions.check_can_replay(by)
    in_force = rulebooks.find_rulebook_in_force()
    if in_force is None:
        raise CommandError("No rules are in force.", returncode=commands.FAULTY)
    content = hash_folder(folder)
    begun = queries.find_open_replay(content)
    against = registry.find_rulebook(begun.rulebook_hash if begun else in_force.content_hash)
    proposal = read_proposal(folder, against)
    if hash_folder(folder) != content:
        raise CommandError(
            "The folder changed while it was read. Nothing was asked for; try it again.",
            returncode=commands.FAULTY,
        )
    return ask_for_folder_replay(folder=content, by=by), proposal
