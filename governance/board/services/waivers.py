"""Waivers that the board ends early. One is asked for with its case and in force once that is approved."""

from django.db import transaction

from audits.ledger import services as ledger
from governance.board import permissions
from governance.board.events import WaiverEnded
from governance.board.models import Waiver
from governance.people.models import User
from ground import clock


@transaction.atomic(durable=True)
def end_waiver(*, waiver: Waiver, by: User) -> Waiver:
    """End a waiver that is in force or still to begin, at once. Any member of the board may; only a case grants one."""
    waiver = Waiver.objects.select_for_update(of=("self",)).select_related("case").get(pk=waiver.pk)
    permissions.check_can_end_waiver(by, waiver)
    waiver.ended_at, waiver.ended_by = clock.now(), by
    waiver.save(update_fields=["ended_at", "ended_by"])
    ended = WaiverEnded(waiver=waiver.pk, case=waiver.case_id, rule_id=waiver.rule_id)
    ledger.append(ended, by=by.actor)
    return waiver
