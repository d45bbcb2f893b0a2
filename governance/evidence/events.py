"""What the log keeps of evidence: that a record was written, checked or withdrawn. What it shows stays in the record."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class _OfEvidence(Event):
    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    names_row = "evidence"

    evidence: UUID


class EvidenceWritten(_OfEvidence):
    kind = "evidence.written"
    sentence = _("A piece of evidence was written down: %(of_kind)s of %(happened_on)s, said by: %(source)s.")

    person: str | None
    of_kind: str
    happened_on: date
    source: str


class EvidenceChecked(_OfEvidence):
    kind = "evidence.checked"
    sentence = _("Somebody else opened a piece of evidence. It says what is claimed: %(holds)s. %(says)s")

    person: str | None
    holds: bool
    says: str


class EvidenceWithdrawn(_OfEvidence):
    kind = "evidence.withdrawn"
    sentence = _("A piece of evidence was withdrawn by whoever wrote it.")

    person: str | None
