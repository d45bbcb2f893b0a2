"""How many accounts the organisation's directory closes: above a tenth in a day it asks, as the organisation's import does."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.directory.events import ClosingsAllowed
from governance.directory.models import ClosingAllowance, DirectoryClosing, DirectoryEntry
from governance.people import permissions as people_permissions
from governance.people import services as people
from governance.people.models import User
from ground import clock, records, statements
from ground.errors import Conflict

LARGEST_SHARE = 10  # one of so many
# So many are closed in any organisation: with thirty people a tenth is a week's leavers.
FEW = 3
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


class TooManyClosings(Conflict):
    """A directory that closes everybody looks like this."""

    code = "would_close_many"

    def __init__(self) -> None:
        super().__init__(
            _(
                "More than a tenth of the directory’s accounts would be closed within a day. Nothing was changed. If it is meant, an "
                "administrator allows it for an hour at /directory/closings; then send it again."
            )
        )


@transaction.atomic(durable=True)
def allow_closings(*, by: User) -> ClosingAllowance:
    """Let the directory close any number of accounts for an hour. Raises NotPermitted unless `by` is an administrator."""
    people_permissions.check_can_administer(by)
    allowance = records.insert(ClosingAllowance(allowed_by=by, until=clock.now() + _HOUR))
    ledger.append(ClosingsAllowed(allowance=allowance.pk), by=by.actor)
    return allowance


def find_allowance() -> datetime | None:
    """Until when any number may be closed, where that is so now."""
    until = ClosingAllowance.objects.aggregate(until=Max("until"))["until"]
    return until if until and until > clock.now() else None


def close_as_said(account: User, *, by: User) -> None:
    """Close an account as the directory says, in the caller's transaction, whose entry tells of it; `by` is the
    system. Raises TooManyClosings, Conflict."""
    _check_share()
    DirectoryClosing.objects.create(account=account)
    people.close_account_beside(user=account, by=by)


def forget_closings() -> int:
    """Forget closings that count towards no day any more; the entries of the log that told of them stay. Gives how many."""
    [(gone,)] = statements.fetch("SELECT forget_closings()", {})
    return int(gone)


def _check_share() -> None:
    if find_allowance() is not None:
        return
    closed = DirectoryClosing.objects.filter(at__gt=clock.now() - _DAY).count() + 1
    held = DirectoryEntry.objects.filter(account__is_active=True).count() + closed - 1
    if closed > FEW and closed * LARGEST_SHARE > held:
        raise TooManyClosings
