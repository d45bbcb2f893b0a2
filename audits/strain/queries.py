"""Reads of strain that are worth a name."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from audits.strain import permissions
from audits.strain.concluding import ClueKind, StrainConclusion, conclude
from audits.strain.judging import SignalFinding
from audits.strain.limits import FRESH_DAYS
from audits.strain.models import (
    AlertFollowUp,
    AlertSwitch,
    LoadObservation,
    LoadProposal,
    PulseResult,
    PulseRound,
    PulseTaken,
    StrainAlert,
    StrainPlaybook,
    StrainReport,
    TeamSignal,
)
from audits.strain.pulse import points_to_strain
from audits.strain.signals import SIGNALS, SignalKind
from audits.strain.states import UNDER_WAY, AlertState, ReportKind, Sight
from audits.strain.statistic_errors import BadWeeks
from charter.measures.weekly import find_told_end
from charter.programme.models import Programme
from governance.board.permissions import sits
from governance.board.states import CaseState
from governance.people.models import (
    AccountKind,
    Cohort,
    CohortKind,
    GrantedRole,
    Membership,
    RoleGrant,
    User,
)
from governance.people.queries import read_cohorts_asked
from ground import calendar
from ground.errors import NotFound

METRICS = tuple(each.metric for each in SIGNALS.values())


class StrainedTeam(NamedTuple):
    """A team whose clues come together, and no alert is under way."""

    cohort: Cohort
    signals: tuple[TeamSignal, ...]
    conclusion: StrainConclusion


class TeamClues(NamedTuple):
    """What is known of one team now: its newest signals, what its people and those who lead it say, and what that comes to.

    `conclusion` is None where fewer than two kinds were heard.
    """

    signals: tuple[TeamSignal, ...]
    results: tuple[PulseResult, ...]
    sights: tuple[str, ...]
    clues: Mapping[ClueKind, bool]
    conclusion: StrainConclusion | None


def list_teams() -> QuerySet[Cohort]:
    """Teams, or small ones that are reported together, by name."""
    return Cohort.objects.filter(kind=CohortKind.TEAM, retired_at__isnull=True).order_by("name", "slug")


def list_seen(user: User) -> list[Cohort]:
    """The teams whose load an account may see, by name."""
    teams = list(list_teams())
    if permissions.sees_all(user):
        return teams
    asked = read_cohorts_asked([each.slug for each in teams], user=user, on=calendar.today())
    own = {slug for slug, each in asked.items() if each.roles & permissions.OF_THE_TEAM}
    reported = set(StrainReport.objects.values_list("cohort_id", flat=True)) if sits(user) else set()
    return [each for each in teams if each.slug in own or each.pk in reported]  # fmt: skip


def list_teams_seen(user: User) -> QuerySet[Cohort]:
    """The same as a query, to be narrowed, sorted and turned."""
    return list_teams().filter(pk__in=[each.pk for each in list_seen(user)])


def get_team(key: UUID, *, by: User) -> Cohort:
    """A team whose load the account may see. Raises NotFound, NotPermitted."""
    found = list_teams().filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no team at this address."), code="team_not_found")
    permissions.check_sees_team(by, found)
    return found


def get_any_team(key: UUID) -> Cohort:
    """A team. Raises NotFound."""
    found = list_teams().filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no team at this address."), code="team_not_found")
    return found


def read_minimum() -> int:
    """How many people anything about strain stands on at least."""
    return Programme.objects.values_list("minimum_group_strain", flat=True).first() or 8


def is_due() -> bool:
    """Whether weeks are told of which no signal is, or the board approved limits since signals were told last."""
    end = find_told_end(METRICS) if read_limits() else None
    if end is None:
        return False
    told = TeamSignal.objects.filter(ends_on=end).aggregate(at=Max("told_at"))["at"]
    return (
        told is None
        or LoadProposal.objects.filter(
            case__outcome__decided_at__gt=told, case__state=CaseState.APPROVED
        ).exists()
    )


def read_limits() -> dict[str, dict[str, float]]:
    """The limits in force, by kind of team and signal: the newest that the board approved."""
    newest: dict[str, dict[str, float]] = {}
    passed = LoadProposal.objects.filter(case__state=CaseState.APPROVED).order_by("proposed_at", "id")
    for each in passed:
        newest[each.team_kind] = each.limits
    return newest


def list_proposals() -> QuerySet[LoadProposal]:
    """Limits as they were put to the board, newest first."""
    return LoadProposal.objects.select_related("case", "proposed_by").order_by("-proposed_at", "-id")


def find_playbook(signal: SignalKind | str) -> StrainPlaybook | None:
    """The newest playbook of a signal."""
    return StrainPlaybook.objects.filter(signal=signal).order_by("-written_at", "-id").first()


def list_switches() -> dict[str, AlertSwitch]:
    """The switch of each signal that has one, with its playbook."""
    return {each.signal: each for each in AlertSwitch.objects.select_related("playbook")}


def list_newest_signals(cohorts: Sequence[Cohort]) -> dict[UUID, list[TeamSignal]]:
    """What the newest weeks of each of these teams say, in two statements however many there are."""
    newest = TeamSignal.objects.filter(cohort=OuterRef("cohort")).order_by("-ends_on").values("ends_on")[:1]
    found: dict[UUID, list[TeamSignal]] = {each.pk: [] for each in cohorts}
    rows = TeamSignal.objects.filter(cohort__in=found, ends_on=Subquery(newest)).order_by("cohort", "signal")
    for each in rows:
        found[each.cohort_id].append(each)
    return found


def read_clues(cohort: Cohort) -> TeamClues:
    """What is known of a team now."""
    return read_all_clues([cohort])[cohort.pk]


def read_all_clues(cohorts: Sequence[Cohort]) -> dict[UUID, TeamClues]:
    """The same of several, in a number of statements that does not depend on how many."""
    signals = list_newest_signals(cohorts)
    results, sights = _read_results(cohorts), _read_sights(cohorts)
    on = {signal for signal, each in list_switches().items() if each.is_on}
    return {
        each.pk: _put_clues(signals[each.pk], results.get(each.pk, ()), sights.get(each.pk, ()), on)
        for each in cohorts
    }


def _put_clues(
    signals: Sequence[TeamSignal], results: Sequence[PulseResult], sights: Sequence[str], on: set[str]
) -> TeamClues:
    clues: dict[ClueKind, bool] = {}
    told = [each for each in signals if each.finding != SignalFinding.UNTOLD]
    if told:
        clues[ClueKind.SIGNAL] = any(
            each.finding == SignalFinding.STRAINED and each.signal in on for each in told
        )
    if results:
        clues[ClueKind.SELF_REPORT] = points_to_strain({each.question: each.middle for each in results})
    if sights:
        clues[ClueKind.OBSERVATION] = any(each != Sight.GOES_WELL for each in sights)
    try:
        conclusion = conclude(clues)
    except BadWeeks:
        conclusion = None
    return TeamClues(tuple(signals), tuple(results), tuple(sights), clues, conclusion)


def _read_results(cohorts: Sequence[Cohort]) -> dict[UUID, list[PulseResult]]:
    """The results of the newest pulse that is fresh, by team."""
    since = calendar.today() - timedelta(days=FRESH_DAYS)
    found: dict[UUID, list[PulseResult]] = {}
    rows = PulseResult.objects.filter(cohort__in=cohorts, pulse__closes_on__gte=since).select_related("pulse")
    for each in rows.order_by("-pulse__month", "question"):
        of = found.setdefault(each.cohort_id, [])
        if not of or of[0].pulse_id == each.pulse_id:
            of.append(each)
    return found


def _read_sights(cohorts: Sequence[Cohort]) -> dict[UUID, list[str]]:
    """What was seen in the newest month of which anything fresh was said, by team, without by whom."""
    since = (calendar.today() - timedelta(days=FRESH_DAYS)).replace(day=1)
    found: dict[UUID, list[str]] = {}
    months: dict[UUID, date] = {}
    rows = LoadObservation.objects.filter(cohort__in=cohorts, month__gte=since).order_by("-month")
    for each in rows:
        if months.setdefault(each.cohort_id, each.month) == each.month:
            found.setdefault(each.cohort_id, []).extend(each.saw)
    return {cohort: sorted(set(saw)) for cohort, saw in found.items()}


def list_concluded() -> Iterator[StrainedTeam]:
    """Teams whose clues come together, with a signal of which alerts are on, and that have no alert under way."""
    on = {signal for signal, each in list_switches().items() if each.is_on}
    busy = set(StrainAlert.objects.filter(state__in=UNDER_WAY).values_list("cohort_id", flat=True))
    teams = [each for each in list_teams() if each.pk not in busy]
    rested = dict(StrainAlert.objects.values_list("cohort_id").annotate(last=Max("ends_on")))
    clues = read_all_clues(teams)
    for team in teams:
        strained = tuple(
            each
            for each in clues[team.pk].signals
            if each.finding == SignalFinding.STRAINED and each.signal in on
        )
        conclusion = clues[team.pk].conclusion
        anew = strained and (team.pk not in rested or strained[0].ends_on > rested[team.pk])
        if (
            anew
            and conclusion is not None
            and conclusion.concluded
            and ClueKind.SIGNAL in conclusion.pointing
        ):
            yield StrainedTeam(team, strained, conclusion)  # fmt: skip


def list_alerts(cohorts: Sequence[Cohort]) -> QuerySet[StrainAlert]:
    """Alerts of these teams, newest first, with what followed and what reached the board."""
    reports = Prefetch("reports", StrainReport.objects.select_related("case"))
    return (
        StrainAlert.objects.filter(cohort__in=cohorts)
        .select_related("cohort", "owner")
        .prefetch_related(reports, Prefetch("follow_ups", AlertFollowUp.objects.order_by("-written_at")))
        .order_by("-raised_at", "-id")
    )


def get_alert(key: UUID, *, by: User) -> StrainAlert:
    """An alert of a team whose load the account may see. Raises NotFound, NotPermitted."""
    found = StrainAlert.objects.select_related("cohort", "owner").filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no alert at this address."), code="alert_not_found")
    permissions.check_sees_team(by, found.cohort)
    return found


def find_owner(cohort: Cohort) -> User | None:
    """Who acts on strain of a team: who manages it, else who leads its value stream, else HR; None where nobody is there."""
    today, teams = calendar.today(), cohort.teams.all()
    grants = RoleGrant.objects.on(today).filter(user__is_active=True, user__kind=AccountKind.HUMAN)
    for held in (
        Q(role=GrantedRole.MANAGER, team__in=teams),
        Q(role=GrantedRole.VALUE_STREAM_LEAD, value_stream__teams__in=teams),
        Q(role=GrantedRole.HR),
    ):
        found = grants.filter(held).order_by("valid_from", "user__username").select_related("user").first()
        if found is not None:
            return found.user
    return None


def count_people(cohort: Cohort) -> int:
    """How many people are on the team today."""
    return Membership.objects.on(calendar.today()).filter(team__in=cohort.teams.all()).count()


def list_members(cohort: Cohort) -> list[User]:
    """The accounts of those who are on the team today."""
    today = calendar.today()
    on_it = Membership.objects.on(today).filter(team__in=cohort.teams.all()).values("person")
    return list(User.objects.filter(person__in=on_it, is_active=True, kind=AccountKind.HUMAN).order_by("pk"))


def list_left() -> list[StrainAlert]:
    """Alerts under way whose owner's account is closed or holds no role any more, or that have none."""
    rows = StrainAlert.objects.filter(state__in=UNDER_WAY).select_related("cohort", "owner")
    holding = set(RoleGrant.objects.on(calendar.today()).values_list("user_id", flat=True))
    return [
        each
        for each in rows
        if (each.owner is None and find_owner(each.cohort) is not None)
        or (each.owner is not None and (not each.owner.is_active or each.owner_id not in holding))
    ]


