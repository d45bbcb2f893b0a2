"""Background work of this room."""

import logging

from celery import shared_task

from governance.people.services import system_account
from governance.training import scans

log = logging.getLogger(__name__)


@shared_task(expires=800)
def keep_clock() -> None:
    """Tell whoever is to be told of rules and lapses. A scan: run twice it tells nothing the second time."""
    for what, count in scans.keep_clock(by=system_account()).items():
        if count:
            log.info("Training: %s: %s", what, count)
