"""Background work of this room."""

import logging

from celery import shared_task

from governance.board import scans
from governance.people.services import system_account

log = logging.getLogger(__name__)


@shared_task(expires=800)
def keep_clock() -> None:
    """Do whatever is due on the board. A scan: run twice it does nothing the second time, run late it catches up."""
    for what, count in scans.keep_clock(by=system_account()).items():
        if count:
            log.info("Board: %s: %s", what, count)
