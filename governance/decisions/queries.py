"""Reads worth a name."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict
from uuid import UUID

from django.db.models import Case, CharField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.ledger.models import Entry
from charter.programme.queries import get_programme
from charter.registry.models import Metric
from charter.rules.vocabulary import DecisionType, Role
from governance.board import queries as board
from governance.board.states import CaseState
from governance.decisions import permissions
from governance.decisions.models import ContextNote, DecisionRecord, DelayedNotice, Hold, Referral, Replay
from governance.decisions.permissions import check_can_see_decision
from governance.decisions.states import HoldCause, RulingStanding
from governance.people.models import Cohort, Membership, Person, ReportingLine, RoleGrant, Team, User
from governance.people.permissions import holds as has_role
from ground import calendar, clock
from ground.errors import BadInput, NotFound, NotPermitted

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    RuledReferral: TypeAlias = WithAnnotations[Referral, "_Ruling"]
else:
    RuledReferral = Referral  # as read by `list_referrals`

_OF_A_HOLD = ("metric", "cohort", "person", "placed_by", "released_by")
_OF_A_NOTE = ("team", "person", "metric__owner", "proposed_by", "confirmed_by", "turned_down_by")


class _Ruling(TypedDict):
    standing: Any  # a word; lookups take several
    days: int


def get_decision_of_entry(entry: UUID, *, by: User) -> DecisionRecord:
    """The decision that a receipt is of, if this account may see it. Raises NotFound."""
    return _seen(
        DecisionRecord.objects.select_related("entry", "actor__person", "voiding").filter(entry=entry), by
    )


def get_decision(key: UUID, *, by: User) -> DecisionRecord:
    """One decision by its id, if this account may see it. Raises NotFound."""
    return _seen(
        DecisionRecord.objects.select_related("entry", "actor__person", "voiding").filter(pk=key), by
    )


def list_waiting_replays() -> list[UUID]:
    """Replays of cases that are not worked out to their end, the oldest first. Those of folders are worked out from the shell."""
    found = Replay.objects.filter(ended_at__isnull=True, case__isnull=False).order_by("asked_at")
    return list(found.values_list("pk", flat=True))


def find_replay(case: UUID) -> Replay | None:
    """The newest replay of a case, with how much of it is worked out as `done`."""
    found = Replay.objects.filter(case=case).annotate(done=Coalesce(Sum("parts__read"), 0))
    return found.order_by("-asked_at").first()


def find_open_replay(folder: str) -> Replay | None:
    """The replay of a folder with this hash that is not worked out to its end."""
    return Replay.objects.filter(folder=folder, ended_at__isnull=True).first()


def list_asked_by(user: User) -> QuerySet[DecisionRecord]:
    """What an account has asked, newest first, without the facts."""
    found = DecisionRecord.objects.filter(actor=user).order_by("-at", "-pk")
    return found.select_related("entry").defer("own_facts", "entry__leaf")


class Narrowing(Struct, frozen=True):
    """Which of one's questions are looked for: words, days in the programme's zone, any of some decisions and answers; and their order."""

    words: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None  # is in
    uses: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    oldest_first: bool = False


def narrow_asked(found: QuerySet[DecisionRecord], narrowing: Narrowing) -> QuerySet[DecisionRecord]:
    """Those that each word speaks of: a metric by name, a decision, a group, the reason, or the start of the receipt."""
    for word in narrowing.words:
        found = found.filter(_speaks_of(word))
    if narrowing.since:
        found = found.filter(at__gte=calendar.find_midnight(narrowing.since))
    if narrowing.until:
        found = found.filter(at__lt=calendar.find_midnight(narrowing.until + timedelta(days=1)))
    if narrowing.uses:
        found = found.filter(use__in=narrowing.uses)
    if narrowing.verdicts:
        found = found.filter(verdict__in=narrowing.verdicts)
    return found.order_by("at", "pk") if narrowing.oldest_first else found


def _speaks_of(word: str) -> Q:
    metrics = list(
        Metric.objects.filter(Q(name__icontains=word) | Q(slug__icontains=word)).values_list(
            "slug", flat=True
        )
    )
    uses = [use.value for use in DecisionType if word in use.value.replace("_", " ")]
    said = Q(cohorts__icontains=word) | Q(reason__icontains=word)
    return said | Q(metrics__overlap=metrics) | Q(use__in=uses) | Q(entry__in=find_entries_numbered(word))


def find_entries_numbered(start: str) -> QuerySet[Entry]:
    """The entries whose number begins so; none where it is not the start of a number."""
    span = find_span_of_numbers(start)
    return Entry.objects.filter(pk__range=span) if span else Entry.objects.none()


def find_span_of_numbers(start: str) -> tuple[UUID, UUID] | None:
    """The first and the last number of an entry that begin so, hyphens or not; None where it is not the start of one."""
    digits = start.replace("-", "")
    if not 8 <= len(digits) <= 32 or not set(digits) <= set("0123456789abcdef"):
        return None
    return UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))


def list_by_number(start: str, *, by: User, everybodys: bool) -> QuerySet[DecisionRecord]:
    """Decisions whose receipt's number begins so, newest first: one's own, or everybody's for whoever may see all."""
    found = DecisionRecord.objects.all() if everybodys else DecisionRecord.objects.filter(actor=by)
    numbers = find_entries_numbered(start.casefold())
    return found.filter(entry__in=numbers).defer("own_facts").order_by("-at", "-pk")


