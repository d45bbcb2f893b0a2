"""Reads of the board. What a ballot says cannot be read here before its case is closed, by anybody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Func, IntegerField, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from charter.programme.models import Programme
from charter.registry.models import CharterVersion, Metric
from governance.board import councils, holding, kinds, permissions
from governance.board.models import (
    Ballot,
    Case,
    CaseView,
    Comment,
    Condition,
    Pilot,
    Seat,
    SettingsChange,
    Suspension,
    Term,
    Waiver,
)
from governance.board.seat_names import BEGINS, SeatName
from governance.board.states import PUTS_IN_FORCE, CaseKind, CaseState, PilotState, SeatKind, Vote
from governance.board.survey import Survey, summarize_survey
from governance.people.models import User
from ground import calendar, clock
from ground.errors import Conflict, NotFound
from ground.reading import read_once

_RELATED = ("charter_version__metric__owner", "charter_version__metric__programme", "rulebook_version")


@dataclass(frozen=True)
class Holders:
    """Who holds a seat on a day; without a member it is vacant, and alternates vote for it."""

    seat: SeatName
    member: User | None
    alternates: tuple[User, ...]


@dataclass(frozen=True)
class CaseEvent:
    """Something that happened on a case: `what` is comment, vote, condition or outcome."""

    at: datetime
    what: str
    text: str


@dataclass(frozen=True)
class FormerReason:
    """Why the board turned an earlier version down: who said so, and what."""

    case: Case
    seat: SeatName
    vote: str
    reason: str


def list_cases(state: CaseState | None = None) -> QuerySet[Case]:
    """Cases, newest first, each with its matter and outcome."""
    related = (
        *_RELATED,
        "outcome",
        "opened_by",
        "handling__user",
        *(relation for kind in kinds.KINDS.values() for relation in kind.brings),
    )
    found = Case.objects.select_related(*related)
    return found if state is None else found.filter(state=state)


def list_visible_cases(user: User) -> QuerySet[Case]:
    """The cases that an account may see (`permissions.check_can_see_case`), newest first."""
    found = list_cases()
    if permissions.sees_open_cases(user):
        return found
    version = Q(charter_version__created_by=user) | Q(charter_version__submitted_by=user)
    own = version | Q(charter_version__metric__owner=user) | Q(rulebook_version__created_by=user)
    founding = Q(kind=CaseKind.FOUNDING) & Exists(holding.find_accepted().filter(user=user))
    return found.filter(
        ~Q(state=CaseState.OPEN) | Q(opened_by=user) | Q(handling__user=user) | own | founding
    )


def get_case(key: UUID, *, by: User) -> Case:
    """One case, if this account may see it. Raises NotFound, or NotPermitted while it is open to others alone."""
    found = list_cases().filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no such case."), code="case_not_found")
    permissions.check_can_see_case(by, found)
    return found


def list_cases_to_vote_on(user: User) -> QuerySet[Case]:
    """Open cases on which a seat that the account holds today is still to be heard, those that end first, first."""
    opened = OuterRef(OuterRef("opened_at"))
    known = holding.find_sitting(calendar.today()).filter(user=user, announced_at__lte=opened)
    accepted = holding.find_accepted().filter(user=user, accepted_at__lte=opened)
    waiting = list_cases(CaseState.OPEN).filter(
        Exists(_find_unheard(known)) | (Q(kind=CaseKind.FOUNDING) & Exists(_find_unheard(accepted))),
        closes_at__gt=clock.now(),
    )
    return waiting.exclude(ballots__user=user).order_by("closes_at", "pk")


def _find_unheard(held: QuerySet[Any]) -> QuerySet[Seat]:
    """The seats among those held that were not heard on the case which is asked about."""
    place = Func(OuterRef("asked"), F("kind"), function="array_position", output_field=IntegerField())
    own = Seat.objects.filter(Exists(held.filter(seat=OuterRef("pk")))).annotate(place=place)
    own = own.filter(~Q(kind__startswith=BEGINS) | Q(place__isnull=False))
    return own.exclude(ballots__case=OuterRef("pk"))


def list_events_since(case: Case, user: User) -> tuple[CaseEvent, ...]:
    """What happened on a case since the account last looked (everything where it never did), oldest first.

    Of a vote on an open case it tells the seat, never what it said.
    """
    since = find_last_seen(case, user) or case.opened_at - timedelta(microseconds=1)
    return tuple(sorted(_changes(case, user, since), key=lambda change: change.at))


@read_once
def find_last_seen(case: Case, user: User) -> datetime | None:
    """When the account last looked at a case."""
    return CaseView.objects.filter(case=case, user=user).values_list("seen_at", flat=True).first()


def find_changed_cases(user: User) -> frozenset[UUID]:
    """Keys of the cases that the account has looked at and on which others did something since; one statement."""
    latest = CaseView.objects.filter(user=user).annotate(
        comment=Max("case__comments__at", filter=~Q(case__comments__user=user)),
        vote=Max("case__ballots__cast_at", filter=~Q(case__ballots__user=user)),
        proposed=Max("case__conditions__proposed_at", filter=~Q(case__conditions__proposed_by=user)),
        withdrawn=Max("case__conditions__withdrawn_at", filter=~Q(case__conditions__withdrawn_by=user)),
    )
    newest = Greatest("comment", "vote", "proposed", "withdrawn", "case__closed_at")
    changed = latest.annotate(newest=newest).filter(newest__gt=F("seen_at"))
    return frozenset(changed.values_list("case_id", flat=True))


def list_conditions(case: Case) -> list[Condition]:
    """What an approval of the case is bound to, as it stands."""
    return [each for each in _all_conditions(case) if each.withdrawn_at is None]


@read_once
def _all_conditions(case: Case) -> tuple[Condition, ...]:
    """Those that were withdrawn as well."""
    return tuple(case.conditions.select_related("proposed_by"))


def list_comments(case: Case) -> QuerySet[Comment]:
    """The discussion, oldest first."""
    return case.comments.select_related("user")


@read_once
def list_discussion(case: Case) -> tuple[Comment, ...]:
    """The whole of it, read."""
    return tuple(list_comments(case))


def list_former_reasons(metric: Metric) -> tuple[FormerReason, ...]:
    """Why the board turned down or vetoed earlier versions of a metric's charter, newest case first (S50)."""
    against = (
        list_closed_ballots()
        .filter(
            case__charter_version__metric=metric,
            case__kind__in=PUTS_IN_FORCE,
            case__state=CaseState.REJECTED,
            vote__in=[Vote.REJECT, Vote.VETO],
        )
        .select_related("case__charter_version__metric")
        .order_by("-case__closed_at", "cast_at")
    )
    return tuple(FormerReason(each.case, each.seat.named, each.vote, each.reason) for each in against)


