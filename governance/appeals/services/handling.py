"""From the queue to a handler: acknowledging, finding somebody independent, conflicts, putting off once."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.appeals import permissions
from governance.appeals.clocks import read_settings
from governance.appeals.events import (
    AppealAcknowledged,
    AppealAssigned,
    AppealConflictDeclared,
    AppealExtended,
    AppellantOpened,
)
from governance.appeals.models import HANDLE, Appeal, AppealHandler, AppealTerm, Clock
from governance.appeals.services import notifications
from governance.appeals.services.filing_text import read_text
from governance.appeals.services.moving import lock, meet, move
from governance.appeals.services.talking import keep
from governance.appeals.states import OF_SECOND_INSTANCE, AppealKind, AppealState, ClockKind, Voice
from governance.people.models import User
from governance.people.object_permissions import find_permission
from ground import calendar, clock, records
from ground.errors import BadInput, Conflict
from ground.promises import promised


@transaction.atomic(durable=True)
def acknowledge_appeal(*, appeal: Appeal, by: User, review_closes: date | None = None) -> Appeal:
    """Say that we have an appeal; where a review that it bears on closes soon, it is urgent and its outcome due sooner."""
    appeal = lock(appeal)
    permissions.check_can_acknowledge(by, appeal)
    appeal.urgent = _is_urgent(review_closes)
    if appeal.urgent:
        settings = read_settings()
        due = settings.after(calendar.find_day(appeal.filed_at), settings.appeal_urgent_days)
        Clock.objects.filter(appeal=appeal, kind=ClockKind.OUTCOME).update(due_on=due)
    meet(appeal, ClockKind.ACKNOWLEDGE)
    move(appeal, AppealState.ACKNOWLEDGED, "urgent")
    event = AppealAcknowledged(appeal=appeal.pk, appeal_kind=appeal.kind, urgent=appeal.urgent)
    ledger.append(event, by=by.actor)
    notifications.notify_appellant(appeal, "acknowledged", _("We have your appeal"))
    return appeal


def _is_urgent(review_closes: date | None) -> bool:
    if review_closes is None:
        return False
    today, settings = calendar.today(), read_settings()
    if review_closes < today:
        raise BadInput(_("A review that has closed makes nothing urgent."), field="review_closes")
    return review_closes <= settings.after(today, settings.appeal_urgent_within_days)


@transaction.atomic(durable=True)
def assign_handler(*, appeal: Appeal, handler: User, by: User) -> AppealHandler:
    """Give an appeal to somebody outside of the lines of all whom it is about, in place of whoever has it.

    Raises what `permissions.check_can_assign` and `check_can_handle` raise; lines are those of now and of the filing.
    """
    appeal = lock(appeal)
    permissions.check_can_assign(by, appeal)
    permissions.check_can_handle(handler, appeal)
    before: AppealHandler | None = AppealHandler.objects.filter(content_object=appeal).first()
    if before is not None and before.user_id == handler.pk:
        return before
    if before is not None:
        before.delete()
    given = records.insert(
        AppealHandler(
            content_object=appeal, user=handler, permission=find_permission(Appeal, HANDLE), given_by=by
        )
    )
    _note_term(appeal, handler)
    second = appeal.state in OF_SECOND_INSTANCE
    meet(appeal, ClockKind.ACKNOWLEDGE, ClockKind.INDEPENDENCE)
    move(appeal, AppealState.SECOND_ASSIGNED if second else AppealState.ASSIGNED)
    event = AppealAssigned(
        appeal=appeal.pk,
        appeal_kind=appeal.kind,
        handler=handler.pk,
        instead_of=before.user_id if before else None,
    )
    ledger.append(event, by=by.actor)
    notifications.notify_handler(appeal, handler)
    notifications.notify_appellant(appeal, f"assigned:{given.pk}", _("Your appeal has a handler"))
    return given


def _note_term(appeal: Appeal, handler: User) -> None:
    instance = 2 if appeal.state in OF_SECOND_INSTANCE else 1
    if not AppealTerm.objects.filter(appeal=appeal, user=handler, instance=instance).exists():
        records.insert(AppealTerm(appeal=appeal, user=handler, instance=instance))


@transaction.atomic(durable=True)
def declare_conflict(*, appeal: Appeal, why: str, by: User) -> Appeal:
    """Hand an appeal back that one should not decide; the clocks go on, and the board finds somebody else."""
    appeal = lock(appeal)
    if not permissions.is_named_handler(by, appeal):
        permissions.check_handles(by, appeal)
    said = read_text(why, "why", _("Say what the conflict is."))
    AppealHandler.objects.filter(content_object=appeal).delete()
    second = appeal.state in OF_SECOND_INSTANCE
    Clock.objects.filter(appeal=appeal, kind=ClockKind.INDEPENDENCE).update(met_at=None)
    move(appeal, AppealState.SECOND if second else AppealState.ACKNOWLEDGED)
    event = AppealConflictDeclared(appeal=appeal.pk, appeal_kind=appeal.kind, handler=by.pk, why=said)
    ledger.append(event, by=by.actor)
    notifications.notify_filed(appeal)
    return appeal


@transaction.atomic(durable=True)
def extend_outcome(*, appeal: Appeal, why: str, by: User) -> Appeal:
    """Put the outcome off, once, with a reason that whoever filed it is told."""
    appeal = lock(appeal)
    permissions.check_handles(by, appeal)
    said = read_text(why, "why", _("Say why the outcome needs longer."))
    kind = ClockKind.SECOND_OUTCOME if appeal.state in OF_SECOND_INSTANCE else ClockKind.OUTCOME
    running = Clock.objects.select_for_update().get(appeal=appeal, kind=kind)
    if running.extended_because:
        raise Conflict(_("The outcome was put off once already."), code="extended_already")
    settings = read_settings()
    running.due_on = settings.after(running.due_on, settings.appeal_extension_days)
    running.extended_because, running.missed_at = said, None
    running.save(update_fields=["due_on", "extended_because", "missed_at"])
    move(appeal, AppealState(appeal.state))
    event = AppealExtended(appeal=appeal.pk, appeal_kind=appeal.kind, until=running.due_on, why=said)
    ledger.append(event, by=by.actor)
    told = _("The outcome is put off until %(day)s: %(why)s") % {"day": running.due_on, "why": said}
    keep(appeal, Voice.SERVICE, told, author=None, actor=by.actor)
    return appeal


@transaction.atomic(durable=True)
def open_identity(*, appeal: Appeal, by: User) -> User:
    """Who filed a confidential appeal, for its handler alone; each time is on the log and told to whoever filed it."""
    appeal = lock(appeal)
    permissions.check_handles(by, appeal)
    if appeal.kind != AppealKind.CONFIDENTIAL:
        raise Conflict(_("There is no sealed name in this appeal."), code="nothing_sealed")
    found = User.objects.select_related("person").get(pk=promised(permissions.read_parties(appeal).appellant))
    event = AppellantOpened(appeal=appeal.pk, appeal_kind=appeal.kind, handler=by.pk)
    ledger.append(event, by=by.actor)
    told = _("%(name)s, who handles your appeal, opened your name on %(day)s.") % {
        "name": by.name,
        "day": calendar.find_day(clock.now()),
    }
    keep(appeal, Voice.SERVICE, told, author=None, actor=by.actor)
    return found
