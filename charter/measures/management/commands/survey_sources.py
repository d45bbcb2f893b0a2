"""manage.py survey_sources"""

from typing import Any

from charter.measures import sources
from governance.people import services
from ground import commands


class Command(commands.Command):
    help = "Look at every described source in the warehouse: how fresh it is, and which of its names mean nobody."

    def handle(self, *args: Any, **options: Any) -> None:
        for survey in sources.survey_sources(by=services.get_system_account()):
            said = (
                "; ".join(survey.faults)
                or f"{survey.rows:,} rows, {survey.unmatched.count():,} unmatched names"
            )
            self.stdout.write(f"{survey.source.slug}: {said}")
