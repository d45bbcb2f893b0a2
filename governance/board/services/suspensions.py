"""Emergency suspension: any seat, at once; the board ratifies it in time, or it lapses."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.registry import services as registry
from charter.registry.models import CharterVersion
from governance.board import councils, permissions
from governance.board.events import CharterSuspendedBySeat, SuspensionRefused
from governance.board.models import Case, Seat, Suspension
from governance.board.seat_names import SeatName
from governance.board.services.cases import open_recorded
from governance.board.services.refusals import log_refusals
from governance.board.states import CaseKind
from governance.people.models import User
from ground import calendar, clock, records


def suspend(*, version: CharterVersion, seat_kind: SeatName, reason: str, by: User) -> Suspension:
    """Take a charter out of use at once for a seat, and put that to the board.

    Raises what `permissions.check_can_suspend` raises, which is then in the ledger, and BadInput without a reason.
    """
    with log_refusals(SuspensionRefused, by, charter_version=version.pk, seat=seat_kind.value):
        return _suspend(version, seat_kind, reason.strip(), by)


@transaction.atomic(durable=True)
def _suspend(version: CharterVersion, seat_kind: SeatName, reason: str, by: User) -> Suspension:
    return suspend_together(version=version, seat_kind=seat_kind, reason=reason, by=by)


@transaction.atomic
def suspend_together(*, version: CharterVersion, seat_kind: SeatName, reason: str, by: User) -> Suspension:
    """As `suspend`, in the caller's transaction, with what it follows from; a refusal is the caller's to record."""
    permissions.check_can_suspend(by, CharterVersion.objects.get(pk=version.pk), seat_kind)
    registry.suspend(version=version, by=by)
    now = clock.now()
    ratify_by = now + timedelta(days=settings.BOARD_RATIFICATION_DAYS)
    case = records.insert(_case(version, reason, ratify_by, by))
    suspension = records.insert(
        Suspension(
            charter_version=version,
            case=case,
            seat=Seat.objects.get(kind=seat_kind.value),
            user=by,
            reason=reason,
            at=now,
            ratify_by=ratify_by,
        )
    )
    suspended = CharterSuspendedBySeat(
        suspension=suspension.pk,
        charter_version=version.pk,
        case=case.pk,
        seat=seat_kind.value,
        reason=reason,
        ratify_by=ratify_by,
    )
    ledger.append(suspended, by=by.actor)
    open_recorded(case, by)
    return suspension


def _case(version: CharterVersion, reason: str, ratify_by: datetime, by: User) -> Case:
    now = clock.now()
    return Case(
        asked=councils.list_asked(calendar.today()),
        kind=CaseKind.SUSPENSION,
        charter_version=version,
        subject=_("Suspension of %(metric)s") % {"metric": version.metric.name},
        question=reason,
        opened_at=now,
        opened_by=by,
        closes_at=ratify_by,
    )
