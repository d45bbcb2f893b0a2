"""Whoever is looked at is told of it: in the transaction of the look, or later where a legal request delays it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.programme.models import Programme
from charter.rules import words
from charter.rules.vocabulary import DecisionType as Use
from governance.decisions.events import LookNoticeDelayed, LookNoticeGiven
from governance.decisions.facts.gathering import GatheredFacts
from governance.decisions.models import DecisionRecord, DelayedNotice
from governance.notices.services import notify
from governance.people.models import User
from ground import clock

LONGEST_SUBJECT = 300
# To say at once that a court or an authority asks could undo what it asks for.
DELAYED = frozenset({Use.LEGAL_REQUEST})


def tell_of_look(decision: DecisionRecord, gathered: GatheredFacts, *, by: User) -> None:
    """Tell everybody whose value left by a decision, in its transaction; who has no account stands on the decision."""
    others = gathered.others
    if not others:
        return
    if Use(decision.use) in DELAYED:
        _delay(decision, others, gathered.programme.limits.notice_delay_days, by)
        return
    names = [each.charter.name for each in gathered.facts]
    for account in _accounts(others):
        _notify(account, decision, names, gathered.programme.time_zone, by)


@transaction.atomic(durable=True)
def give_notice(*, notice: DelayedNotice, by: User) -> bool:
    """Give a delayed notice that is due, once; False where it was given already or the person has no account."""
    notice = DelayedNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    if notice.given_at is not None or notice.due_at > clock.now():
        return False
    decision = DecisionRecord.objects.select_related("actor").get(pk=notice.decision_id)
    account = _accounts([notice.person]).first()
    if account is not None:
        names = [each["charter"]["name"] for each in decision.facts]
        zone = Programme.objects.values_list("time_zone", flat=True).get()
        _notify(
            account,
            decision,
            names,
            zone,
            by,
            why_late=_("You are told only now, as it was a legal request."),
        )
    notice.given_at, notice.given_by = clock.now(), by
    notice.save(update_fields=["given_at", "given_by"])
    given = LookNoticeGiven(decision=decision.pk, person=notice.person, told=account is not None)
    ledger.append(given, by=by.actor)
    return account is not None


def _delay(decision: DecisionRecord, persons: Collection[str], days: int, by: User) -> None:
    """Note who is to be told and when; the log says by which decision it is put off, and until when."""
    due_at = decision.at + timedelta(days=days)
    DelayedNotice.objects.bulk_create(
        DelayedNotice(decision=decision, person=person, due_at=due_at) for person in persons
    )
    delayed = LookNoticeDelayed(
        decision=decision.pk, receipt=decision.entry_id, persons=persons, until=due_at
    )
    ledger.append(delayed, by=by.actor)


def _accounts(persons: Collection[str]) -> QuerySet[User]:
    return User.objects.filter(person__external_id__in=persons, is_active=True).order_by("pk")


def _notify(
    account: User, decision: DecisionRecord, names: Collection[str], zone: str, by: User, why_late: str = ""
) -> None:
    """Say who looked at what, for what and when; the receipt, which the notice leads to, says why."""
    said = {
        "name": decision.actor.name,
        "metrics": words.listed(words.inside(name) for name in names),
        "decision": words.spoken(Use(decision.use)),
        "at": _moment(decision.at, zone),
    }
    text = _(
        "%(name)s looked at your values of %(metrics)s on %(at)s, for %(decision)s. The receipt says what was asked and why."
    )
    notify(
        to=account,
        kind="decisions.look",
        subject=(_("%(name)s looked at your values of %(metrics)s") % said)[:LONGEST_SUBJECT],
        text=" ".join(filter(None, (text % said, why_late))),
        path=f"/receipts/{decision.entry_id}",
        once=f"look:{decision.pk}",
        by=by,
    )


def _moment(at: datetime, zone: str) -> str:
    """`14 April 2026, 12:00`, in the programme's zone."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{words.day(local.date())}, {local:%H:%M}"
