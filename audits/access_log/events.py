"""What the log keeps of its own reading: searches, single decisions, exports, people looked for, and kept searches."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class _OfReading(Event):
    visibility = Visibility.RESTRICTED
    retention = Retention.USE


class LogSearched(_OfReading):
    kind = "access_log.searched"
    sentence = _("The access log was searched. Filters: %(filters)s. Decisions found: %(found)s.")
    names_row = "reading"

    reading: UUID
    filters: dict[str, Any]
    found: int


class DecisionRead(_OfReading):
    kind = "access_log.decision.read"
    sentence = _("One decision was read in the access log, receipt %(receipt)s.")
    names_row = "reading"

    reading: UUID
    decision: UUID
    receipt: UUID


class LogExported(_OfReading):
    """`sha256` is of all bytes of the file before its last line, which says this entry's number."""

    kind = "access_log.exported"
    sentence = _("Decisions were taken out of the access log as %(format)s: %(rows)s. Filters: %(filters)s.")

    format: str
    filters: dict[str, Any]
    rows: int
    sha256: str


class LogStreamed(_OfReading):
    """Decisions whose entries stand behind the place `after` in the log, up to `until`, left for a SIEM."""

    kind = "access_log.streamed"
    sentence = _("Decisions left the access log as events, in pseudonyms: %(count)s, behind place %(after)s.")

    after: int
    until: int
    count: int


class PersonSought(_OfReading):
    """Somebody's name was given for their pseudonym, `code`; a person by external id, else an account."""

    kind = "access_log.person.sought"
    sentence = _("It was asked what somebody is called in the access log: %(reason)s")

    person: str | None
    account: UUID | None
    code: str
    reason: str


class _OfSearch(Event):
    visibility = Visibility.RESTRICTED
    retention = Retention.OPERATIONAL
    names_row = "search"

    search: UUID
    name: str


class SearchSaved(_OfSearch):
    kind = "access_log.search.saved"
    sentence = _("A search of the access log was kept as “%(name)s”. Filters: %(filters)s.")

    filters: dict[str, Any]


class SearchRenamed(_OfSearch):
    kind = "access_log.search.renamed"
    sentence = _("A kept search of the access log was renamed “%(name)s”.")


class SearchDeleted(_OfSearch):
    kind = "access_log.search.deleted"
    sentence = _("The kept search “%(name)s” of the access log was deleted.")
