"""What falls due by itself: the draw of a month that is over, reviewers for what waits, reminders."""

from datetime import timedelta

from audits.reviews import queries, services
from governance.people.models import User
from ground import calendar
from ground.scans import Scan, Step

SAMPLED_REVIEWS: Scan[User] = Scan(
    "sampled_reviews",
    every=timedelta(hours=1),
    minute=20,
    steps=(
        Step(
            "months drawn",
            due=lambda _by: queries.list_months_due(calendar.today()),
            act=lambda month, by: services.draw_month(month=month, by=by),
        ),
        Step(
            "reviewers found",
            due=lambda _by: queries.list_waiting(),
            act=lambda look, by: services.find_reviewer(look=look, by=by),
        ),
        Step(
            "reviewers reminded",
            due=lambda _by: queries.list_overdue(calendar.today()),
            act=lambda look, by: services.remind(look=look, by=by),
        ),
    ),
)