def list_ignored(today: date) -> Iterator[tuple[StrainAlert, ReportKind, date]]:
    """Alerts that nobody acts on in time, each with why, and the day that was missed; those that the board has are left out."""
    rows = (
        StrainAlert.objects.filter(state__in=UNDER_WAY).select_related("cohort").prefetch_related("reports")
    )
    for each in rows:
        known = {(report.kind, report.ends_on) for report in each.reports.all()}
        due = each.due_on if each.state == AlertState.ACTING else each.choose_by
        if each.owner_id is None and find_owner(each.cohort) is None:
            found = ReportKind.NO_OWNER, each.choose_by
        elif due is not None and due < today:
            kind = ReportKind.OVERDUE if each.state == AlertState.ACTING else ReportKind.IGNORED
            found = kind, due
        else:
            continue
        if (found[0].value, found[1]) not in known:
            yield each, *found


def list_lasting() -> list[TeamSignal]:
    """A signal of each team that was in exception mode at the end of two quarters, unless the board has it of this quarter."""
    newest = TeamSignal.objects.filter(cohort=OuterRef("cohort")).order_by("-ends_on").values("ends_on")[:1]
    reported = set(
        StrainReport.objects.filter(kind=ReportKind.LASTING)
        .values_list("cohort_id")
        .annotate(last=Max("ends_on"))
    )
    known = dict(reported)
    found: dict[UUID, TeamSignal] = {}
    rows = (
        TeamSignal.objects.filter(lasting=True, ends_on=Subquery(newest))
        .select_related("cohort")
        .order_by("signal")
    )
    for each in rows:
        last = known.get(each.cohort_id)
        if last is None or each.ends_on - last >= timedelta(days=91):
            found.setdefault(each.cohort_id, each)
    return list(found.values())  # fmt: skip


