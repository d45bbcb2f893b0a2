"""`manage.py publish_course`: make the course about the rules in force, with questions from their examples."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from governance.people.services import get_system_account
from governance.training import services
from governance.training.models import Course
from ground import commands


class Command(commands.Command):
    help = "Publish the course about the rules in force. What is published already stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--title", default="", help="the starter catalogue's unless given")
        parser.add_argument("--introduction", type=Path, metavar="FILE", help="a text file")
        parser.add_argument("--pass-percent", type=int, help="share of right answers that passes")
        parser.add_argument("--months", type=int, help="how long it is attested")
        parser.add_argument("--asks-again", action="store_true", help="end what earlier courses attested")
        parser.add_argument("--notice-days", type=int, help="after so many days")

    def handle(self, *args: Any, **options: Any) -> None:
        course = services.publish_course(
            title=options["title"],
            introduction=_text(options["introduction"]),
            pass_percent=options["pass_percent"],
            months=options["months"],
            asks_again=options["asks_again"],
            notice_days=options["notice_days"],
            by=get_system_account(),
        )
        self.stdout.write(self._sum_up(course))

    def _sum_up(self, course: Course) -> str:
        asked, rulebook = course.questions.count(), course.rulebook_version.number
        return f"Course {course.number}, “{course.title}”: {asked} questions about the rules, version {rulebook}."


def _text(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
