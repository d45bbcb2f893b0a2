"""Reads worth a name."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from charter.registry.models import Metric, Programme
from charter.rules.vocabulary import Role
from governance.board import queries as board
from governance.board.states import CaseState
from governance.decisions import permissions
from governance.decisions.models import ContextNote, Decision, DelayedNotice, Hold, Referral
from governance.decisions.permissions import check_can_see_decision
from governance.decisions.states import RulingStanding
from governance.people.models import Membership, Person, ReportingLine, RoleGrant, Team, User
from governance.people.permissions import holds as has_role
from ground import clock
from ground.errors import NotFound, NotPermitted

_OF_A_HOLD = ("metric", "cohort", "person", "placed_by", "released_by")
_OF_A_NOTE = ("team", "person", "metric__owner", "proposed_by", "confirmed_by", "turned_down_by")


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


def holds_seen(user: User) -> QuerySet[Hold]:
    """The holds that an account may see: all for auditors and the board, else those that it placed itself."""
    found = Hold.objects.select_related(*_OF_A_HOLD)
    try:
        permissions.check_can_see_holds(user)
    except NotPermitted:
        return found.filter(placed_by=user)
    return found


def held_by(user: User, metric: Metric) -> QuerySet[Hold]:
    """What an account holds of a metric's values now, and so may release."""
    found = Hold.objects.select_related("cohort", "person")
    return found.filter(metric=metric, placed_by=user, released_at__isnull=True)


def hold(key: UUID, *, by: User) -> Hold:
    """One hold that this account may see. Raises NotFound."""
    found = holds_seen(by).filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no hold with this id that you may see."), code="hold_not_found")
    return found


def notes_seen(user: User) -> QuerySet[ContextNote]:
    """The notes that an account may see, as `permissions.check_can_see_note` says it of one; latest start first."""
    found = ContextNote.objects.select_related(*_OF_A_NOTE)
    if any(has_role(user, role) for role in (Role.HR, Role.AUDITOR)):
        return found
    seen = Q(person__isnull=True) | Q(proposed_by=user) | Q(metric__owner=user)
    if user.person_id is not None:
        seen |= Q(person=user.person_id)
    return found.filter(seen | Q(person__in=_led_by(user)))


def note(key: UUID, *, by: User) -> ContextNote:
    """One note that this account may see. Raises NotFound."""
    found = ContextNote.objects.select_related(*_OF_A_NOTE).filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no note with this id that you may see."), code="note_not_found")
    permissions.check_can_see_note(by, found)
    return found


def notes_of_team(team: Team, *, by: User) -> QuerySet[ContextNote]:
    """What was going on for a team, and for those on it now as far as this account may see it."""
    people = Membership.objects.on(clock.today()).filter(team=team).values("person")
    return notes_seen(by).filter(Q(team=team) | Q(person__in=people))


def notes_waiting_for(user: User, *, hr: bool) -> list[ContextNote]:
    """The notes that this account can settle, the oldest first, in one statement; `hr` where it holds HR's role today."""
    found = ContextNote.objects.select_related(*_OF_A_NOTE)
    waiting = found.filter(confirmed_at__isnull=True, turned_down_at__isnull=True)
    if not hr:
        led = _teams_led_by(user)
        waiting = waiting.filter(Q(team__in=led) | Q(person__in=_led_by(user)) | Q(metric__owner=user))
    own = Q(proposed_by=user) | (Q(person=user.person_id) if user.person_id else Q(pk=None))
    return list(waiting.exclude(own).order_by("proposed_at", "pk"))


def speaks_for_others(user: User) -> bool:
    """Whether there are people of whom the account may say what kept them: HR of all, others of those they lead."""
    return has_role(user, Role.HR) or (user.is_active and _led_by(user).exists())


def person_to_note(external_id: str, *, by: User) -> Person:
    """The person that a note is to be about; one who is not there reads like one who is not this account's to speak of."""
    found = Person.objects.filter(external_id=external_id).first()
    if found is not None:
        permissions.check_can_propose_note(by, team=None, person=found)
        return found
    raise permissions.not_theirs_to_note()


def _teams_led_by(user: User) -> QuerySet[Team]:
    grants = RoleGrant.objects.on(clock.today()).filter(user=user)
    return Team.objects.filter(
        Q(pk__in=grants.filter(team__isnull=False).values("team"))
        | Q(value_stream__in=grants.filter(value_stream__isnull=False).values("value_stream"))
    )


def _led_by(user: User) -> QuerySet[Person]:
    """Who reports to an account's person, or is on a team that it leads, today."""
    today = clock.today()
    members = Membership.objects.on(today).filter(team__in=_teams_led_by(user)).values("person")
    led = Q(pk__in=members)
    if user.person_id is not None:
        lines = ReportingLine.objects.on(today).filter(manager=user.person_id)
        led |= Q(pk__in=lines.values("person"))
    return Person.objects.filter(led)


def _seen(found: QuerySet[Decision], by: User) -> Decision:
    seen = found.first()
    if seen is None:
        raise NotFound("There is no receipt with this id that you may see.", code="receipt_not_found")
    check_can_see_decision(user=by, decision=seen, on=clock.today())
    return seen
