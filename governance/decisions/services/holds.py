"""Putting values under review and ending that, at once: the metric is taken alone, so that no answer slips between."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from audits.ledger.models import Visibility
from charter.registry.locks import take_metric
from charter.registry.models import Metric
from governance.decisions import permissions
from governance.decisions.models import Hold, Protection
from governance.decisions.states import HoldCause
from governance.people.models import Cohort, Person, User
from ground import clock, records
from ground.errors import BadInput, Conflict


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
) -> Hold:
    """Put values of a metric under review from this moment: a cohort's, a person's, or all of them; `ends_on` is out.

    In the caller's transaction, so that an appeal and its hold are one; who places several takes metrics in the order
    of their slugs. Raises what `permissions.check_can_place_hold` raises, and BadInput naming the field.
    """
    permissions.check_can_place_hold(by, metric, HoldCause(cause))
    if not reason.strip():
        raise BadInput(_("Say why these values are under review."), field="reason")
    check_window(starts_on, ends_on)
    take_metric(metric.slug)
    hold = Hold(
        metric=metric,
        cohort=cohort,
        person=person,
        starts_on=starts_on,
        ends_on=ends_on,
        cause=cause,
        reason=reason.strip(),
        placed_at=clock.now(),
        placed_by=by,
    )
    _insert(hold)
    _append("placed", hold, by, cause=hold.cause, reason=hold.reason)
    return hold


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
    _append("released", hold, by, why=hold.released_because)
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
    payload = {
        "protection": made.pk,
        "person": person.external_id,
        "account": account.pk,
        "from": starts_on,
        "to": ends_on,
    }
    ledger.append(
        kind="decisions.protection.made", payload=payload, by=by.actor, visibility=Visibility.RESTRICTED
    )
    return made


def check_window(starts_on: date, ends_on: date) -> None:
    """Raise BadInput naming `ends_on` unless it comes after the first day."""
    if ends_on <= starts_on:
        raise BadInput(_("The window must end after it begins."), field="ends_on", code="window_inverted")


def _insert(hold: Hold) -> None:
    """Insert it; what no field of the record is to blame for lies in its window."""
    try:
        records.insert(hold)
    except BadInput as error:
        raise BadInput(error.detail, field=error.field or "starts_on") from error


def _append(what: str, hold: Hold, by: User, **more: object) -> None:
    payload = {
        "hold": hold.pk,
        "metric": hold.metric.slug,
        "cohort": hold.cohort.slug if hold.cohort else None,
        "person": hold.person.external_id if hold.person else None,
        "from": hold.starts_on,
        "to": hold.ends_on,
        **more,
    }
    ledger.append(
        kind=f"decisions.hold.{what}", payload=payload, by=by.actor, visibility=Visibility.RESTRICTED
    )
