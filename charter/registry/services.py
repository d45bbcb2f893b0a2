"""The only writers of the registry. Each appends to the ledger in the same transaction.

Those that are a step of a longer piece of work (the board's, or a proposal that is registered, handed in and put to it
at once) are `atomic()`; the others are durable, so that what they return is committed.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.registry import catalogue, permissions, proofs, rulebooks, versions
from charter.registry.bounds import UNBOUND, Bounds
from charter.registry.events import (
    CharterPilotDated,
    CharterShortened,
    ClearanceGranted,
    MetricHandedOver,
    RulebookProposed,
    RulebookPublished,
    SourcesDescribed,
)
from charter.registry.models import CharterVersion, Clearance, ClearanceKind, Metric, RulebookVersion
from charter.registry.models.sources import Source
from charter.registry.source_descriptions import SourceDescription
from charter.registry.standings import lock_version, move_version
from charter.registry.states import CHARTER_TRANSITIONS, RULEBOOK_TRANSITIONS, RulebookState, StandingChoices
from governance.people.models import User
from governance.people.permissions import check_can_administer
from ground import calendar, clock, records
from ground.errors import Conflict, NotPermitted
from ground.promises import promised


@transaction.atomic(durable=True)
def load_sources(*, by: User) -> list[Source]:
    """Describe the sources of the starter catalogue that are not described yet; others stay as they are."""
    described = set(Source.objects.values_list("slug", flat=True))
    made = [
        records.insert(Source(**_source_fields(starter), described_by=by))
        for starter in catalogue.read_starter_sources()
        if starter.slug not in described
    ]
    if made:
        kinds = {source.slug: source.kind for source in made}
        ledger.append(SourcesDescribed(sources=kinds), by=by.actor)
    return made


@transaction.atomic
def begin_review(*, version: CharterVersion, by: User) -> CharterVersion:
    """Note that the board has taken a submitted version up."""
    return move_version(lock_version(version), StandingChoices.IN_REVIEW, by=by)


@transaction.atomic
def activate(
    *,
    version: CharterVersion,
    case_id: UUID,
    by: User,
    until: datetime | None = None,
    bounds: Bounds = UNBOUND,
) -> CharterVersion:
    """Put a version in force by a passed case of the board, and retire the version that was in force before.

    It expires after the programme's `charter_months`, or at `until` where the board set an earlier end; its decisions
    are reviewed within `review_days`. Of its uses, those within `bounds` are open.
    """
    version = lock_version(version)
    CHARTER_TRANSITIONS.check(version.standing, StandingChoices.ACTIVE)
    earlier = version.metric.versions.filter(standing__in=[StandingChoices.ACTIVE, StandingChoices.SUSPENDED])
    for other in earlier.exclude(pk=version.pk).select_related("metric"):
        _end(lock_version(other), StandingChoices.RETIRED, by)
    programme, now = version.metric.programme, clock.now()
    version.case_id, version.activated_at, version.activated_by = case_id, now, by
    version.bounds = bounds.stored()
    full = _months_later(now, programme.charter_months, ZoneInfo(programme.time_zone))
    version.expires_at = min(full, until) if until else full
    version.review_due_on = calendar.today() + timedelta(days=programme.review_days)
    fields = ("case_id", "activated_at", "activated_by", "expires_at", "review_due_on", "bounds")
    return move_version(version, StandingChoices.ACTIVE, *fields, by=by)


@transaction.atomic
def allow_pilot(
    *, version: CharterVersion, case_id: UUID, by: User, bounds: Bounds = UNBOUND
) -> CharterVersion:
    """Let a version be tried out within `bounds`, by a passed case. Nothing is answered before a team's pilot runs (S16).

    Conflict where another version is in force: that one would answer for everybody, the pilot's team included.
    """
    version = lock_version(version)
    others = version.metric.versions.filter(standing__in=[StandingChoices.ACTIVE, StandingChoices.SUSPENDED])
    if others.exclude(pk=version.pk).exists():
        raise Conflict(
            _("This metric has a charter in force, so a changed one cannot be tried out beside it."),
            code="charter_in_force",
        )
    version.case_id, version.bounds = case_id, bounds.stored()
    return move_version(version, StandingChoices.PILOT, "case_id", "bounds", by=by)


@transaction.atomic
def run_pilot(
    *, version: CharterVersion, cohort: str, begins: datetime, ends: datetime, by: User
) -> CharterVersion:
    """Say for which cohort, from when and until when a version on trial is in force.

    Values are published for that cohort alone. Called again, it ends sooner or begins anew.
    """
    version = lock_version(version)
    if version.standing != StandingChoices.PILOT:
        raise Conflict(_("Only a charter that the board let be tried out has a pilot."), code="not_in_pilot")
    version.activated_at, version.activated_by, version.expires_at = begins, by, ends
    version.pilot_cohort = cohort
    version.save(update_fields=["activated_at", "activated_by", "expires_at", "pilot_cohort"])
    dated = CharterPilotDated(**versions.describe_version(version), cohort=cohort, begins=begins, ends=ends)
    ledger.append(dated, by=by.actor)
    return version


@transaction.atomic
def reinstate(
    *, version: CharterVersion, by: User, until: datetime | None = None, bounds: Bounds = UNBOUND
) -> CharterVersion:
    """Put a suspended version back in force, narrowed further by `bounds` and by an earlier end `until`, where given.

    One whose time has run out meanwhile expires instead.
    """
    version = lock_version(version)
    if version.expires_at is not None and version.expires_at <= clock.now():
        return _end(version, StandingChoices.EXPIRED, by)
    if version.standing != StandingChoices.SUSPENDED:
        raise Conflict(_("Only a suspended charter is put back in force."), code="no_such_transition")
    version.bounds = version.bound.within(bounds).stored()
    version.expires_at = min(promised(version.expires_at), until) if until else version.expires_at
    return move_version(version, StandingChoices.ACTIVE, "expires_at", "bounds", by=by)


@transaction.atomic
def reject(*, version: CharterVersion, by: User) -> CharterVersion:
    """Note that the board rejected a version. It stays as it is; a changed one is the next version (S50)."""
    return _end(lock_version(version), StandingChoices.REJECTED, by)


@transaction.atomic
def hand_over_metrics(*, of: User, to: User, by: User) -> list[str]:
    """Give the metrics of an account to the one that it is merged into, in the caller's transaction; gives their slugs.

    Raises NotPermitted unless `by` is an administrator and neither of both. What their charters say stays.
    """
    check_can_administer(by)
    if by in (of, to):
        raise NotPermitted(_("Nobody hands metrics over to themself. Ask another administrator."))
    metrics = list(Metric.objects.select_for_update(of=("self",)).filter(owner=of).order_by("slug"))
    for metric in metrics:
        metric.owner = to
        metric.save(update_fields=["owner"])
        ledger.append(MetricHandedOver(metric_id=metric.pk, metric=metric.slug, owner=to.pk), by=by.actor)
    return [metric.slug for metric in metrics]


@transaction.atomic
def suspend(*, version: CharterVersion, by: User) -> CharterVersion:
    """Take a version out of use at once, until the board rules."""
    return move_version(lock_version(version), StandingChoices.SUSPENDED, by=by)


@transaction.atomic
def shorten(*, version: CharterVersion, until: datetime, by: User) -> CharterVersion:
    """Let a version in force run out sooner, so that it is revised by then; one that runs out sooner yet stays as it is."""
    version = lock_version(version)
    if version.expires_at is None or version.expires_at <= until:
        return version
    version.expires_at = until
    version.save(update_fields=["expires_at"])
    ledger.append(CharterShortened(**versions.describe_version(version), ends=until), by=by.actor)
    return version


@transaction.atomic
def expire(*, version: CharterVersion, by: User) -> CharterVersion:
    """Note that a version's time has run out; Conflict where it has not. Queries refuse it from that moment, noted or not."""
    version = lock_version(version)
    if version.expires_at is None or version.expires_at > clock.now():
        raise Conflict(_("This charter has not expired."), code="not_expired")
    return _end(version, StandingChoices.EXPIRED, by)