def list_settings_changes(user: User) -> QuerySet[SettingsChange]:
    """The changes of settings whose cases an account may see, newest first."""
    seen = list_visible_cases(user).filter(kind=CaseKind.SETTINGS).values("pk")
    return SettingsChange.objects.filter(case__in=seen).select_related("case").order_by("-case__opened_at")


def list_waivers() -> QuerySet[Waiver]:
    """All waivers, asked for, granted and ended, newest first."""
    return Waiver.objects.select_related("case__outcome", "requested_by", "ended_by")


def list_waivers_in_force(on: date) -> QuerySet[Waiver]:
    """The waivers that are a fact on a day."""
    return list_waivers().filter(
        case__state=CaseState.APPROVED, ended_at__isnull=True, starts_on__lte=on, ends_on__gt=on
    )


def list_pilots() -> QuerySet[Pilot]:
    """All pilots, newest first."""
    related = (
        "charter_version__metric__owner",
        "charter_version__metric__programme",
        "case",
        "consent",
        "exit",
    )
    return Pilot.objects.select_related(*related)


def get_pilot(key: UUID) -> Pilot:
    """One pilot. Raises NotFound."""
    found = list_pilots().filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no such pilot."), code="pilot_not_found")
    return found


def read_pilot_survey(pilot: Pilot) -> Survey | None:
    """What a pilot's team answered; None before it is concluded, or where fewer answered than the smallest group (S130).

    Told as the answers come, each new one would be told by the difference.
    """
    if not hasattr(pilot, "exit"):
        return None
    minimum = pilot.charter_version.metric.programme.minimum_group_strain
    answers = list(pilot.answers.values_list("helpful", "misleading", "healthier"))
    return summarize_survey(answers, minimum=minimum)


