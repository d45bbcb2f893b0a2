"""What the log keeps of questions and answers, of who was told of a look, and of holds, context notes and rulings."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from msgspec import UNSET, UnsetType, field

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility
from charter.rules.request import Request


class _Decided(Event):
    """A request with what the rules said of it, and under which rules and charters."""

    visibility = Visibility.OPEN
    retention = Retention.USE
    packed = True

    request: Request
    verdict: str
    rules: Sequence[str]
    obligations: Sequence[str]
    rulebook_hash: str
    charters: Mapping[str, int]
    content_hash: str  # of the rows, blank where none left
    snapshot: str  # that rows came from, blank where none left
    paired: Sequence[Mapping[str, Any]]
    subjects: Sequence[str]
    door: str
    checked_only: bool
    through: UUID | None = None  # the enforcement point that asked for the actor


class _OfReplay(Event):
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    names_row = "replay"

    replay: UUID


class ReplayAsked(_OfReplay):
    kind = "decisions.replay.asked"
    sentence = _(
        "It was asked what recorded questions would come to under a proposal, of %(since)s until %(until)s."
    )

    since: datetime
    until: datetime
    case: UUID | None = None
    folder: str | UnsetType = UNSET  # the hash of what it holds, where nobody has put it to the board


class ReplayPartDecided(_OfReplay):
    kind = "decisions.replay.part_decided"
    sentence = _(
        "Recorded questions were decided anew, as if a proposal were in force: %(read)s, from number %(start)s on."
    )

    start: int
    read: int


class ReplayEnded(_OfReplay):
    kind = "decisions.replay.ended"
    sentence = _(
        "All recorded questions were decided anew, as if a proposal were in force: %(read)s. %(why)s"
    )

    read: int
    why: str


class QuestionAnswered(_Decided):
    kind = "decisions.answered"
    sentence = _("Values were asked for: %(verdict)s. Metrics and their charters’ versions: %(charters)s.")


class QuestionChecked(_Decided):
    kind = "decisions.checked"
    sentence = _(
        "It was asked whether values may be used: %(verdict)s. Metrics and their charters’ versions: %(charters)s."
    )


class _OfLook(Event):
    visibility = Visibility.RESTRICTED
    retention = Retention.USE
    names_row = "decision"

    decision: UUID


class LookNoticeDelayed(_OfLook):
    kind = "decisions.notice.delayed"
    sentence = _("People who were looked at are told later, on %(until)s, as it was a legal request.")

    receipt: UUID
    persons: Collection[str]
    until: datetime


class LookNoticeGiven(_OfLook):
    kind = "decisions.notice.given"
    sentence = _("The delay of a notice is over. The person has an account and was told: %(told)s.")

    person: str
    told: bool


class DecisionVoided(Event):
    kind = "decisions.voided"
    visibility = Visibility.RESTRICTED
    retention = Retention.USE
    sentence = _("A decision was found to be void: %(because)s")
    names_row = "decision"

    decision: UUID
    receipt: UUID
    because: str


class NamesAsked(Event):
    kind = "decisions.names.asked"
    visibility = Visibility.RESTRICTED
    retention = Retention.USE
    sentence = _("It was asked who stands behind a decision: %(reason)s")
    names_row = "naming"

    naming: UUID
    decision: UUID
    receipt: UUID
    reason: str


class _OfHold(Event):
    visibility = Visibility.RESTRICTED
    retention = Retention.USE
    names_row = "hold"

    hold: UUID
    metric: str
    cohort: str | None
    person: str | None
    starts_on: date = field(name="from")
    ends_on: date = field(name="to")


class HoldPlaced(_OfHold):
    kind = "decisions.hold.placed"
    sentence = _("Values of %(metric)s from %(from)s until %(to)s were put under review: %(reason)s")

    cause: str
    reason: str


class HoldReleased(_OfHold):
    kind = "decisions.hold.released"
    sentence = _("The review of values of %(metric)s from %(from)s until %(to)s has ended: %(why)s")

    why: str


class ProtectionMade(Event):
    kind = "decisions.protection.made"
    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    sentence = _("From %(from)s until %(to)s an account decides nothing about a person who disputed its use.")
    names_row = "protection"

    protection: UUID
    person: str
    account: UUID
    starts_on: date = field(name="from")
    ends_on: date = field(name="to")


class ProtectionEnded(Event):
    kind = "decisions.protection.ended"
    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    sentence = _("A protection after a dispute ended, as somebody outside of the line wrote why: %(why)s")
    names_row = "protection"

    protection: UUID
    why: str


class _OfNote(Event):
    """What is said of a person is for those who may see it; a team's notes stand beside its values."""

    visibility = Visibility.OPEN
    retention = Retention.PERSONAL
    private_with = "person"
    names_row = "note"

    note: UUID
    team: str | None
    person: str | None
    metric: str | None
    starts_on: date = field(name="from")
    ends_on: date = field(name="to")


class NoteProposed(_OfNote):
    kind = "decisions.note.proposed"
    sentence = _("Something that went on from %(from)s until %(to)s was noted (%(kind)s): %(says)s")

    context_kind: str = field(name="kind")
    says: str


class NoteConfirmed(_OfNote):
    kind = "decisions.note.confirmed"
    sentence = _("A note of what went on from %(from)s until %(to)s was confirmed.")


class NoteTurnedDown(_OfNote):
    kind = "decisions.note.turned_down"
    sentence = _("A note of what went on from %(from)s until %(to)s was turned down: %(why)s")

    why: str


class _OfReferral(Event):
    visibility = Visibility.RESTRICTED
    retention = Retention.USE
    names_row = "referral"

    referral: UUID
    decision: UUID
    case: UUID
    rules: Sequence[str]
    shapes: Sequence[str]


class ReferralMade(_OfReferral):
    kind = "decisions.use.referred"
    sentence = _("A question that the rules leave open was put to the board. The rules: %(rules)s.")


class RulingEnded(_OfReferral):
    kind = "decisions.ruling.ended"
    sentence = _("A ruling of the board was ended. The rules that it was about: %(rules)s.")
