"""`manage.py replay CASE`: what the questions of the last 90 days would have come to under a case, from the shell."""

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser

from governance.board.models import Case
from governance.decisions import queries
from governance.decisions.services.replays import ask_for_replay, work_replay
from governance.people.commands import add_account_argument, find_account
from ground import commands


class Command(commands.Command):
    help = (
        "Decide the questions of the last 90 days anew, as if a case had passed: its rulebook, charter, setting or waiver. Goes on "
        "where it stopped. Told by role, and never of fewer people than the smallest group."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", type=int, metavar="NUMBER", help="the number of the case")
        add_account_argument(parser, help_text="the account that asks")

    def handle(self, *, case: int, username: str, **_: Any) -> None:
        by = find_account(username)
        found = Case.objects.filter(number=case).first()
        if found is None:
            raise CommandError(f"There is no case number {case}.", returncode=commands.BROKEN)
        replay = queries.find_replay(found.pk)
        if replay is None or replay.ended_at is not None:
            replay = ask_for_replay(case=found, by=by)
        work_replay(key=replay.pk, by=by)
        replay.refresh_from_db()
        if replay.why:
            raise CommandError(replay.why, returncode=commands.BROKEN)
        self.stdout.write(json.dumps(replay.result, indent=2))
