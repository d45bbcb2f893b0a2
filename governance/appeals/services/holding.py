"""What an appeal puts under review, exactly what was chosen, and the end of that."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.ledger import services as ledger
from charter.registry.models import Metric
from governance.appeals.events import AppealHoldsLifted
from governance.appeals.models import Appeal
from governance.appeals.permissions import read_parties
from governance.appeals.services.moving import lock
from governance.appeals.states import OVER, HoldChoice
from governance.decisions import services as decisions
from governance.decisions.models import Hold
from governance.decisions.states import HoldCause
from governance.people.models import Cohort, Person, User
from governance.people.services import get_system_account
from ground import clock
from ground.errors import BadInput
from ground.promises import promised

# The same of every appeal: a reason of its own could say whose it is.
_REASON = "An appeal contests these values."


class Contested(Struct, frozen=True):
    """The values that an appeal is about, whose use may be held."""

    metrics: tuple[Metric, ...] = ()
    cohorts: tuple[Cohort, ...] = ()
    person: Person | None = None
    starts_on: date | None = None
    ends_on: date | None = None


def place(values: Contested, choice: HoldChoice, *, by: User) -> list[Hold]:
    """Put values under review as chosen, in the transaction of the filing; `by` is the product itself. Two statements."""
    if choice == HoldChoice.NONE:
        return []
    if not values.metrics:
        raise BadInput(
            _("There are no values to hold in what you appeal. Choose to hold nothing."), field="hold"
        )
    subjects = list(_subjects(values, choice))
    held = [
        decisions.HeldValues(metric, promised(values.starts_on), promised(values.ends_on), cohort, person)
        for metric in sorted(values.metrics, key=lambda each: each.slug)
        for cohort, person in subjects
    ]
    on_use = choice == HoldChoice.ON_USE
    return decisions.place_holds(values=held, cause=HoldCause.APPEAL, reason=_REASON, on_use=on_use, by=by)


def _subjects(values: Contested, choice: HoldChoice) -> Iterator[tuple[Cohort | None, Person | None]]:
    """Whose values: one person's, or those of cohorts; with `team` those of the person's team on one of those days."""
    if values.person is None or choice == HoldChoice.TEAM:
        cohorts = values.cohorts if values.person is None else _team_of(values, values.person)
        yield from ((cohort, None) for cohort in cohorts)
    else:
        yield None, values.person


def _team_of(values: Contested, person: Person) -> list[Cohort]:
    during = person.memberships.filter(valid_from__lt=promised(values.ends_on)).exclude(
        valid_to__lte=promised(values.starts_on)
    )
    found = list(
        Cohort.objects.filter(
            kind="team", retired_at__isnull=True, teams__in=during.values("team")
        ).distinct()
    )
    if not found:
        text = _("There was no team in that time whose values could be held. Choose another hold.")
        raise BadInput(text, field="hold")
    return found


def release(keys: tuple[UUID, ...], *, by: User) -> int:
    """Let the holds of an appeal end; those that ended already stay so."""
    found = Hold.objects.filter(pk__in=keys, released_at__isnull=True).select_related(
        "metric", "cohort", "person"
    )
    for hold in found.order_by("metric__slug", "pk"):
        decisions.release_hold(hold=hold, why=_("The appeal has ended."), by=by)
    return len(keys)


@transaction.atomic(durable=True)
def lift_holds(*, appeal: Appeal, by: User) -> int:
    """Let what an appeal held be used again once it is over; gives how many holds those were."""
    appeal = lock(appeal)
    return lift(appeal, by=by)


def lift(appeal: Appeal, *, by: User) -> int:
    """The same of a held appeal, in the caller's transaction."""
    if appeal.state not in OVER or appeal.holds_lifted_at is not None:
        return 0
    released = release(read_parties(appeal).holds, by=get_system_account())
    appeal.holds_lifted_at = clock.now()
    appeal.save(update_fields=["holds_lifted_at"])
    ledger.append(
        AppealHoldsLifted(appeal=appeal.pk, appeal_kind=appeal.kind, released=released), by=by.actor
    )
    return released
