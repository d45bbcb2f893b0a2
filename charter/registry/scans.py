"""The registry's clock: what falls due by itself, found by scans of the database.

Each scan asks what is due now, and asks again under the metric's lock before it acts. So it does nothing the second time,
several workers do it once, and a worker that was down for a week does what is still due. Days are those of the
programme's time zone, so that no shift of clocks moves them; notice counts from the day on which it was given.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import TruncDate

from audits.ledger import services as ledger
from charter.registry import announcements, locks, services
from charter.registry.models import (
    CharterVersion,
    ClockSuspension,
    Programme,
    Reminder,
    ReviewItem,
    UntiedFlag,
)
from charter.registry.reminders import ReminderKind, SuspendedFor
from charter.registry.states import ReviewResult, Standing
from governance.people.models import User
from ground import clock
from ground.errors import Conflict

# What has expired, in force or suspended, is over.
GOVERNS = (Standing.ACTIVE, Standing.SUSPENDED)

log = logging.getLogger(__name__)

_TIED = RawSQL(
    "EXISTS (SELECT 1 FROM jsonb_array_elements("
    "registry_charterversion.document -> 'which_decisions' -> 'allowed') use"
    " JOIN registry_decisionkind kind ON kind.slug = use ->> 'decision')",
    [],
    output_field=BooleanField(),
)


@dataclass(frozen=True)
class Moment:
    """When a scan runs and as whom, and the programme whose settings and time zone it goes by."""

    programme: Programme
    at: datetime
    by: User

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.programme.time_zone)

    @property
    def today(self) -> date:
        return self.at.astimezone(self.zone).date()

    @property
    def notice(self) -> timedelta:
        return timedelta(days=self.programme.review_notice_days)


@dataclass(frozen=True)
class Scan:
    """Something that falls due by itself: which versions, and what is done to each."""

    name: str
    due: Callable[[Moment], QuerySet[CharterVersion]]
    act: Callable[[CharterVersion, Moment], object]


def keep_clock(*, by: User) -> dict[str, int]:
    """Do whatever is due in the registry, in order; gives how often each scan acted.

    What fails for one charter is left for the next time and stops nothing else: an ExceptionGroup says so at the end.
    """
    programme = Programme.objects.first()
    if programme is None:
        return {}
    moment, failures = Moment(programme, clock.now(), by), []
    done = {scan.name: _run(scan, moment, failures) for scan in SCANS}
    if failures:
        raise ExceptionGroup("The registry's clock could not do everything.", failures)
    return done


def _run(scan: Scan, moment: Moment, failures: list[Exception]) -> int:
    done = 0
    for key, slug in list(scan.due(moment).order_by("pk").values_list("pk", "metric__slug")):
        try:
            done += _act(scan, moment, key, slug)
        except Conflict as moved:
            log.info("%s: %s has moved on: %s", scan.name, slug, moved)
        except Exception as error:  # whatever it is, the other charters are still due
            log.exception("%s: %s", scan.name, slug)
            failures.append(error)
    return done


@transaction.atomic(durable=True)
def _act(scan: Scan, moment: Moment, key: UUID, slug: str) -> bool:
    """Act on one version if it is still due once it is held; whether it was."""
    locks.take_metric(slug)
    held = scan.due(moment).filter(pk=key).select_for_update(of=("self",)).defer("document")
    version = held.select_related("metric__owner", "metric__programme").first()
    if version is None:
        return False
    scan.act(version, moment)
    return True


# What is due


def expired(moment: Moment) -> QuerySet[CharterVersion]:
    """Past their expiry and still said to govern; queries refuse them already."""
    return CharterVersion.objects.filter(standing__in=GOVERNS, expires_at__lte=moment.at)


def expiring(moment: Moment) -> QuerySet[CharterVersion]:
    """So near to their expiry that a reminder is due that was not given: the latest stage alone, however late we are."""
    lasting = CharterVersion.objects.filter(standing__in=GOVERNS, expires_at__gt=moment.at).annotate(
        expires_on=TruncDate("expires_at", tzinfo=moment.zone)
    )
    given = Reminder.objects.filter(
        charter_version=OuterRef("pk"), kind=ReminderKind.EXPIRY, due_on=OuterRef("expires_on")
    )
    stages = (
        Q(expires_on__lte=moment.today + timedelta(days=days)) & ~Exists(given.filter(days__lte=days))
        for days in moment.programme.expiry_reminder_days
    )
    return lasting.filter(reduce(or_, stages, Q(pk__in=[])))


def to_review(moment: Moment) -> QuerySet[CharterVersion]:
    """In force with their review due, of which nobody was told."""
    return _review_due(moment).filter(~Exists(_review_notices()))


def unreviewed(moment: Moment) -> QuerySet[CharterVersion]:
    """In force with their review overdue, and their owner's notice of it run out."""
    return _review_due(moment).filter(Exists(_review_notices(given_on__lte=moment.today - moment.notice)))


