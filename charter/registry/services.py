"""The only writers of the registry. Each appends to the ledger in the same transaction.

Those that are a step of a longer piece of work (the board's, or a proposal that is registered, handed in and put to it
at once) are `atomic()`; the others are durable, so that what they return is committed.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.registry import catalogue, locks, rulebooks, submission, versions
from charter.registry.bounds import UNBOUND, Bounds
from charter.registry.document import CharterDocument
from charter.registry.founding import approve_programme as approve_programme
from charter.registry.founding import establish_programme as establish_programme
from charter.registry.founding import load_decisions as load_decisions
from charter.registry.founding import load_sources as load_sources
from charter.registry.models import (
    CharterVersion,
    Clearance,
    ClearanceKind,
    Metric,
    Programme,
    RulebookVersion,
)
from charter.registry.states import (
    RulebookState,
    Standing,
    check_can_move,
    check_rulebook_can_move,
)
from governance.people.models import User
from ground import clock, records
from ground.errors import Conflict

Amend = Callable[[CharterDocument], CharterDocument]


@transaction.atomic
def register_charter(
    *, programme: Programme, document: CharterDocument, owner: User, by: User
) -> CharterVersion:
    """Store a charter as a draft: the next version of its metric, which is made where it is new.

    The same content as the newest version gives that version and writes nothing. Conflict where the programme has
    declared no decision (S5).
    """
    return _register(programme, document, owner, by)


@transaction.atomic(durable=True)
def load_catalogue(
    *, programme: Programme, owner: User, by: User, amend: Amend | None = None
) -> list[CharterVersion]:
    """Register every starter charter as a draft, all or none; `amend` may change each document first."""
    documents = catalogue.charters().values()
    return [_register(programme, amend(each) if amend else each, owner, by) for each in documents]


@transaction.atomic
def submit(*, version: CharterVersion, by: User) -> CharterVersion:
    """Hand a draft in to the board (S1, S2, S3, S134).

    Raises BadInput with `findings` where lint has errors or an example does not get its verdict.
    """
    version = _locked(version)
    check_can_move(Standing(version.standing), Standing.SUBMITTED)
    submission.check_submittable(version)
    version.submitted_at, version.submitted_by = clock.now(), by
    return _stand(version, Standing.SUBMITTED, by, "submitted_at", "submitted_by")


@transaction.atomic
def begin_review(*, version: CharterVersion, by: User) -> CharterVersion:
    """Note that the board has taken a submitted version up."""
    return _stand(_locked(version), Standing.IN_REVIEW, by)


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
    version = _locked(version)
    check_can_move(Standing(version.standing), Standing.ACTIVE)
    earlier = version.metric.versions.filter(standing__in=[Standing.ACTIVE, Standing.SUSPENDED])
    for other in earlier.exclude(pk=version.pk).select_related("metric"):
        _end(_locked(other), Standing.RETIRED, by)
    programme, now = version.metric.programme, clock.now()
    version.case_id, version.activated_at, version.activated_by = case_id, now, by
    version.bounds = bounds.stored()
    full = _months_later(now, programme.charter_months, ZoneInfo(programme.time_zone))
    version.expires_at = min(full, until) if until else full
    version.review_due_on = clock.today(programme.time_zone) + timedelta(days=programme.review_days)
    fields = ("case_id", "activated_at", "activated_by", "expires_at", "review_due_on", "bounds")
    return _stand(version, Standing.ACTIVE, by, *fields)


@transaction.atomic
def allow_pilot(
    *, version: CharterVersion, case_id: UUID, by: User, bounds: Bounds = UNBOUND
) -> CharterVersion:
    """Let a version be tried out within `bounds`, by a passed case. Nothing is answered before a team's pilot runs (S16).

    Conflict where another version is in force: that one would answer for everybody, the pilot's team included.
    """
    version = _locked(version)
    others = version.metric.versions.filter(standing__in=[Standing.ACTIVE, Standing.SUSPENDED])
    if others.exclude(pk=version.pk).exists():
        raise Conflict(
            _("This metric has a charter in force, so a changed one cannot be tried out beside it."),
            code="charter_in_force",
        )
    version.case_id, version.bounds = case_id, bounds.stored()
    return _stand(version, Standing.PILOT, by, "case_id", "bounds")


@transaction.atomic
def run_pilot(
    *, version: CharterVersion, cohort: str, begins: datetime, ends: datetime, by: User
) -> CharterVersion:
    """Say for which cohort, from when and until when a version on trial is in force.

    Values are published for that cohort alone. Called again, it ends sooner or begins anew.
    """
    version = _locked(version)
    if version.standing != Standing.PILOT:
        raise Conflict(_("Only a charter that the board let be tried out has a pilot."), code="not_in_pilot")
    version.activated_at, version.activated_by, version.expires_at = begins, by, ends
    version.pilot_cohort = cohort
    version.save(update_fields=["activated_at", "activated_by", "expires_at", "pilot_cohort"])
    payload = {**versions.identity(version), "cohort": cohort, "begins": begins, "ends": ends}
    ledger.append(kind="registry.charter.pilot_dated", payload=payload, by=by.actor)
    return version


@transaction.atomic
def reinstate(
    *, version: CharterVersion, by: User, until: datetime | None = None, bounds: Bounds = UNBOUND
) -> CharterVersion:
    """Put a suspended version back in force, narrowed further by `bounds` and by an earlier end `until`, where given.

    One whose time has run out meanwhile expires instead.
    """
    version = _locked(version)
    if version.expires_at is not None and version.expires_at <= clock.now():
        return _end(version, Standing.EXPIRED, by)
    if version.standing != Standing.SUSPENDED:
        raise Conflict(_("Only a suspended charter is put back in force."), code="no_such_transition")
    version.bounds = version.bound.within(bounds).stored()
    version.expires_at = min(version.expires_at, until) if until else version.expires_at
    return _stand(version, Standing.ACTIVE, by, "expires_at", "bounds")


@transaction.atomic
def reject(*, version: CharterVersion, by: User) -> CharterVersion:
    """Note that the board rejected a version. It stays as it is; a changed one is the next version (S50)."""
    return _end(_locked(version), Standing.REJECTED, by)


@transaction.atomic
def suspend(*, version: CharterVersion, by: User) -> CharterVersion:
    """Take a version out of use at once, until the board rules."""
    return _stand(_locked(version), Standing.SUSPENDED, by)


@transaction.atomic
def expire(*, version: CharterVersion, by: User) -> CharterVersion:
    """Note that a version's time has run out; Conflict where it has not. Queries refuse it from that moment, noted or not."""
    version = _locked(version)
    if version.expires_at is None or version.expires_at > clock.now():
        raise Conflict(_("This charter has not expired."), code="not_expired")
    return _end(version, Standing.EXPIRED, by)


