"""Once a week: were there decisions about whoever filed an appeal, by those whose use it contests? Somebody outside is asked (S147).

Always on a Monday, of each appeal, with one entry and one notice whatever was found: neither the log, nor a moment, nor a number of
notices tells those who decided that anything was.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.appeals import permissions, queries, watching
from governance.appeals.events import AppealWatched
from governance.appeals.models import Appeal, Presumption
from governance.appeals.services import notifications
from governance.appeals.services.filing_text import read_text
from governance.appeals.services.moving import lock
from governance.appeals.services.talking import keep
from governance.appeals.states import Voice
from governance.appeals.words import Text, WatchedDecision, mark_decision, seal
from governance.board.queries import list_holders
from governance.decisions.models import DecisionRecord
from governance.people.models import User
from ground import calendar, clock, records
from ground.errors import Conflict


@transaction.atomic(durable=True)
def watch_appeal(*, appeal: Appeal, by: User) -> bool:
    """Look after an appeal once this week: ask somebody outside of the line about each decision that was not asked about yet.

    Whether it was looked after now. Where nobody stands outside, what was found is asked about in another week.
    """
    appeal = lock(appeal)
    week = watching.find_week(calendar.today())
    if appeal.watched_on is not None and appeal.watched_on >= week:
        return False
    asked = _find_outsider(appeal)
    found = _ask_about(appeal, asked, watching.list_consequential(appeal)) if asked else 0
    appeal.watched_on = week
    appeal.save(update_fields=["watched_on"])
    event = AppealWatched(
        appeal=appeal.pk, appeal_kind=appeal.kind, found=found, asked=asked.pk if asked else None
    )
    ledger.append(event, by=by.actor)
    if asked is not None and permissions.read_parties(appeal).contested:
        notifications.notify_watched(appeal, asked, week)
    return True


def _find_outsider(appeal: Appeal) -> User | None:
    """Who is asked: its handler, else the first member of the board outside of the lines."""
    handling = getattr(appeal, "handling", None)
    if handling is not None and permissions.handles(handling.user, appeal):
        handler: User = handling.user
        return handler
    members = sorted(list_holders(calendar.today()), key=lambda each: each.pk)
    return next(iter(queries.list_board_outside(appeal, members)), None)


def _ask_about(appeal: Appeal, asked: User, decisions: Iterable[DecisionRecord]) -> int:
    """Ask about what is new; what waits for somebody who stands outside no more is asked of this account."""
    waiting = appeal.presumptions.filter(answered_at__isnull=True)
    moved = [each for each in waiting.select_related("asked") if not permissions.answers(each.asked, appeal)]
    for each in moved:
        each.asked = asked
        each.save(update_fields=["asked"])
    known = set(appeal.presumptions.values_list("mark", flat=True))
    marks = {mark_decision(appeal.pk, decision.pk): decision for decision in decisions}
    new = [(mark, decision) for mark, decision in marks.items() if mark not in known]
    for mark, decision in new:
        found = Presumption(appeal=appeal, mark=mark, found_on=calendar.today(), asked=asked)
        found.decision = seal(WatchedDecision(decision.pk), found.pk, "presumption")
        records.insert(found)
    return len(new) + len(moved)


@transaction.atomic(durable=True)
def answer_asked(*, presumption: Presumption, retaliation: bool, why: str, by: User) -> Presumption:
    """Write why a decision is no retaliation, or that it is, as who was asked; whoever filed the appeal reads it.

    Where it is, the board outside of the lines is told to look.
    """
    appeal = lock(presumption.appeal)
    presumption = Presumption.objects.select_for_update().get(pk=presumption.pk)
    permissions.check_is_asked(by, presumption, appeal)
    if presumption.answered_at is not None:
        raise Conflict(_("This was answered already."), code="answered_already")
    said = read_text(why, "why", _("Write why this is no retaliation, or why it is."))
    presumption.answered_at, presumption.answered_by = clock.now(), by
    presumption.retaliation, presumption.said = retaliation, seal(Text(said), presumption.pk, "answer")
    presumption.save(update_fields=["answered_at", "answered_by", "retaliation", "said"])
    # On the log it is one more message: a kind of its own would tell those who decided that somebody was asked.
    _tell_appellant(appeal, presumption, said, by)
    if retaliation:
        notifications.notify_retaliation(appeal, presumption)
    return presumption


def _tell_appellant(appeal: Appeal, presumption: Presumption, said: str, by: User) -> None:
    """Whoever filed it reads what was decided, by whom, and what somebody outside says of it."""
    decision = watching.get_decision(presumption)
    told = {
        "asker": decision.actor.name,
        "day": calendar.find_day(decision.at),
        "name": by.name,
        "said": said,
    }
    text = (
        _(
            "%(asker)s was allowed a decision about you on %(day)s. %(name)s finds that it is retaliation: %(said)s"
        )
        if presumption.retaliation
        else _(
            "%(asker)s was allowed a decision about you on %(day)s. %(name)s writes why it is no retaliation: %(said)s"
        )
    )
    keep(appeal, Voice.SERVICE, text % told, author=None, actor=by.actor)
