"""The registry's clock: what falls due by itself, found by a scan of the database.

Each step asks what is due now, and asks again under the metric's lock before it acts, so that several workers do it once.
Days are those of the programme's time zone, so that no shift of clocks moves them; notice counts from the day on which it
was given.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial, reduce
from operator import or_
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import TruncDate

from audits.ledger import services as ledger
from charter.programme.models import Programme
from charter.registry import announcements, clock_suspensions, locks, proofs, services
from charter.registry.events import (
    ExpiryReminded,
    ReviewReminded,
    UntiedAsked,
    UntiedEnded,
    UntiedFlagged,
)
from charter.registry.models import CharterVersion, ClockSuspension, Reminder, ReviewItem, UntiedFlag
from charter.registry.reminders import ReminderKind, SuspendedFor
from charter.registry.states import ReviewResult, StandingChoices
from governance.people.models import User
from ground import clock
from ground.promises import promised
from ground.scans import Scan, Step

# What has expired, in force or suspended, is over.
GOVERNS = (StandingChoices.ACTIVE, StandingChoices.SUSPENDED)

# What the log is told of a reminder.
_REMINDED = {ReminderKind.EXPIRY: ExpiryReminded, ReminderKind.REVIEW: ReviewReminded}

_TIED = RawSQL(
    "EXISTS (SELECT 1 FROM jsonb_array_elements("
    "registry_charterversion.document -> 'which_decisions' -> 'allowed') use"
    " JOIN programme_decisionkind kind ON kind.slug = use ->> 'decision')",
    [],
    output_field=BooleanField(),
)


@dataclass(frozen=True)
class Moment:
    """When a pass runs and as whom, and the programme whose settings and time zone it goes by."""

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


Due = Callable[[Moment], QuerySet[CharterVersion]]
Act = Callable[[CharterVersion, Moment], object]


def begin(by: User) -> Moment | None:
    """A pass now; none before there is a programme."""
    programme = Programme.objects.first()
    return Moment(programme, clock.now(), by) if programme else None


def _step(name: str, due: Due, act: Act) -> Step[Moment]:
    """A step over versions that are due: by their key and metric, to be asked for again once they are held."""
    return Step(name, partial(_keys, due), partial(_act, due, act))


def _keys(due: Due, moment: Moment) -> Iterable[tuple[UUID, str]]:
    return due(moment).order_by("pk").values_list("pk", "metric__slug")


@transaction.atomic(durable=True)
def _act(due: Due, act: Act, found: tuple[UUID, str], moment: Moment) -> bool:
    """Act on one version if it is still due once it is held; whether it was."""
    key, slug = found
    locks.take_metric(slug)
    held = due(moment).filter(pk=key).select_for_update(of=("self",)).defer("document")
    version = held.select_related("metric__owner", "metric__programme").first()
    if version is None:
        return False
    act(version, moment)
    return True


# What is due


def find_expired(moment: Moment) -> QuerySet[CharterVersion]:
    """Past their expiry and still said to govern; queries refuse them already."""
    return CharterVersion.objects.filter(standing__in=GOVERNS, expires_at__lte=moment.at)


def find_expiring(moment: Moment) -> QuerySet[CharterVersion]:
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


def find_reviews_due(moment: Moment) -> QuerySet[CharterVersion]:
    """In force with their review due, of which nobody was told."""
    return _review_due(moment).filter(~Exists(_review_notices()))


def find_unreviewed(moment: Moment) -> QuerySet[CharterVersion]:
    """In force with their review overdue, and their owner's notice of it run out."""
    return _review_due(moment).filter(Exists(_review_notices(given_on__lte=moment.today - moment.notice)))


def find_untied(moment: Moment) -> QuerySet[CharterVersion]:
    """In force, allowing none of the programme's decisions, and not flagged yet (S11)."""
    return _active().annotate(tied=_TIED).filter(~Exists(_flags()), tied=False)


def find_tied_again(moment: Moment) -> QuerySet[CharterVersion]:
    """Flagged, but allowing a decision by now, or out of force for good."""
    gone = ~Q(standing__in=GOVERNS) | Q(tied=True)
    return CharterVersion.objects.annotate(tied=_TIED).filter(gone, Exists(_flags()))


def find_to_retire_or_justify(moment: Moment) -> QuerySet[CharterVersion]:
    """Flagged for longer than the programme grants, not justified, and their owner not asked yet."""
    long_ago = moment.today - timedelta(days=moment.programme.untied_days)
    return _active().filter(Exists(_unjustified(asked_on__isnull=True, flagged_on__lte=long_ago)))


def find_unjustified(moment: Moment) -> QuerySet[CharterVersion]:
    """Their owner was asked to retire or justify them, and the notice has run out."""
    return _active().filter(Exists(_unjustified(asked_on__lte=moment.today - moment.notice)))


def find_confirmed_since(moment: Moment) -> QuerySet[CharterVersion]:
    """Suspended because nobody acted in time, and confirmed by a review since; where untied, with a reason."""
    said = ReviewItem.objects.filter(
        charter_version=OuterRef("charter_version"),
        result=ReviewResult.CONFIRMED,
        decided_at__gte=OuterRef("suspended_at"),
    )
    confirmed = Q(Exists(said), reason=SuspendedFor.REVIEW) | Q(
        Exists(said.exclude(note="")), reason=SuspendedFor.UNTIED
    )
    return CharterVersion.objects.filter(
        Exists(_suspensions().filter(confirmed)), standing=StandingChoices.SUSPENDED
    )


