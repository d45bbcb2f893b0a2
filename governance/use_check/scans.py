"""What the clock does by itself: checking files of intended uses."""

from datetime import timedelta

from governance.people.models import User
from governance.use_check.queries import list_waiting_bulks
from governance.use_check.services import work_bulk
from ground.scans import Scan, Step

BULK_CHECKS: Scan[User] = Scan(
    "bulk_checks",
    every=timedelta(seconds=10),
    silence=timedelta(minutes=5),
    steps=(
        Step(
            "rows of intended uses checked",
            due=lambda by: list_waiting_bulks(),
            act=lambda key, by: work_bulk(key=key, by=by),
        ),
    ),
)
