"""`manage.py draw_again 2026-06 < receipts`: draw a month's looks again, from the receipts' numbers that could be drawn.

Without an input they are read from the database, and what is drawn is held against what was drawn then.
"""

import sys
from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser

from audits.reviews import queries, sampling
from audits.reviews.models import SampleDraw
from ground import commands
from ground.errors import BadInput, Conflict, NotFound


class Command(commands.Command):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", help="such as 2026-06")
        parser.add_argument(
            "--receipts", help="a file with a receipt's number a line; - reads them from the input"
        )

    def handle(self, *args: Any, month: str, receipts: str | None, **options: Any) -> None:
        made = SampleDraw.objects.filter(month=_read_month(month)).first()
        if made is None:
            raise NotFound("No looks of this month were drawn.")
        frame = (
            _read(receipts)
            if receipts
            else list(queries.find_frame(made.month).values_list("entry", flat=True))
        )
        drawn = sampling.draw(
            made.seed, frame, sampling.count_drawn(len(frame), share=made.share, least=made.least)
        )
        for each in drawn:
            self.stdout.write(str(each))
        if sampling.hash_frame(frame) != made.frame_sha256:
            raise Conflict("These receipts are not those that could be drawn then.", code="another_frame")
        then = set(made.looks.values_list("decision__entry", flat=True))
        if set(drawn) != then:
            raise Conflict("Others were drawn then.", code="another_draw")


def _read_month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise BadInput("Write a month such as 2026-06.", field="month") from None


def _read(path: str) -> list[UUID]:
    if path == "-":
        return [UUID(line.strip()) for line in sys.stdin if line.strip()]
    with open(path, encoding="utf-8") as lines:
        return [UUID(line.strip()) for line in lines if line.strip()]
