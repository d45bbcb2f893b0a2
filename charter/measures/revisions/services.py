"""Revisions: found by the clock, proposed by the metric's owner, confirmed by an auditor, and only then published."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.measures import permissions
from charter.measures.events import RevisionConfirmed, RevisionEnded, RevisionFound, RevisionProposed
from charter.measures.models import (
    Attribution,
    PublishedValue,
    PublishingRun,
    RevisedValue,
    Revision,
    RunState,
    Snapshot,
    Trace,
)
from charter.measures.publishing.standing import hash_measure
from charter.measures.publishing.trace_key import find_measure, name_trace_key
from charter.measures.revisions.seeking import FoundRevision, RevisedCell
from charter.measures.states import OPEN, REVISION_TRANSITIONS, RevisionState
from charter.measures.values.traces import REVISED_BACK_DAYS, Element
from charter.registry.document import Measure
from charter.registry.locks import take_metric
from charter.registry.queries import load_document
from governance.notices.services import notify
from governance.people.models import GrantedRole, RoleGrant, User
from ground import calendar, clock, records
from ground.errors import BadInput, Conflict
from ground.promises import promised

LONGEST_REASON = 2000


def keep_found(*, found: Iterable[FoundRevision], snapshot: Snapshot, by: User) -> list[Revision]:
    """Keep the revisions that were found, in the caller's transaction; open ones that say something else are out of date.

    What was declined is not found again until it would change something else.
    """
    kept = []
    for each in sorted(found, key=lambda each: each.charter.slug):
        take_metric(each.charter.slug)
        same = Revision.objects.filter(metric_id=each.charter.metric_id, content_hash=each.content_hash)
        if same.exclude(state__in=[RevisionState.CONFIRMED, RevisionState.OUTDATED]).exists():
            continue
        for former in Revision.objects.filter(metric_id=each.charter.metric_id, state__in=OPEN):
            _end(former, RevisionState.OUTDATED, _("Other rows have come since."), by)
        kept.append(_keep(each, snapshot, by))
    return kept


@transaction.atomic(durable=True)
def propose_revision(*, revision: Revision, reason: str, by: User) -> Revision:
    """The metric's owner puts forward what was found, and says why the rows came late. Then an auditor can confirm it."""
    permissions.check_can_propose(by, revision.metric)
    revision = _lock(revision)
    REVISION_TRANSITIONS.check(revision.state, RevisionState.PROPOSED)
    revision.reason = _check_reason(reason)
    revision.state, revision.proposed_at, revision.proposed_by = RevisionState.PROPOSED, clock.now(), by
    revision.save(update_fields=["state", "proposed_at", "proposed_by", "reason"])
    ledger.append(
        RevisionProposed(revision=revision.pk, metric=revision.metric.slug, reason=revision.reason),
        by=by.actor,
    )
    for auditor in _list_auditors():
        if auditor != by:
            _tell(auditor, revision, "proposed", _("A revision of %(metric)s waits for an auditor"), by)
    return revision


@transaction.atomic(durable=True)
def confirm_revision(*, revision: Revision, by: User) -> Revision:
    """An auditor, who is not who proposed it, puts the new values in place; the old ones stay, superseded.

    Conflict where a value was superseded meanwhile, by a new measure for example.
    """
    permissions.check_can_confirm(by, revision)
    revision = _lock(revision)
    REVISION_TRANSITIONS.check(revision.state, RevisionState.CONFIRMED)
    permissions.check_can_confirm(by, revision)
    now = clock.now()
    run = records.insert(
        PublishingRun(
            state=RunState.DONE,
            started_at=now,
            started_by=by,
            ended_at=now,
            snapshot=revision.snapshot,
            values_written=revision.values.count(),
        )
    )
    _replace_values(revision, run, by)
    _replace_traces(revision)
    _attribute_anew(revision, now)
    revision.state, revision.ended_at, revision.ended_by, revision.run = RevisionState.CONFIRMED, now, by, run
    revision.save(update_fields=["state", "ended_at", "ended_by", "run"])
    ledger.append(
        RevisionConfirmed(
            revision=revision.pk,
            metric=revision.metric.slug,
            values=run.values_written,
            snapshot=revision.snapshot.content_hash,
        ),
        by=by.actor,
    )
    _tell(revision.metric.owner, revision, "confirmed", _("The revision of %(metric)s is published"), by)
    return revision


@transaction.atomic(durable=True)
def decline_revision(*, revision: Revision, reason: str, by: User) -> Revision:
    """The owner or an auditor leaves the values as they are, and says why."""
    permissions.check_can_decline(by, revision.metric)
    revision = _lock(revision)
    _end(revision, RevisionState.DECLINED, _check_reason(reason), by)
    return revision


def keep_traces(*, metric_id: UUID, measure: Measure, traces: dict[Element, str]) -> None:
    """Keep the marks of what was published for the first time, in the caller's transaction; those there are stay.

    Traces of another measure go with its values, and those of months that nothing revises any more.
    """
    key_id = name_trace_key(measure)
    Trace.objects.filter(metric_id=metric_id).exclude(key_id__endswith=find_measure(key_id)).delete()
    # A month is traced once: what came later, even of a team that had nothing, is what a revision is about.
    known = set(Trace.objects.filter(metric_id=metric_id, revision=None).values_list("month", flat=True))
    Trace.objects.bulk_create(
        (
            Trace(metric_id=metric_id, team=team, month=month, marks=marks, key_id=key_id)
            for (team, month), marks in sorted(traces.items())
            if month not in known
        ),
        batch_size=2000,
    )
    oldest = calendar.today() - timedelta(days=REVISED_BACK_DAYS + 31)
    Trace.objects.filter(metric_id=metric_id, month__lt=oldest).delete()