def find_ended_otherwise(moment: Moment) -> QuerySet[CharterVersion]:
    """Suspended because nobody acted in time, but no longer suspended: the board or their expiry was first."""
    return CharterVersion.objects.filter(Exists(_suspensions())).exclude(standing=StandingChoices.SUSPENDED)


def _suspensions() -> QuerySet[ClockSuspension]:
    """The open suspension by the clock of the version outside."""
    return ClockSuspension.objects.filter(charter_version=OuterRef("pk"), ended_at__isnull=True)


def _active() -> QuerySet[CharterVersion]:
    return CharterVersion.objects.filter(standing=StandingChoices.ACTIVE)


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
    announcements.announce_expiry(version, by=moment.by)


def _remind_of_expiry(version: CharterVersion, moment: Moment) -> None:
    on = promised(version.expires_at).astimezone(moment.zone).date()
    left = (on - moment.today).days
    stage = min(days for days in moment.programme.expiry_reminder_days if left <= days)
    _remind(version, ReminderKind.EXPIRY, on, moment, days=stage)
    announcements.announce_coming_expiry(version, on=on, left=left, stage=stage, by=moment.by)


def _announce_review(version: CharterVersion, moment: Moment) -> None:
    on = promised(version.review_due_on)
    _remind(version, ReminderKind.REVIEW, on, moment)
    announcements.announce_review(version, on=on, until=moment.today + moment.notice, by=moment.by)


def _suspend_unreviewed(version: CharterVersion, moment: Moment) -> None:
    on = promised(version.review_due_on)
    clock_suspensions.suspend(version, SuspendedFor.REVIEW, by=moment.by, due_on=on)
    announcements.announce_missed_review(version, on=on, by=moment.by)


def _flag_untied(version: CharterVersion, moment: Moment) -> None:
    flag = UntiedFlag.objects.create(
        charter_version=version, flagged_on=moment.today, flagged_at=moment.at, flagged_by=moment.by
    )
    ledger.append(UntiedFlagged(**_recorded(version), flag=flag.pk), by=moment.by.actor)
    asks_on = moment.today + timedelta(days=moment.programme.untied_days)
    announcements.announce_untied_flag(version, flag=flag.pk, asks_on=asks_on, by=moment.by)


def _end_flag(version: CharterVersion, moment: Moment) -> None:
    flag = _open_flag(version)
    flag.ended_at, flag.ended_by = moment.at, moment.by
    flag.save(update_fields=["ended_at", "ended_by"])
    ledger.append(UntiedEnded(**_recorded(version), flag=flag.pk), by=moment.by.actor)


def _ask_to_retire_or_justify(version: CharterVersion, moment: Moment) -> None:
    flag = _open_flag(version)
    flag.asked_on = moment.today
    flag.save(update_fields=["asked_on"])
    ledger.append(UntiedAsked(**_recorded(version), flag=flag.pk), by=moment.by.actor)
    until = moment.today + moment.notice
    announcements.ask_to_retire_or_justify(version, flag=flag.pk, until=until, by=moment.by)


def _suspend_untied(version: CharterVersion, moment: Moment) -> None:
    flag = _open_flag(version)
    clock_suspensions.suspend(
        version, SuspendedFor.UNTIED, by=moment.by, flag=flag.pk, asked_on=flag.asked_on
    )
    announcements.announce_untied_suspension(version, flag=flag.pk, by=moment.by)


def _reinstate(version: CharterVersion, moment: Moment) -> None:
    suspension = clock_suspensions.put_back(version, by=moment.by)
    announcements.announce_reinstatement(version, suspension=suspension.pk, by=moment.by)


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
    reminded = _REMINDED[kind](**_recorded(version), due_on=on, days=days)
    ledger.append(reminded, by=moment.by.actor)


def _recorded(version: CharterVersion) -> dict[str, Any]:
    return {"charter_version": version.pk, "metric": version.metric.slug}


# Flags end before anything is done about them, and what has expired is neither reminded of nor suspended.
_STEPS = (
    _step("expired", find_expired, _expire),
    _step("reminded of their expiry", find_expiring, _remind_of_expiry),
    _step(
        "out of suspension otherwise",
        find_ended_otherwise,
        lambda version, moment: clock_suspensions.end(version, by=moment.by),
    ),
    _step("put back in force as confirmed", find_confirmed_since, _reinstate),
    _step("announced for review", find_reviews_due, _announce_review),
    _step("suspended as not reviewed", find_unreviewed, _suspend_unreviewed),
    _step("tied again or out of force", find_tied_again, _end_flag),
    _step("flagged as tied to no decision", find_untied, _flag_untied),
    _step("asked to be retired or justified", find_to_retire_or_justify, _ask_to_retire_or_justify),
    _step("suspended as tied to no decision", find_unjustified, _suspend_untied),
)


def _prove(version: UUID, by: User) -> None:
    proofs.prove_again(version=version, by=by)


PROOF_CLOCK = Scan(
    "proof_clock",
    every=timedelta(hours=1),  # asks whether a day has passed
    steps=(Step("proved of the rules", proofs.find_unproved_lately, _prove),),
    silence=timedelta(minutes=2),
)

REGISTRY_CLOCK = Scan("registry_clock", every=timedelta(minutes=15), begin=begin, steps=_STEPS)
