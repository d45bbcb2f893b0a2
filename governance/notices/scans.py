"""What falls due in this app with nobody asking: notices that wait to be mailed."""

from datetime import timedelta

from django.utils.translation import gettext as _

from governance.notices import mailing
from governance.people.models import User
from ground import scans
from ground.errors import Unavailable


def _send(_waiting: object, by: User) -> int:
    """Mail what waits. Raises Unavailable where the mail server is away: nothing is lost, the next pass tries again."""
    try:
        return mailing.send_waiting(by=by)
    except OSError as away:
        raise Unavailable(_("The mail server does not answer: %(why)s") % {"why": away}) from away


# One step for all of them: a mailing claims its notices itself, over one connection.
MAIL = scans.Scan(
    "mail", every=timedelta(minutes=1), steps=(scans.Step("notices mailed", lambda by: [by], _send),)
)
