"""`manage.py charter lint|plan|apply|export DIR`: charters kept as files beside the code that they speak of."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from charter import rules
from charter.registry import importing, limits, linting, reports
from charter.registry.folder import Folder, read_folder
from charter.registry.importing import Change, Plan, Proposal
from charter.registry.lint.finding import Level
from charter.registry.models import Programme
from governance.board import proposing
from governance.people.models import User
from ground.errors import HouseError

FOUND, BROKEN = 1, 2  # exit codes: charters are at fault; the command could not do its work
_SIGNS = {Change.NEW: "+", Change.CHANGED: "~", Change.UNCHANGED: "="}


class Command(BaseCommand):
    help = (
        "Charters as files. lint: check a folder, without a database. plan: what applying it would propose. "
        "apply: propose it to the board; nothing becomes active. export: write the registry to a folder."
    )
    # Lint is for pre-commit hooks and CI, where there is no database and nothing of the house is configured.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        lint = _action(
            actions, "lint", "exit 0 without errors, 1 with errors, 2 where there is nothing to lint"
        )
        lint.add_argument("--format", choices=sorted(reports.FORMATS), default="text", help="text by default")
        _action(actions, "plan", "new, changed field by field, unchanged, and missing here")
        apply = _action(actions, "apply", "open a case for whatever is new or changed, all or none")
        apply.add_argument("--as", dest="username", required=True, help="the account that proposes")
        apply.add_argument(
            "--drafts", action="store_true", help="only register drafts; put nothing to the board"
        )
        _action(actions, "export", "write the newest version of every metric, one file each")

    def handle(self, *, action: str, folder: Path, **options: Any) -> None:
        do: Callable[..., None] = getattr(self, f"_{action}")
        try:
            do(folder, **options)
        except HouseError as error:
            raise CommandError(error.detail, returncode=FOUND if "file" in error.extra else BROKEN) from error

    def _lint(self, folder: Path, *, format: str, **_: Any) -> None:
        read = read_folder(folder)
        report = linting.lint_folder(read, _starter_judgement(read))
        self.stdout.write(reports.FORMATS[format](report))
        if report.count(Level.ERROR):
            sys.exit(FOUND)

    def _plan(self, folder: Path, **_: Any) -> None:
        self._tell(importing.make_plan(read_folder(folder)))

    def _apply(self, folder: Path, *, username: str, drafts: bool, **_: Any) -> None:
        by, programme = _account(username), _programme()
        plan = importing.make_plan(read_folder(folder))
        proposals = plan.to_register
        self._progress_line(_counts(plan))
        if not proposals:
            self.stdout.write("Nothing to propose: the registry holds all of these charters.")
        elif drafts:
            with transaction.atomic(durable=True):
                importing.register_all(
                    programme=programme, proposals=proposals, by=by, progress=self._progress
                )
            self.stdout.write(f"Registered {len(proposals):,} as drafts.")
        else:
            proposing.propose(programme=programme, proposals=proposals, by=by, progress=self._progress)
            self.stdout.write(
                f"Opened {len(proposals):,} cases. Nothing is active before the board passes it."
            )

    def _export(self, folder: Path, **_: Any) -> None:
        written = importing.export(folder)
        self.stdout.write(f"Wrote {len(written):,} charters to {folder}.")

    def _progress(self, done: int, of: int, what: str) -> None:
        self._progress_line(f"{done:,}/{of:,} {what}")

    def _progress_line(self, line: str) -> None:
        """A line that is seen at once, also where somebody reads it through a pipe."""
        self.stdout.write(line)
        self.stdout.flush()

    def _tell(self, plan: Plan) -> None:
        for proposal in plan.proposals:
            self._tell_proposal(proposal)
        for slug in plan.missing_here:
            self.stdout.write(f"- {slug}: in the registry, not here; it stays as it is")
        self.stdout.write(_counts(plan))

    def _tell_proposal(self, proposal: Proposal) -> None:
        newest = proposal.newest
        against = (
            f", against version {newest.number} ({newest.get_standing_display().lower()})" if newest else ""
        )
        self.stdout.write(f"{_SIGNS[proposal.change]} {proposal.metric}: {proposal.change.value}{against}")
        for difference in proposal.differences:
            self.stdout.write(f"    {difference.heading.text}, {difference.field}:")
            self.stdout.write(
                _indented("was", difference.before) + _indented("is ", difference.after), ending=""
            )


def _action(actions: "argparse._SubParsersAction[CommandParser]", name: str, help_text: str) -> CommandParser:
    parser = actions.add_parser(name, help=help_text)
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of charters")
    return parser


def _counts(plan: Plan) -> str:
    counts = ", ".join(f"{len(plan.of(change)):,} {change.value}" for change in Change)
    return f"{counts}, {len(plan.missing_here):,} missing here."


def _starter_judgement(folder: Folder) -> linting.Judged:
    rulebook = rules.compile_rulebook(rules.house_files())
    return linting.starter_judgement(rulebook, folder.documents, limits.levels())


def _account(username: str) -> User:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no account “{username}”.", returncode=BROKEN)
    return user


def _programme() -> Programme:
    programme = Programme.objects.first()
    if programme is None:
        raise CommandError("There is no programme yet. Establish one first.", returncode=BROKEN)
    return programme


def _indented(word: str, text: str) -> str:
    """A field's text under its name, nothing where it says nothing."""
    lines: Sequence[str] = text.splitlines()
    return "".join(f"      {word if not number else '   '} {line}\n" for number, line in enumerate(lines))