@transaction.atomic
def retire(*, version: CharterVersion, by: User) -> CharterVersion:
    """End the use of a version for good."""
    return _end(lock_version(version), StandingChoices.RETIRED, by)


@transaction.atomic
def propose_rulebook(*, files: Mapping[str, str], by: User) -> RulebookVersion:
    """Store rules as a proposal. The same content as an earlier version gives that version.

    Raises BadInput with `findings` where they could not be put in force (`rulebooks.check_can_serve`).
    """
    digest = rulebooks.check_can_serve(files).content_hash
    if found := RulebookVersion.objects.filter(content_hash=digest).first():
        return found
    number = (RulebookVersion.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    version = records.insert(
        RulebookVersion(number=number, files=dict(files), content_hash=digest, created_by=by)
    )
    ledger.append(RulebookProposed(**_recorded(version)), by=by.actor)
    return version


@transaction.atomic
def publish_rulebook(*, version: RulebookVersion, by: User, case_id: UUID | None = None) -> RulebookVersion:
    """Put rules in force in place of those that were. The first need no case, as there is no rule before them.

    Checked once more, as charters have come into force since they were proposed: raises BadInput with `findings`.
    """
    version = RulebookVersion.objects.select_for_update().get(pk=version.pk)
    RULEBOOK_TRANSITIONS.check(version.state, RulebookState.IN_FORCE)
    earlier = RulebookVersion.objects.select_for_update().filter(state=RulebookState.IN_FORCE).first()
    if earlier is not None and case_id is None:
        raise Conflict(
            _("Rules in force are replaced by a passed case of the board only."), code="needs_a_case"
        )
    rulebooks.check_can_serve(version.files)
    if earlier is not None:
        earlier.state = RulebookState.REPLACED
        earlier.save(update_fields=["state"])
    version.state, version.case_id = RulebookState.IN_FORCE, case_id
    version.published_at, version.published_by = clock.now(), by
    version.save(update_fields=["state", "case_id", "published_at", "published_by"])
    published = RulebookPublished(
        **_recorded(version), replaces=earlier.pk if earlier else None, case=case_id
    )
    ledger.append(published, by=by.actor)
    proofs.record_proof(version=version, by=by)
    return version


@transaction.atomic(durable=True)
def grant_clearance(
    *, version: CharterVersion, kind: ClearanceKind, passed: bool, valid_until: date, reference: str, by: User
) -> Clearance:
    """Record what an audit found of a charter version, and until when it counts (last day, AR25)."""
    return record_clearance(
        version=version, kind=kind, passed=passed, valid_until=valid_until, reference=reference, by=by
    )


@transaction.atomic
def record_clearance(
    *, version: CharterVersion, kind: ClearanceKind, passed: bool, valid_until: date, reference: str, by: User
) -> Clearance:
    """The same as a part of what concludes an audit. The latest of a version decides, whatever an earlier one granted (S104).

    Raises NotPermitted unless an auditor signs it off who does not own the metric (S22).
    """
    permissions.check_can_clear(by, version)
    clearance = records.insert(
        Clearance(
            charter_version=version,
            kind=kind,
            passed=passed,
            valid_until=valid_until,
            reference=reference,
            granted_by=by,
        )
    )
    granted = ClearanceGranted(
        charter_version=version.pk,
        clearance_kind=kind,
        passed=passed,
        valid_until=valid_until,
        reference=reference,
    )
    ledger.append(granted, by=by.actor)
    return clearance


def _months_later(moment: datetime, months: int, zone: ZoneInfo) -> datetime:
    """The same hour of the same day so many months later on the clocks of a zone, whatever their shifts, in UTC."""
    return (moment.astimezone(zone) + relativedelta(months=months)).astimezone(UTC)


def _source_fields(described: SourceDescription) -> dict[str, object]:
    """A description as the record keeps it: words as plain text."""
    values: dict[str, object] = msgspec.to_builtins(described)
    return values


def _end(version: CharterVersion, standing: StandingChoices, by: User) -> CharterVersion:
    version.ended_at, version.ended_by = clock.now(), by
    return move_version(version, standing, "ended_at", "ended_by", by=by)


def _recorded(version: RulebookVersion) -> dict[str, Any]:
    return {
        "rulebook_version": version.pk,
        "number": version.number,
        "content_hash": version.content_hash,
    }
