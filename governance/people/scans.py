"""What falls due in this app with nobody asking: mails about passwords, and traces of sign-ins that are over."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt, AccessLog
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.people import account_mail
from governance.people.models import Session
from governance.people.sign_in import known_since
from ground.errors import Unavailable
from ground.scans import Scan, Step


def _over(_by: object) -> Iterable[QuerySet[Any]]:
    """Failures that lock nothing any more, sign-ins that make no account known any more, and sessions that are over."""
    yield Session.objects.filter(expire_date__lt=timezone.now())
    yield AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - get_cool_off())
    yield AccessLog.objects.filter(attempt_time__lt=known_since())


SIGN_IN_TRACES = Scan(
    "sign_in_traces",
    every=timedelta(hours=1),
    minute=40,
    steps=(Step("traces forgotten", _over, lambda rows, _by: rows.delete()[0]),),
)


def _send(_waiting: object, _by: object) -> int:
    """Mail what waits. Raises Unavailable where the mail server is away: nothing is lost, the next pass tries again."""
    try:
        return account_mail.send_waiting()
    except OSError as away:
        raise Unavailable(_("The mail server does not answer: %(why)s") % {"why": away}) from away


# Often, as somebody sits before a page and waits for the link.
ACCOUNT_MAIL = Scan(
    "account_mail",
    every=timedelta(seconds=15),
    steps=(Step("mails about passwords", lambda by: [by], _send),),
)
