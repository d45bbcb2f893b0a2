"""Reads of fairness audits that are worth a name."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from audits.fairness import permissions
from audits.fairness.limits import LEAST
from audits.fairness.models import AuditedMetric, FairnessAudit, OutcomeSet, VarianceTask
from audits.fairness.states import FairnessState
from audits.ledger.packing import UnreadableRecord
from charter.programme.models import DecisionKind, Programme
from charter.registry.models import CharterVersion, Clearance, ClearanceKind, Metric
from charter.registry.states import StandingChoices
from charter.rules.vocabulary import DecisionGroup, Outcome
from governance.board.models import Case
from governance.board.states import CaseKind, CaseState
from governance.decisions.models import DecisionRecord
from governance.people.models import AccountKind, GrantedRole, RoleGrant, User
from ground import calendar
from ground.errors import NotFound

_METRICS = Prefetch(
    "metrics",
    AuditedMetric.objects.select_related("charter_version__metric", "case").order_by(
        "charter_version__metric__slug"
    ),
)


class DecidedBy(NamedTuple):
    """One question for a decision about people that was answered: the account that asked, and whom it was about by external id."""

    actor: UUID
    persons: frozenset[str]


class EndingClearance(NamedTuple):
    """A charter version whose passed audit runs out on a day, or has."""

    version: CharterVersion
    until: date


def list_audits(user: User) -> QuerySet[FairnessAudit]:
    """The audits that the account may see, newest first."""
    found = FairnessAudit.objects.select_related("outcomes", "auditor").prefetch_related(_METRICS)
    if not permissions.works_on_audits(user):
        found = found.exclude(state=FairnessState.OPEN)
    return found.order_by("-run_at", "-id")


def get_audit(key: UUID, *, by: User) -> FairnessAudit:
    """An audit that the account may see. Raises NotFound."""
    found = list_audits(by).filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no audit at this address that you may see."), code="audit_not_found")
    return found


def list_waiting() -> QuerySet[OutcomeSet]:
    """Outcomes that were handed in and neither audited nor discarded, the oldest first."""
    return (
        OutcomeSet.objects.filter(erased_at__isnull=True)
        .select_related("handed_in_by")
        .defer("sealed")
        .order_by("handed_in_at", "id")
    )


def get_outcomes(key: UUID, *, by: User) -> OutcomeSet:
    """Outcomes that wait. Raises NotPermitted, NotFound."""
    permissions.check_works_on_audits(by)
    found = list_waiting().filter(pk=key).first()
    if found is None:
        raise NotFound(_("No outcomes wait at this address."), code="outcomes_not_found")
    return found


def was_told_before(outcomes: OutcomeSet) -> bool:
    """Whether a report told numbers of outcomes that may be the same, so that two could be compared.

    They may be where periods overlap and the decision is the same, or both are ratings, or both are yes or no: the same ratings
    under another decision, or of a part of the same people, would tell of those in one alone.
    """
    alike = Q(decision=outcomes.decision) | Q(favourable_from__isnull=outcomes.favourable_from is None)
    return (
        OutcomeSet.objects.filter(
            alike,
            audit__isnull=False,
            starts_on__lt=outcomes.ends_on,
            ends_on__gt=outcomes.starts_on,
        )
        .exclude(pk=outcomes.pk)
        .exists()
    )


def read_least() -> int:
    """How many people anything told is narrowed down to at least: the programme's smallest group, and never fewer than five."""
    smallest = Programme.objects.values_list("minimum_group", flat=True).first()
    return max(LEAST, smallest or LEAST)


def list_tasks(user: User) -> QuerySet[VarianceTask]:
    """All tasks about managers' ratings, open ones first. Raises NotPermitted."""
    permissions.check_can_see_tasks(user)
    return VarianceTask.objects.select_related("manager", "audit__outcomes", "closed_by").order_by(
        F("closed_at").desc(nulls_first=True), "id"
    )