def _keep(found: FoundRevision, snapshot: Snapshot, by: User) -> Revision:
    revision = records.insert(
        Revision(
            metric_id=found.charter.metric_id,
            content_hash=found.content_hash,
            people=found.people,
            digests=_by_month(found.digests),
            left_behind=list(found.left_behind),
            snapshot=snapshot,
        )
    )
    RevisedValue.objects.bulk_create(
        RevisedValue(revision=revision, **_new_value(cell)) for cell in found.cells
    )
    key_id = name_trace_key(found.charter.measure)
    Trace.objects.bulk_create(
        Trace(
            metric_id=revision.metric_id,
            team=team,
            month=month,
            marks=marks,
            key_id=key_id,
            revision=revision,
        )
        for (team, month), marks in sorted(found.traces.items())
    )
    ledger.append(
        RevisionFound(revision=revision.pk, metric=found.charter.slug, values=len(found.cells)), by=by.actor
    )
    _tell(revision.metric.owner, revision, "found", _("Rows came late: %(metric)s could be revised"), by)
    return revision


def _by_month(digests: Mapping[Element, str]) -> dict[str, dict[str, str]]:
    months: dict[str, dict[str, str]] = defaultdict(dict)
    for (team, month), digest in sorted(digests.items()):
        months[month.isoformat()][team] = digest
    return months


def _new_value(cell: RevisedCell) -> dict[str, object]:
    new, made = cell.new, cell.new.estimate
    numbers = {name: getattr(made, name) if made else None for name in ("value", "low", "high")}
    told = {"n": new.n, "people": new.people, "coverage": new.coverage}
    return {
        "old": cell.old,
        "withheld": str(new.withheld),
        "bound": made.bound if made else "",
        **numbers,
        **told,
    }


def _replace_values(revision: Revision, run: PublishingRun, by: User) -> None:
    values = list(revision.values.select_related("old"))
    current = PublishedValue.objects.filter(pk__in=[value.old_id for value in values], superseded_at=None)
    if current.update(superseded_at=run.started_at, superseded_by=by) != len(values):
        raise Conflict(
            _(
                "Some of these values have been replaced meanwhile. The clock looks again when it publishes next."
            ),
            code="revision_out_of_date",
        )
    PublishedValue.objects.filter(pk__in=revision.left_behind).update(left_behind_at=run.started_at)
    PublishedValue.objects.bulk_create(_make_value(value, run, revision) for value in values)


def _make_value(value: RevisedValue, run: PublishingRun, revision: Revision) -> PublishedValue:
    kept = ("metric_id", "charter_version_id", "cohort_id", "period_kind", "starts_on", "ends_on", "teams")
    told = ("value", "low", "high", "bound", "n", "people", "coverage", "withheld")
    return PublishedValue(
        **{name: getattr(value.old, name) for name in kept},
        **{name: getattr(value, name) for name in told},
        run=run,
        snapshot=revision.snapshot,
        published_at=run.started_at,
    )


def _replace_traces(revision: Revision) -> None:
    """What the new values were made from is what later rows are compared with."""
    pending = list(revision.traces.all())
    for trace in pending:
        Trace.objects.filter(
            metric_id=trace.metric_id, team=trace.team, month=trace.month, revision=None
        ).delete()
    revision.traces.all().delete()
    Trace.objects.bulk_create(
        Trace(
            metric_id=trace.metric_id,
            team=trace.team,
            month=trace.month,
            marks=trace.marks,
            key_id=trace.key_id,
        )
        for trace in pending
    )


def _attribute_anew(revision: Revision, at: datetime) -> None:
    """What the new values were made from is what the guard compares the warehouse with. What was told before stays known to it."""
    versions = {value.old.charter_version_id for value in revision.values.select_related("old")}
    for hashed in sorted({hash_measure(promised(load_document(key).what.measure)) for key in versions}):
        for month, teams in revision.digests.items():
            last = Attribution.objects.filter(measure_hash=hashed, month=month).last()
            if last is not None:
                kept = {"measure_hash": hashed, "month": month, "teams": {**last.teams, **teams}}
                records.insert(Attribution(**kept, kept_at=at, revision=revision))


def _end(revision: Revision, state: RevisionState, because: str, by: User) -> None:
    REVISION_TRANSITIONS.check(revision.state, state)
    revision.state, revision.ended_at, revision.ended_by = state, clock.now(), by
    revision.ended_because = because
    revision.save(update_fields=["state", "ended_at", "ended_by", "ended_because"])
    revision.traces.all().delete()
    ended = RevisionEnded(
        revision=revision.pk, metric=revision.metric.slug, state=state.value, because=because
    )
    ledger.append(ended, by=by.actor)


def _lock(revision: Revision) -> Revision:
    """The revision as it is now, with its metric taken alone, as by whatever changes values."""
    take_metric(revision.metric.slug)
    return (
        Revision.objects.select_for_update(of=("self",))
        .select_related("metric__owner", "snapshot")
        .get(pk=revision.pk)
    )


def _check_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise BadInput(_("Say why, in a sentence or two."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise BadInput(_("Give at most %(most)d characters.") % {"most": LONGEST_REASON}, field="reason")
    return reason


def _list_auditors() -> list[User]:
    grants = RoleGrant.objects.on(calendar.today()).filter(role=GrantedRole.AUDITOR)
    return list(User.objects.filter(role_grants__in=grants, is_active=True).distinct().order_by("pk"))


def _tell(to: User, revision: Revision, what: str, subject: str, by: User) -> None:
    notify(
        to=to,
        kind=f"revision.{what}",
        subject=subject % {"metric": revision.metric.name},
        text=_("The page shows what would change, by how much, and what to do."),
        path=f"/revisions/{revision.pk}",
        once=f"revision:{revision.pk}:{what}",
        by=by,
    )
