"""Judging an audit: the four harm hypotheses are answered, then it is concluded, and clears its metrics or does not."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.fairness import permissions, queries
from audits.fairness.comparing import GroupFinding
from audits.fairness.events import AuditConcluded, HarmAnswerGiven
from audits.fairness.limits import COUNTS_FOR
from audits.fairness.models import AuditedMetric, FairnessAudit
from audits.fairness.states import TRANSITIONS, FairnessState, HarmAnswer, HarmHypothesis
from audits.ledger import services as ledger
from charter.registry.models import ClearanceKind, Metric
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
    """Whether a group is flagged, told by name or not."""
    unnamed = audit.results["unnamed"][GroupFinding.FLAGGED.value]
    return bool(unnamed) or any(
        each["finding"] == GroupFinding.FLAGGED.value for each in audit.results["groups"]
    )


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
    """Tell whom a metric that is flagged was used about under a clearance, who decided, and HR; gives how many of the first were told."""
    told = 0
    for each in flagged:
        clearance = queries.find_clearance(each.charter_version)
        if clearance is None or not clearance.passed:
            continue
        metric = each.charter_version.metric
        decided = [
            one for one in queries.list_decided([metric.slug], since=clearance.granted_at) if one.persons
        ]
        persons = frozenset().union(*(one.persons for one in decided))
        told += sum(_tell(audit, metric, user, "flagged", by) for user in queries.list_accounts_of(persons))
        for user in User.objects.filter(pk__in={one.actor for one in decided}, is_active=True).order_by("pk"):
            _tell(audit, metric, user, "look_again", by)
        for user in queries.list_people_of_hr() if decided else []:
            _tell(audit, metric, user, "goes_back", by)
    return told


_NOTICES = {
    "flagged": (
        gettext_lazy("A metric used in a decision about you was flagged"),
        gettext_lazy(
            "A fairness audit flagged the metric “%(name)s”. It was used in a decision about you while an earlier audit cleared it. "
            "Whoever asked for it was told to look at that decision again, and you can appeal it."
        ),
    ),
    "look_again": (
        gettext_lazy("Look again at what you decided by a metric that was flagged"),
        gettext_lazy(
            "A fairness audit flagged the metric “%(name)s”. You asked for it for decisions about people while an earlier audit cleared "
            "it. Levels that cite it stand under Calibration, to be looked at again; look at any other decision yourself."
        ),
    ),
    "goes_back": (
        gettext_lazy("Decisions by a flagged metric go back to calibration"),
        gettext_lazy(
            "A fairness audit flagged the metric “%(name)s”. Those about whom it was used while an earlier audit cleared it were told, and "
            "those who decided. Levels that cite it stand under Calibration, to be looked at again."
        ),
    ),
}  # fmt: skip


def _tell(audit: FairnessAudit, metric: Metric, user: User, word: str, by: User) -> bool:
    """Send one of these notices, once; whether it was sent."""
    subject, text = _NOTICES[word]
    sent = notify(
        to=user,
        kind=f"fairness.{word}",
        subject=str(subject),
        text=str(text) % {"name": metric.name},
        path=f"/fairness/{audit.pk}" if word == "flagged" else "/calibration",
        once=f"fairness-{word}:{audit.pk}:{metric.pk}:{user.pk}",
        by=by,
    )
    return sent is not None
