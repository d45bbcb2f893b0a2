"""What the log keeps of sampled reviews: how they were drawn, who reviews, what was asked and found."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class LooksSampled(Event):
    """The draw of a month: `frame_sha256` is of all that could be drawn, `drawn` the receipts that were, in their order."""

    kind = "reviews.sampled"
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    sentence = _(
        "Of the looks of %(month)s, %(population)s, some were drawn to be reviewed, by the seed %(seed)s: %(drawn)s."
    )
    names_row = "draw"

    draw: UUID
    month: date
    seed: str
    log_size: int
    log_root: str
    population: int
    share: int
    least: int
    frame_sha256: str
    drawn: Sequence[UUID]


class _OfALook(Event):
    visibility = Visibility.RESTRICTED
    retention = Retention.USE
    names_row = "look"

    look: UUID
    receipt: UUID


class ReviewerFound(_OfALook):
    kind = "reviews.reviewer"
    sentence = _("A sampled look has a reviewer, outside of the line of whoever looked: %(reviewer)s.")

    reviewer: UUID


class LookAsked(_OfALook):
    kind = "reviews.asked"
    sentence = _("Whoever looked was asked about it by a reviewer, since it was unclear.")


class LookAnswered(_OfALook):
    kind = "reviews.answered"
    sentence = _("Whoever looked answered what a reviewer had asked.")


class LookConcluded(_OfALook):
    kind = "reviews.concluded"
    sentence = _("A sampled look was reviewed: %(finding)s.")

    finding: str
    because: str
    case: UUID | None