def untied(moment: Moment) -> QuerySet[CharterVersion]:
    """In force, allowing none of the programme's decisions, and not flagged yet (S11)."""
    return _active().annotate(tied=_TIED).filter(~Exists(_flags()), tied=False)


def tied_again(moment: Moment) -> QuerySet[CharterVersion]:
    """Flagged, but allowing a decision by now, or out of force for good."""
    gone = ~Q(standing__in=GOVERNS) | Q(tied=True)
    return CharterVersion.objects.annotate(tied=_TIED).filter(gone, Exists(_flags()))


def to_retire_or_justify(moment: Moment) -> QuerySet[CharterVersion]:
    """Flagged for longer than the programme grants, not justified, and their owner not asked yet."""
    long_ago = moment.today - timedelta(days=moment.programme.untied_days)
    return _active().filter(Exists(_unjustified(asked_on__isnull=True, flagged_on__lte=long_ago)))


def unjustified(moment: Moment) -> QuerySet[CharterVersion]:
    """Their owner was asked to retire or justify them, and the notice has run out."""
    return _active().filter(Exists(_unjustified(asked_on__lte=moment.today - moment.notice)))


def confirmed_since(moment: Moment) -> QuerySet[CharterVersion]:
    """Suspended because nobody acted in time, and confirmed by a review since; where untied, with a reason."""
    said = ReviewItem.objects.filter(
        charter_version=OuterRef("charter_version"),
        result=ReviewResult.CONFIRMED,
        decided_at__gte=OuterRef("suspended_at"),
    )
    confirmed = Q(Exists(said), reason=SuspendedFor.REVIEW) | Q(Exists(said.exclude(note="")))
    return CharterVersion.objects.filter(
        Exists(_suspensions().filter(confirmed)), standing=Standing.SUSPENDED
    )


def ended_otherwise(moment: Moment) -> QuerySet[CharterVersion]:
    """Suspended because nobody acted in time, but no longer suspended: the board or their expiry was first."""
    return CharterVersion.objects.filter(Exists(_suspensions())).exclude(standing=Standing.SUSPENDED)


def _suspensions() -> QuerySet[ClockSuspension]:
    """The open suspension by the clock of the version outside."""
    return ClockSuspension.objects.filter(charter_version=OuterRef("pk"), ended_at__isnull=True)


def _active() -> QuerySet[CharterVersion]:
    return CharterVersion.objects.filter(standing=Standing.ACTIVE)


def _review_due(moment: Moment) -> QuerySet[CharterVersion]:
    return _active().filter(review_due_on__lte=moment.today)


def _review_notices(**more: object) -> QuerySet[Reminder]:
    """Notices of the review that is due, of the version outside."""
    return Reminder.objects.filter(
        charter_version=OuterRef("pk"), kind=ReminderKind.REVIEW, due_on=OuterRef("review_due_on"), **more
    )


def _flags(**more: object) -> QuerySet[UntiedFlag]:
    """The open flag of the version outside."""
    return UntiedFlag.objects.filter(charter_version=OuterRef("pk"), ended_at__isnull=True, **more)


def _unjustified(**more: object) -> QuerySet[UntiedFlag]:
    """The open flag of the version outside, unless a review has said since why the metric stays."""
    said = ReviewItem.objects.filter(
        charter_version=OuterRef("charter_version"),
        result=ReviewResult.CONFIRMED,
        decided_at__gte=OuterRef("flagged_at"),
    ).exclude(note="")
    return _flags(**more).filter(~Exists(said))


# What is done


def _expire(version: CharterVersion, moment: Moment) -> None:
    services.expire(version=version, by=moment.by)
    announcements.expired(version, by=moment.by)


def _remind_of_expiry(version: CharterVersion, moment: Moment) -> None:
    on = version.expires_at.astimezone(moment.zone).date()
    left = (on - moment.today).days
    stage = min(days for days in moment.programme.expiry_reminder_days if left <= days)
    _remind(version, ReminderKind.EXPIRY, on, moment, days=stage)
    announcements.expires_soon(version, on=on, left=left, stage=stage, by=moment.by)


def _announce_review(version: CharterVersion, moment: Moment) -> None:
    on = version.review_due_on
    _remind(version, ReminderKind.REVIEW, on, moment)
    announcements.review_due(version, on=on, until=moment.today + moment.notice, by=moment.by)