def find_suspension(version: CharterVersion) -> Suspension | None:
    """The suspension by a seat through which a version is out of use now; none where its clock ran out instead."""
    found = Suspension.objects.filter(charter_version=version, lapsed_at__isnull=True)
    return found.select_related("user", "seat").order_by("-at").first()


def list_suspensions() -> QuerySet[Suspension]:
    """All suspensions, newest first."""
    return Suspension.objects.select_related("charter_version__metric", "case", "seat", "user")


def list_holders(on: date) -> QuerySet[User]:
    """The accounts that hold a seat on a day, members and alternates."""
    return User.objects.filter(is_active=True, terms__in=holding.find_sitting(on)).distinct()


def list_team_accounts(cohort: str, on: date) -> QuerySet[User]:
    """The accounts of the people in a cohort's teams on a day."""
    lasting = Q(person__memberships__valid_to__isnull=True) | Q(person__memberships__valid_to__gt=on)
    return User.objects.filter(
        lasting,
        is_active=True,
        person__memberships__valid_from__lte=on,
        person__memberships__team__cohorts__slug=cohort,
    ).distinct()


def list_handlers(case: Case) -> QuerySet[User]:
    """Whoever handles a case, where anybody does and their account is in use."""
    return User.objects.filter(is_active=True, casehandler__content_object=case)


def list_overdue_cases(now: datetime) -> QuerySet[Case]:
    """Open cases whose time for voting is over."""
    return list_cases(CaseState.OPEN).filter(closes_at__lte=now).order_by("closes_at", "pk")


def list_heard_cases() -> QuerySet[Case]:
    """Open cases on which every seat has been heard: nothing is left but to decide them."""
    return (
        list_cases(CaseState.OPEN)
        .annotate(said=Count("ballots"))
        .filter(said=len(SeatKind) + F("asked__len"))
    )


def list_cases_ending_before(moment: datetime) -> QuerySet[Case]:
    """Open cases on which voting ends before a moment and not yet."""
    return list_cases(CaseState.OPEN).filter(closes_at__lte=moment, closes_at__gt=clock.now())


def list_unheard_holders(case: Case, on: date) -> QuerySet[User]:
    """The accounts that may still speak for a seat that has not been heard on a case."""
    heard = list_heard_seats(case)
    voters = [each for each in permissions.list_voters(case, on) if each.seat not in heard]
    keys = {each.user_id for each in voters if each.known_since <= case.opened_at}
    return User.objects.filter(is_active=True, pk__in=keys).exclude(ballots__case=case)


def list_pilots_to_end(on: date) -> QuerySet[Pilot]:
    """Running pilots whose last day is over."""
    return list_pilots().filter(state=PilotState.RUNNING, ends_on__lte=on)


def list_waivers_to_end(on: date) -> QuerySet[Waiver]:
    """Granted waivers whose last day is over and of which that is not noted yet."""
    return list_waivers().filter(case__state=CaseState.APPROVED, ended_at__isnull=True, ends_on__lte=on)


def find_last_yearly_review() -> datetime | None:
    """When the last yearly review began, or the programme where there was none (S100); None before it is approved."""
    reviews = Case.objects.filter(kind=CaseKind.YEARLY_REVIEW).aggregate(at=Max("opened_at"))["at"]
    return reviews or Programme.objects.values_list("approved_at", flat=True).first()


