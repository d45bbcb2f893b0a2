"""Who writes agreements, puts them to the board, gives notice of their end, and opens their documents."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from governance.agreements.agreement_text import AgreementKind
from governance.agreements.models import AgreementVersion
from governance.board.permissions import sits
from governance.board.queries import list_seats_of
from governance.board.states import SeatKind
from governance.people.models import GrantedRole, User
from governance.people.permissions import can_administer, holds
from ground import calendar
from ground.errors import Conflict, DomainError, NotFound, NotPermitted

# Seats that speak for a party of an agreement, so that they can say that notice was given.
SPEAK_FOR_PARTIES = frozenset({SeatKind.LEGAL, SeatKind.HR, SeatKind.WORKER_REP})


def check_can_write(user: User) -> None:
    """Raise NotPermitted unless the account is a member of the board, HR's or an administrator's."""
    if not (sits(user) or holds(user, GrantedRole.HR) or can_administer(user)):
        raise NotPermitted(_("Agreements are written down by members of the board, HR and administrators."))


def check_can_change(user: User, version: AgreementVersion) -> None:
    """Raise as `check_can_write`; Conflict once the version has come before the board."""
    check_can_write(user)
    if version.case_id is not None:
        raise Conflict(
            _("This version came before the board and stays as it is. Write the next version."),
            code="agreement_was_put",
        )


def check_can_put(user: User, version: AgreementVersion) -> None:
    """Raise unless the account sits on the board or administers, and the version has not come before the board."""
    check_can_change(user, version)
    if not (sits(user) or can_administer(user)):
        raise NotPermitted(_("A member of the board or an administrator puts it to the board."))


def check_can_give_notice(user: User) -> None:
    """Raise NotPermitted unless the account holds the seat of legal, of HR or of the worker representative."""
    held = list_seats_of(user, calendar.today()) if user.is_active else ()
    if not any(seat.speaks_as in SPEAK_FOR_PARTIES for seat in held):
        raise NotPermitted(
            _(
                "That notice was given is recorded by the board’s member for legal, HR or the worker representation."
            )
        )


def check_can_see(user: User, version: AgreementVersion) -> None:
    """Raise NotFound for a version that the board has not decided on, unless the account writes agreements or audits."""
    if version.case is not None and version.case.closed_at is not None:
        return
    if not sees_unfinished(user):
        raise NotFound(_("There is no agreement here that you may read."), code="agreement_not_found")


def check_can_open_documents(user: User, version: AgreementVersion) -> None:
    """Raise NotPermitted for files of an assessment or a legal basis, which can say where systems are weak, but to those
    who answer for them. Those of a works agreement are for everybody whom it binds."""
    check_can_see(user, version)
    if version.kind != AgreementKind.WORKS_AGREEMENT.value and not sees_unfinished(user):
        raise NotPermitted(
            _("Files of assessments are opened by the board, HR, auditors and administrators."),
            code="document_withheld",
        )


def sees_unfinished(user: User) -> bool:
    """Whether the account reads what the board has not decided on."""
    return user.is_active and (can_write(user) or holds(user, GrantedRole.AUDITOR))


def can_write(user: User) -> bool:
    return _may(check_can_write, user)


def can_change(user: User, version: AgreementVersion) -> bool:
    return _may(check_can_change, user, version)


def can_put(user: User, version: AgreementVersion) -> bool:
    return _may(check_can_put, user, version)


def can_give_notice(user: User) -> bool:
    return _may(check_can_give_notice, user)


def can_open_documents(user: User, version: AgreementVersion) -> bool:
    return _may(check_can_open_documents, user, version)


def _may(check: Callable[..., None], *args: Any) -> bool:
    try:
        check(*args)
    except DomainError:
        return False
    return True
