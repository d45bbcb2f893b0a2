"""What falls due in this room with nobody asking: notices of looks that a legal request delayed."""

import logging

from governance.decisions import queries
from governance.decisions.services import give_notice
from governance.people.models import User
from ground import clock
from ground.errors import HouseError

log = logging.getLogger(__name__)


def give_notices(*, by: User) -> int:
    """Give the notices whose delay is over; gives how many were told. One that cannot be given now keeps no other waiting."""
    told = 0
    for notice in list(queries.notices_due(clock.now())):
        try:
            told += give_notice(notice=notice, by=by)
        except HouseError as obstacle:
            log.warning("left to the next scan: notice %s: %s", notice.pk, obstacle.detail)
    return told
