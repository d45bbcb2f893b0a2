"""Steps that several services share: holding the row, moving its state, its clocks."""

from collections.abc import Iterable
from datetime import date

from governance.appeals.models import Appeal, Clock
from governance.appeals.states import OURS, OVER, TRANSITIONS, AppealKind, AppealState, ClockKind
from governance.people.models import User
from governance.people.services import get_system_account
from ground import clock


def lock(appeal: Appeal) -> Appeal:
    """The appeal as it is now, held until the transaction ends."""
    return Appeal.objects.select_for_update(of=("self",)).select_related("appellant").get(pk=appeal.pk)


def actor_of_appellant(appeal: Appeal, by: User) -> str:
    """Whom the log names for what an appellant does: of other than named appeals the product itself."""
    return by.actor if appeal.kind == AppealKind.NAMED else get_system_account().actor


def move(appeal: Appeal, state: AppealState, *fields: str) -> None:
    """Put the appeal in a state that may follow, and keep these fields too."""
    TRANSITIONS.check(appeal.state, state)
    appeal.state = state
    if state in OVER:
        appeal.over_at = clock.now()
    appeal.next_due = _next_due(appeal)
    appeal.save(update_fields=["state", "over_at", "next_due", *fields])


def start_clocks(appeal: Appeal, due: Iterable[tuple[ClockKind, date]]) -> None:
    Clock.objects.bulk_create([Clock(appeal=appeal, kind=kind, due_on=day) for kind, day in due])


def meet(appeal: Appeal, *kinds: ClockKind) -> None:
    """Note that these clocks were met, where they run; a second time changes nothing."""
    Clock.objects.filter(appeal=appeal, kind__in=kinds, met_at__isnull=True).update(met_at=clock.now())


def _next_due(appeal: Appeal) -> date | None:
    if appeal.state in OVER:
        return None
    running = Clock.objects.filter(appeal=appeal, met_at__isnull=True, kind__in=OURS)
    return running.order_by("due_on").values_list("due_on", flat=True).first()