def get_task(key: UUID, *, by: User) -> VarianceTask:
    """A task. Raises NotPermitted, NotFound."""
    found = list_tasks(by).filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no task at this address."), code="task_not_found")
    return found


def list_to_revise() -> QuerySet[AuditedMetric]:
    """Metrics that context explains too much of, with no case yet and none of the kind open about their charter (S103)."""
    open_cases = Case.objects.filter(
        kind=CaseKind.UNINTENDED_CONSEQUENCES,
        state=CaseState.OPEN,
        charter_version=OuterRef("charter_version"),
    )
    return (
        AuditedMetric.objects.filter(exceeds=True, case__isnull=True)
        .exclude(audit__state=FairnessState.OPEN)
        .exclude(charter_version__in=open_cases.values("charter_version"))
        .select_related("charter_version__metric", "audit")
    )


def find_clearance(version: CharterVersion) -> Clearance | None:
    """The latest audit of a charter version, which decides (S104)."""
    return version.clearances.filter(kind=ClearanceKind.FAIRNESS_AUDIT).order_by("-granted_at", "-id").first()


def list_ending(until: date) -> list[EndingClearance]:
    """Charters in force whose latest audit was passed, and counts no longer than until this day."""
    latest = Clearance.objects.filter(
        kind=ClearanceKind.FAIRNESS_AUDIT, charter_version=OuterRef("pk")
    ).order_by("-granted_at", "-id")
    found = (
        CharterVersion.objects.filter(
            pk__in=Metric.objects.filter(current__isnull=False).values("current"),
            standing=StandingChoices.ACTIVE,
        )
        .annotate(
            passed=Subquery(latest.values("passed")[:1]), until=Subquery(latest.values("valid_until")[:1])
        )
        .filter(passed=True, until__lte=until)
        .select_related("metric__owner")
        .order_by("until", "pk")
    )
    return [EndingClearance(each, each.until) for each in found]


def list_those_who_see_to_it(version: CharterVersion) -> list[User]:
    """Whom an audit that falls due concerns: the metric's owner, HR and auditors."""
    roles = [GrantedRole.HR, GrantedRole.AUDITOR]
    today = calendar.today()
    held = Q(role_grants__role__in=roles, role_grants__valid_from__lte=today) & (
        Q(role_grants__valid_to__isnull=True) | Q(role_grants__valid_to__gt=today)
    )
    return list(
        User.objects.filter(held | Q(pk=version.metric.owner_id), is_active=True).distinct().order_by("pk")
    )


def list_decided(metrics: Sequence[str], *, since: datetime) -> list[DecidedBy]:
    """Who decided about whom by these metrics since a moment: questions for decisions about people that were answered.

    A question about the values of a team may be for a decision about one of its people, so those whom it was about count as well.
    """
    uses = DecisionKind.objects.filter(group=DecisionGroup.PEOPLE).values("slug")
    records = DecisionRecord.objects.filter(
        verdict=Outcome.PERMIT,
        checked_only=False,
        at__gte=since,
        metrics__overlap=list(metrics),
        use__in=uses,
    )
    found = records.only("actor", "subjects", "request").order_by("at", "pk")
    return [DecidedBy(each.actor_id, frozenset([*each.subjects, *list_about(each)])) for each in found]


def list_about(record: DecisionRecord) -> list[str]:
    """Whom a question was about; of one whose words are broken nobody knows, and whom it looked at stands beside them."""
    try:
        return list(record.request["about"])
    except UnreadableRecord:
        return []


def list_accounts_of(external_ids: Collection[str]) -> list[User]:
    """The open accounts of persons."""
    return list(User.objects.filter(person__external_id__in=external_ids, is_active=True).order_by("pk"))


def list_people_of_hr() -> list[User]:
    """The open accounts of people who are of HR today."""
    grants = RoleGrant.objects.on(calendar.today()).filter(role=GrantedRole.HR)
    return list(
        User.objects.filter(pk__in=grants.values("user"), is_active=True, kind=AccountKind.HUMAN).order_by(
            "pk"
        )
    )
