"""What the log keeps of fairness audits: what was handed in, found and concluded, never whose outcome was which."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class OutcomesHandedIn(Event):
    """`content_hash` is of what was handed in, which itself is erased once it was audited."""

    kind = "fairness.outcomes.handed_in"
    visibility = Visibility.RESTRICTED
    retention = Retention.GOVERNANCE
    sentence = _(
        "Outcomes of %(people)s people were handed in to be audited: %(decision)s, from %(starts_on)s until %(ends_on)s."
    )
    names_row = "outcomes"

    outcomes: UUID
    decision: str
    starts_on: date
    ends_on: date
    metrics: Sequence[str]
    people: int
    content_hash: str


class OutcomesDiscarded(Event):
    kind = "fairness.outcomes.discarded"
    visibility = Visibility.RESTRICTED
    retention = Retention.GOVERNANCE
    sentence = _("Outcomes that were handed in were discarded before they were audited: %(reason)s")
    names_row = "outcomes"

    outcomes: UUID
    reason: str


class _OfAudit(Event):
    visibility = Visibility.RESTRICTED  # until it is concluded
    retention = Retention.GOVERNANCE
    names_row = "audit"

    audit: UUID


class AuditRun(_OfAudit):
    """`results_hash` is of all that the audit tells."""

    kind = "fairness.audit.run"
    sentence = _(
        "Outcomes of %(people)s people were audited, and what was handed in erased. Groups flagged: %(flagged)s, watched: %(watched)s."
    )

    outcomes: UUID
    people: int
    groups: int
    flagged: int
    watched: int
    managers_found: int
    results_hash: str


class HarmAnswerGiven(_OfAudit):
    kind = "fairness.harm.answered"
    sentence = _("An audit answered whether somebody is harmed (%(hypothesis)s): %(answer)s.")

    hypothesis: str
    answer: str
    evidence: str


class AuditConcluded(_OfAudit):
    kind = "fairness.audit.concluded"
    visibility = Visibility.OPEN
    sentence = _(
        "A fairness audit was concluded: %(state)s. Metrics cleared: %(cleared)s, not cleared: %(refused)s."
    )

    state: str
    cleared: Sequence[str]
    refused: Sequence[str]
    told: int  # people who were told that a metric, by which something was decided about them, is flagged


class RevisionAsked(Event):
    kind = "fairness.revision.asked"
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    sentence = _("The board was asked to revise or retire %(metric)s, as context explains too much of it.")
    names_row = "audited"

    audited: UUID
    metric: str
    case: UUID


class VarianceTaskClosed(Event):
    kind = "fairness.variance.closed"
    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    sentence = _("A task about the ratings of one manager was closed: %(done)s")
    names_row = "task"

    task: UUID
    done: str