def list_eased() -> list[StrainAlert]:
    """Alerts under way whose signals, in weeks that ended later, are all told and within their limits."""
    alerts = list(StrainAlert.objects.filter(state__in=UNDER_WAY).select_related("cohort"))
    newest = list_newest_signals([each.cohort for each in alerts])
    return [each for each in alerts if _has_eased(each, newest[each.cohort_id])]


def _has_eased(alert: StrainAlert, signals: Sequence[TeamSignal]) -> bool:
    now = {each.signal: each for each in signals if each.ends_on > alert.ends_on}
    return all(
        signal in now and now[signal].finding not in {SignalFinding.STRAINED, SignalFinding.UNTOLD}
        for signal in alert.signals
    )


def find_open_pulse(today: date) -> PulseRound | None:
    """The pulse that can be answered today."""
    return PulseRound.objects.filter(
        closed_at__isnull=True, opens_on__lte=today, closes_on__gte=today
    ).first()


def is_done_with(pulse: PulseRound, user: User) -> bool:
    """Whether somebody answered a pulse or passed it over."""
    return PulseTaken.objects.filter(pulse=pulse, person=user.person_id).exists()


def list_pulses_over(today: date) -> list[PulseRound]:
    """Pulses whose last day is past."""
    return list(PulseRound.objects.filter(closed_at__isnull=True, closes_on__lt=today).order_by("month"))


def find_group_of(user: User) -> Cohort | None:
    """The team, or small teams reported together, that a person's answers are kept with."""
    teams = Membership.objects.on(calendar.today()).filter(person=user.person_id).values("team")
    return list_teams().filter(teams__in=teams).first()


def list_asked() -> QuerySet[User]:
    """The open accounts of people who are on a team today, whom a pulse asks."""
    on_teams = Membership.objects.on(calendar.today()).filter(team__cohorts__in=list_teams()).values("person")
    return User.objects.filter(person__in=on_teams, is_active=True, kind=AccountKind.HUMAN).order_by("pk")


def list_reports() -> QuerySet[StrainReport]:
    """What reached the board, newest first."""
    return StrainReport.objects.select_related("cohort", "case").order_by(F("reported_at").desc(), "-id")


def find_kind(cohort: Cohort) -> str:
    """The kind of a team; of several that are reported together, the first by name."""
    return str(cohort.teams.order_by("slug").values_list("context_class", flat=True).first() or "")
