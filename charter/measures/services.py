"""The publishing of values: one run at a time, which writes all of its values or none."""

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.measures import warehouse
from charter.measures.models import PublishedValue, PublishingRun, RunState, Snapshot
from charter.measures.permissions import check_can_publish
from charter.measures.publishing import Charter, Outcome, Publisher, Value, charters_in_force
from charter.registry.locks import take_metric
from governance.people.models import User
from ground import clock
from ground.errors import Conflict, HouseError, Unavailable
from ground.ids import new_id

Progress = Callable[[str, int, int], None]

logger = logging.getLogger(__name__)

# Any number will do, as long as no other part of the house locks on it.
_ONE_RUN = 0x6D63_7075_626C
# PostgreSQL takes 65,535 parameters a statement.
_UPDATE_ROWS = 10_000
_COLUMNS = (
    "id", "metric_id", "charter_version_id", "cohort_id", "period_kind", "starts_on", "ends_on", "value", "low",
    "high", "bound", "n", "people", "coverage", "withheld", "run_id", "snapshot_id", "published_at",
)  # fmt: skip


def publish(
    *,
    by: User,
    through: date | None = None,
    only: Collection[str] | None = None,
    progress: Progress | None = None,
) -> PublishingRun:
    """Publish the missing values of every charter in force, for all registered cohorts and closed periods.

    Published values are frozen, so a second run adds nothing. `through` leaves out periods that end later, `only`
    names metrics by slug; `progress` is told the stage and how much of it is done. Raises Conflict while another run
    goes on, BadInput for a metric without a charter in force, Unavailable where the warehouse fails: the run is then
    kept as failed and nothing else changes.
    """
    check_can_publish(by)
    with _one_at_a_time():
        run = _start(by)
        try:
            return _publish(run, by, through, only, progress or _quietly)
        except Exception as error:
            _fail(run, by, error)
            raise


def _quietly(stage: str, done: int, total: int) -> None:
    pass


def _publish(
    run: PublishingRun, by: User, through: date | None, only: Collection[str] | None, progress: Progress
) -> PublishingRun:
    charters = charters_in_force(now=run.started_at, only=only)
    with _open_warehouse() as source, Publisher(source, now=run.started_at, through=through) as publisher:
        outcomes = list(_work_out(publisher, charters, progress))
        progress(_("Taking a snapshot of the sources"), len(charters), len(charters))
        content_hash, tables = source.snapshot(frozenset().union(*(outcome.sources for outcome in outcomes)))
    progress(_("Writing"), len(charters), len(charters))
    with transaction.atomic(durable=True):
        snapshot, _created = Snapshot.objects.get_or_create(
            content_hash=content_hash, defaults={"url": source.url, "tables": tables}
        )
        return _finish(run, by, snapshot, outcomes)


def _work_out(publisher: Publisher, charters: Sequence[Charter], progress: Progress) -> Iterator[Outcome]:
    for done, charter in enumerate(charters):
        progress(charter.slug, done, len(charters))
        yield publisher.work_out(charter)


def _open_warehouse() -> warehouse.Warehouse:
    if not settings.WAREHOUSE_URL:
        raise Unavailable(
            _("No warehouse is connected. Set WAREHOUSE_URL, for example to duckdb:///absolute/path."),
            code="warehouse_unavailable",
        )
    return warehouse.connect(settings.WAREHOUSE_URL)


def _start(by: User) -> PublishingRun:
    """Open the run; runs that a killed process left open are closed, as only one can go on."""
    now = clock.now()
    with transaction.atomic(durable=True):
        PublishingRun.objects.filter(state=RunState.RUNNING).update(
            state=RunState.FAILED, ended_at=now, error=_("The run was interrupted before it wrote anything.")
        )
        run = PublishingRun.objects.create(started_by=by, started_at=now)
        ledger.append(kind="measures.publishing.started", payload={"run": run.pk}, by=by.actor)
    return run


def _finish(run: PublishingRun, by: User, snapshot: Snapshot, outcomes: Sequence[Outcome]) -> PublishingRun:
    values = [value for outcome in outcomes for value in outcome.values]
    superseded = sum(_supersede(outcome, by) for outcome in sorted(outcomes, key=lambda each: each.slug))
    _write(values, run, snapshot)
    run.state, run.ended_at = RunState.DONE, clock.now()
    run.snapshot, run.values_written = snapshot, len(values)
    run.save(update_fields=["state", "ended_at", "snapshot", "values_written"])
    payload = {
        "run": run.pk,
        "snapshot": snapshot.content_hash,
        "values": len(values),
        "withheld": sum(bool(value.withheld) for value in values),
        "superseded": superseded,
        "metrics": {outcome.slug: len(outcome.values) for outcome in outcomes},
    }
    ledger.append(kind="measures.published", payload=payload, by=by.actor)
    return run


def _fail(run: PublishingRun, by: User, error: Exception) -> None:
    """Keep why the run failed, in words that hold no value and no password, and let the error go on."""
    if isinstance(error, HouseError):
        sentence = error.detail
    else:
        logger.exception("Publishing run %s failed", run.pk)
        sentence = _("A fault in the program stopped the run (%(kind)s).") % {"kind": type(error).__name__}
    with transaction.atomic(durable=True):
        run.state, run.ended_at, run.error = RunState.FAILED, clock.now(), sentence
        run.snapshot, run.values_written = None, 0
        run.save(update_fields=["state", "ended_at", "error", "snapshot", "values_written"])
        ledger.append(
            kind="measures.publishing.failed", payload={"run": run.pk, "error": sentence}, by=by.actor
        )


def _supersede(outcome: Outcome, by: User) -> int:
    """Superseded values stay, for handlers of appeals and auditors alone; gives how many they are.

    The metric is taken alone first, as by every revision, so that none slips between an answer's facts and rows.
    """
    if not outcome.superseded:
        return 0
    take_metric(outcome.slug)
    now = clock.now()
    for start in range(0, len(outcome.superseded), _UPDATE_ROWS):
        part = outcome.superseded[start : start + _UPDATE_ROWS]
        PublishedValue.objects.filter(pk__in=part).update(superseded_at=now, superseded_by=by)
    return len(outcome.superseded)


def _write(values: Sequence[Value], run: PublishingRun, snapshot: Snapshot) -> None:
    """By COPY, which takes tens of thousands of rows in a second."""
    now = clock.now()
    statement = f"COPY {PublishedValue._meta.db_table} ({', '.join(_COLUMNS)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as rows:
        for value in values:
            made = value.estimate
            rows.write_row(
                [
                    new_id(),
                    value.metric_id,
                    value.version_id,
                    value.cohort_id,
                    value.span.kind.value,
                    value.span.starts_on,
                    value.span.ends_on,
                    *((made.value, made.low, made.high, made.bound) if made else (None, None, None, "")),
                    value.n,
                    value.people,
                    value.coverage,
                    str(value.withheld),
                    run.pk,
                    snapshot.pk,
                    now,
                ]
            )


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold the run's lock for this connection; PostgreSQL lets go of it when the process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_ONE_RUN])
        if not cursor.fetchone()[0]:
            raise Conflict(
                _("Values are being published already. Wait for that run to end."), code="publishing_now"
            )
    try:
        yield
    finally:
        # A broken connection has let go of the lock already.
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ONE_RUN])
