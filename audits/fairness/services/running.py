"""Running an audit: outcomes are opened, compared, told as far as nobody can be singled out, and erased."""

from hashlib import sha256

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from audits.fairness import outcome_rows, permissions, queries, reporting
from audits.fairness.comparing import GroupFinding
from audits.fairness.events import AuditRun
from audits.fairness.limits import CONTEXT_SHARE
from audits.fairness.models import AuditedMetric, FairnessAudit, OutcomeSet, VarianceTask
from audits.fairness.reporting import Worked
from audits.fairness.services import handing_in
from audits.ledger import services as ledger
from charter.registry.models import Metric
from governance.people.models import Person, User
from ground import records
from ground.errors import BadInput
from ground.promises import promised


@transaction.atomic(durable=True)
def run_audit(*, outcomes: OutcomeSet, by: User) -> FairnessAudit:
    """Audit outcomes that were handed in, and erase them; what is told stays, for the auditor to judge.

    Raises NotPermitted where the account is no auditor's or has a stake; Conflict where they were erased already; BadInput where
    there are too few people to tell anything.
    """
    permissions.check_audits(by)
    outcomes = handing_in.lock(outcomes)
    rows = outcome_rows.unseal(bytes(promised(outcomes.sealed)), outcomes.pk)
    permissions.check_has_no_stake(by, outcomes, rows)
    least = queries.read_least()
    if outcomes.people < 2 * least:
        raise BadInput(
            _("There are too few people to compare anybody with. Discard these outcomes."), code="too_few"
        )
    worked = reporting.work_out(outcomes, rows, numbers=not queries.was_told_before(outcomes), least=least)
    audit = records.insert(FairnessAudit(outcomes=outcomes, auditor=by, results=worked.results))
    _record_metrics(audit, worked)
    _record_tasks(audit, worked)
    handing_in.erase(outcomes)
    ledger.append(_tell(audit, worked), by=by.actor)
    return audit


def _record_metrics(audit: FairnessAudit, worked: Worked) -> None:
    """Each metric's charter in force, with how much of it goes with context."""
    for metric in Metric.objects.filter(slug__in=worked.contexts, current__isnull=False).order_by("slug"):
        share = worked.contexts[metric.slug]
        records.insert(
            AuditedMetric(
                audit=audit,
                charter_version_id=promised(metric.current_id),
                context=reporting.tell_context(share) if share else None,
                exceeds=share is not None and share.exceeds(CONTEXT_SHARE),
            )
        )


def _record_tasks(audit: FairnessAudit, worked: Worked) -> None:
    """What HR has to look into: each manager who stands out (S106)."""
    names = [name for name, _gap in worked.gaps]
    persons = {each.external_id: each for each in Person.objects.filter(external_id__in=names)}
    for name, gap in worked.gaps:
        records.insert(
            VarianceTask(
                audit=audit,
                manager=persons[name],
                people=gap.people,
                others=gap.others,
                gap=gap.gap,
                low=gap.low,
                high=gap.high,
                discovery=gap.discovery,
            )
        )


def _tell(audit: FairnessAudit, worked: Worked) -> AuditRun:
    found = [each.finding for each in worked.comparison.groups]
    return AuditRun(
        audit=audit.pk,
        outcomes=audit.outcomes_id,
        people=worked.comparison.people,
        groups=len(found),
        flagged=found.count(GroupFinding.FLAGGED),
        watched=found.count(GroupFinding.WATCHED),
        managers_found=len(worked.gaps),
        results_hash=sha256(msgspec.json.encode(worked.results, order="deterministic")).hexdigest(),
    )
