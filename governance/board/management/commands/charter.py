"""`manage.py charter lint|plan|apply|export DIR`: charters kept as files beside the code that they speak of."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from charter import rules
from charter.authoring import importing, linting, reports
from charter.authoring.folder import Folder, read_folder
from charter.authoring.importing import ImportEffect, Plan, Proposal
from charter.measures import sources
from charter.programme.queries import get_programme
from charter.registry import limits
from charter.registry.finding import Severity
from governance.board import proposing
from governance.people.commands import add_account_argument, find_account
from ground import commands
from ground.errors import DomainError

_SIGNS = {ImportEffect.NEW: "+", ImportEffect.CHANGED: "~", ImportEffect.UNCHANGED: "="}


class Command(commands.Command):
    help = (
        "Charters as files. lint: check a folder, without a database. plan: what applying it would propose. "
        "apply: describe its sources, then propose its charters to the board; nothing becomes active. export: write the registry to a folder."
    )
    # Lint is for pre-commit hooks and CI, where there is no database and nothing is configured.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        lint = _action(
            actions, "lint", "exit 0 without errors, 1 with errors, 2 where there is nothing to lint"
        )
        lint.add_argument("--format", choices=sorted(reports.FORMATS), default="text", help="text by default")
        _action(actions, "plan", "new, changed field by field, unchanged, and missing here")
        apply = _action(actions, "apply", "open a case for whatever is new or changed, all or none")
        add_account_argument(apply, help_text="the account that proposes")
        apply.add_argument(
            "--drafts", action="store_true", help="only register drafts; put nothing to the board"
        )
        _action(actions, "export", "write the newest version of every metric, one file each")

    def handle(self, *, action: str, folder: Path, **options: Any) -> None:
        do: Callable[..., None] = getattr(self, f"_{action}")
        do(folder, **options)

    def find_exit_code(self, error: DomainError) -> int:
        """Charters are at fault where one of their files is."""
        return commands.FAULTY if "file" in error.extra else commands.BROKEN

    def _lint(self, folder: Path, *, format: str, **_: Any) -> None:
        read = read_folder(folder)
        report = linting.lint_folder(read, _starter_judgement(read))
        self.stdout.write(reports.FORMATS[format](report))
        if report.count(Severity.ERROR):
            sys.exit(commands.FAULTY)

    def _plan(self, folder: Path, **_: Any) -> None:
        self._tell(importing.make_plan(read_folder(folder)))

    def _apply(self, folder: Path, *, username: str, drafts: bool, **_: Any) -> None:
        by, programme = find_account(username), get_programme()
        plan = importing.make_plan(read_folder(folder))
        proposals = plan.to_register
        self._progress_line(_counts(plan))
        sources.check_live(
            [file.description for file, effect in plan.sources if effect is not ImportEffect.UNCHANGED]
        )
        if described := importing.describe_all(plan=plan, by=by):
            self._progress_line(f"Described {described:,} sources.")
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
        written, sources = importing.export(folder), importing.export_sources(folder)
        self.stdout.write(f"Wrote {len(written):,} charters and {len(sources):,} sources to {folder}.")

    def _progress(self, done: int, of: int, what: str) -> None:
        self._progress_line(f"{done:,}/{of:,} {what}")

    def _progress_line(self, line: str) -> None:
        """A line that is seen at once, also where somebody reads it through a pipe."""
        self.stdout.write(line)
        self.stdout.flush()

    def _tell(self, plan: Plan) -> None:
        for file, effect in plan.sources:
            self.stdout.write(f"{_SIGNS[effect]} source {file.description.slug}: {effect.value}")
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
    counts = ", ".join(f"{len(plan.of(change)):,} {change.value}" for change in ImportEffect)
    return f"{counts}, {len(plan.missing_here):,} missing here."


def _starter_judgement(folder: Folder) -> linting.Judged:
    rulebook = rules.compile_rulebook(rules.builtin_files())
    return linting.judge_starters(
        rulebook, folder.documents, limits.read_levels(), [file.description for file in folder.sources]
    )


def _indented(word: str, text: str) -> str:
    """A field's text under its name, nothing where it says nothing."""
    lines: Sequence[str] = text.splitlines()
    return "".join(f"      {word if not number else '   '} {line}\n" for number, line in enumerate(lines))
