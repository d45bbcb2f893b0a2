"""The only writers of fairness audits."""

from audits.fairness.services.concluding import answer_harm, conclude_audit, is_flagged
from audits.fairness.services.following import close_task, open_revision, remind_of_end
from audits.fairness.services.handing_in import discard_outcomes, hand_in_outcomes, store_outcomes
from audits.fairness.services.running import run_audit

__all__ = [
    "answer_harm",
    "close_task",
    "conclude_audit",
    "discard_outcomes",
    "hand_in_outcomes",
    "is_flagged",
    "open_revision",
    "remind_of_end",
    "run_audit",
    "store_outcomes",
]
