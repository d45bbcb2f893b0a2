"""What falls due in this app with nobody asking: notices of looks that a legal request delayed."""

from datetime import timedelta

from governance.decisions import queries
from governance.decisions.services import give_notice, repeats
from governance.decisions.services.replays import work_replay
from governance.people.models import User
from ground import clock, scans

DELAYED_NOTICES: scans.Scan[User] = scans.Scan(
    "delayed_notices",
    every=timedelta(minutes=15),
    minute=10,
    steps=(
        scans.Step(
            "notices given",
            due=lambda by: queries.list_due_notices(clock.now()),
            act=lambda notice, by: give_notice(notice=notice, by=by),
        ),
    ),
)

REPLAYS: scans.Scan[User] = scans.Scan(
    "replays",
    every=timedelta(seconds=10),
    silence=timedelta(minutes=5),
    steps=(
        scans.Step(
            "questions decided anew",
            due=lambda by: queries.list_waiting_replays(),
            act=lambda key, by: work_replay(key=key, by=by),
        ),
    ),
)

KEPT_ANSWERS: scans.Scan[User] = scans.Scan(
    "kept_answers",
    every=timedelta(minutes=15),
    minute=5,
    steps=(
        scans.Step(
            "kept answers forgotten",
            due=lambda by: [by],
            act=lambda _due, _by: repeats.forget_old_answers(),
        ),
    ),
)
