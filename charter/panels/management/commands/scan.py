"""`manage.py scan PATH…`: what dashboards reach of people, by the sources that the registry describes and the charters in force."""

import sys
from argparse import Namespace
from typing import Any

from django.core.management.base import CommandParser

from charter.panels import cli
from charter.registry.models import Source
from charter.registry.queries import list_metrics_with_version, load_approved_document
from charter.rules.vocabulary import Standing
from ground import commands
from ground.errors import DomainError


class Command(commands.Command):
    help = (
        "Look at dashboards (Grafana, Superset, Metabase), dbt projects and SQL files: what they reach of people, and which rules they "
        "would break. Tables are those that the registry describes. Exit 0: nothing, 1: something, 2: not all could be read. "
        "charter-scan does the same without a database."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        cli.add_arguments(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        described = [source.read() for source in Source.objects.order_by("slug")]
        charters = [
            load_approved_document(metric.current)
            for metric in list_metrics_with_version()
            if metric.current and metric.current.standing == Standing.ACTIVE
        ]
        if code := cli.run(Namespace(**options), described, self.stdout.write, self.stderr.write, charters):
            sys.exit(code)

    def find_exit_code(self, error: DomainError) -> int:
        """What it was given could not be read."""
        return commands.BROKEN
