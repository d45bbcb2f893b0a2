"""`manage.py record_change org_change|migration`: what changed, so that the charters that it reaches are looked at again."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from charter.registry import reviews
from charter.registry.models import Programme, Review
from charter.registry.states import ReviewKind
from governance.people.models import User
from governance.people.services import system_account
from ground.errors import HouseError

KINDS = [kind.value for kind in ReviewKind if kind != ReviewKind.QUARTERLY]


class Command(BaseCommand):
    help = (
        "Record a change of the organisation or the migration of a platform. "
        "The board then reviews every charter that the change reaches within a month."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=KINDS)
        parser.add_argument("--says", required=True, help="what changed, in a sentence")
        parser.add_argument(
            "--on", required=True, type=date.fromisoformat, metavar="DAY", help="when it happened"
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
        parser.add_argument(
            "--as", dest="username", help="the account that records it; the house's own where none is named"
        )

    def handle(
        self, *, kind: str, says: str, on: date, team: list[str], source: list[str], **options: Any
    ) -> None:
        try:
            review = reviews.record_change(
                programme=_programme(),
                kind=ReviewKind(kind),
                says=says,
                on=on,
                teams=team,
                sources=source,
                by=_account(options["username"]),
            )
        except HouseError as error:
            raise CommandError(error.detail) from error
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


def _programme() -> Programme:
    programme = Programme.objects.first()
    if programme is None:
        raise CommandError("There is no programme yet. Establish one first.")
    return programme


def _account(username: str | None) -> User:
    if username is None:
        return system_account()
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no account “{username}”.")
    return user