def list_referrals() -> QuerySet[RuledReferral]:
    """Questions put to the board, newest first, each with its `standing` as of now, and the `days` that rulings last."""
    days = read_ruling_days()
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


def list_visible_referrals(user: User) -> QuerySet[RuledReferral]:
    """Those whose case the account may see: its own, those decided, and for the board and auditors all."""
    return list_referrals().filter(case__in=board.list_visible_cases(user).order_by().values("pk"))


def get_referral(key: UUID, *, by: User) -> RuledReferral:
    """One question put to the board, if this account may see its case. Raises NotFound."""
    found = list_visible_referrals(by).filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no such ruling that you may see."), code="ruling_not_found")
    return found


def find_open_referral(shapes: list[str]) -> Referral | None:
    """The question of one of these shapes that is before the board."""
    waiting = Referral.objects.filter(shapes__overlap=shapes, case__state=CaseState.OPEN)
    return waiting.select_related("case").first()


def read_ruling_days() -> int:
    """How long a ruling lasts; the programme's setting. Raises Conflict where there is no programme."""
    return get_programme().ruling_days


def find_lapse(referral: RuledReferral) -> datetime | None:
    """When a ruling of `list_referrals` lapses; None while the board has not ruled."""
    closed_at = referral.case.closed_at
    return closed_at + timedelta(days=referral.days) if closed_at is not None else None


def list_due_notices(at: datetime) -> QuerySet[DelayedNotice]:
    """Notices of looks whose delay is over and that are not given yet, oldest first."""
    waiting = DelayedNotice.objects.filter(Q(given_at__isnull=True, due_at__lte=at))
    return waiting.select_related("decision__entry", "decision__actor").order_by("due_at", "pk")


def list_visible_holds(user: User) -> QuerySet[Hold]:
    """The holds that an account may see: all for auditors and the board, else those that it placed itself.

    Not those that only a decision about people meets: whoever chose that was told that nobody sees it until then.
    """
    found = Hold.objects.filter(on_use=False).select_related(*_OF_A_HOLD)
    try:
        permissions.check_can_see_holds(user)
    except NotPermitted:
        return found.filter(placed_by=user)
    return found


def knows_person_of(user: User) -> Callable[[Hold], bool]:
    """Of which holds the account may know the person: its own and those of whom it leads; HR and auditors of all.

    Looked up once for a whole list.
    """
    if permissions.knows_causes(user) or has_role(user, Role.HR):
        return lambda _hold: True
    led = frozenset(_led_by(user).filter(holds__isnull=False).values_list("pk", flat=True))
    return lambda hold: hold.person_id is None or hold.person_id == user.person_id or hold.person_id in led


def list_held_by(user: User, metric: Metric) -> QuerySet[Hold]:
    """What an account holds of a metric's values now, and so may release."""
    found = Hold.objects.select_related("cohort", "person")
    return found.filter(metric=metric, placed_by=user, released_at__isnull=True)


def get_hold(key: UUID, *, by: User) -> Hold:
    """One hold that this account may see. Raises NotFound."""
    found = list_visible_holds(by).filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no hold with this id that you may see."), code="hold_not_found")
    return found


