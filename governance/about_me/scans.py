"""What falls due by itself: telling people in writing what is measured about them, by their first day and before it changes."""

from datetime import timedelta

from governance.about_me.queries.telling import list_due
from governance.about_me.services import tell_inclusion
from governance.people.models import User
from ground import calendar
from ground.scans import Scan, Step

INCLUSIONS: Scan[User] = Scan(
    "inclusions_told",
    every=timedelta(minutes=15),
    minute=5,
    steps=(
        Step(
            "people told what is measured about them",
            due=lambda by: list_due(calendar.today()),
            act=lambda telling, by: tell_inclusion(telling=telling, by=by),
        ),
    ),
)
