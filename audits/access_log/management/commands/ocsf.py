"""`manage.py ocsf --as auditor --state FILE`: decisions as OCSF events, one a line, from where the last run ended.

The state is written once all lines have left: a run that breaks off begins again where the one before it ended.
"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from audits.access_log import services
from governance.people.commands import add_account_argument, find_account
from ground import commands
from ground.errors import BadInput

A_BATCH = 1000


class Command(commands.Command):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        add_account_argument(parser, help_text="the account that reads: an auditor's or an administrator's")
        parser.add_argument("--state", type=Path, help="a file that keeps the place in the log")

    def handle(self, *args: Any, state: Path | None, **options: Any) -> None:
        by, after = find_account(options["username"]), _read_state(state)
        while events := services.stream(after=after, most=A_BATCH, by=by):
            for each in events:
                self.stdout.write(json.dumps(each, ensure_ascii=False))
            after = events[-1]["metadata"]["sequence"]
            if state is not None:
                self.stdout.flush()
                draft = state.with_name(f"{state.name}.new")
                draft.write_text(f"{after}\n", encoding="utf-8")
                draft.replace(state)


def _read_state(state: Path | None) -> int:
    if state is None or not state.exists():
        return -1
    try:
        return int(state.read_text(encoding="utf-8"))
    except ValueError:
        raise BadInput(f"{state} holds no place of the log.", field="state") from None
