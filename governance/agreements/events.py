"""What the log keeps of agreements: what they say by its hash, documents by theirs, and what became of them."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class _OfAgreement(Event):
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    names_row = "version"

    version: UUID
    agreement: str


class AgreementWritten(_OfAgreement):
    kind = "agreement.written"
    sentence = _("Version %(number)s of “%(title)s” was written.")

    number: int
    title: str
    content_hash: str


class AgreementChanged(_OfAgreement):
    kind = "agreement.changed"
    sentence = _("Version %(number)s of “%(title)s” was changed before it came before the board.")

    number: int
    title: str
    content_hash: str


class AgreementPut(_OfAgreement):
    kind = "agreement.put"
    sentence = _("Version %(number)s of “%(title)s” was put to the board.")

    number: int
    title: str
    content_hash: str
    case: UUID


class AgreementEnds(_OfAgreement):
    kind = "agreement.ends"
    sentence = _("Notice was given: “%(title)s” is in force until before %(ends_on)s. %(because)s")

    title: str
    ends_on: date
    because: str


class DocumentAdded(_OfAgreement):
    kind = "agreement.document_added"
    sentence = _("The document “%(name)s” (%(size)s bytes) was added to an agreement.")
    names_row = "document"

    document: UUID
    name: str
    size: int
    sha256: str


class EndNoticed(_OfAgreement):
    kind = "agreement.end_noticed"
    sentence = _(
        "The owner of %(metric)s was told that an agreement which it rests on ends; it is suspended on %(suspends_on)s."
    )
    names_row = "notice"

    notice: UUID
    metric: str
    suspends_on: date


class DepartureFound(_OfAgreement):
    kind = "agreement.departure_found"
    sentence = _(
        "Something goes beyond clause %(clause)s of an agreement, and was put to the board: %(says)s"
    )
    names_row = "departure"

    departure: UUID
    clause: str
    about: str
    says: str
    case: UUID
