"""`manage.py record_change org_change|migration`: what changed, so that the charters that it reaches are looked at again."""

from datetime import date
from typing import Any

from django.core.management.base import CommandParser

from charter.programme.queries import get_programme
from charter.registry import reviews
from charter.registry.models import Review
from charter.registry.states import ReviewKind
from governance.people.commands import add_account_argument, find_account
from ground import commands

KINDS = [kind.value for kind in ReviewKind if kind != ReviewKind.QUARTERLY]


class Command(commands.Command):
    help = (
        "Record a change of the organisation or the migration of a platform. "
        "The board then reviews every charter that the change reaches within a month."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=KINDS)
        parser.add_argument("--says", required=True, help="what changed, in a sentence")
        parser.add_argument(
            "--on", required=True, type=commands.day_argument, metavar="DAY", help="when it happened"
        )
        parser.add_argument(
            "--team", action="append", default=[], metavar="SLUG", help="a team it concerns; may be repeated"
        )
        parser.add_argument(
            "--source",
            action="append",
            default=[],
            metavar="SLUG",
            help="of a migration: a source that moved; only charters that read one of these are reviewed. May be repeated",
        )
        add_account_argument(
            parser,
            help_text="the account that records it; the system account where none is named",
            required=False,
        )

    def handle(
        self, *, kind: str, says: str, on: date, team: list[str], source: list[str], **options: Any
    ) -> None:
        review = reviews.record_change(
            programme=get_programme(),
            kind=ReviewKind(kind),
            says=says,
            on=on,
            teams=team,
            sources=source,
            by=find_account(options["username"]),
        )
        self._tell(review)

    def _tell(self, review: Review) -> None:
        reached = list(review.items.values_list("charter_version__metric__slug", flat=True).order_by("pk"))
        if not reached:
            self.stdout.write("Recorded. It reaches no charter that is in force.")
            return
        for number, slug in enumerate(reached, start=1):
            self.stdout.write(f"{number:,}/{len(reached):,} {slug}")
        self.stdout.write(
            f"Recorded. To be reviewed by {review.due_on}: {len(reached):,} charters, at /matrix/review/{review.pk}."
        )
