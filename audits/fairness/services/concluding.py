"""Judging an audit: the four harm hypotheses are answered, then it is concluded, and clears its metrics or does not."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from audits.fairness import permissions, queries
from audits.fairness.comparing import GroupFinding
from audits.fairness.events import AuditConcluded, HarmAnswerGiven
from audits.fairness.limits import COUNTS_FOR
from audits.fairness.models import AuditedMetric, FairnessAudit
from audits.fairness.states import TRANSITIONS, FairnessState, HarmAnswer, HarmHypothesis
from audits.ledger import services as ledger
from charter.registry.models import ClearanceKind
from charter.registry.services import record_clearance
from governance.notices.services import notify
from governance.people.models import User
from ground import calendar, clock
from ground.errors import BadInput, Conflict
from ground.parsing import read_prose


@transaction.atomic(durable=True)
def answer_harm(
    *, audit: FairnessAudit, hypothesis: HarmHypothesis, answer: HarmAnswer, evidence: str, by: User
) -> FairnessAudit:
    """Answer one of the four hypotheses, with what the answer rests on (S102); again while the audit is being judged."""
    permissions.check_can_judge(by, audit)
    evidence = read_prose(evidence, field="evidence")
    if not evidence:
        raise BadInput(_("Say what your answer rests on."), field="evidence", code="required")
    audit = _lock(audit)
    audit.answers = {**audit.answers, hypothesis.value: {"answer": answer.value, "evidence": evidence}}
    audit.save(update_fields=["answers"])
    answered = HarmAnswerGiven(
        audit=audit.pk, hypothesis=hypothesis.value, answer=answer.value, evidence=evidence
    )
    ledger.append(answered, by=by.actor)
    return audit


@transaction.atomic(durable=True)
def conclude_audit(*, audit: FairnessAudit, by: User) -> FairnessAudit:
    """Conclude an audit: passed where no group is flagged and no harm was found; then it clears its metrics, if any, until a day.

    A metric that context explains too much of, or of which that could not be worked out, is not cleared either way. Where an earlier
    clearance ends so, everybody about whom something was decided under it is told. Raises NotPermitted; Conflict where a
    hypothesis is not answered, or the audit is concluded already.
    """
    permissions.check_can_judge(by, audit)
    audit = _lock(audit)
    if missing := [each.label for each in HarmHypothesis if each.value not in audit.answers]:
        text = _("Answer these first: %(names)s") % {"names": ", ".join(map(str, missing))}
        raise Conflict(text, code="unanswered")
    passed = not is_flagged(audit) and not finds_harm(audit)
    metrics = list(audit.metrics.select_related("charter_version__metric"))
    told = _tell_those_decided_about(audit, [] if passed else metrics, by)
    cleared = [each for each in metrics if passed and is_clear(each)]
    _close(audit, FairnessState.PASSED if passed else FairnessState.FAILED)
    _record_clearances(audit, metrics, cleared, by)
    concluded = AuditConcluded(
        audit=audit.pk,
        state=audit.state,
        cleared=[each.charter_version.metric.slug for each in cleared],
        refused=[each.charter_version.metric.slug for each in metrics if each not in cleared],
        told=told,
    )
    ledger.append(concluded, by=by.actor)
    return audit


def is_flagged(audit: FairnessAudit) -> bool:
    """Whether a group is flagged."""
    return any(each["finding"] == GroupFinding.FLAGGED.value for each in audit.results["groups"])


def finds_harm(audit: FairnessAudit) -> bool:
    """Whether one of the hypotheses was answered yes."""
    return any(each["answer"] == HarmAnswer.YES.value for each in audit.answers.values())


def is_clear(audited: AuditedMetric) -> bool:
    """Whether a metric's context is known, and does not explain too much of it."""
    return audited.context is not None and not audited.exceeds


def _lock(audit: FairnessAudit) -> FairnessAudit:
    """The audit as it is now, held. Raises Conflict where it is concluded."""
    found = FairnessAudit.objects.select_for_update(of=("self",)).select_related("outcomes").get(pk=audit.pk)
    if found.state != FairnessState.OPEN:
        raise Conflict(_("This audit is concluded. Another one has to be run."), code="concluded")
    return found


def _close(audit: FairnessAudit, state: FairnessState) -> None:
    TRANSITIONS.check(audit.state, state)
    audit.state, audit.concluded_at = state, clock.now()
    if state == FairnessState.PASSED and audit.outcomes.metrics:
        audit.valid_until = calendar.today() + COUNTS_FOR
    audit.save(update_fields=["state", "concluded_at", "valid_until"])


def _record_clearances(
    audit: FairnessAudit, metrics: Sequence[AuditedMetric], cleared: Sequence[AuditedMetric], by: User
) -> None:
    """The latest audit of a charter decides, so each that is not cleared says so as well (AR25)."""
    for each in metrics:
        record_clearance(
            version=each.charter_version,
            kind=ClearanceKind.FAIRNESS_AUDIT,
            passed=each in cleared,
            valid_until=(audit.valid_until if each in cleared else None) or calendar.today(),
            reference=f"fairness/{audit.pk}",
            by=by,
        )


def _tell_those_decided_about(audit: FairnessAudit, flagged: Sequence[AuditedMetric], by: User) -> int:
    """Tell everybody about whom a metric that is flagged was used under a clearance; gives how many were told."""
    standing = {
        each.charter_version.metric: found.granted_at
        for each in flagged
        if (found := queries.find_clearance(each.charter_version)) is not None and found.passed
    }
    told = 0
    for metric, since in standing.items():
        for user in queries.list_decided_about([metric.slug], since=since):
            told += (
                notify(
                    to=user,
                    kind="fairness.flagged",
                    subject=_("A metric used in a decision about you was flagged"),
                    text=_(
                        "A fairness audit flagged the metric “%(name)s”. It was used in a decision about you while an earlier audit "
                        "cleared it. HR has to look at that decision again, and you can appeal it."
                    )
                    % {"name": metric.name},
                    path=f"/fairness/{audit.pk}",
                    once=f"fairness-flagged:{audit.pk}:{metric.pk}:{user.pk}",
                    by=by,
                )
                is not None
            )
    return told
