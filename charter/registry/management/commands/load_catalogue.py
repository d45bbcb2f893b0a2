"""`manage.py load_catalogue`: decisions, sources and starter charters, as drafts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from charter.registry import catalogue, services
from charter.registry.models import Programme
from governance.people.models import User
from governance.people.services import system_account
from ground.errors import HouseError


class Command(BaseCommand):
    help = "Load the starter catalogue: decisions, sources, and every charter as a draft. Running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--owner", required=True, help="user name of the account that will own the metrics"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        programme = Programme.objects.first()
        if programme is None:
            raise CommandError("There is no programme yet. Establish one first.")
        owner = User.objects.filter(username=options["owner"]).first()
        if owner is None:
            raise CommandError(f"There is no account “{options['owner']}”.")
        try:
            self._load(programme, owner)
        except HouseError as error:
            raise CommandError(error.detail) from error

    def _load(self, programme: Programme, owner: User) -> None:
        by = system_account()
        decisions = services.load_decisions(programme=programme, by=by)
        self.stdout.write(f"decisions: {len(decisions)} new of {len(catalogue.decisions())}")
        sources = services.load_sources(by=by)
        self.stdout.write(f"sources: {len(sources)} new of {len(catalogue.sources())}")
        versions = services.load_catalogue(programme=programme, owner=owner, by=by)
        for place, version in enumerate(versions, start=1):
            self.stdout.write(f"charter {place}/{len(versions)}: {version} ({version.standing})")
