"""A day that passed with nothing done: on the log, and told to the board. What is held stays held."""

from django.db import transaction

from audits.ledger import services as ledger
from governance.appeals.events import AppealClockMissed
from governance.appeals.models import Clock
from governance.appeals.services import notifications
from governance.people.models import User
from ground import calendar, clock


@transaction.atomic(durable=True)
def escalate_clock(*, missed: Clock, by: User) -> bool:
    """Tell the board outside of the lines that a clock was missed, once; whether it was told."""
    found = Clock.objects.select_for_update(of=("self",)).select_related("appeal").get(pk=missed.pk)
    if found.met_at is not None or found.missed_at is not None or found.due_on >= calendar.today():
        return False
    found.missed_at = clock.now()
    found.save(update_fields=["missed_at"])
    event = AppealClockMissed(
        appeal=found.appeal_id, appeal_kind=found.appeal.kind, clock=found.kind, due=found.due_on
    )
    ledger.append(event, by=by.actor)
    notifications.notify_missed(found.appeal, found)
    return True
