"""Reads of retention: what is due to go, what keeps it, and what went."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.retention.models import LegalHold, Purge
from audits.retention.owner_functions import (
    CALIBRATIONS_FROM,
    DECISIONS_OLD,
    HOLDS_DECISION,
    HOLDS_IN_FORCE,
    IDENTITIES_FROM,
    KEEPS_CALIBRATION,
    KEEPS_DECISION,
    KEEPS_IDENTITY,
    KEEPS_STRAIN,
    KEEPS_VALUE,
    ROUND_OLD,
    STRAIN_OLD,
    STRAIN_ROWS,
    TODAY,
    VALUES_FROM,
)
from audits.retention.states import PurgeKind
from charter.programme.models import Programme
from ground import calendar, statements
from ground.errors import NotFound

A_BATCH = 500

# What is old enough, by the database's clock and by ours: the later of the two.
_DECISIONS = f"""
SELECT d.id, {KEEPS_DECISION} FROM decisions_decisionrecord d
WHERE {DECISIONS_OLD} AND d.at < %(before)s::date
AND EXISTS (SELECT FROM ledger_logplace placed WHERE placed.entry_id = d.entry_id)
"""
_VALUES = f"""
SELECT v.id, {KEEPS_VALUE} FROM {VALUES_FROM.replace("v.id = ANY(wanted)", "true")}
AND v.ends_on + (c.document #>> '{{how_long,values}}')::interval <= least({TODAY}, %(today)s::date)
"""
_IDENTITIES = f"""
SELECT i.id, {KEEPS_IDENTITY} FROM {IDENTITIES_FROM.replace("i.id = ANY(wanted)", "true")}
AND p.employed_to <= least({TODAY} - make_interval(months => (SELECT leavers_kept_months FROM programme_programme)), %(before)s::date)
"""
_CALIBRATIONS = f"""
SELECT i.id, {KEEPS_CALIBRATION} FROM {CALIBRATIONS_FROM.replace("i.id = ANY(wanted)", "true")}
AND {ROUND_OLD} AND coalesce(r.ended_at, r.published_at, r.drafted_at) < %(before)s::date
"""
_STRAIN = f"""
SELECT s.id, {KEEPS_STRAIN} FROM {STRAIN_ROWS} s WHERE {STRAIN_OLD} AND s.until <= %(before)s::date
"""
# Whom an entry is about that is no decision's cannot be looked up, so each hold keeps it whose days it falls in.
_HOLD_ON = f"""
SELECT h.id FROM ledger_entry e LEFT JOIN decisions_decisionrecord d ON d.entry_id = e.id, {HOLDS_IN_FORCE} AND e.id = %(entry)s
AND CASE WHEN d.id IS NULL THEN (h.since IS NULL OR e.at >= h.since) AND (h.until IS NULL OR e.at < h.until + 1)
    ELSE {HOLDS_DECISION} END
ORDER BY h.ends_on DESC LIMIT 1
"""
_FOUND: Mapping[PurgeKind, str] = MappingProxyType(
    {
        PurgeKind.DECISIONS: _DECISIONS,
        PurgeKind.VALUES: _VALUES,
        PurgeKind.IDENTITIES: _IDENTITIES,
        PurgeKind.CALIBRATIONS: _CALIBRATIONS,
        PurgeKind.STRAIN: _STRAIN,
    }
)


class DueToGo(Struct, frozen=True):
    """Of one kind, what is old enough from before a day: the keys of what can go, and how much something keeps."""

    what: PurgeKind
    before: date
    going: tuple[UUID, ...]
    kept: int

    @property
    def batches(self) -> list[tuple[UUID, ...]]:
        """What can go, so many at a time."""
        return [self.going[start : start + A_BATCH] for start in range(0, len(self.going), A_BATCH)]


def find_cutoff(what: PurgeKind, today: date) -> date:
    """Before which day something of this kind was kept long enough; of values each charter says it, so today."""
    programme = Programme.objects.first()
    if programme is None or what is PurgeKind.VALUES:
        return today
    months = {
        PurgeKind.DECISIONS: programme.decisions_kept_months,
        PurgeKind.IDENTITIES: programme.leavers_kept_months,
        PurgeKind.CALIBRATIONS: programme.decisions_kept_months,
        PurgeKind.STRAIN: programme.strain_kept_months,
    }
    return today - relativedelta(months=months[what])


def find_due(what: PurgeKind, *, most: int = 20 * A_BATCH) -> DueToGo:
    """What of a kind has been kept long enough, the oldest keys first."""
    today = calendar.today()
    before = find_cutoff(what, today)
    rows = statements.fetch(
        f"SELECT id, keeps FROM ({_FOUND[what]}) found(id, keeps) ORDER BY keeps, id LIMIT %(most)s",
        {"before": before, "today": today, "most": most},
    )
    return DueToGo(
        what, before, tuple(key for key, keeps in rows if not keeps), sum(keeps for _, keeps in rows)
    )


def list_due() -> list[DueToGo]:
    """The same of every kind, as a dry run says it."""
    return [find_due(each) for each in PurgeKind]


def list_holds() -> QuerySet[LegalHold]:
    """Legal holds, those that go on first, by the day they end."""
    return LegalHold.objects.select_related("person", "account", "placed_by").order_by(
        "ended_at", "ends_on", "pk"
    )


def list_holds_in_force() -> QuerySet[LegalHold]:
    """Those that keep something today."""
    return list_holds().filter(ended_at__isnull=True, ends_on__gt=calendar.today())


def get_hold(key: UUID) -> LegalHold:
    """One legal hold. Raises NotFound."""
    found = list_holds().filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no such legal hold."), code="hold_not_found")
    return found


def find_hold_on(entry: UUID) -> LegalHold | None:
    """A legal hold in force that keeps what an entry of the log says, the one that goes on longest; None if there is none."""
    found = statements.fetch(_HOLD_ON, {"entry": entry})
    return LegalHold.objects.get(pk=found[0][0]) if found else None


def list_purges() -> QuerySet[Purge]:
    """What went, the latest first."""
    return Purge.objects.order_by("-at", "-pk")
