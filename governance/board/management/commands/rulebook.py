"""`manage.py rulebook check|propose|show|table`: the rules, the house's and an organisation's own."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from charter import rules
from charter.registry import queries as registry
from charter.registry import reports, rule_table, rulebooks, rules_folder
from charter.registry.lint.finding import Level
from charter.registry.models import RulebookVersion
from charter.rules.keeping import house
from governance.board import proposals
from governance.people.models import User
from ground.errors import HouseError

FOUND, BROKEN = 1, 2  # exit codes: the rules are at fault; the command could not do its work
_RULES_AT_FAULT = {"rulebook_has_errors", "house_rules_weakened", "examples_would_change"}


class Command(BaseCommand):
    help = (
        "The rules. check: a folder of your own rules beside the house's, without a database. propose: put them to "
        "the board; nothing is in force by it. show: what is in force. table: write docs/reference/rules.md."
    )
    # Checking is for pre-commit hooks and CI, where there is no database and nothing of the house is configured.
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
            "propose", help="open a case for the house's rules with yours beside them"
        )
        what = propose.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "folder", type=Path, metavar="DIR", nargs="?", help="the folder of your own .cedar files"
        )
        what.add_argument(
            "--house",
            action="store_true",
            help="the house's rules as this version has them, with your own of the rules in force",
        )
        propose.add_argument("--as", dest="username", required=True, help="the account that proposes")
        show = actions.add_parser("show", help="number, hash and origin of the rules in force")
        show.add_argument("--format", choices=["text", "json"], default="text", help="text by default")
        table = actions.add_parser(
            "table", help="write the house's rules and examples to docs/reference/rules.md"
        )
        table.add_argument("--check", action="store_true", help="fail where the page is not up to date")

    def handle(self, *, action: str, **options: Any) -> None:
        do: Callable[..., None] = getattr(self, f"_{action}")
        try:
            do(**options)
        except HouseError as error:
            self._tell_findings(error.extra.get("findings", ()))
            raise CommandError(
                error.detail, returncode=FOUND if error.code in _RULES_AT_FAULT else BROKEN
            ) from error

    def _check(self, *, folder: Path, format: str, **_: Any) -> None:
        report = rules_folder.check(folder)
        self.stdout.write(reports.FORMATS[format](report))
        if report.count(Level.ERROR):
            sys.exit(FOUND)

    def _propose(self, *, folder: Path | None, username: str, **_: Any) -> None:
        own = rules_folder.read_own(folder) if folder else _own_in_force()
        case = proposals.propose_rules(files=rules_folder.with_house(own), by=_account(username))
        version = case.rulebook_version
        self.stdout.write(
            f"Proposed rulebook {version.number} ({version.content_hash}) as case {case.pk}. "
            "It is not in force before the board passes it."
        )

    def _show(self, *, format: str, **_: Any) -> None:
        version = rulebooks.in_force()
        if version is None:
            raise CommandError("No rules are in force, so nothing can be answered.", returncode=FOUND)
        told = _told(version)
        if format == "json":
            self.stdout.write(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
            return
        for name, value in told.items():
            listed = ", ".join(value) if isinstance(value, list) else str(value)
            self.stdout.write(f"{name.replace('_', ' ')}: {listed or 'none'}")
        if told["outdated"]:
            self.stdout.write(str(registry.RULES_OUTDATED))

    def _table(self, *, check: bool, **_: Any) -> None:
        page, text = Path(settings.BASE_DIR) / rule_table.PAGE, rule_table.rule_table()
        if not check:
            page.write_text(text, encoding="utf-8")
            self.stdout.write(f"wrote {rule_table.PAGE}")
        elif not page.exists() or page.read_text(encoding="utf-8") != text:
            raise CommandError(f"{rule_table.PAGE} is out of date. Run manage.py rulebook table.")

    def _tell_findings(self, findings: Any) -> None:
        for each in findings:
            self.stderr.write(str(each))


def _told(version: RulebookVersion) -> dict[str, Any]:
    """What is in force, and how it stands to the house's rules as this version has them."""
    written = registry.rulebook_as_written(version.pk)
    own = [rule.id for rule in written.rules if rule.id not in house().by_id]
    differing = [each.id for each in rules.changes(house(), written) if each.id not in own]
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
    version = rulebooks.in_force()
    return rules_folder.own_of(version.files) if version else {}


def _account(username: str) -> User:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no account “{username}”.", returncode=BROKEN)
    return user
