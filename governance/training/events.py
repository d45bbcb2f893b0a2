"""What the log keeps of the course, of what it attests, and of who has read the rules and the contract."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class CoursePublished(Event):
    kind = "training.course.published"
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    sentence = _("Version %(number)s of the course “%(title)s” was published, with %(questions)s questions.")
    names_row = "course"

    course: UUID
    questions: int
    number: int
    title: str
    content_hash: str
    pass_percent: int
    months: int
    older_until: date | None
    rulebook_version_id: UUID


class _OfAttempt(Event):
    """Sealed: that somebody tried, how often and when is nobody else's business."""

    visibility = Visibility.SEALED
    retention = Retention.PERSONAL
    names_row = "attempt"

    attempt: UUID


class AttemptBegun(_OfAttempt):
    kind = "training.attempt.begun"
    sentence = _("An attempt at the course was begun.")


class QuestionOfCourseAnswered(_OfAttempt):
    """That it was, never how."""

    kind = "training.attempt.answered"
    sentence = _("A question of the course was answered.")


class AttemptEnded(_OfAttempt):
    kind = "training.attempt.ended"
    sentence = _("An attempt at the course has ended.")


class TrainingAttested(Event):
    kind = "training.attested"
    visibility = Visibility.OPEN
    retention = Retention.PERSONAL
    sentence = _("Version %(number)s of the course was passed. That counts until %(valid_until)s.")
    names_row = "attestation"

    attestation: UUID
    course: UUID
    number: int
    rulebook_version: UUID
    valid_until: date


class RulesAcknowledged(Event):
    kind = "training.rules.acknowledged"
    visibility = Visibility.OPEN
    retention = Retention.PERSONAL
    sentence = _("An account acknowledged version %(number)s of the rules.")
    names_row = "rulebook_version"

    rulebook_version: UUID
    number: int


class ContractAcknowledged(Event):
    kind = "training.contract.acknowledged"
    visibility = Visibility.OPEN
    retention = Retention.PERSONAL
    sentence = _("An account acknowledged version %(number)s of the contract.")
    names_row = "contract"

    contract: UUID
    number: int
