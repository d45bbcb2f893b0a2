"""What falls due by itself: making evidence packs that were asked for."""

from datetime import timedelta

from audits.packs import queries, services
from governance.people.models import User
from ground.scans import Scan, Step

EVIDENCE_PACKS: Scan[User] = Scan(
    "evidence_packs",
    every=timedelta(minutes=1),
    silence=timedelta(minutes=10),
    steps=(
        Step(
            "packs made",
            due=lambda _by: queries.list_asked(),
            act=lambda pack, by: services.make_pack(pack=pack, by=by),
        ),
    ),
)
