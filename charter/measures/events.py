"""What the log keeps of the publishing of values."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from msgspec import UNSET, UnsetType, field

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class PublishingStarted(Event):
    kind = "measures.publishing.started"
    visibility = Visibility.OPEN
    retention = Retention.OPERATIONAL
    sentence = _("The publishing of values was started.")
    names_row = "run"

    run: UUID


class PublishingAsked(Event):
    """An administrator asked for a run now, which a worker takes up."""

    kind = "measures.publishing.asked"
    visibility = Visibility.OPEN
    retention = Retention.OPERATIONAL
    sentence = _("Somebody asked for values to be published now.")
    names_row = "asked"

    asked: UUID


class PublishingAnswered(Event):
    """What became of it: the run, or why there is none."""

    kind = "measures.publishing.answered"
    visibility = Visibility.OPEN
    retention = Retention.OPERATIONAL
    sentence = _("A run that was asked for has ended. %(error)s")
    names_row = "asked"

    asked: UUID
    run: UUID | None
    error: str


class PublishingFailed(Event):
    """Its error holds no value and no password."""

    kind = "measures.publishing.failed"
    visibility = Visibility.OPEN
    retention = Retention.OPERATIONAL
    sentence = _("The publishing of values failed: %(error)s")
    names_row = "run"

    run: UUID
    error: str


class ValuesPublished(Event):
    """How many values by metric, and the hash of the sources that they are of."""

    kind = "measures.published"
    visibility = Visibility.OPEN
    retention = Retention.USE
    sentence = _("%(values)s values were published, %(withheld)s of them withheld.")
    names_row = "run"

    run: UUID
    snapshot: str
    values: int
    withheld: int
    superseded: int
    metrics: Mapping[str, int]
    # Why a metric got none this time; left out where all went well.
    failed: Mapping[str, str] | UnsetType = UNSET


class SourcesSurveyed(Event):
    """How many rows each source held, and how many of its names mean nobody; no name."""

    kind = "measures.sources.surveyed"
    visibility = Visibility.OPEN
    retention = Retention.OPERATIONAL
    sentence = _("The sources were looked at.")

    rows: Mapping[str, int | None]
    unmatched: Mapping[str, int]


class EventsExcluded(Event):
    kind = "measures.events.excluded"
    names_row = "exclusion"
    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    sentence = _(
        "What was done from %(from)s until %(to)s is left out of values of %(metric)s to come: %(reason)s"
    )

    exclusion: UUID
    metric: str
    person: str | None
    team: str | None
    starts_on: date = field(name="from")
    ends_on: date = field(name="to")
    reason: str


class RevisionFound(Event):
    """How many values rows that came late would change; none of them, and nobody's."""

    kind = "measures.revision.found"
    names_row = "revision"
    visibility = Visibility.OPEN
    retention = Retention.OPERATIONAL
    sentence = _("Rows that came late would change %(values)s values of %(metric)s.")

    revision: UUID
    metric: str
    values: int


class RevisionProposed(Event):
    kind = "measures.revision.proposed"
    names_row = "revision"
    visibility = Visibility.RESTRICTED
    retention = Retention.USE
    sentence = _("A revision of %(metric)s was proposed: %(reason)s")

    revision: UUID
    metric: str
    reason: str


class RevisionConfirmed(Event):
    kind = "measures.revision.confirmed"
    names_row = "revision"
    visibility = Visibility.OPEN
    retention = Retention.USE
    sentence = _("A revision of %(metric)s was confirmed: %(values)s values have new numbers.")

    revision: UUID
    metric: str
    values: int
    snapshot: str


class RevisionEnded(Event):
    """Declined by somebody, or out of date."""

    kind = "measures.revision.ended"
    names_row = "revision"
    visibility = Visibility.RESTRICTED
    retention = Retention.USE
    sentence = _("A revision of %(metric)s was left: %(because)s")

    revision: UUID
    metric: str
    state: str
    because: str
