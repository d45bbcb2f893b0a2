"""What the log keeps of sources, charters, rules, reviews and what falls due."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from msgspec import UNSET, UnsetType, field

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class SourcesDescribed(Event):
    kind = "registry.sources.described"
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    sentence = _("These sources were described, each as of one kind: %(sources)s.")

    sources: Mapping[str, str]


class SourceDescribed(Event):
    """The whole description, and the one before it."""

    kind = "registry.source.described"
    names_row = "source"
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    sentence = _("The source “%(source)s” was described.")

    source: str
    described: Mapping[str, Any]
    before: Mapping[str, Any] | None


class WarehouseConnected(Event):
    """Where it is; never its account, password or options."""

    kind = "registry.warehouse.connected"
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    sentence = _("The warehouse at %(address)s was connected.")
    names_row = "connection"

    connection: UUID
    address: str


class WarehouseDisconnected(Event):
    kind = "registry.warehouse.disconnected"
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    sentence = _("The warehouse at %(address)s is connected no longer.")
    names_row = "connection"

    connection: UUID
    address: str


class _OfVersion(Event):
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    names_row = "charter_version"

    charter_version: UUID
    metric: str


class _OfCharter(_OfVersion):
    number: int


class CharterRegistered(_OfCharter):
    kind = "registry.charter.registered"
    sentence = _("Version %(number)s of the charter of %(metric)s was registered.")

    content_hash: str
    document: Mapping[str, Any]


class CharterPilotDated(_OfCharter):
    kind = "registry.charter.pilot_dated"
    sentence = _(
        "Version %(number)s of the charter of %(metric)s is tried out by %(cohort)s, until %(ends)s."
    )

    cohort: str
    begins: datetime
    ends: datetime


class CharterShortened(_OfCharter):
    kind = "registry.charter.shortened"
    sentence = _(
        "Version %(number)s of the charter of %(metric)s is to be revised: it is in force until %(ends)s."
    )

    ends: datetime


class _OfStanding(_OfCharter):
    """A version moved to another standing."""

    was: str
    case: UUID | None
    bounds: Mapping[str, Any] | UnsetType = UNSET


class CharterSubmitted(_OfStanding):
    kind = "registry.charter.submitted"
    sentence = _("Version %(number)s of the charter of %(metric)s was handed in to the board.")


class CharterTakenUp(_OfStanding):
    kind = "registry.charter.in_review"
    sentence = _("The board has taken up version %(number)s of the charter of %(metric)s.")


class CharterAllowedPilot(_OfStanding):
    kind = "registry.charter.pilot"
    sentence = _("Version %(number)s of the charter of %(metric)s may be tried out.")


class CharterActivated(_OfStanding):
    kind = "registry.charter.active"
    sentence = _("Version %(number)s of the charter of %(metric)s is in force. It was: %(was)s.")


class CharterSuspended(_OfStanding):
    kind = "registry.charter.suspended"
    sentence = _("Version %(number)s of the charter of %(metric)s was suspended.")


class CharterRetired(_OfStanding):
    kind = "registry.charter.retired"
    sentence = _("Version %(number)s of the charter of %(metric)s was retired.")


class CharterRejected(_OfStanding):
    kind = "registry.charter.rejected"
    sentence = _("Version %(number)s of the charter of %(metric)s was rejected.")


class CharterExpired(_OfStanding):
    kind = "registry.charter.expired"
    sentence = _("The time of version %(number)s of the charter of %(metric)s has run out.")


class ClearanceGranted(Event):
    kind = "registry.clearance.granted"
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    sentence = _(
        "An audit of a charter (%(kind)s) was recorded until %(valid_until)s. Passed: %(passed)s. Reference: %(reference)s"
    )
    names_row = "charter_version"

    charter_version: UUID
    clearance_kind: str = field(name="kind")
    passed: bool
    valid_until: date
    reference: str


class _OfRulebook(Event):
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    names_row = "rulebook_version"

    rulebook_version: UUID
    number: int
    content_hash: str


class RulebookProposed(_OfRulebook):
    kind = "registry.rulebook.proposed"
    sentence = _("Version %(number)s of the rules was proposed.")


class RulebookPublished(_OfRulebook):
    kind = "registry.rulebook.published"
    sentence = _("Version %(number)s of the rules was put in force.")

    replaces: UUID | None
    case: UUID | None


class RulebookProved(_OfRulebook):
    kind = "registry.rulebook.proved"
    sentence = _("%(proved)s of %(stated)s statements were proved of version %(number)s of the rules.")
    names_row = "proof_run"

    proof_run: UUID
    proved: int
    stated: int
    asked: int
    differences: int


class _OfReview(Event):
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    names_row = "review"

    review: UUID
    review_kind: str
    due_on: date


class ReviewOpened(_OfReview):
    kind = "registry.review.opened"
    sentence = _("A review of %(items)s charters was opened (%(review_kind)s), due on %(due_on)s.")

    items: int
    # Of a change alone: what happened, and what it reaches.
    charter_versions: Sequence[UUID] | UnsetType = UNSET
    says: str | UnsetType = UNSET
    happened_on: date | UnsetType | None = UNSET
    teams: Sequence[str] | UnsetType = UNSET
    sources: Sequence[str] | UnsetType = UNSET


class ReviewClosed(_OfReview):
    """With the versions that were confirmed or found to have lapsed by its end."""

    kind = "registry.review.closed"
    sentence = _("A review was ended (%(review_kind)s).")

    confirmed: Sequence[UUID]
    lapsed: Sequence[UUID]


class _OfReviewItem(_OfReview):
    names_row = "item"

    item: UUID
    charter_version: UUID
    note: str


class ReviewConfirmed(_OfReviewItem):
    kind = "registry.review.item.confirmed"
    sentence = _("A review confirmed a charter. What was said of it: %(note)s")


class ReviewFlagged(_OfReviewItem):
    kind = "registry.review.item.flagged"
    sentence = _("A review flagged a charter: %(note)s")


class UntiedFlagged(_OfVersion):
    kind = "registry.untied.flagged"
    sentence = _("The charter of %(metric)s was flagged, as it allows no decision.")
    names_row = "flag"

    flag: UUID


class UntiedAsked(_OfVersion):
    kind = "registry.untied.asked"
    sentence = _("The owner of %(metric)s was asked to retire its charter or to say why it stays.")
    names_row = "flag"

    flag: UUID


class UntiedEnded(_OfVersion):
    kind = "registry.untied.ended"
    sentence = _("The charter of %(metric)s is flagged no more as allowing no decision.")
    names_row = "flag"

    flag: UUID


class UntiedOverdue(_OfVersion):
    kind = "registry.untied.overdue"
    sentence = _("Nobody retired the charter of %(metric)s or said why it stays, so it was suspended.")
    names_row = "suspension"

    suspension: UUID
    flag: UUID
    asked_on: date


class UntiedSuspensionEnded(_OfVersion):
    kind = "registry.untied.suspension_ended"
    sentence = _("The charter of %(metric)s is no longer suspended for allowing no decision.")
    names_row = "suspension"

    suspension: UUID


class ReviewOverdue(_OfVersion):
    kind = "registry.review.overdue"
    sentence = _("The charter of %(metric)s was not reviewed by %(due_on)s, so it was suspended.")
    names_row = "suspension"

    suspension: UUID
    due_on: date


class ReviewSuspensionEnded(_OfVersion):
    kind = "registry.review.suspension_ended"
    sentence = _("The charter of %(metric)s is no longer suspended for want of its review.")
    names_row = "suspension"

    suspension: UUID


class MetricHandedOver(Event):
    kind = "registry.metric.handed_over"
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    sentence = _("The metric %(metric)s has another owner, as two accounts of one person were merged.")
    names_row = "metric_id"

    metric_id: UUID
    metric: str
    owner: UUID


class AgreementSuspended(_OfVersion):
    kind = "registry.agreement.suspended"
    sentence = _("The charter of %(metric)s was suspended for an agreement. %(because)s")
    names_row = "suspension"

    suspension: UUID
    because: str


class AgreementSuspensionEnded(_OfVersion):
    kind = "registry.agreement.suspension_ended"
    sentence = _("The charter of %(metric)s is no longer suspended for an agreement.")
    names_row = "suspension"

    suspension: UUID


class _OfReminder(_OfVersion):
    retention = Retention.OPERATIONAL

    due_on: date
    days: int


class ExpiryReminded(_OfReminder):
    kind = "registry.expiry.reminded"
    sentence = _("The owner of %(metric)s was reminded that its charter expires on %(due_on)s.")


class ReviewReminded(_OfReminder):
    kind = "registry.review.reminded"
    sentence = _("The owner of %(metric)s was told that the review of its charter is due on %(due_on)s.")
