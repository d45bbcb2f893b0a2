"""Reads of findings: those that an account may see, and what was found before."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from audits.findings import permissions
from audits.findings.models import AuditFinding
from audits.findings.states import FindingKind, FindingState
from governance.decisions.models import DecisionRecord
from governance.people.models import User
from ground import calendar

_RELATED = ("account__person", "appeal", "case")


def list_findings(*, over: bool = False) -> QuerySet[AuditFinding]:
    """Findings that wait for somebody, or those that are settled; the latest first."""
    found = AuditFinding.objects.select_related(*_RELATED).order_by("-until", "pk")
    return found.exclude(state=FindingState.OPEN) if over else found.filter(state=FindingState.OPEN)


def list_seen(user: User, *, over: bool = False) -> list[AuditFinding]:
    """Those of them that the account may see; its own and those of its line are not there."""
    permissions.check_can_open_findings(user)
    reader = permissions.FindingReader(user)
    return [each for each in list_findings(over=over)[:1000] if reader.sees(each)]


def get_finding(key: UUID, *, by: User) -> AuditFinding:
    """One finding that the account may see. Raises NotFound."""
    found = AuditFinding.objects.select_related(*_RELATED).filter(pk=key).first()
    if found is None:
        raise permissions.not_there()
    permissions.check_can_see(by, found)
    return found


def is_found_already(
    kind: FindingKind, account: UUID | None, about: str, since: datetime, until: datetime
) -> bool:
    """Whether the same was found for a time that overlaps this one, or of the same shift."""
    same = AuditFinding.objects.filter(kind=kind, account=account)
    if kind == FindingKind.GAMING:
        return same.filter(about=about).exists()
    return same.filter(since__lte=until, until__gte=since).exists()


def list_decisions(finding: AuditFinding) -> list[DecisionRecord]:
    """The decisions that a finding rests on, the newest first; those that were purged since are not there."""
    found = DecisionRecord.objects.select_related("actor__person").filter(
        entry__in=finding.evidence.get("receipts", [])
    )
    return list(found.order_by("-at", "-pk"))


def count_by_kind(since: date, until: date) -> dict[str, dict[str, int]]:
    """How many were found in days from `since` to before `until`, by kind and where they stand; those after appeals left out."""
    midnights = calendar.find_midnight(since), calendar.find_midnight(until)
    found = AuditFinding.objects.filter(found_at__gte=midnights[0], found_at__lt=midnights[1])
    found = found.exclude(kind=FindingKind.POST_APPEAL).order_by()
    counts: dict[str, dict[str, int]] = {}
    for kind, state, count in found.values_list("kind", "state").annotate(count=Count("pk")):
        counts.setdefault(kind, {})[state] = count
    return counts
