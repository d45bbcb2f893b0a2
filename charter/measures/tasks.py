"""Background work of this room."""

from celery import shared_task

from charter.measures import queries, services
from governance.people.services import system_account
from ground.errors import Conflict


@shared_task(expires=3000)
def publish_closed_periods() -> None:
    """Publish what has become due. A scan: run twice it does nothing the second time, run late it catches up."""
    if not queries.is_publishing_due():
        return
    try:
        services.publish(by=system_account())
    except Conflict as busy:
        # Somebody publishes already, or there is no programme yet: the next scan will look again.
        if busy.code not in {"publishing_now", "no_programme"}:
            raise
