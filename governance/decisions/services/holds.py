"""Putting values under review and ending that, at once: the metric is taken alone, so that no answer slips between."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.ledger import services as ledger
from charter.registry.locks import TAKE_ALL, take_metric
from charter.registry.models import Metric
from governance.decisions import permissions
from governance.decisions.events import HoldPlaced, HoldReleased, ProtectionEnded, ProtectionMade
from governance.decisions.models import Hold, Protection
from governance.decisions.services.windows import check_lifetime, check_window
from governance.decisions.states import HoldCause
from governance.people.models import Cohort, Person, User
from governance.people.permissions import is_system
from ground import clock, records, statements
from ground.daily import check_daily
from ground.errors import BadInput, Conflict, NotPermitted


@transaction.atomic
def place_hold(
    *,
    metric: Metric,
    starts_on: date,
    ends_on: date,
    cause: HoldCause,
    reason: str,
    by: User,
    cohort: Cohort | None = None,
    person: Person | None = None,
    on_use: bool = False,
) -> Hold:
    """Put values of a metric under review from this moment: a cohort's, a person's, or all of them; `ends_on` is out.

    With `on_use` only decisions about people meet it, and nothing else shows it: for appeals whose filer nobody may guess.

    In the caller's transaction, so that an appeal and its hold are one; who places several takes metrics in the order
    of their slugs. Raises what `permissions.check_can_place_hold` and `check_can_hold_person` raise, and BadInput naming the field.
    """
    permissions.check_can_place_hold(by, metric, HoldCause(cause))
    if person is not None:
        permissions.check_can_hold_person(by, person)
    if not reason.strip():
        raise BadInput(_("Say why these values are under review."), field="reason")
    check_window(starts_on, ends_on)
    if not is_system(by):
        check_lifetime(starts_on, ends_on, person=person)
        held = Hold.objects.filter(placed_by=by)
        check_daily(held, "placed_at", account=by.pk, most=settings.HOLDS_A_DAY)
    take_metric(metric.slug)
    hold = Hold(
        metric=metric,
        cohort=cohort,
        person=person,
        starts_on=starts_on,
        ends_on=ends_on,
        cause=cause,
        reason=reason.strip(),
        on_use=on_use,
        placed_at=clock.now(),
        placed_by=by,
    )
    _insert(hold)
    placed = HoldPlaced(**_recorded(hold), cause=hold.cause, reason=hold.reason)
    ledger.append(placed, by=by.actor)
    return hold


class HeldValues(Struct, frozen=True):
    """Values that are to be put under review: a cohort's, a person's, or all of a metric. `ends_on` is out."""

    metric: Metric
    starts_on: date
    ends_on: date
    cohort: Cohort | None = None
    person: Person | None = None


# With the locks, since what is written counts from the commit on: whoever asks meanwhile holds them until their answer has left.
# The columns are those of the table, as the row type has them.
_PLACE_ALL = f"""
WITH taken AS MATERIALIZED ({TAKE_ALL})
INSERT INTO decisions_hold
SELECT hold.* FROM jsonb_populate_recordset(NULL::decisions_hold, %(holds)s::jsonb) hold, (SELECT count(*) FROM taken) locks
"""


@transaction.atomic
def place_holds(
    *, values: Sequence[HeldValues], cause: HoldCause, reason: str, by: User, on_use: bool = False
) -> list[Hold]:
    """As `place_hold`, of several at once as the product itself: two statements, however many there are, in the caller's transaction.

    Raises NotPermitted for any other account, which would have to be held to what it may hold one by one.
    """
    if not is_system(by):
        raise NotPermitted(_("Several values at once are put under review by the product itself."))
    for each in values:
        check_window(each.starts_on, each.ends_on)
    holds = [
        Hold(
            **{name: getattr(each, name) for name in HeldValues.__struct_fields__},
            cause=cause,
            reason=reason,
            on_use=on_use,
            placed_at=clock.now(),
            placed_by=by,
        )
        for each in values
    ]
    if holds:
        slugs = sorted({hold.metric.slug for hold in holds})
        rows = [
            {field.column: field.value_from_object(hold) for field in Hold._meta.concrete_fields}
            for hold in holds
        ]
        statements.run(_PLACE_ALL, {"slugs": slugs, "holds": msgspec.json.encode(rows).decode()})
        placed = [HoldPlaced(**_recorded(hold), cause=hold.cause, reason=hold.reason) for hold in holds]
        ledger.append_all(placed, by=by.actor)
    return holds


@transaction.atomic
def release_hold(*, hold: Hold, why: str, by: User) -> Hold:
    """End a hold from this moment, in the caller's transaction. Raises Conflict where it has ended already."""
    permissions.check_can_release_hold(by, hold)
    if not why.strip():
        raise BadInput(_("Say why the review has ended."), field="why")
    take_metric(hold.metric.slug)
    hold = Hold.objects.select_for_update(of=("self",)).select_related("metric").get(pk=hold.pk)
    if hold.released_at is not None:
        raise Conflict(_("These values are not under review any more."), code="already_released")
    hold.released_at, hold.released_by, hold.released_because = clock.now(), by, why.strip()
    hold.save(update_fields=["released_at", "released_by", "released_because"])
    ledger.append(HoldReleased(**_recorded(hold), why=hold.released_because), by=by.actor)
    return hold


@transaction.atomic
def protect(*, person: Person, account: User, starts_on: date, ends_on: date, by: User) -> Protection:
    """Keep an account from deciding about a person who disputed a use of its by name, until `ends_on` (out, AR22).

    In the caller's transaction, for appeals by name alone: after a confidential one it would give its filer away.
    """
    permissions.check_can_protect(by)
    check_window(starts_on, ends_on)
    if account.person_id == person.pk:
        raise BadInput(_("Nobody is protected from themself."), field="account")
    made = records.insert(
        Protection(person=person, account=account, starts_on=starts_on, ends_on=ends_on, made_by=by)
    )
    event = ProtectionMade(
        protection=made.pk,
        person=person.external_id,
        account=account.pk,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    ledger.append(event, by=by.actor)
    return made


@transaction.atomic
def end_protection(*, protection: Protection, why: str, by: User) -> Protection:
    """End a protection for a reason that somebody outside of the line has written; who may is for the caller to check."""
    if not why.strip():
        raise BadInput(_("Write why this is no retaliation."), field="why")
    protection = Protection.objects.select_for_update().get(pk=protection.pk)
    if protection.ended_at is not None:
        raise Conflict(_("This was answered already."), code="answered_already")
    protection.ended_at, protection.ended_by, protection.ended_because = clock.now(), by, why.strip()
    protection.save(update_fields=["ended_at", "ended_by", "ended_because"])
    ledger.append(ProtectionEnded(protection=protection.pk, why=protection.ended_because), by=by.actor)
    return protection


def _insert(hold: Hold) -> None:
    """Insert it; what no field of the record is to blame for lies in its window."""
    try:
        records.insert(hold)
    except BadInput as error:
        raise BadInput(error.detail, field=error.field or "starts_on") from error


def _recorded(hold: Hold) -> dict[str, Any]:
    return {
        "hold": hold.pk,
        "metric": hold.metric.slug,
        "cohort": hold.cohort.slug if hold.cohort else None,
        "person": hold.person.external_id if hold.person else None,
        "starts_on": hold.starts_on,
        "ends_on": hold.ends_on,
    }
