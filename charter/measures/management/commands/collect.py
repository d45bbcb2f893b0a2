"""`manage.py collect git PATH…`: commits, merges and tags of local clones into the warehouse's DuckDB file."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from charter.measures.collecting import pseudonyms, tables
from charter.measures.collecting.git import collect_clone
from ground import commands

KEY = "collector.key"


class Command(commands.Command):
    help = (
        "git: read local clones into the warehouse. People come in by pseudonym; `--whose ADDRESS` says which one somebody has, "
        "for identities.csv. Run again it brings what is new, and goes on where it was cut short."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        git = actions.add_parser("git", help="commits, merges and tags of local clones")
        git.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="folders of clones")
        git.add_argument(
            "--team", default="", help="whose they are; each is the team of its folder's name otherwise"
        )
        git.add_argument("--named", action="store_true", help="keep people's addresses as they are")
        git.add_argument("--whose", metavar="ADDRESS", help="say by which pseudonym somebody comes in")

    def handle(self, *, paths: list[Path], team: str, named: bool, whose: str | None, **_: Any) -> None:
        key = None if named else pseudonyms.read_key(settings.LEDGER_SIGNING_KEY_FILE.with_name(KEY))
        if whose and key:
            self.stdout.write(pseudonyms.make_pseudonym(whose, key))
        if not paths:
            return
        with tables.opened(tables.find_file(settings.WAREHOUSE_URL)) as into:
            for path in paths:
                done = collect_clone(
                    path, into=into, team=team or path.resolve().name, key=key, tell=self._tell
                )
                said = f"{done.commits:,} commits, {done.changes:,} changes, {done.deployments:,} tags"
                self.stdout.write(f"{path}: {said if done.new else 'nothing new but tags'}")

    def _tell(self, what: str, done: int) -> None:
        self.stdout.write(f"  {done:,} {what}")
        self.stdout.flush()
