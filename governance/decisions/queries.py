"""Reads worth a name."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from charter.registry.models import Programme
from governance.board import queries as board
from governance.board.states import CaseState
from governance.decisions.models import Decision, DelayedNotice, Referral
from governance.decisions.permissions import check_can_see_decision
from governance.decisions.states import RulingStanding
from governance.people.models import User
from ground import clock
from ground.errors import NotFound


def decision_of_entry(entry: UUID, *, by: User) -> Decision:
    """The decision that a receipt is of, if this account may see it. Raises NotFound."""
    return _seen(Decision.objects.select_related("entry", "actor").filter(entry=entry), by)


def decision(key: UUID, *, by: User) -> Decision:
    """One decision by its id, if this account may see it. Raises NotFound."""
    return _seen(Decision.objects.select_related("entry", "actor").filter(pk=key), by)


def asked_by(user: User) -> QuerySet[Decision]:
    """What an account has asked, newest first, without the facts."""
    found = Decision.objects.filter(actor=user).order_by("-at", "-pk")
    return found.select_related("entry").defer("facts", "entry__leaf")


def asked_lately(user: User, *, days: int) -> int:
    """How many questions an account has asked in the last days."""
    return Decision.objects.filter(actor=user, at__gte=clock.now() - timedelta(days=days)).count()


def referrals() -> QuerySet[Referral]:
    """Questions put to the board, newest first, each with its `standing` as of now, and the `days` that rulings last."""
    days = ruling_days()
    before = clock.now() - timedelta(days=days)
    standing = Case(
        When(case__state=CaseState.OPEN, then=Value(RulingStanding.ASKED.value)),
        When(ended_at__isnull=False, then=Value(RulingStanding.ENDED.value)),
        When(case__closed_at__lte=before, then=Value(RulingStanding.LAPSED.value)),
        When(case__state=CaseState.APPROVED, then=Value(RulingStanding.YES.value)),
        default=Value(RulingStanding.NO.value),
        output_field=CharField(),
    )
    related = ("case__outcome", "decision__entry", "asked_by", "ended_by")
    return Referral.objects.select_related(*related).annotate(standing=standing, days=Value(days))


def visible_referrals(user: User) -> QuerySet[Referral]:
    """Those whose case the account may see: its own, those decided, and for the board and auditors all."""
    return referrals().filter(case__in=board.visible_cases(user).order_by().values("pk"))


def referral(key: UUID, *, by: User) -> Referral:
    """One question put to the board, if this account may see its case. Raises NotFound."""
    found = visible_referrals(by).filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no such ruling that you may see."), code="ruling_not_found")
    return found


def open_referral(shapes: list[str]) -> Referral | None:
    """The question of one of these shapes that is before the board."""
    waiting = Referral.objects.filter(shapes__overlap=shapes, case__state=CaseState.OPEN)
    return waiting.select_related("case").first()


def ruling_days() -> int:
    """How long a ruling lasts; the programme's setting."""
    return Programme.objects.values_list("ruling_days", flat=True).get()


def until(referral: Referral) -> datetime | None:
    """When a ruling of `referrals()` lapses; None while the board has not ruled."""
    closed_at = referral.case.closed_at
    return closed_at + timedelta(days=referral.days) if closed_at is not None else None


def notices_due(at: datetime) -> QuerySet[DelayedNotice]:
    """Notices of looks whose delay is over and that are not given yet, oldest first."""
    waiting = DelayedNotice.objects.filter(Q(given_at__isnull=True, due_at__lte=at))
    return waiting.select_related("decision__entry", "decision__actor").order_by("due_at", "pk")


def _seen(found: QuerySet[Decision], by: User) -> Decision:
    seen = found.first()
    if seen is None:
        raise NotFound("There is no receipt with this id that you may see.", code="receipt_not_found")
    check_can_see_decision(user=by, decision=seen, on=clock.today())
    return seen
