"""Runs asked for from the desk: kept in the database until a worker takes them up, so that none is lost and none runs twice."""

from contextlib import suppress
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from audits.ledger import services as ledger
from charter.measures import services
from charter.measures.events import PublishingAnswered, PublishingAsked
from charter.measures.models import AskedRun, PublishingRun
from charter.measures.permissions import check_can_publish
from charter.programme.queries import get_programme
from governance.people.models import User
from ground import clock, records, scans
from ground.errors import Conflict, DomainError

# What the clock tries again at its next pass.
_LATER = frozenset({"publishing_now"})


@transaction.atomic(durable=True)
def ask_for_run(*, by: User) -> AskedRun:
    """Ask for values to be published now; a worker begins within seconds. What is frozen stays as it is.

    Raises NotPermitted; NotFound without a programme; BadInput where a run is asked for already.
    """
    check_can_publish(by)
    get_programme()
    asked = records.insert(AskedRun(asked_by=by))
    ledger.append(PublishingAsked(asked=asked.pk), by=by.actor)
    return asked


def find_waiting() -> QuerySet[AskedRun]:
    """The run that is asked for and has not ended, one at most."""
    return AskedRun.objects.filter(ended_at__isnull=True).select_related("asked_by")


def work_asked(*, key: UUID) -> int:
    """Publish as whoever asked, telling how far it is; gives how many values were written.

    Nothing where it has ended meanwhile, or another run goes on: the next pass takes it up.
    """
    asked = find_waiting().filter(pk=key).first()
    if asked is None:
        return 0
    try:
        run = services.publish(by=asked.asked_by, progress=lambda *far: _tell(key, *far))
    except Conflict as busy:
        if busy.code in _LATER:
            return 0
        _end(asked, None, busy.detail)
        return 0
    except DomainError as refused:
        _end(asked, None, refused.detail)
        return 0
    except Exception:
        # What happened stands in the failed run; whoever asked is not left waiting.
        with suppress(DatabaseError):
            _end(asked, None, "A fault in the program stopped it.")
        raise
    _end(asked, run, "")
    return run.values_written


def _tell(key: UUID, stage: str, done: int, total: int) -> None:
    AskedRun.objects.filter(pk=key).update(stage=stage[:200], done=done, total=total)
    scans.alive()


@transaction.atomic(durable=True)
def _end(asked: AskedRun, run: PublishingRun | None, error: str) -> None:
    """Whoever asked sees the run; one that failed stands among the runs as well."""
    asked.ended_at, asked.run, asked.error = clock.now(), run, error
    asked.save(update_fields=["ended_at", "run", "error"])
    answered = PublishingAnswered(asked=asked.pk, run=run.pk if run else None, error=error)
    ledger.append(answered, by=asked.asked_by.actor)
