"""Figures of appeals for everybody, by quarters that are over: how many, what was found, which days were kept.

Nothing is told of fewer than the smallest group of people. Where one part of a quarter is that small, none of its parts is told:
the others and the whole would tell it. A quarter that goes on is not there, as its figure would grow with each appeal.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from msgspec import Struct

from governance.appeals.clocks import read_settings
from governance.appeals.models import Appeal, AppealOutcome, Clock
from governance.appeals.states import OURS, AppealFinding, AppealKind
from ground import calendar

Word = TypeVar("Word", AppealKind, AppealFinding)


class Quarter(Struct, frozen=True):
    """One quarter: None is what is too small to tell."""

    begins: date
    filed: int | None
    kinds: dict[AppealKind, int] | None
    findings: dict[AppealFinding, int] | None
    days_kept: int | None  # of a hundred


def list_figures() -> list[Quarter]:
    """The quarters that are over and in which anything was filed, newest first."""
    smallest, now = read_settings().minimum_group, _begin(calendar.today())
    filed = [
        (_begin(calendar.find_day(at)), kind) for at, kind in Appeal.objects.values_list("filed_at", "kind")
    ]
    found = [
        (_begin(calendar.find_day(at)), finding)
        for at, finding in AppealOutcome.objects.values_list("decided_at", "finding")
    ]
    clocks = [
        (_begin(due), missed is None)
        for due, missed in Clock.objects.filter(kind__in=OURS).values_list("due_on", "missed_at")
    ]
    quarters = sorted({begins for begins, _kind in filed if begins < now}, reverse=True)
    return [_count(each, filed, found, clocks, smallest) for each in quarters]


def _count(
    begins: date,
    filed: Iterable[tuple[date, str]],
    found: Iterable[tuple[date, str]],
    clocks: Iterable[tuple[date, bool]],
    smallest: int,
) -> Quarter:
    kinds = Counter(AppealKind(kind) for at, kind in filed if at == begins)
    findings = Counter(AppealFinding(finding) for at, finding in found if at == begins)
    kept = [each for at, each in clocks if at == begins]
    return Quarter(
        begins=begins,
        filed=kinds.total() if kinds.total() >= smallest else None,
        kinds=_tell(kinds, smallest),
        findings=_tell(findings, smallest),
        days_kept=round(100 * sum(kept) / len(kept))
        if len(kept) >= smallest and kinds.total() >= smallest
        else None,
    )


def _tell(parts: "Counter[Word]", smallest: int) -> "dict[Word, int] | None":
    """The parts, where each is large enough or there is none of it."""
    if parts.total() < smallest or any(count < smallest for count in parts.values()):
        return None
    return dict(parts)


def _begin(day: date) -> date:
    """The first day of a day's quarter."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
