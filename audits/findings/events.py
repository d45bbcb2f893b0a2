"""What the log keeps of findings: that one was made, and what a human made of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class _OfAFinding(Event):
    """A finding. Of one after an appeal the entry is sealed: it would tell who appealed."""

    visibility = Visibility.RESTRICTED
    retention = Retention.USE
    names_row = "finding"

    finding: UUID
    finding_kind: str

    @property
    def seen_as(self) -> Visibility:
        return Visibility.SEALED if self.finding_kind == "post_appeal" else Visibility.RESTRICTED


class FindingMade(_OfAFinding):
    kind = "findings.made"
    sentence = _(
        "Something in how values are asked for was noticed, for a human to look at: %(finding_kind)s."
    )

    account: UUID | None
    evidence: Mapping[str, Any]


class FindingDismissed(_OfAFinding):
    kind = "findings.dismissed"
    sentence = _("A finding was dismissed: %(because)s")

    because: str


class FindingToBoard(_OfAFinding):
    kind = "findings.to_board"
    sentence = _("A finding was put to the board.")

    case: UUID
