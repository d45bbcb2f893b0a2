"""The publishing of values: one run at a time, which writes all of its values or none."""

import json
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _
from msgspec import UNSET, structs

from audits.ledger import services as ledger
from charter.measures.events import PublishingFailed, PublishingStarted, ValuesPublished
from charter.measures.models import (
    Attribution,
    PublishedValue,
    PublishingRun,
    RunState,
    Snapshot,
    Withheld,
    Withholding,
)
from charter.measures.permissions import check_can_publish
from charter.measures.publishing.publishable import (
    CharterRun,
    CharterToPublish,
    Decision,
    Value,
    list_charters_in_force,
)
from charter.measures.publishing.publisher import Publisher
from charter.measures.revisions.seeking import (
    FoundRevision,
    Sought,
    find_revisions,
    hold_back,
    seek,
    withhold_what_changed,
)
from charter.measures.revisions.services import keep_found, keep_traces
from charter.measures.warehouse.connecting import open_warehouse
from charter.measures.warehouse.facts import Warehouse
from charter.registry.locks import take_metric
from governance.people.models import User
from ground import clock
from ground.errors import Conflict, DomainError, Unavailable
from ground.ids import new_id

Progress = Callable[[str, int, int], None]

logger = logging.getLogger(__name__)

# Any number will do, as long as no other part of the product locks on it.
_ONE_RUN = 0x6D63_7075_626C
# PostgreSQL takes 65,535 parameters a statement.
_UPDATE_ROWS = 10_000
_INSERT_ROWS = 2_000
_COLUMNS = (
    "id", "metric_id", "charter_version_id", "cohort_id", "period_kind", "starts_on", "ends_on", "value", "low",
    "high", "bound", "n", "people", "coverage", "teams", "withheld", "run_id", "snapshot_id", "published_at",
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
    charters = list_charters_in_force(now=run.started_at, only=only)
    with open_warehouse() as source, Publisher(source, now=run.started_at, through=through) as publisher:
        outcomes = list(_work_out(publisher, source, charters, progress))
        _check_any_worked_out(outcomes)
        sought = list(_seek(publisher, source, charters))
        progress(_("Deciding what may be told"), len(charters), len(charters))
        decision = publisher.decide(outcomes)
        found = hold_back(publisher, list(find_revisions(sought)))
        progress(_("Taking a snapshot of the sources"), len(charters), len(charters))
        read = frozenset().union(*(outcome.sources for outcome in outcomes))
        content_hash, tables = source.snapshot(read.union(*(each.charter.measure.sources for each in sought)))
    progress(_("Writing"), len(charters), len(charters))
    with transaction.atomic(durable=True):
        _take_metrics(found, outcomes)
        snapshot, _created = Snapshot.objects.get_or_create(
            content_hash=content_hash, defaults={"url": source.url, "tables": tables}
        )
        keep_found(found=found, snapshot=snapshot, by=by)
        return _finish(run, by, snapshot, decision)


def _take_metrics(found: Sequence[FoundRevision], outcomes: Sequence[CharterRun]) -> None:
    """Take alone each metric whose values or revisions change, in the one order in which all do."""
    slugs = {each.charter.slug for each in found} | {each.slug for each in outcomes if each.superseded}
    for slug in sorted(slugs):
        take_metric(slug)


def _work_out(
    publisher: Publisher, source: Warehouse, charters: Sequence[CharterToPublish], progress: Progress
) -> Iterator[CharterRun]:
    for done, charter in enumerate(charters):
        progress(charter.slug, done, len(charters))
        yield _work_out_or_tell(publisher, source, charter)


def _work_out_or_tell(publisher: Publisher, source: Warehouse, charter: CharterToPublish) -> CharterRun:
    """A metric that fails, whyever, tells why, and the run goes on with the next. Its sources are hashed before its values count."""
    try:
        outcome = withhold_what_changed(publisher, charter, publisher.work_out(charter))
        source.snapshot(outcome.sources)
        return outcome
    except DatabaseError:
        raise  # ours, not the warehouse's: nothing could be written anyway
    except Exception as error:
        why = _explain(error)
        logger.warning(
            "%s was not published: %s", charter.slug, why, exc_info=not isinstance(error, DomainError)
        )
        return CharterRun(charter.slug, failed=why)


def _seek(publisher: Publisher, source: Warehouse, charters: Sequence[CharterToPublish]) -> Iterator[Sought]:
    """What rows that came late would change of each metric. One that fails is looked at again by the next run."""
    for charter in charters:
        try:
            found = seek(publisher, charter)
            if found is not None:
                source.snapshot(charter.measure.sources)
                yield found
        except DatabaseError:
            raise
        except Exception as error:
            logger.warning("%s was not looked at again: %s", charter.slug, _explain(error))


def _explain(error: Exception) -> str:
    """Why something failed, in words that hold no value and no password."""
    if isinstance(error, DomainError):
        return error.detail
    return _("A fault in the program stopped it (%(kind)s).") % {"kind": type(error).__name__}


def _check_any_worked_out(outcomes: Sequence[CharterRun]) -> None:
    """Raise Unavailable where every metric failed: then it is the warehouse that does."""
    if outcomes and all(outcome.failed for outcome in outcomes):
        raise Unavailable(outcomes[0].failed, code="warehouse_unavailable")


def _start(by: User) -> PublishingRun:
    """Open the run; runs that a killed process left open are closed, as only one can go on."""
    now = clock.now()
    with transaction.atomic(durable=True):
        PublishingRun.objects.filter(state=RunState.RUNNING).update(
            state=RunState.FAILED, ended_at=now, error=_("The run was interrupted before it wrote anything.")
        )
        run = PublishingRun.objects.create(started_by=by, started_at=now)
        ledger.append(PublishingStarted(run=run.pk), by=by.actor)
    return run


def _finish(run: PublishingRun, by: User, snapshot: Snapshot, decision: Decision) -> PublishingRun:
    outcomes = decision.outcomes
    values = [value for outcome in outcomes for value in outcome.values]
    superseded = sum(_supersede(outcome, by) for outcome in sorted(outcomes, key=lambda each: each.slug))
    _write(values, run, snapshot)
    Withholding.objects.bulk_create(_count_withheld(values, run), batch_size=_INSERT_ROWS)
    for outcome in outcomes:
        if outcome.charter is not None:
            keep_traces(
                metric_id=outcome.charter.metric_id, measure=outcome.charter.measure, traces=outcome.traces
            )
    Attribution.objects.bulk_create(Attribution(**structs.asdict(kept)) for kept in decision.attributions)
    run.state, run.ended_at = RunState.DONE, clock.now()
    run.snapshot, run.values_written = snapshot, len(values)
    failed = {outcome.slug: outcome.failed for outcome in outcomes if outcome.failed}
    run.error = " ".join(f"{slug}: {why}" for slug, why in failed.items())
    run.values_withheld, run.metrics_failed = sum(bool(value.withheld) for value in values), failed
    run.save(
        update_fields=[
            "state", "ended_at", "snapshot", "values_written", "values_withheld", "metrics_failed", "error"
        ]
    )  # fmt: skip
    published = ValuesPublished(
        run=run.pk,
        snapshot=snapshot.content_hash,
        values=len(values),
        withheld=run.values_withheld,
        superseded=superseded,
        metrics={outcome.slug: len(outcome.values) for outcome in outcomes if not outcome.failed},
        failed=failed or UNSET,
    )
    ledger.append(published, by=by.actor)
    return run


def _count_withheld(values: Sequence[Value], run: PublishingRun) -> Iterator[Withholding]:
    """How many were withheld for few people, by metric, level and period: themselves too few, or for others' sake."""
    counts: dict[tuple[UUID, int, str, date], list[int]] = defaultdict(lambda: [0, 0])
    for value in values:
        found = counts[value.metric_id, value.level, value.span.kind.value, value.span.starts_on]
        found[value.protects] += value.withheld == Withheld.TOO_FEW
    for (metric, level, kind, starts_on), (themselves, others) in sorted(counts.items()):
        yield Withholding(
            run=run,
            metric_id=metric,
            level=level,
            period_kind=kind,
            starts_on=starts_on,
            themselves=themselves,
            others=others,
        )


def _fail(run: PublishingRun, by: User, error: Exception) -> None:
    """Keep why the run failed, and let the error go on."""
    sentence = _explain(error)
    if not isinstance(error, DomainError):
        logger.exception("Publishing run %s failed", run.pk)
    with transaction.atomic(durable=True):
        run.state, run.ended_at, run.error = RunState.FAILED, clock.now(), sentence
        run.snapshot, run.values_written = None, 0
        run.save(update_fields=["state", "ended_at", "error", "snapshot", "values_written"])
        ledger.append(PublishingFailed(run=run.pk, error=sentence), by=by.actor)


def _supersede(outcome: CharterRun, by: User) -> int:
    """Superseded values stay, for handlers of appeals and auditors alone; gives how many they are.

    The metric was taken alone, as by every revision, so that none slips between an answer's facts and rows.
    """
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
                    json.dumps(value.teams),
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
