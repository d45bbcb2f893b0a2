"""How much one account may do in a day of what reaches others."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ground import clock, statements
from ground.errors import TooMuch

DAY = timedelta(days=1)
# Two at once of one account come one after the other, so that they never pass the limit together.
_TAKE = "SELECT pg_advisory_xact_lock(hashtextextended('daily:' || %(account)s::text, 0))"


def check_daily(done: QuerySet[Any], at: str, *, account: UUID, most: int) -> None:
    """Raise TooMuch where the account has done it as often as it may in 24 hours; `at` is the field that says when.

    In the transaction that does it once more, which a second one of the account waits for.
    """
    statements.run(_TAKE, {"account": account})
    now = clock.now()
    lately = done.filter(**{f"{at}__gt": now - DAY}).order_by(f"-{at}")
    times: list[datetime] = list(lately.values_list(at, flat=True)[:most])
    if len(times) < most:
        return
    text = _("One account does this %(most)s times in a day at most, since each time reaches others.") % {
        "most": most
    }
    raise TooMuch(text, code="daily_limit", wait=(times[-1] + DAY - now).total_seconds(), limit=most)
