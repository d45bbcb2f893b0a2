"""Handing in outcomes to be audited, by whichever door, and discarding them again."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audits.fairness import outcome_rows, permissions
from audits.fairness.events import OutcomesDiscarded, OutcomesHandedIn
from audits.fairness.models import OutcomeSet
from audits.fairness.outcome_rows import OutcomeRow
from audits.ledger import services as ledger
from charter.programme.models import DecisionKind
from charter.registry.models import Metric
from charter.rules.vocabulary import DecisionGroup, DecisionType
from governance.people.models import Person, User
from ground import calendar, clock, records
from ground.errors import BadInput, Conflict
from ground.ids import new_id
from ground.parsing import read_prose


@transaction.atomic(durable=True)
def hand_in_outcomes(
    *,
    decision: DecisionType,
    starts_on: date,
    ends_on: date,
    metrics: Sequence[str],
    rows: Sequence[OutcomeRow],
    favourable_from: float | None,
    by: User,
) -> OutcomeSet:
    """Hand in the outcomes of a decision about people, for an auditor to audit.

    `ends_on` is out; `metrics` are the slugs of those that the decision looked at. Ratings need `favourable_from`, from which on
    one counts as selected; selections need it to be None. Raises NotPermitted; BadInput naming what is at fault; Conflict where the
    same outcomes were handed in before.
    """
    if not metrics:
        raise BadInput(_("Name the metrics that the decision looked at, each once."), field="metrics")
    return store_outcomes(
        decision=decision,
        starts_on=starts_on,
        ends_on=ends_on,
        metrics=metrics,
        rows=rows,
        favourable_from=favourable_from,
        by=by,
    )


@transaction.atomic
def store_outcomes(
    *,
    decision: DecisionType,
    starts_on: date,
    ends_on: date,
    metrics: Sequence[str],
    rows: Sequence[OutcomeRow],
    favourable_from: float | None,
    by: User,
) -> OutcomeSet:
    """The same within a transaction of the caller's, who writes down in it what they were of, and may look at no metric.

    Calibration does so, where people announced before what is looked at; of a file, none is more likely one forgotten.
    """
    permissions.check_can_hand_in(by)
    _check_about(decision, starts_on, ends_on, metrics)
    named = {each for row in rows for each in (row.person, row.manager)}
    known = set(Person.objects.filter(external_id__in=named).values_list("external_id", flat=True))
    outcome_rows.check_rows(rows, metrics=metrics, rated=favourable_from is not None, known=known)
    about = (decision.value, starts_on, ends_on, sorted(metrics), favourable_from)
    return _record(
        OutcomeSet(
            id=new_id(),
            decision=decision,
            starts_on=starts_on,
            ends_on=ends_on,
            metrics=sorted(metrics),
            favourable_from=favourable_from,
            people=len({row.person for row in rows}),
            content_hash=outcome_rows.hash_rows(rows, about),
            handed_in_by=by,
        ),
        rows,
        by,
    )


def _check_about(decision: DecisionType, starts_on: date, ends_on: date, metrics: Sequence[str]) -> None:
    if not DecisionKind.objects.filter(slug=decision, group=DecisionGroup.PEOPLE).exists():
        raise BadInput(_("Choose a decision about people that the programme has declared."), field="decision")
    if ends_on <= starts_on:
        raise BadInput(_("The last day must come after the first."), field="ends_on")
    if ends_on > calendar.today():
        raise BadInput(_("The period is not over yet."), field="ends_on")
    if len(set(metrics)) < len(metrics):
        raise BadInput(_("Name the metrics that the decision looked at, each once."), field="metrics")
    found = set(Metric.objects.filter(slug__in=metrics, current__isnull=False).values_list("slug", flat=True))
    if missing := sorted(set(metrics) - found):
        raise BadInput(
            _("No charter is in force for: %(names)s") % {"names": ", ".join(missing)}, field="metrics"
        )


def _record(outcomes: OutcomeSet, rows: Sequence[OutcomeRow], by: User) -> OutcomeSet:
    if OutcomeSet.objects.filter(content_hash=outcomes.content_hash).exists():
        raise Conflict(_("These outcomes were handed in before."), code="handed_in_before")
    outcomes.sealed = outcome_rows.seal(rows, outcomes.pk)
    records.insert(outcomes)
    handed_in = OutcomesHandedIn(
        outcomes=outcomes.pk,
        decision=outcomes.decision,
        starts_on=outcomes.starts_on,
        ends_on=outcomes.ends_on,
        metrics=outcomes.metrics,
        people=outcomes.people,
        content_hash=outcomes.content_hash,
    )
    ledger.append(handed_in, by=by.actor)
    return outcomes


@transaction.atomic(durable=True)
def discard_outcomes(*, outcomes: OutcomeSet, reason: str, by: User) -> OutcomeSet:
    """Erase outcomes that were handed in and not audited, such as wrong ones. Raises Conflict where they are erased already."""
    permissions.check_can_hand_in(by)
    reason = read_prose(reason, field="reason")
    if not reason:
        raise BadInput(_("Say why they are discarded."), field="reason", code="required")
    outcomes = lock(outcomes)
    erase(outcomes)
    ledger.append(OutcomesDiscarded(outcomes=outcomes.pk, reason=reason), by=by.actor)
    return outcomes


def lock(outcomes: OutcomeSet) -> OutcomeSet:
    """The outcomes as they are now, held. Raises Conflict where they are erased already."""
    found = OutcomeSet.objects.select_for_update().get(pk=outcomes.pk)
    if found.sealed is None:
        raise Conflict(_("These outcomes were audited or discarded already."), code="erased")
    return found


def erase(outcomes: OutcomeSet) -> None:
    """A step of what ends the waiting of outcomes, which appends."""
    outcomes.sealed, outcomes.erased_at = None, clock.now()
    outcomes.save(update_fields=["sealed", "erased_at"])
