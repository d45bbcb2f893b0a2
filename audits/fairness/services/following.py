"""What follows from audits: tasks of HR, cases of the board, and reminders before a clearance ends."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audits.fairness import permissions, queries
from audits.fairness.events import RevisionAsked, VarianceTaskClosed
from audits.fairness.limits import CONTEXT_SHARE
from audits.fairness.models import AuditedMetric, VarianceTask
from audits.ledger import services as ledger
from charter.registry.models import CharterVersion
from charter.rules import words
from governance.board.services import open_case
from governance.board.states import CaseKind
from governance.notices.services import notify
from governance.people.models import User
from ground import clock
from ground.errors import BadInput, Conflict
from ground.parsing import read_prose


@transaction.atomic(durable=True)
def close_task(*, task: VarianceTask, done: str, by: User) -> VarianceTask:
    """Close a task about a manager's ratings, with what was done. Raises NotPermitted, Conflict where it is closed."""
    permissions.check_can_close(by, task)
    done = read_prose(done, field="done")
    if not done:
        raise BadInput(_("Say what was done."), field="done", code="required")
    task = VarianceTask.objects.select_for_update().get(pk=task.pk)
    if task.closed_at is not None:
        raise Conflict(_("This task is closed already."), code="closed")
    task.done, task.closed_at, task.closed_by = done, clock.now(), by
    task.save(update_fields=["done", "closed_at", "closed_by"])
    ledger.append(VarianceTaskClosed(task=task.pk, done=done), by=by.actor)
    return task


@transaction.atomic(durable=True)
def open_revision(*, audited: AuditedMetric, by: User) -> AuditedMetric:
    """Ask the board to revise or retire a metric that context explains too much of (S103)."""
    metric = audited.charter_version.metric
    context = audited.context or {}
    case = open_case(
        kind=CaseKind.UNINTENDED_CONSEQUENCES,
        charter_version=audited.charter_version,
        subject=_("Revise or retire %(name)s: it goes with people’s context") % {"name": metric.name},
        question=_(
            "In a fairness audit of %(people)s people, context explained %(share)s of what explains this metric, and at least "
            "%(low)s of it. From %(limit)s on, a metric has to be revised or retired."
        )
        % {
            "people": context.get("people"),
            "share": _percent(context.get("share", 0.0)),
            "low": _percent(context.get("low", 0.0)),
            "limit": _percent(CONTEXT_SHARE),
        },
        by=by,
    )
    audited.case = case
    audited.save(update_fields=["case"])
    ledger.append(RevisionAsked(audited=audited.pk, metric=metric.slug, case=case.pk), by=by.actor)
    return audited


@transaction.atomic(durable=True)
def remind_of_end(*, version: CharterVersion, until: date, over: bool, by: User) -> int:
    """Tell the metric's owner, HR and auditors that a clearance ends or has ended, once each; gives how many were told."""
    if over:
        text = _(
            "The fairness audit of “%(name)s” counted until %(day)s. Until another one is passed, nothing about people is answered by "
            "this metric."
        )
    else:
        text = _(
            "The fairness audit of “%(name)s” counts until %(day)s. After that day nothing about people is answered by this metric "
            "until another one is passed."
        )
    told = [
        notify(
            to=user,
            kind="fairness.due",
            subject=_("A fairness audit is due: %(name)s") % {"name": version.metric.name},
            text=text % {"name": version.metric.name, "day": words.day(until)},
            path="/fairness",
            once=f"fairness-due:{version.pk}:{until}:{'over' if over else 'soon'}:{user.pk}",
            by=by,
        )
        for user in queries.list_those_who_see_to_it(version)
    ]
    return sum(each is not None for each in told)


def _percent(share: float) -> str:
    return f"{share:.0%}"
