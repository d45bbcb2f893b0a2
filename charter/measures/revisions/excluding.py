"""Leaving events out of values: noted at once, and taken in by the next revision that touches enough people."""

from datetime import date

from django.db import transaction

from audits.ledger import services as ledger
from charter.measures.events import EventsExcluded
from charter.measures.models import Exclusion
from charter.measures.permissions import check_can_exclude
from charter.registry.models import Metric
from governance.people.models import Person, Team, User
from ground import records


@transaction.atomic
def exclude_events(
    *,
    metric: Metric,
    starts_on: date,
    ends_on: date,
    reason: str,
    by: User,
    person: Person | None = None,
    team: Team | None = None,
) -> Exclusion:
    """Leave out of a metric's values what a person or a team did in a window, in the caller's transaction; once is enough.

    Metrics that are made of the same measure leave it out as well: they read the same events.
    """
    check_can_exclude(by)
    whose = {"metric": metric, "person": person, "team": team, "starts_on": starts_on, "ends_on": ends_on}
    known = Exclusion.objects.filter(**whose).first()
    if known is not None:
        return known
    made = records.insert(Exclusion(**whose, reason=reason, made_by=by))
    event = EventsExcluded(
        exclusion=made.pk,
        metric=metric.slug,
        person=person.external_id if person else None,
        team=team.slug if team else None,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
    )
    ledger.append(event, by=by.actor)
    return made
