"""What the log keeps of retention: what went and by which hash, and legal holds."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class RowsPurged(Event):
    """`sha256` is of the keys of what went, sorted, a line each."""

    kind = "retention.purged"
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    sentence = _("What had been kept long enough was deleted: %(what)s, %(count)s, from before %(before)s.")
    names_row = "purge"

    purge: UUID
    what: str
    before: date
    count: int
    sha256: str


class _OfALegalHold(Event):
    visibility = Visibility.RESTRICTED
    retention = Retention.GOVERNANCE
    names_row = "hold"

    hold: UUID


class LegalHoldPlaced(_OfALegalHold):
    kind = "retention.hold.placed"
    sentence = _("Nothing of this is deleted until %(ends_on)s, for a legal reason: %(reason)s")

    person: UUID | None
    account: UUID | None
    metric: str
    since: date | None
    until: date | None
    ends_on: date
    reason: str


class LegalHoldEnded(_OfALegalHold):
    kind = "retention.hold.ended"
    sentence = _("A legal hold was ended before its day: %(because)s")

    because: str