def get_metric_to_hold(slug: str, cause: HoldCause, *, by: User) -> Metric:
    """The metric whose values are to be held; one that is not there reads like one out of the account's reach."""
    found = Metric.objects.filter(slug=slug).first()
    permissions.check_can_place_hold(by, found, cause)
    if found is None:
        raise BadInput(_("There is no metric of that name."), field="metric", code="does_not_exist")
    return found


def get_cohort_to_hold(slug: str) -> Cohort:
    """The cohort whose values are to be held, for whoever may hold those of the metric."""
    found = Cohort.objects.filter(slug=slug).first()
    if found is None:
        raise BadInput(_("There is no cohort of that name."), field="cohort", code="does_not_exist")
    return found


def get_person_to_hold(external_id: str, *, by: User) -> Person:
    """The person whose values are to be held; one who is not there reads like one out of the account's reach."""
    anybody = permissions.holds_anybodys(by)
    return _get_person_within_reach(external_id, anybody, permissions.make_hold_refusal, by=by)


def list_visible_notes(user: User) -> QuerySet[ContextNote]:
    """The notes that an account may see, as `permissions.check_can_see_note` says it of one; latest start first."""
    found = ContextNote.objects.select_related(*_OF_A_NOTE)
    if any(has_role(user, role) for role in (Role.HR, Role.AUDITOR)):
        return found
    seen = Q(person__isnull=True) | Q(proposed_by=user) | Q(metric__owner=user)
    if user.person_id is not None:
        seen |= Q(person=user.person_id)
    return found.filter(seen | Q(person__in=_led_by(user)))


def get_note(key: UUID, *, by: User) -> ContextNote:
    """One note that this account may see. Raises NotFound."""
    found = ContextNote.objects.select_related(*_OF_A_NOTE).filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no note with this id that you may see."), code="note_not_found")
    permissions.check_can_see_note(by, found)
    return found


def list_team_notes(team: Team, *, by: User) -> QuerySet[ContextNote]:
    """What was going on for a team, and for those on it now as far as this account may see it."""
    people = Membership.objects.on(calendar.today()).filter(team=team).values("person")
    return list_visible_notes(by).filter(Q(team=team) | Q(person__in=people))


def list_notes_to_settle(user: User, *, hr: bool) -> list[ContextNote]:
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


def get_person_to_note(external_id: str, *, by: User) -> Person:
    """The person that a note is to be about; one who is not there reads like one who is not this account's to speak of."""
    anybody = permissions.notes_anybodys(by)
    return _get_person_within_reach(external_id, anybody, permissions.make_note_refusal, by=by)


def _get_person_within_reach(
    external_id: str, anybody: bool, refusal: Callable[[], NotPermitted], *, by: User
) -> Person:
    """One that the account leads or is, or `anybody`; one out of reach and one who is not there get the same refusal.

    Both are looked for in the same statement, so that neither takes longer.
    """
    own = Person.objects.filter(pk__in=[by.person_id] if by.person_id and by.is_active else [])
    within = Person.objects.all() if anybody else _led_by(by) | own
    found = within.filter(external_id=external_id.strip()).first()
    if found is not None:
        return found
    if anybody:
        raise BadInput(_("There is nobody of this name"), field="person", code="does_not_exist")
    raise refusal()


def _teams_led_by(user: User) -> QuerySet[Team]:
    grants = RoleGrant.objects.on(calendar.today()).filter(user=user)
    return Team.objects.filter(
        Q(pk__in=grants.filter(team__isnull=False).values("team"))
        | Q(value_stream__in=grants.filter(value_stream__isnull=False).values("value_stream"))
    )


def _led_by(user: User) -> QuerySet[Person]:
    """Who reports to an account's person, or is on a team that it leads, today."""
    today = calendar.today()
    members = Membership.objects.on(today).filter(team__in=_teams_led_by(user)).values("person")
    led = Q(pk__in=members)
    if user.person_id is not None:
        lines = ReportingLine.objects.on(today).filter(manager=user.person_id)
        led |= Q(pk__in=lines.values("person"))
    return Person.objects.filter(led)


def _seen(found: QuerySet[DecisionRecord], by: User) -> DecisionRecord:
    seen = found.first()
    if seen is None:
        raise NotFound("There is no receipt with this id that you may see.", code="receipt_not_found")
    check_can_see_decision(user=by, decision=seen, on=calendar.today())
    return seen
