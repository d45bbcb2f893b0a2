"""What the log keeps of calibration: which round, who did what and when, never a level, a reason or a value."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class RubricWritten(Event):
    kind = "calibration.rubric.written"
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    sentence = _("It was written what each level means for %(role_family)s: %(names)s.")
    names_row = "rubric"

    rubric: UUID
    role_family: str
    names: Sequence[str]


class _OfRound(Event):
    visibility = Visibility.RESTRICTED
    retention = Retention.GOVERNANCE
    names_row = "round"

    round: UUID


class RoundDrafted(_OfRound):
    kind = "calibration.round.drafted"
    sentence = _(
        "A calibration round was prepared: %(decision)s, from %(starts_on)s until %(ends_on)s, of %(cohort)s."
    )

    decision: str
    starts_on: date
    ends_on: date
    cohort: str
    metrics: Sequence[str]


class RoundAnnounced(_OfRound):
    """`families` are the role families whose rubrics and profiles count from here on."""

    kind = "calibration.round.announced"
    visibility = Visibility.OPEN
    sentence = _(
        "A calibration round of %(people)s people was announced, to open on %(opens_on)s. Metrics: %(metrics)s."
    )

    opens_on: date
    people: int
    families: Sequence[str]
    metrics: Sequence[str]


class RoundOpened(_OfRound):
    kind = "calibration.round.opened"
    sentence = _("A calibration round was opened.")


class RoundHandedIn(_OfRound):
    kind = "calibration.round.handed_in"
    sentence = _(
        "The levels of a calibration round were handed in to be audited: of %(people)s people, %(set_aside)s set aside."
    )

    outcomes: UUID
    people: int
    set_aside: int


class RoundReopened(_OfRound):
    kind = "calibration.round.reopened"
    sentence = _("A calibration round was opened again before it was published: %(reason)s")

    reason: str


class RoundPublished(_OfRound):
    kind = "calibration.round.published"
    visibility = Visibility.OPEN
    sentence = _("The outcomes of a calibration round were told to %(people)s people, after a passed audit.")

    audit: UUID
    people: int


class RoundClosed(_OfRound):
    kind = "calibration.round.closed"
    sentence = _("A calibration round was closed.")


class RoundDropped(_OfRound):
    kind = "calibration.round.dropped"
    sentence = _("A calibration round was dropped: %(reason)s")

    reason: str


class _OfItem(Event):
    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    names_row = "item"

    item: UUID
    person: str


class AnswererNamed(_OfItem):
    kind = "calibration.item.answerer_named"
    sentence = _("It was named who answers for a person in a calibration round.")

    accountable: UUID


class ItemSetAside(_OfItem):
    """Why stands sealed in the row."""

    kind = "calibration.item.set_aside"
    sentence = _("A person was set aside in a calibration round, and gets no outcome.")


class PackNoteWritten(_OfItem):
    kind = "calibration.note.written"
    sentence = _("Something was written into an evidence pack: %(about)s.")
    names_row = "note"

    note: UUID
    about: str


class PackValuesAsked(_OfItem):
    kind = "calibration.values.asked"
    sentence = _("Values were asked for an evidence pack, through the line: %(verdict)s.")
    names_row = "values"

    values: UUID
    receipt: UUID
    verdict: str


class ProposalMade(_OfItem):
    """`evidence` and `receipts` are what it rests on."""

    kind = "calibration.proposal.made"
    sentence = _("A level was proposed for a person, with reasons. Number %(number)s, %(why)s.")
    names_row = "proposal"

    proposal: UUID
    number: int
    why: str
    evidence: Sequence[UUID]
    receipts: Sequence[UUID]


class ChallengeRaised(_OfItem):
    kind = "calibration.challenge.raised"
    sentence = _("A proposed level was challenged.")
    names_row = "challenge"

    challenge: UUID


class ChallengeAnswered(_OfItem):
    kind = "calibration.challenge.answered"
    sentence = _("A challenge of a proposed level was answered.")
    names_row = "challenge"

    challenge: UUID


class OutcomeAcknowledged(_OfItem):
    kind = "calibration.outcome.acknowledged"
    sentence = _("Somebody has read their outcome of a calibration round.")
