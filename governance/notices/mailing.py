"""Notices by e-mail: a scan of those that wait, each mailed at most once.

A notice is claimed in a transaction of its own before it is handed over, so that workers who scan at the same moment
never mail the same one. A worker that dies in between leaves it claimed: it may have been mailed, and nobody is mailed
the same thing twice; in the app it is there all the same.
"""

import logging

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.notices.events import NoticeMailed, NoticeNotMailed
from governance.notices.models import Notice
from governance.notices.states import MAIL_TRANSITIONS, Mail
from governance.people.models import User
from ground import clock

# A message that was refused so often is given up: the address is wrong, or the text is.
ATTEMPTS = 5

log = logging.getLogger(__name__)


def send_waiting(*, by: User) -> int:
    """Mail the notices that wait, oldest first; gives how many left. Raises OSError where the mail server is away.

    After one that was refused the scan ends, and the next begins with those that were never tried.
    """
    if not _waiting().exists():
        return 0
    sent = 0
    with get_connection() as connection:  # opened before anything is claimed
        while (notice := _claim()) is not None and _deliver(notice, connection, by):
            sent += 1
    return sent


def build_message(notice: Notice, connection: BaseEmailBackend | None = None) -> EmailMessage:
    """What is mailed: the notice's text, and the address of its page."""
    where = settings.BASE_URL.rstrip("/")
    closing = _("All your notices: %(address)s") % {"address": f"{where}/notices"}
    body = f"{notice.text}\n\n{where}{notice.path}\n\n-- \nMetric Charter\n{closing}\n"
    # The same name at each attempt, so that a mail server that has it already can tell.
    headers = {"Message-ID": f"<{notice.pk}@metric-charter>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(notice.subject, body, to=[notice.to.email], headers=headers, connection=connection)


def _waiting() -> QuerySet[Notice]:
    return Notice.objects.filter(mail=Mail.WAITING, to__is_active=True).exclude(to__email="")


@transaction.atomic(durable=True)
def _claim() -> Notice | None:
    """The next notice, claimed for whoever asks; one that another worker claims at this moment is passed over."""
    held = _waiting().select_for_update(skip_locked=True, of=("self",)).select_related("to")
    notice = held.order_by("mail_attempts", "given_at").first()
    if notice is not None:
        MAIL_TRANSITIONS.check(notice.mail, Mail.BEGUN)
        notice.mail, notice.mail_attempts = Mail.BEGUN, notice.mail_attempts + 1
        notice.save(update_fields=["mail", "mail_attempts"])
    return notice


def _deliver(notice: Notice, connection: BaseEmailBackend, by: User) -> bool:
    try:
        build_message(notice, connection).send()
    except Exception as error:  # whatever a mail server or its client raises, this one did not leave
        log.warning("Notice %s was not mailed: %s", notice.pk, error)
        _settle(notice, Mail.FAILED if notice.mail_attempts >= ATTEMPTS else Mail.WAITING, by)
        return False
    _settle(notice, Mail.SENT, by)
    return True


@transaction.atomic(durable=True)
def _settle(notice: Notice, outcome: Mail, by: User) -> None:
    MAIL_TRANSITIONS.check(notice.mail, outcome)
    notice.mail, notice.mailed_at = outcome, clock.now() if outcome == Mail.SENT else None
    notice.save(update_fields=["mail", "mailed_at"])
    if outcome != Mail.WAITING:
        event = NoticeMailed if outcome == Mail.SENT else NoticeNotMailed
        ledger.append(event(notice=notice.pk, attempts=notice.mail_attempts), by=by.actor)
