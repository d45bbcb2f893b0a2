"""What the log keeps of the board: its seats, its cases, votes and minutes, and what its decisions led to."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from msgspec import UNSET, Struct, UnsetType, field

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class _OfBoard(Event):
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE


class _OfSeat(_OfBoard):
    names_row = "term"

    term: UUID
    seat: str
    user: UUID
    alternate: bool
    valid_from: date
    valid_to: date | None


class SeatFilled(_OfSeat, kw_only=True):
    """Where `confirmed` is false, the members of the other seats are to confirm it first."""

    kind = "board.seat.filled"
    sentence = _(
        "Somebody was named for the seat “%(seat)s” from %(valid_from)s on. Confirmed: %(confirmed)s."
    )

    confirmed: bool


class MemberConfirmed(_OfSeat, kw_only=True):
    """One confirmation; `confirmed` once more than half of the other members have given theirs."""

    kind = "board.seat.confirmed"
    sentence = _(
        "A member confirmed who is to sit on the seat “%(seat)s”. Confirmed by more than half: %(confirmed)s."
    )

    confirmed: bool


class SeatDeclined(_OfSeat):
    kind = "board.seat.declined"
    sentence = _("Who was proposed for the seat “%(seat)s” has declined.")


class _OfInvitation(_OfBoard):
    names_row = "invitation"

    invitation: UUID
    seat: str
    user: UUID


class MemberInvited(_OfInvitation):
    kind = "board.invitation.made"
    sentence = _("The founder invited somebody to the seat “%(seat)s”.")


class InvitationAccepted(_OfInvitation):
    kind = "board.invitation.accepted"
    sentence = _("Somebody accepted the seat “%(seat)s” of the first board.")


class InvitationEnded(_OfInvitation):
    """Declined, stepped back from or withdrawn: the entry's actor tells which."""

    kind = "board.invitation.ended"
    sentence = _("An invitation to the seat “%(seat)s” ended.")


class SeatVacated(_OfSeat):
    kind = "board.seat.vacated"
    sentence = _("A term on the seat “%(seat)s” ends on %(valid_to)s.")


class WaiverAsked(Struct, frozen=True):
    """What a waiver's case asks for."""

    rule_id: str
    metric: str
    decision: str
    starts_on: date
    ends_on: date
    reason: str


class SettingsAsked(Struct, frozen=True):
    """What a case would change in the programme's settings, and what they were."""

    changes: Mapping[str, Any]
    former: Mapping[str, Any]


class ConsequencesAsked(Struct, frozen=True):
    """What a case would do with its charter, and by which day where it is to be revised."""

    act: str
    revise_by: date | None


class SeatAsked(Struct, frozen=True):
    """Whom a case would put on a seat."""

    seat: str
    user: UUID
    alternate: bool


class CouncilAsked(Struct, frozen=True):
    """Which council a case would give a seat, over which locations; or whose seat it would end."""

    seat: str
    name: str
    territory: Sequence[str]
    ends: bool


class FoundingAsked(Struct, frozen=True):
    """From which day the first charters may use data, and why, where the founding says so."""

    data_from: date | None
    because: str


class BallotSaid(Struct, frozen=True):
    """What a seat said, once the case has closed."""

    seat: str
    user: UUID
    vote: str
    reason: str


class ShareNeeded(Struct, frozen=True):
    """What a case needed to pass: its level, the share of votes, and seats that had to vote."""

    level: int | None
    share: str
    must_vote: Sequence[str]


class _OfCase(_OfBoard):
    names_row = "case"

    case: UUID
    case_kind: str = field(name="kind")
    subject: str
    question: str
    charter_version: UUID | None
    rulebook_version: UUID | None
    closes_at: datetime
    waiver: WaiverAsked | UnsetType = UNSET
    settings: SettingsAsked | UnsetType = UNSET
    seat: SeatAsked | UnsetType = UNSET
    founding: FoundingAsked | UnsetType = UNSET
    consequences: ConsequencesAsked | UnsetType = UNSET
    council: CouncilAsked | UnsetType = UNSET
    # The seats of councils that it must hear beside the six.
    asked: Sequence[str] | UnsetType = UNSET


class CaseOpened(_OfCase):
    kind = "board.case.opened"
    sentence = _("A case was put to the board (%(kind)s): %(subject)s")


class CaseDecided(_OfCase, kw_only=True):
    """The outcome with the minutes' figures: what was needed, and every ballot, open by now."""

    kind = "board.case.decided"
    sentence = _("The board decided a case (%(kind)s): %(subject)s Approved: %(approved)s.")

    approved: bool
    approvals: int
    votes: int
    needed: ShareNeeded
    conditions: Mapping[str, Mapping[str, Any]]
    ballots: Sequence[BallotSaid]


class CaseSeen(_OfBoard):
    kind = "board.case.seen"
    retention = Retention.OPERATIONAL
    sentence = _("An account looked at a case of the board.")
    names_row = "case"

    case: UUID
    seen_at: datetime


