"""What was handed in is erased, never changed; an audit is judged once, a task closed once."""

from audits.fairness.models import AuditedMetric, FairnessAudit, OutcomeSet, VarianceTask
from ground.grants import add_and_change

GRANTS = {
    OutcomeSet: add_and_change("sealed", "erased_at"),
    FairnessAudit: add_and_change("state", "answers", "concluded_at", "valid_until"),
    AuditedMetric: add_and_change("case"),
    VarianceTask: add_and_change("done", "closed_at", "closed_by"),
}
