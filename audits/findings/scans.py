"""What falls due by itself: looking, once an hour, for what is odd in how values are asked for."""

from datetime import timedelta

from audits.findings import services
from governance.people.models import User
from ground.scans import Scan, Step

MISUSE_FINDINGS: Scan[User] = Scan(
    "misuse_findings",
    every=timedelta(hours=1),
    minute=35,
    steps=(
        Step(
            "findings made",
            due=lambda by: services.look_for_all(by=by),
            act=lambda suspicion, by: services.record_finding(suspicion=suspicion, by=by),
        ),
    ),
)
