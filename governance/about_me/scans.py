"""What falls due by itself: telling people what is measured about them, by their first day and before it changes; mails to who left."""

from datetime import timedelta

from governance.about_me.private_addresses import list_waiting, send_waiting
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

# Soon, as somebody sits before a page and waits for the link.
LEAVER_MAIL: Scan[User] = Scan(
    "leaver_mail",
    every=timedelta(minutes=1),
    steps=(
        Step(
            "mails to private addresses",
            due=lambda by: list_waiting(),
            act=lambda mail, by: send_waiting(mail=mail),
        ),
    ),
)
