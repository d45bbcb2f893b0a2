"""What a decided case leads to, in its transaction. A question in words is answered by its minutes."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from charter.registry import services as registry
from charter.registry.models import CharterVersion
from charter.registry.programme_settings import change_settings
from charter.registry.states import Standing
from governance.board import permissions, queries
from governance.board.conditions import bounds_of
from governance.board.models import Case
from governance.board.states import CaseKind, ConditionKind
from governance.people.models import User
from ground import clock

Conditions = Mapping[str, Mapping[str, Any]]  # values by kind


def carry_out(case: Case, *, approved: bool, by: User) -> None:
    """Let the outcome take effect. A rulebook that was rejected stays proposed and may be put again."""
    if case.kind in permissions.CONDITIONED:
        _settle_charter(case, approved=approved, by=by)
    elif case.kind == CaseKind.SUSPENSION:
        _settle_suspension(case, approved=approved, by=by)
    elif case.kind == CaseKind.RULEBOOK and approved:
        registry.publish_rulebook(version=case.rulebook_version, case_id=case.pk, by=by)
    elif case.kind == CaseKind.SETTINGS and approved:
        change_settings(changes=case.settings_change.changes, case_id=case.pk, by=by)


def midnight(day: date, version: CharterVersion) -> datetime:
    """When a day begins in the programme's zone."""
    return datetime.combine(day, time(), ZoneInfo(version.metric.programme.time_zone))


def _settle_charter(case: Case, *, approved: bool, by: User) -> None:
    """In force, on trial or back in force; rejected where it was new. A suspended one that is rejected stays so."""
    version = case.charter_version
    conditions = {each.kind: each.value for each in queries.conditions(case)}
    bounds, until = bounds_of(conditions), _until(conditions, version)
    if version.standing == Standing.SUSPENDED:
        if approved:
            registry.reinstate(version=version, until=until, bounds=bounds, by=by)
    elif not approved:
        registry.reject(version=version, by=by)
    elif ConditionKind.PILOT_TEAM in conditions and version.standing == Standing.IN_REVIEW:
        registry.allow_pilot(version=version, case_id=case.pk, bounds=bounds, by=by)
    else:
        registry.activate(version=version, case_id=case.pk, until=until, bounds=bounds, by=by)


def _until(conditions: Conditions, version: CharterVersion) -> datetime | None:
    end = conditions.get(ConditionKind.END_DATE)
    return midnight(date.fromisoformat(end["date"]), version) if end else None


def _settle_suspension(case: Case, *, approved: bool, by: User) -> None:
    """Ratified, it stays suspended until a case brings it back; else it lapses and is in force again."""
    suspension = case.suspension
    field = "ratified_at" if approved else "lapsed_at"
    setattr(suspension, field, clock.now())
    suspension.save(update_fields=[field])
    version = CharterVersion.objects.get(pk=case.charter_version_id)
    # It may have been retired or have expired meanwhile.
    if not approved and version.standing == Standing.SUSPENDED:
        registry.reinstate(version=version, by=by)