def _suspend_unreviewed(version: CharterVersion, moment: Moment) -> None:
    _suspend(version, SuspendedFor.REVIEW, moment, due_on=version.review_due_on)
    announcements.suspended_unreviewed(version, on=version.review_due_on, by=moment.by)


def _flag_untied(version: CharterVersion, moment: Moment) -> None:
    flag = UntiedFlag.objects.create(
        charter_version=version, flagged_on=moment.today, flagged_at=moment.at, flagged_by=moment.by
    )
    _append("untied.flagged", version, moment, flag=flag.pk)
    asks_on = moment.today + timedelta(days=moment.programme.untied_days)
    announcements.flagged_untied(version, flag=flag.pk, asks_on=asks_on, by=moment.by)


def _end_flag(version: CharterVersion, moment: Moment) -> None:
    flag = _open_flag(version)
    flag.ended_at, flag.ended_by = moment.at, moment.by
    flag.save(update_fields=["ended_at", "ended_by"])
    _append("untied.ended", version, moment, flag=flag.pk)


def _ask_to_retire_or_justify(version: CharterVersion, moment: Moment) -> None:
    flag = _open_flag(version)
    flag.asked_on = moment.today
    flag.save(update_fields=["asked_on"])
    _append("untied.asked", version, moment, flag=flag.pk)
    until = moment.today + moment.notice
    announcements.retire_or_justify(version, flag=flag.pk, until=until, by=moment.by)


def _suspend_untied(version: CharterVersion, moment: Moment) -> None:
    flag = _open_flag(version)
    _suspend(version, SuspendedFor.UNTIED, moment, flag=flag.pk, asked_on=flag.asked_on)
    announcements.suspended_untied(version, flag=flag.pk, by=moment.by)


def _reinstate(version: CharterVersion, moment: Moment) -> None:
    suspension = _end_suspension(version, moment)
    services.reinstate(version=version, by=moment.by)
    announcements.reinstated(version, suspension=suspension.pk, by=moment.by)


def _end_suspension(version: CharterVersion, moment: Moment) -> ClockSuspension:
    suspension = version.clock_suspensions.select_for_update().get(ended_at__isnull=True)
    suspension.ended_at, suspension.ended_by = moment.at, moment.by
    suspension.save(update_fields=["ended_at", "ended_by"])
    _append(f"{suspension.reason}.suspension_ended", version, moment, suspension=suspension.pk)
    return suspension


def _suspend(version: CharterVersion, reason: SuspendedFor, moment: Moment, **because: object) -> None:
    """Suspend a version, with the reason on the record before it."""
    suspension = ClockSuspension.objects.create(
        charter_version=version, reason=reason, suspended_at=moment.at, suspended_by=moment.by
    )
    _append(f"{reason.value}.overdue", version, moment, suspension=suspension.pk, **because)
    services.suspend(version=version, by=moment.by)


def _open_flag(version: CharterVersion) -> UntiedFlag:
    return version.untied_flags.select_for_update().get(ended_at__isnull=True)


def _remind(version: CharterVersion, kind: ReminderKind, on: date, moment: Moment, *, days: int = 0) -> None:
    Reminder.objects.create(
        charter_version=version,
        kind=kind,
        due_on=on,
        days=days,
        given_on=moment.today,
        given_at=moment.at,
        given_by=moment.by,
    )
    _append(f"{kind.value}.reminded", version, moment, due_on=on, days=days)


def _append(what: str, version: CharterVersion, moment: Moment, **more: object) -> None:
    payload = {"charter_version": version.pk, "metric": version.metric.slug, **more}
    ledger.append(kind=f"registry.{what}", payload=payload, by=moment.by.actor)


# Flags end before anything is done about them, and what has expired is neither reminded of nor suspended.
SCANS = (
    Scan("expired", expired, _expire),
    Scan("reminded of their expiry", expiring, _remind_of_expiry),
    Scan("out of suspension otherwise", ended_otherwise, _end_suspension),
    Scan("put back in force as confirmed", confirmed_since, _reinstate),
    Scan("announced for review", to_review, _announce_review),
    Scan("suspended as not reviewed", unreviewed, _suspend_unreviewed),
    Scan("tied again or out of force", tied_again, _end_flag),
    Scan("flagged as tied to no decision", untied, _flag_untied),
    Scan("asked to be retired or justified", to_retire_or_justify, _ask_to_retire_or_justify),
    Scan("suspended as tied to no decision", unjustified, _suspend_untied),
)
