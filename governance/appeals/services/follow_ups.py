"""Asking, 30, 90 and 180 days after an appeal is over, whether anybody treated whoever filed it worse."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.appeals import permissions
from governance.appeals.events import AppealFollowedUp, AppealFollowUpAsked
from governance.appeals.models import Appeal, FollowUp
from governance.appeals.services import notifications
from governance.appeals.services.moving import actor_of_appellant
from governance.appeals.states import FOLLOWED_AFTER, AppealKind
from governance.appeals.words import FollowUpWords, seal
from governance.people.models import User
from ground import calendar, clock
from ground.errors import Conflict
from ground.parsing import read_prose


def plan(appeal: Appeal) -> None:
    """Plan the questions of an appeal that is over, in its transaction, where whoever filed it wanted them and can be asked."""
    if appeal.kind == AppealKind.ANONYMOUS or not appeal.ask_later:
        return
    today = calendar.today()
    FollowUp.objects.bulk_create(
        [FollowUp(appeal=appeal, days=days, due_on=today + timedelta(days=days)) for days in FOLLOWED_AFTER]
    )


@transaction.atomic(durable=True)
def ask_follow_up(*, follow_up: FollowUp, by: User) -> bool:
    """Ask on the day: by notice who filed by name, else on their own page alone; whether it was asked now."""
    found = (
        FollowUp.objects.select_for_update(of=("self",))
        .select_related("appeal__appellant")
        .get(pk=follow_up.pk)
    )
    if found.asked_at is not None:
        return False
    found.asked_at = clock.now()
    found.save(update_fields=["asked_at"])
    event = AppealFollowUpAsked(
        appeal=found.appeal_id, appeal_kind=found.appeal.kind, follow_up=found.pk, days=found.days
    )
    ledger.append(event, by=by.actor)
    notifications.notify_appellant(
        found.appeal, f"follow:{found.days}", _("A question about how you are treated waits")
    )
    return True


@transaction.atomic(durable=True)
def answer_follow_up(*, follow_up: FollowUp, worse: bool, says: str, by: User) -> FollowUp:
    """Say whether anybody treated one worse. Where so, the handler and the board outside of the lines are told to look."""
    found = FollowUp.objects.select_for_update(of=("self",)).select_related("appeal").get(pk=follow_up.pk)
    permissions.check_is_appellant(by, found.appeal)
    if found.answered_at is not None or found.due_on > calendar.today():
        raise Conflict(_("This was answered already, or is not asked yet."), code="not_asked")
    words = FollowUpWords(worse, read_prose(says, field="says"))
    found.answered_at, found.said = clock.now(), seal(words, found.pk, "follow-up")
    found.save(update_fields=["answered_at", "said"])
    event = AppealFollowedUp(
        appeal=found.appeal_id, appeal_kind=found.appeal.kind, follow_up=found.pk, days=found.days
    )
    ledger.append(event, by=actor_of_appellant(found.appeal, by))
    if worse:
        notifications.notify_worse(found.appeal, found)
    return found
