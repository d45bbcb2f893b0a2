"""Background work of this room."""

import logging

from celery import shared_task

from governance.notices import mailing
from governance.people.services import system_account

log = logging.getLogger(__name__)


@shared_task(expires=50)
def mail_notices() -> None:
    """Mail the notices that wait. A scan: run twice it mails nothing the second time, run late it catches up."""
    try:
        mailing.send_waiting(by=system_account())
    except OSError as away:
        # Nothing is lost: the notices wait, and the next scan tries again.
        log.warning("The mail server does not answer: %s", away)
