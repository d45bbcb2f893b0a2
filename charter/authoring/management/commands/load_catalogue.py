"""`manage.py load_catalogue`: decisions, sources and starter charters, as drafts."""

from typing import Any

from django.core.management.base import CommandParser

from charter.authoring import services as authoring
from charter.programme import services as programmes
from charter.programme import starter
from charter.programme.models import Programme
from charter.programme.queries import get_programme
from charter.registry import catalogue, services
from governance.people.commands import find_account
from governance.people.models import User
from governance.people.services import get_system_account
from ground import commands


class Command(commands.Command):
    help = "Load the starter catalogue: decisions, sources, and every charter as a draft. Running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--owner", required=True, help="user name of the account that will own the metrics"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._load(get_programme(), find_account(options["owner"]))

    def _load(self, programme: Programme, owner: User) -> None:
        by = get_system_account()
        decisions = programmes.load_decisions(programme=programme, by=by)
        self.stdout.write(f"decisions: {len(decisions)} new of {len(starter.read_starter_decisions())}")
        sources = services.load_sources(by=by)
        self.stdout.write(f"sources: {len(sources)} new of {len(catalogue.read_starter_sources())}")
        versions = authoring.load_catalogue(programme=programme, owner=owner, by=by)
        for place, version in enumerate(versions, start=1):
            self.stdout.write(f"charter {place}/{len(versions)}: {version} ({version.standing})")
