"""Waivers: asked for with a case, in force once it is approved, ended early by the board."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.registry import queries as registry
from charter.registry.models import Metric
from charter.rules.vocabulary import Waivable
from governance.board import permissions
from governance.board.models import Case, Waiver
from governance.people.models import User
from ground import clock, records
from ground.errors import BadInput

FIELDS = ("rule_id", "metric", "decision", "starts_on", "ends_on", "reason")


def request_waiver(case: Case, details: Mapping[str, object], by: User) -> Waiver:
    """Store what a waiver's case asks for, in its transaction.

    BadInput for unknown fields, a rule that is never waived, a scope that names nothing, or dates that do not fit.
    """
    if unknown := sorted(set(details) - set(FIELDS)):
        raise BadInput(_("A waiver has no field “%(name)s”.") % {"name": unknown[0]}, field=unknown[0])
    if details.get("starts_on") is None or details.get("ends_on") is None:
        raise BadInput(_("Say from when and until when."), field="starts_on")
    words = {"reason": str(details.get("reason", "")).strip()}
    waiver = Waiver(case=case, requested_by=by, **{**details, **words})
    check_waivable(waiver.rule_id)
    if waiver.metric and not Metric.objects.filter(slug=waiver.metric).exists():
        raise BadInput(_("There is no metric called “%(slug)s”.") % {"slug": waiver.metric}, field="metric")
    if waiver.ends_on <= clock.today():
        raise BadInput(_("This waiver would be over already."), field="ends_on")
    return records.insert(waiver)


def check_waivable(rule_id: str) -> None:
    """Raise BadInput unless the rules in force have this rule and let the board waive it."""
    rule = next((each for each in registry.rules_in_force() if each.id == rule_id), None)
    if rule is None:
        raise BadInput(_("There is no rule “%(id)s”.") % {"id": rule_id}, field="rule_id")
    if rule.waivable is not Waivable.BOARD:
        raise BadInput(
            _("Rule %(id)s is never waived, not by the board either.") % {"id": rule_id},
            field="rule_id",
            code="never_waivable",
        )


@transaction.atomic(durable=True)
def end_waiver(*, waiver: Waiver, by: User) -> Waiver:
    """End a waiver that is in force or still to begin, at once. Any member of the board may; only a case grants one."""
    waiver = Waiver.objects.select_for_update(of=("self",)).select_related("case").get(pk=waiver.pk)
    permissions.check_can_end_waiver(by, waiver)
    waiver.ended_at, waiver.ended_by = clock.now(), by
    waiver.save(update_fields=["ended_at", "ended_by"])
    payload = {"waiver": waiver.pk, "case": waiver.case_id, "rule_id": waiver.rule_id}
    ledger.append(kind="board.waiver.ended", payload=payload, by=by.actor)
    return waiver
