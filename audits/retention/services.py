"""The only writers of retention: what was kept long enough or must be erased goes, and legal holds are placed and ended."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import erasing
from audits.ledger import services as ledger
from audits.ledger.models import Entry
from audits.ledger.states import ErasureBasis
from audits.retention import permissions, queries
from audits.retention.events import LegalHoldEnded, LegalHoldPlaced, RowsPurged
from audits.retention.models import LegalHold, Purge
from audits.retention.states import PurgeKind
from charter.registry.models import Metric
from governance.people.models import Person, User
from ground import calendar, clock, records, statements
from ground.errors import BadInput, Conflict
from ground.parsing import read_prose

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]{0,59}")
_CALLS: Mapping[PurgeKind, str] = MappingProxyType(
    {
        PurgeKind.DECISIONS: "SELECT purge_decisions(%(wanted)s::uuid[], %(purge)s::uuid)",
        PurgeKind.VALUES: "SELECT purge_values(%(wanted)s::uuid[], %(purge)s::uuid)",
        PurgeKind.IDENTITIES: "SELECT purge_identities(%(wanted)s::uuid[], %(purge)s::uuid)",
        PurgeKind.CALIBRATIONS: "SELECT purge_calibrations(%(wanted)s::uuid[], %(purge)s::uuid)",
        PurgeKind.STRAIN: "SELECT purge_strain(%(wanted)s::uuid[], %(purge)s::uuid)",
    }
)


@transaction.atomic(durable=True)
def purge(*, what: PurgeKind, before: date, wanted: Sequence[UUID], by: User) -> int:
    """Delete a batch of what was kept long enough, and write how many and the hash of their keys; gives how many.

    What the log's entries of decisions say goes with them.

    The database refuses what was not kept long enough or what something keeps. Raises Conflict where other rows are there by now.
    """
    permissions.check_can_purge(by)
    if not wanted:
        return 0
    made = records.insert(Purge(what=what, before=before, count=len(wanted), sha256=hash_keys(wanted)))
    event = RowsPurged(purge=made.pk, what=what.value, before=before, count=made.count, sha256=made.sha256)
    ledger.append(event, by=by.actor)
    if what is PurgeKind.DECISIONS:
        _erase_payloads(wanted, made, by)
    [(gone,)] = statements.fetch(_CALLS[what], {"wanted": list(wanted), "purge": made.pk})
    if gone != len(wanted):
        raise Conflict(_("Some of it is gone already. The next pass looks again."), code="gone_already")
    return int(gone)


def _erase_payloads(wanted: Sequence[UUID], made: Purge, by: User) -> None:
    """Destroy what the log's entries of these decisions say; that there were entries stays provable."""
    entries = Entry.objects.filter(decision__in=wanted, payload__isnull=False).order_by("pk")
    for entry in entries.values_list("pk", flat=True):
        erasing.erase_payload(
            entry=entry, basis=ErasureBasis.RETENTION, reference=f"purge-{made.pk}", by=by.actor
        )


def hash_keys(keys: Sequence[UUID]) -> str:
    """The SHA-256 (hex) of keys, sorted, a line each."""
    return sha256("".join(f"{each}\n" for each in sorted(map(str, keys))).encode()).hexdigest()


@transaction.atomic(durable=True)
def erase_entry(*, entry: UUID, basis: ErasureBasis, reference: str, by: User) -> Entry:
    """Destroy what an entry of the log says; gives the entry that tells so. `reference` is a number of files that names nobody.

    Raises NotPermitted, BadInput, NotFound, or Conflict where a legal hold keeps it or it is kept for good.
    """
    permissions.check_can_erase(by)
    if not _REFERENCE.fullmatch(reference):
        raise BadInput(
            _(
                "Give the number of your files: up to 60 letters, digits, dots, slashes and hyphens, and no name."
            ),
            field="reference",
        )
    if hold := queries.find_hold_on(entry):
        raise Conflict(
            _(
                "A legal hold that goes on until %(day)s keeps this entry, or may keep it. End or narrow the hold first."
            )
            % {"day": hold.ends_on},
            code="legal_hold",
        )
    return erasing.erase_payload(entry=entry, basis=basis, reference=reference, by=by.actor)


@transaction.atomic(durable=True)
def place_legal_hold(
    *,
    reason: str,
    ends_on: date,
    by: User,
    person: Person | None = None,
    account: User | None = None,
    metric: str = "",
    since: date | None = None,
    until: date | None = None,
) -> LegalHold:
    """Keep what is of this scope until a day, for a legal reason; where nothing is named, everything."""
    permissions.check_can_place_legal_hold(by)
    reason = read_prose(reason, field="reason")
    if not reason:
        raise BadInput(_("Say why."), field="reason", code="required")
    if ends_on <= calendar.today():
        raise BadInput(_("A hold ends after today. It can be placed again."), field="ends_on")
    if metric and not Metric.objects.filter(slug=metric).exists():
        raise BadInput(_("There is no metric of that name."), field="metric", code="does_not_exist")
    scope: dict[str, Any] = {"metric": metric, "since": since, "until": until, "ends_on": ends_on}
    hold = records.insert(LegalHold(person=person, account=account, reason=reason, placed_by=by, **scope))
    event = LegalHoldPlaced(
        hold=hold.pk,
        person=person.pk if person else None,
        account=account.pk if account else None,
        reason=reason,
        **scope,
    )
    ledger.append(event, by=by.actor)
    return hold


@transaction.atomic(durable=True)
def end_legal_hold(*, hold: LegalHold, because: str, by: User) -> LegalHold:
    """End a hold before its day, with why; what it kept goes with the next pass."""
    hold = LegalHold.objects.select_for_update().get(pk=hold.pk)
    permissions.check_can_end_legal_hold(by, hold)
    because = read_prose(because, field="because")
    if not because:
        raise BadInput(_("Say why."), field="because", code="required")
    hold.ended_at, hold.ended_by, hold.ended_because = clock.now(), by, because
    hold.save(update_fields=["ended_at", "ended_by", "ended_because"])
    ledger.append(LegalHoldEnded(hold=hold.pk, because=because), by=by.actor)
    return hold
