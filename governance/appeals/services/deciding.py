"""Reasoned outcomes, a second look by other people, and the end."""

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.appeals import permissions, queries
from governance.appeals.clocks import read_settings
from governance.appeals.events import AppealClosed, AppealDecided, AppealSecondAsked
from governance.appeals.models import Appeal, AppealHandler, AppealOutcome
from governance.appeals.services import follow_ups, notifications, remedies
from governance.appeals.services.filing_text import read_text
from governance.appeals.services.holding import lift
from governance.appeals.services.moving import actor_of_appellant, lock, meet, move, start_clocks
from governance.appeals.services.talking import keep
from governance.appeals.states import (
    OF_SECOND_INSTANCE,
    AppealFinding,
    AppealKind,
    AppealState,
    ClockKind,
    Remedy,
    Voice,
)
from governance.appeals.words import OutcomeWords, seal
from governance.people.models import User
from ground import calendar, clock, records
from ground.errors import Conflict


@transaction.atomic(durable=True)
def decide_appeal(
    *,
    appeal: Appeal,
    finding: AppealFinding,
    reasons: str,
    evidence: str,
    remedy: str,
    by: User,
    act: Remedy = Remedy.NONE,
    note_kind: str = "",
    note: str = "",
) -> AppealOutcome:
    """Decide an appeal, with the reasons, the evidence and the remedy, none of which can be left out.

    `act` is what it sets in motion; for what is noted beside values, `note_kind` and `note` say what stands there.

    At the first instance whoever filed it can then ask other people to look again; at the second it is final.
    """
    appeal = lock(appeal)
    permissions.check_handles(by, appeal)
    words = _read_outcome(reasons, evidence, remedy)
    second = appeal.state in OF_SECOND_INSTANCE
    about = queries.read_words(appeal).about
    choice = remedies.RemedyChoice(Remedy(act), note_kind, note)
    remedies.check(choice, appeal, about, by=by)
    outcome = AppealOutcome(
        appeal=appeal,
        instance=2 if second else 1,
        finding=AppealFinding(finding),
        act=choice.act,
        metrics=list(about.metrics),
        decided_at=clock.now(),
        decided_by=by,
    )
    outcome.said = seal(words, outcome.pk, "outcome")
    records.insert(outcome)
    _move_on(appeal, second=second)
    ledger.append(_tell_of(outcome), by=by.actor)
    notifications.notify_appellant(appeal, f"decided:{outcome.pk}", _("Your appeal is decided"))
    remedies.set_in_motion(outcome, appeal, about, choice, by=by)
    if second:
        follow_ups.plan(appeal)
        lift_now(appeal, by=by)
    return outcome


def _read_outcome(reasons: str, evidence: str, remedy: str) -> OutcomeWords:
    return OutcomeWords(
        reasons=read_text(reasons, "reasons", _("Say why. An outcome without reasons is none.")),
        evidence=read_text(evidence, "evidence", _("Say on what evidence this rests, with its receipts.")),
        remedy=read_text(remedy, "remedy", _("Say what is done now, or that nothing is and why.")),
    )


def _tell_of(outcome: AppealOutcome) -> AppealDecided:
    return AppealDecided(
        appeal=outcome.appeal_id,
        appeal_kind=outcome.appeal.kind,
        outcome=outcome.pk,
        instance=outcome.instance,
        finding=outcome.finding,
        remedy=outcome.act,
        metrics=outcome.metrics,
    )


def _move_on(appeal: Appeal, *, second: bool) -> None:
    if second:
        meet(appeal, ClockKind.SECOND_OUTCOME)
        move(appeal, AppealState.CLOSED)
        return
    settings = read_settings()
    until = settings.after(calendar.today(), settings.appeal_second_filing_days)
    meet(appeal, ClockKind.OUTCOME)
    start_clocks(appeal, [(ClockKind.SECOND_FILING, until)])
    move(appeal, AppealState.DECIDED)


@transaction.atomic(durable=True)
def ask_second_instance(*, appeal: Appeal, why: str, by: User) -> Appeal:
    """Ask other people to look at a decided appeal again; what it holds stays held."""
    appeal = lock(appeal)
    permissions.check_is_appellant(by, appeal)
    return _look_again(appeal, why, actor=actor_of_appellant(appeal, by))


def _look_again(appeal: Appeal, why: str, *, actor: str) -> Appeal:
    """The same of a held appeal, in the caller's transaction."""
    until = queries.read_due(appeal).get(ClockKind.SECOND_FILING)
    if appeal.state != AppealState.DECIDED or until is None or until < calendar.today():
        raise Conflict(
            _("A second look can be asked for once an appeal is decided, within its days."), code="too_late"
        )
    settings = read_settings()
    AppealHandler.objects.filter(content_object=appeal).delete()
    meet(appeal, ClockKind.SECOND_FILING)
    due = settings.after(calendar.today(), settings.appeal_second_outcome_days)
    start_clocks(appeal, [(ClockKind.SECOND_OUTCOME, due)])
    move(appeal, AppealState.SECOND)
    ledger.append(AppealSecondAsked(appeal=appeal.pk, appeal_kind=appeal.kind), by=actor)
    keep(appeal, Voice.APPELLANT, why, author=None, actor=actor)
    notifications.notify_second(appeal)
    return appeal


@transaction.atomic(durable=True)
def accept_outcome(*, appeal: Appeal, by: User) -> Appeal:
    """Be content with the outcome, so that it is final and what was held can be used again."""
    appeal = lock(appeal)
    permissions.check_is_appellant(by, appeal)
    return _close(appeal, actor=actor_of_appellant(appeal, by), by=by)


@transaction.atomic(durable=True)
def close_appeal(*, appeal: Appeal, by: User) -> Appeal:
    """Let an outcome be final for whose second look nobody asked in time."""
    appeal = lock(appeal)
    return _close(appeal, actor=by.actor, by=by)


def _close(appeal: Appeal, *, actor: str, by: User) -> Appeal:
    if appeal.state != AppealState.DECIDED:
        raise Conflict(_("Only a decided appeal can be closed."), code="not_decided")
    move(appeal, AppealState.CLOSED)
    ledger.append(AppealClosed(appeal=appeal.pk, appeal_kind=appeal.kind), by=actor)
    follow_ups.plan(appeal)
    lift_now(appeal, by=by)
    return appeal


def lift_now(appeal: Appeal, *, by: User) -> None:
    """Let the holds of an appeal by name end at once; others wait for their batch, so that no moment points at anybody."""
    if appeal.kind == AppealKind.NAMED:
        lift(appeal, by=by)
