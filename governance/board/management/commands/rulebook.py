"""`manage.py rulebook check|propose|prove|show|table`: the rules, built in and an organisation's own."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import CommandError, CommandParser

from charter import rules
from charter.authoring import reports, rules_folder
from charter.registry import proofs, rulebooks
from charter.registry import queries as registry
from charter.registry.finding import Severity
from charter.registry.models import RulebookVersion
from charter.rules import rule_table
from charter.rules.builtin_rules import builtin_rulebook
from governance.board import proposals
from governance.people.commands import add_account_argument, find_account
from ground import commands
from ground.errors import DomainError
from ground.promises import promised

_RULES_AT_FAULT = {
    "rulebook_has_errors",
    "builtin_rules_weakened",
    "rulebook_not_proved",
    "examples_would_change",
}


class Command(commands.Command):
    help = (
        "The rules. check: a folder of your own rules beside the built-in ones, without a database. propose: put them to "
        "the board; nothing is in force by it. prove: the rules in force, anew. show: what is in force. table: write docs/reference/rules.md."
    )
    # Checking is for pre-commit hooks and CI, where there is no database and nothing is configured.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        check = actions.add_parser(
            "check", help="exit 0 without errors, 1 with errors, 2 with nothing to check"
        )
        check.add_argument("folder", type=Path, metavar="DIR", help="the folder of your own .cedar files")
        check.add_argument(
            "--format", choices=sorted(reports.FORMATS), default="text", help="text by default"
        )
        propose = actions.add_parser(
            "propose", help="open a case for the built-in rules with yours beside them"
        )
        what = propose.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "folder", type=Path, metavar="DIR", nargs="?", help="the folder of your own .cedar files"
        )
        what.add_argument(
            "--builtin",
            action="store_true",
            help="the built-in rules as this version has them, with your own of the rules in force",
        )
        add_account_argument(propose, help_text="the account that proposes")
        prove = actions.add_parser(
            "prove", help="prove the rules in force anew and record it; exit 1 where something does not hold"
        )
        prove.add_argument(
            "--requests", type=int, default=1_000, metavar="N", help="put to the proof and the engine; 1,000"
        )
        prove.add_argument("--weakened", action="store_true", help="take each rule away once as well")
        add_account_argument(prove, help_text="the account that runs it")
        show = actions.add_parser("show", help="number, hash and origin of the rules in force")
        show.add_argument("--format", choices=["text", "json"], default="text", help="text by default")
        table = actions.add_parser(
            "table", help="write the built-in rules and examples to docs/reference/rules.md"
        )
        commands.add_check_argument(table)

    def handle(self, *, action: str, **options: Any) -> None:
        do: Callable[..., None] = getattr(self, f"_{action}")
        do(**options)

    def find_exit_code(self, error: DomainError) -> int:
        """The rules are at fault, or the command could not do its work."""
        return commands.FAULTY if error.code in _RULES_AT_FAULT else commands.BROKEN

    def _check(self, *, folder: Path, format: str, **_: Any) -> None:
        report = rules_folder.check_folder(folder)
        self.stdout.write(reports.FORMATS[format](report))
        if report.count(Severity.ERROR):
            sys.exit(commands.FAULTY)

    def _propose(self, *, folder: Path | None, username: str, **_: Any) -> None:
        own = rules_folder.read_own_files(folder) if folder else _own_in_force()
        case = proposals.propose_rules(files=rules_folder.add_builtin_files(own), by=find_account(username))
        version = promised(case.rulebook_version)
        self.stdout.write(
            f"Proposed rulebook {version.number} ({version.content_hash}) as case {case.pk}. "
            "It is not in force before the board passes it."
        )

    def _prove(self, *, requests: int, weakened: bool, username: str, **_: Any) -> None:
        version = rulebooks.find_rulebook_in_force()
        if version is None:
            raise CommandError("No rules are in force, so nothing can be proved.", returncode=commands.FAULTY)
        run = proofs.record_proof(
            version=version, by=find_account(username), requests=max(requests, 0), weakened=weakened
        )
        self.stdout.write(
            f"Rulebook {version.number}: {run.proved} of {len(run.statements)} statements proved by {run.solver} in "
            f"{run.seconds:.2f} s. {run.asked} requests put to the engine as well: {run.differences} differences."
        )
        if run.without:
            self.stdout.write(
                f"{run.without} rules taken away one by one: {run.opening} open something, {run.unnoticed} of them unnoticed."
            )
        if run.proved < len(run.statements) or run.differences or run.unnoticed:
            sys.exit(commands.FAULTY)

    def _show(self, *, format: str, **_: Any) -> None:
        version = rulebooks.find_rulebook_in_force()
        if version is None:
            raise CommandError(
                "No rules are in force, so nothing can be answered.", returncode=commands.FAULTY
            )
        parts = _describe(version)
        if format == "json":
            self.stdout.write(msgspec.json.format(msgspec.json.encode(parts), indent=2).decode())
            return
        for name, value in parts.items():
            listed = ", ".join(value) if isinstance(value, list) else str(value)
            self.stdout.write(f"{name.replace('_', ' ')}: {listed or 'none'}")
        if parts["outdated"]:
            self.stdout.write(str(registry.RULES_OUTDATED))

    def _table(self, *, check: bool, **_: Any) -> None:
        self.write_page(rule_table.PAGE, rule_table.render_rule_table(), check=check, again="rulebook table")


def _describe(version: RulebookVersion) -> dict[str, Any]:
    """What is in force, and how it stands to the built-in rules as this version has them."""
    written = registry.load_rulebook_as_written(version.pk)
    own = [rule.id for rule in written.rules if rule.id not in builtin_rulebook().by_id]
    differing = [
        each.id for each in rules.compare_rulebooks(builtin_rulebook(), written) if each.id not in own
    ]
    return {
        "number": version.number,
        "hash": version.content_hash,
        "in_force_since": version.published_at,
        "case": version.case_id,
        "rules": len(written.rules),
        "own_rules": own,
        "changed_in_this_version": differing,
        "outdated": rulebooks.is_outdated(version.pk),
    }


def _own_in_force() -> Mapping[str, str]:
    """The organisation's own files of the rules in force."""
    version = rulebooks.find_rulebook_in_force()
    return rules_folder.select_own_files(version.files) if version else {}
