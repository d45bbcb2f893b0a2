"""`manage.py ledger`: the log's own work by hand."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from audits.ledger import exporting, keys, reference, sequencing
from ground import commands

# Whoever can run a command where the keys lie needs no account to exchange them.
INSTALLATION = "installation"


class Command(commands.Command):
    help = (
        "The log. events: write docs/reference/events.md from the events of all apps. keys: make or exchange the keys. "
        "sequence: give entries their places and sign how far the log reaches, until it is stopped. export: copy the log into a "
        "folder, for whoever verifies it."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        events = actions.add_parser("events", help="write the page of events")
        commands.add_check_argument(events)
        of_keys = actions.add_parser("keys", help="make the keys that are missing, or let a new one sign")
        of_keys.add_argument(
            "do", choices=["init", "rotate"], help="init makes, rotate exchanges the signing key"
        )

        sequence = actions.add_parser(
            "sequence", help="give entries their places, and sign how far the log reaches"
        )
        sequence.add_argument("--once", action="store_true", help="stop when nothing waits any more")

        export = actions.add_parser("export", help="copy the log into a new folder, for `charter-verify`")
        export.add_argument("folder", type=Path)
        export.add_argument(
            "--with-payloads",
            action="store_true",
            help="what entries say as well: it names people, so guard the copy",
        )

    def handle(self, *, action: str, **options: Any) -> None:
        if action == "sequence":
            sequencing.run(once=options["once"], say=self.stdout.write)
        elif action == "export":
            folder, payloads = options["folder"], options["with_payloads"]
            size = exporting.export_log(folder, payloads=payloads, say=self.stdout.write)
            self.stdout.write(
                f"{size} entries in {folder}. Verify them: python verifier/charter_verify.py {folder}"
            )
        elif action == "events":
            text = reference.events_page()
            self.write_page(reference.PAGE, text, check=options["check"], again="ledger events")
        elif options["do"] == "init":
            self._init()
        else:
            self._rotate()

    def _init(self) -> None:
        for path in keys.make_keys(by=INSTALLATION):
            self.stdout.write(f"made {path}")
        self.stdout.write(
            "Back both up, apart from the database. What they signed or sealed cannot be done again without them."
        )

    def _rotate(self) -> None:
        retired = keys.rotate_signing_key(by=INSTALLATION)
        self.stdout.write(f"A new key signs from now on; the old one lies at {retired}.")
        self.stdout.write(
            "Restart the web server and the workers, back the new key up, and destroy the old one."
        )
