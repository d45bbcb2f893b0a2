"""The first board: invited by whoever founds the programme, accepted by each member, confirmed by the founding itself."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.programme import contract
from charter.programme import queries as programmes
from governance.board import councils, permissions
from governance.board.events import InvitationAccepted, InvitationEnded, MemberInvited
from governance.board.models import Case, Founding, Invitation
from governance.board.seat_names import SeatName
from governance.board.services import notifications
from governance.board.services.cases import open_recorded
from governance.board.states import CaseKind, SeatKind
from governance.people.models import User
from governance.people.object_permissions import check_can_be_given
from governance.training.models import Course
from ground import calendar, clock, records
from ground.errors import BadInput, Conflict


@transaction.atomic(durable=True)
def invite_member(*, seat_kind: SeatName, user: User, by: User) -> Invitation:
    """Ask an account to be the first member of a seat, as the founder of the programme; it is told.

    Raises what `permissions.check_can_invite` raises; BadInput where the account can hold no seat, or it or the seat has
    an invitation that stands.
    """
    permissions.check_can_invite(by)
    permissions.check_can_invite_this(by, user)
    check_can_be_given(user)
    if not isinstance(seat_kind, SeatKind):
        raise BadInput(
            _("The six seats found the programme. Councils come once it is in force."), field="seat"
        )
    seat = councils.take_seat(seat_kind)
    invitation = records.insert(Invitation(seat=seat, user=user, invited_by=by))
    ledger.append(MemberInvited(**_recorded(invitation)), by=by.actor)
    notifications.notify_invited(invitation, by)
    return invitation


@transaction.atomic(durable=True)
def accept_invitation(*, invitation: Invitation, by: User) -> Invitation:
    """Accept a seat of the first board, oneself; the founder is told. Raises what `permissions.check_can_accept` raises."""
    invitation = _locked(invitation)
    permissions.check_can_accept(by, invitation)
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    ledger.append(InvitationAccepted(**_recorded(invitation)), by=by.actor)
    notifications.notify_answered(invitation, by)
    return invitation


@transaction.atomic(durable=True)
def end_invitation(*, invitation: Invitation, by: User) -> Invitation:
    """Decline a seat or step back from it, as whoever was invited, or withdraw the invitation, as the founder.

    The other one is told. Raises what `permissions.check_can_end_invitation` raises.
    """
    invitation = _locked(invitation)
    permissions.check_can_end_invitation(by, invitation)
    invitation.ended_at, invitation.ended_by = clock.now(), by
    invitation.save(update_fields=["ended_at", "ended_by"])
    ledger.append(InvitationEnded(**_recorded(invitation)), by=by.actor)
    notifications.notify_answered(invitation, by)
    return invitation


@transaction.atomic(durable=True)
def found_programme(*, by: User, data_from: date | None = None, because: str = "") -> Case:
    """Put the founding to the vote of those who accepted its six seats: they are its board and it is in force once passed (S1, S142).

    With `data_from`, and why, it also asks them to let charters that were written before use data from that day on. Raises
    what `permissions.check_can_found` raises; Conflict where a decision, the contract or the course is missing; BadInput
    for a day that is not over.
    """
    list(Invitation.objects.select_for_update().filter(ended_at__isnull=True))
    permissions.check_can_found(by)
    check_is_prepared()
    _check_backfill(data_from)
    case = records.insert(_make_case(by))
    records.insert(Founding(case=case, data_from=data_from, because=because.strip() if data_from else ""))
    return open_recorded(case, by)


def check_is_prepared() -> None:
    """Raise Conflict unless decisions are declared, and contract and course are published (S5, S142)."""
    _check_has_decision()
    contract.check_is_published()
    _check_has_course()


def _check_has_decision() -> None:
    programmes.check_has_decision(programmes.get_programme())


def _check_has_course() -> None:
    if not Course.objects.exists():
        raise Conflict(
            _("The course about the rules is not published yet. Publish it before the programme begins."),
            code="programme_without_course",
        )


def list_missing() -> list[str]:
    """What the founding still asks for, beside six who have accepted, each in a sentence."""
    checks = (_check_has_decision, contract.check_is_published, _check_has_course)
    return [why for check in checks if (why := _explain(check))]


def _explain(check: Callable[[], None]) -> str:
    try:
        check()
    except Conflict as error:
        return error.detail
    return ""


def _check_backfill(data_from: date | None) -> None:
    if data_from is not None and data_from >= calendar.today():
        raise BadInput(_("Name a day that is over."), field="data_from")


def _make_case(by: User) -> Case:
    programme, now = programmes.get_programme(), clock.now()
    return Case(
        kind=CaseKind.FOUNDING,
        subject=_("Founding of %(programme)s") % {"programme": programme.name},
        question=programme.purpose,
        opened_at=now,
        opened_by=by,
        closes_at=now + timedelta(days=settings.BOARD_VOTING_DAYS),
    )


def _locked(invitation: Invitation) -> Invitation:
    held = Invitation.objects.select_for_update(of=("self",))
    return held.select_related("seat", "user", "invited_by").get(pk=invitation.pk)


def _recorded(invitation: Invitation) -> dict[str, Any]:
    return {"invitation": invitation.pk, "seat": invitation.seat.kind, "user": invitation.user_id}