def _changes(case: Case, user: User, since: datetime) -> Iterator[CaseEvent]:
    """What others did since; what the case came to is told whoever did it."""
    for comment in list_discussion(case):
        if comment.at > since and comment.user_id != user.pk:
            said = {"name": comment.user, "text": comment.text}
            yield CaseEvent(comment.at, "comment", _("%(name)s: %(text)s") % said)
    for each in holding.list_heard_seats(case):
        if each.at > since and each.user_id != user.pk:
            yield CaseEvent(each.at, "vote", _("The seat “%(seat)s” was heard.") % {"seat": each.seat.label})
    for condition in _all_conditions(case):
        yield from _changes_of(condition, user, since)
    if case.closed_at is not None and case.closed_at > since:
        yield CaseEvent(
            case.closed_at, "outcome", _("Decided: %(state)s.") % {"state": case.get_state_display()}
        )


def _changes_of(condition: Condition, user: User, since: datetime) -> Iterator[CaseEvent]:
    said = {"kind": condition.get_kind_display()}
    if condition.proposed_at > since and condition.proposed_by_id != user.pk:
        yield CaseEvent(condition.proposed_at, "condition", _("Condition proposed: %(kind)s.") % said)
    withdrawn = condition.withdrawn_at
    if withdrawn is not None and withdrawn > since and condition.withdrawn_by_id != user.pk:
        yield CaseEvent(withdrawn, "condition", _("Condition withdrawn: %(kind)s.") % said)


def list_heard_seats(case: Case) -> frozenset[SeatName]:
    """The seats that have voted on a case, open or not; never what they said."""
    return frozenset(each.seat for each in holding.list_heard_seats(case))


def find_own_ballot(case: Case, user: User) -> Ballot | None:
    """The ballot that an account cast itself on a case, still sealed; nobody is given another's."""
    return Ballot.objects.filter(case=case, user=user).select_related("case", "seat", "user").first()


def list_ballots(case: Case) -> Sequence[Ballot]:
    """What each seat said on a closed case; Conflict while it is open, whoever asks."""
    found = list(list_closed_ballots().filter(case=case))
    if not found and Case.objects.filter(pk=case.pk, state=CaseState.OPEN).exists():
        raise Conflict(_("Votes are published when the case closes."), code="votes_are_blind")
    return found


def list_closed_ballots() -> QuerySet[Ballot]:
    """The ballots of all closed cases."""
    return Ballot.objects.exclude(case__state=CaseState.OPEN).select_related("case", "seat", "user")


def list_seats(on: date) -> tuple[Holders, ...]:
    """Each of the six seats with its holders on a day, in one statement."""
    return find_holders(tuple(SeatKind), on)


def list_all_seats(on: date) -> tuple[Holders, ...]:
    """The six and those of councils, each with its holders on a day."""
    return find_holders((*SeatKind, *(each.seat.named for each in councils.list_councils())), on)


def find_holders(seats: Sequence[SeatName], on: date) -> tuple[Holders, ...]:
    """Who holds these seats on a day."""
    terms = holding.list_terms(on)
    return tuple(_holders(seat, [term for term in terms if term.seat.kind == seat]) for seat in seats)


def list_vacant_seats(on: date) -> tuple[SeatName, ...]:
    """The seats without a member on a day (S142)."""
    return tuple(holders.seat for holders in list_all_seats(on) if holders.member is None)


def list_seats_of(user: User, on: date) -> tuple[SeatName, ...]:
    """The seats that an account may speak for on a day, its own before those it is alternate of."""
    own = [term for term in holding.list_terms(on) if term.user_id == user.pk]
    own.sort(key=lambda term: (term.alternate, term.seat.kind))
    return tuple(term.seat.named for term in own)


def find_seats_of(user: User, on: date) -> QuerySet[Seat]:
    """The seats that an account may speak for on a day, to be read with what else is asked about it."""
    return Seat.objects.filter(terms__in=Term.objects.on(on).filter(user=user).order_by())


def _holders(kind: SeatName, terms: Sequence[Term]) -> Holders:
    member = next((term.user for term in terms if not term.alternate), None)
    return Holders(kind, member, tuple(term.user for term in terms if term.alternate))
