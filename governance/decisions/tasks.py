"""Background work of this room."""

import logging

from celery import shared_task

from governance.decisions import scans
from governance.people.services import system_account

log = logging.getLogger(__name__)


@shared_task(expires=800)
def give_notices() -> None:
    """Give delayed notices that are due. A scan: run twice it gives none the second time, run late it catches up."""
    told = scans.give_notices(by=system_account())
    if told:
        log.info("Delayed notices of looks given: %s", told)