@transaction.atomic
def retire(*, version: CharterVersion, by: User) -> CharterVersion:
    """End the use of a version for good."""
    return _end(_locked(version), Standing.RETIRED, by)


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
    _append_rulebook("proposed", version, by)
    return version


@transaction.atomic
def publish_rulebook(*, version: RulebookVersion, by: User, case_id: UUID | None = None) -> RulebookVersion:
    """Put rules in force in place of those that were. The first need no case, as there is no rule before them.

    Checked once more, as charters have come into force since they were proposed: raises BadInput with `findings`.
    """
    version = RulebookVersion.objects.select_for_update().get(pk=version.pk)
    check_rulebook_can_move(RulebookState(version.state), RulebookState.IN_FORCE)
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
    _append_rulebook("published", version, by, replaces=earlier and earlier.pk, case=case_id)
    return version


@transaction.atomic(durable=True)
def grant_clearance(
    *, version: CharterVersion, kind: ClearanceKind, passed: bool, valid_until: date, reference: str, by: User
) -> Clearance:
    """Record what an audit found of a charter version, and until when it counts (last day, AR25)."""
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
    payload = {
        "charter_version": version.pk,
        "kind": kind,
        "passed": passed,
        "valid_until": valid_until,
        "reference": reference,
    }
    ledger.append(kind="registry.clearance.granted", payload=payload, by=by.actor)
    return clearance


def _register(programme: Programme, document: CharterDocument, owner: User, by: User) -> CharterVersion:
    submission.check_has_decision(programme)
    locks.take_metric(document.metric)
    metric = Metric.objects.filter(slug=document.metric).first() or _make_metric(
        programme, document, owner, by
    )
    newest = metric.versions.order_by("-number").first()
    number = newest.number + 1 if newest else 1
    version = versions.build(metric=metric, number=number, document=document, by=by)
    if newest is not None and newest.content_hash == version.content_hash:
        return newest
    records.insert(version)
    ledger.append(kind="registry.charter.registered", payload=versions.registration(version), by=by.actor)
    return version


def _make_metric(programme: Programme, document: CharterDocument, owner: User, by: User) -> Metric:
    metric = Metric(programme=programme, slug=document.metric, name=document.name, owner=owner, created_by=by)
    return records.insert(metric)


def _months_later(moment: datetime, months: int, zone: ZoneInfo) -> datetime:
    """The same hour of the same day so many months later on the clocks of a zone, whatever their shifts, in UTC."""
    return (moment.astimezone(zone) + relativedelta(months=months)).astimezone(UTC)


def _locked(version: CharterVersion) -> CharterVersion:
    """The version as it stands now, with its metric, held until the transaction ends."""
    locks.take_metric(version.metric.slug)
    held = CharterVersion.objects.select_for_update(of=("self",)).select_related("metric__programme")
    return held.get(pk=version.pk)


def _end(version: CharterVersion, standing: Standing, by: User) -> CharterVersion:
    version.ended_at, version.ended_by = clock.now(), by
    return _stand(version, standing, by, "ended_at", "ended_by")


def _stand(version: CharterVersion, standing: Standing, by: User, *fields: str) -> CharterVersion:
    """Move a held version to a standing, by the table, with the fields that go with it."""
    check_can_move(Standing(version.standing), standing)
    payload = {**versions.identity(version), "was": version.standing, "case": version.case_id}
    if "bounds" in fields and version.bounds:
        payload["bounds"] = version.bounds
    version.standing = standing
    version.save(update_fields=["standing", *fields])
    ledger.append(kind=f"registry.charter.{standing.value}", payload=payload, by=by.actor)
    return version


def _append_rulebook(what: str, version: RulebookVersion, by: User, **more: object) -> None:
    payload = {
        "rulebook_version": version.pk,
        "number": version.number,
        "content_hash": version.content_hash,
        **more,
    }
    ledger.append(kind=f"registry.rulebook.{what}", payload=payload, by=by.actor)