class BallotCast(_OfBoard):
    """Sealed: the log proves that it was cast and when, and tells what it said only with the outcome."""

    kind = "board.ballot.cast"
    visibility = Visibility.SEALED
    sentence = _("A ballot was cast for the seat “%(seat)s”.")
    names_row = "case"

    case: UUID
    seat: str
    user: UUID
    vote: str
    reason: str


class BallotChanged(_OfBoard):
    """Sealed like the ballot in whose place it is: that a seat thought again is known, what it thinks is not."""

    kind = "board.ballot.changed"
    visibility = Visibility.SEALED
    sentence = _("The ballot for the seat “%(seat)s” was changed.")
    names_row = "case"

    case: UUID
    seat: str
    user: UUID
    vote: str
    reason: str


class BallotRefused(_OfBoard, kw_only=True):
    kind = "board.ballot.refused"
    sentence = _("A vote for the seat “%(seat)s” was refused: %(why)s")

    # One, or several that were to be voted on at once.
    case: UUID | UnsetType = UNSET
    cases: Sequence[UUID] | UnsetType = UNSET
    seat: str
    code: str
    why: str


class SuspensionRefused(_OfBoard):
    kind = "board.suspension.refused"
    sentence = _("A suspension for the seat “%(seat)s” was refused: %(why)s")

    charter_version: UUID
    seat: str
    code: str
    why: str


class CharterSuspendedBySeat(_OfBoard):
    kind = "board.charter.suspended"
    sentence = _("A charter was suspended at once for the seat “%(seat)s”, until %(ratify_by)s: %(reason)s")
    names_row = "suspension"

    suspension: UUID
    charter_version: UUID
    case: UUID
    seat: str
    reason: str
    ratify_by: datetime


class CommentMade(_OfBoard):
    kind = "board.comment.made"
    sentence = _("Somebody spoke in the discussion of a case: %(text)s")
    names_row = "comment"

    case: UUID
    comment: UUID
    text: str


class _OfCondition(_OfBoard):
    names_row = "condition"

    case: UUID
    condition: UUID
    condition_kind: str = field(name="kind")
    value: Mapping[str, Any]


class ConditionProposed(_OfCondition):
    kind = "board.condition.proposed"
    sentence = _("A case was bound to a condition (%(kind)s).")


class ConditionWithdrawn(_OfCondition):
    kind = "board.condition.withdrawn"
    sentence = _("A condition of a case was withdrawn (%(kind)s).")


class HandlerNamed(_OfBoard):
    kind = "board.handler.named"
    sentence = _("An account was named to handle a case.")
    names_row = "case"

    case: UUID
    user: UUID
    instead_of: UUID | None


class HandlerReleased(_OfBoard):
    kind = "board.handler.released"
    sentence = _("An account handles a case no more.")
    names_row = "case"

    case: UUID
    user: UUID


class _OfPilot(_OfBoard):
    names_row = "pilot"

    pilot: UUID
    cohort: str
    starts_on: date
    ends_on: date
    state: str
    charter_version_id: UUID
    case_id: UUID
    consent_id: UUID


class PilotStarted(_OfPilot):
    kind = "board.pilot.started"
    sentence = _("%(cohort)s tries a charter out from %(starts_on)s until %(ends_on)s.")


class PilotEnded(_OfPilot):
    kind = "board.pilot.ended"
    sentence = _("The pilot of %(cohort)s has ended. The reason given: %(reason)s")

    reason: str


class ConsentAsked(_OfBoard):
    kind = "board.consent.asked"
    sentence = _("%(cohort)s was asked whether it agrees to a charter, until %(answer_by)s.")
    names_row = "consent"

    consent: UUID
    cohort: str
    charter_version_id: UUID
    answer_by: date


class ConsentAnswered(_OfBoard):
    """Names the consent alone: who answered what is nowhere written."""

    kind = "board.consent.answered"
    visibility = Visibility.SEALED
    sentence = _("A member of a team answered whether it agrees.")
    names_row = "consent"

    consent: UUID


class _OfConsent(_OfBoard):
    names_row = "consent"

    consent: UUID
    cohort: str


class ConsentGiven(_OfConsent):
    kind = "board.consent.given"
    sentence = _("Two thirds of %(cohort)s have agreed to a charter.")


class ConsentWithdrawn(_OfConsent):
    kind = "board.consent.withdrawn"
    sentence = _(
        "Fewer than two thirds of %(cohort)s agree to a charter now, or it has become too small to be asked."
    )


class PilotConcluded(_OfBoard):
    kind = "board.pilot.concluded"
    sentence = _("It was written down what a pilot taught: %(interpretation)s")
    names_row = "pilot"

    pilot: UUID
    definitions: str
    interpretation: str
    concerns: str


class SurveyAnswered(_OfBoard):
    """Names the pilot alone: who answered what is nowhere written."""

    kind = "board.survey.answered"
    visibility = Visibility.SEALED
    sentence = _("The survey of a pilot was answered.")
    names_row = "pilot"

    pilot: UUID


class WaiverEnded(_OfBoard):
    kind = "board.waiver.ended"
    sentence = _("A waiver of rule %(rule_id)s was ended.")
    names_row = "waiver"

    waiver: UUID
    case: UUID
    rule_id: str
