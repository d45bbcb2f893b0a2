"""People's own numbers come after their team's: a metric proves itself at team grain for a review period first (S39)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _

from charter.authoring.lint import Finding, Severity
from charter.programme.models import Programme
from charter.registry.document import CharterDocument
from charter.registry.models import CharterVersion
from charter.rules.vocabulary import Grain
from ground import clock
from ground.promises import promised

RULE = "CH44"


def find_person_grain_faults(document: CharterDocument, programme: Programme) -> Iterator[Finding]:
    """What lint cannot see without the registry: person grain before the teams' had stood long enough."""
    if Grain.PERSON not in document.what.grains:
        return
    needed = timedelta(days=programme.review_days)
    stood = measure_team_standing(document.metric)
    if stood < needed:
        yield Finding(
            Severity.ERROR, RULE, "what.grains", _said(programme.review_days), _mend(programme, stood)
        )


def measure_team_standing(metric: str) -> timedelta:
    """How long charters of a metric have been approved at team grain, taken together; a pilot is no approval."""
    # What the board approved has a review due; what was only tried out has not.
    approved = CharterVersion.objects.filter(metric__slug=metric, review_due_on__isnull=False)
    spans = approved.values_list("activated_at", "ended_at", "expires_at", "grains")
    return sum(
        (
            _until(ended, expires) - promised(begun)
            for begun, ended, expires, grains in spans
            if Grain.TEAM in grains
        ),
        timedelta(),
    )


def _until(*ends: datetime | None) -> datetime:
    """The first of these moments, or now where none has come yet."""
    return min(clock.now(), *(each for each in ends if each is not None))


def _said(days: int) -> str:
    return _(
        "A metric tells of teams for a review period (%(days)s days) before it may tell of single people."
    ) % {"days": days}


def _mend(programme: Programme, stood: timedelta) -> str:
    """Where it is approved for teams already, the first whole day on which it may be handed in."""
    if not stood:
        return _("Leave out the grain “person” for now. Hand in a new version with it after that time.")
    moment = clock.now() + timedelta(days=programme.review_days) - stood
    day = moment.astimezone(ZoneInfo(programme.time_zone)).date() + timedelta(days=1)
    return _("Leave out the grain “person”, or hand this in on %(day)s if it stays approved until then.") % {
        "day": formats.date_format(day)
    }
