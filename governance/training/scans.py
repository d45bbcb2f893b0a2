"""What is due of training: whom there is something to tell, each told in a transaction of its own.

Nothing depends on it to be refused: a lapse and new rules count at the very next question.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from charter.registry.models import RulebookVersion
from charter.registry.states import RulebookState
from governance.notices.models import Notice
from governance.people.models import AccountKind, User
from governance.training import notifications
from governance.training.models import Acknowledgement, Attestation
from ground import calendar
from ground.scans import Scan, Step

# A lapse is told for so many days after it; whoever has been away for longer sees it on their home page.
TOLD_AFTER = 30


class TrainingMoment(NamedTuple):
    """The day of a pass, in the programme's zone, and as whom it acts."""

    today: date
    by: User


def begin(by: User) -> TrainingMoment:
    """A pass now; what was acknowledged counts before there is a programme, too."""
    return TrainingMoment(calendar.today(), by)


def find_unaware_of_rules(_moment: TrainingMoment) -> Iterable[tuple[RulebookVersion, User]]:
    """Those who acknowledged earlier rules, and not those in force, and were not told that they are asked again (AR24)."""
    in_force = RulebookVersion.objects.filter(state=RulebookState.IN_FORCE).defer("files").first()
    if in_force is None:
        return []
    said = Acknowledgement.objects.filter(user=OuterRef("pk"))
    told = Notice.objects.filter(to=OuterRef("pk"), once=notifications.name_rules_notice(in_force))
    asked = User.objects.filter(
        ~Exists(said.filter(rulebook_version=in_force)),
        ~Exists(told),
        Exists(said),
        is_active=True,
        kind=AccountKind.HUMAN,
    )
    return [(in_force, user) for user in asked.order_by("pk")]


def find_ending(moment: TrainingMoment) -> Iterable[tuple[Attestation, str]]:
    """What accounts attested and ends, with the stage to tell: each of TRAINING_REMINDER_DAYS, and when it has ended.

    Late, only the nearest. Whoever attested anew is told nothing.
    """
    first = moment.today - timedelta(days=TOLD_AFTER)
    last = moment.today + timedelta(days=max(settings.TRAINING_REMINDER_DAYS))
    due = [(each, stage) for each in _ending(first, last) if (stage := _stage(each, moment.today))]
    told = set(
        Notice.objects.filter(
            kind=notifications.ATTESTATION, once__in=[notifications.name_end_notice(*each) for each in due]
        ).values_list("once", flat=True)
    )
    return [each for each in due if notifications.name_end_notice(*each) not in told]


def _tell_of_rules(due: tuple[RulebookVersion, User], moment: TrainingMoment) -> bool:
    in_force, user = due
    return notifications.notify_rules_changed(in_force, to=user, by=moment.by)


def _tell_of_end(due: tuple[Attestation, str], moment: TrainingMoment) -> bool:
    attestation, stage = due
    return notifications.notify_attestation_end(attestation, today=moment.today, stage=stage, by=moment.by)


def _ending(first: date, last: date) -> Iterable[Attestation]:
    """What accounts attested last, where it ends between two days or is cut short by a later course."""
    everything = Attestation.objects.with_until()
    longer = everything.filter(user=OuterRef("user"), until__gt=OuterRef("until"))
    newest = everything.filter(~Exists(longer), until__gte=first, user__is_active=True)
    ending = newest.filter(Q(until__lte=last) | Q(cut__isnull=False))
    return ending.select_related("user").order_by("pk")


def _stage(attestation: Attestation, today: date) -> str:
    """Which telling is due: it has ended, so many days are left, a later course cuts it short, or none."""
    left = (attestation.until - today).days
    if left < 0:
        return notifications.ENDED
    cut = attestation.until < attestation.valid_until
    days = sorted(settings.TRAINING_REMINDER_DAYS)
    near = [each for each in (days[:-1] if cut else days) if left <= each]
    if near:
        return str(near[0])
    return notifications.CUT if cut else ""  # told at once, in place of the first reminder


TRAINING_CLOCK = Scan(
    "training_clock",
    every=timedelta(minutes=15),
    minute=12,
    begin=begin,
    steps=(
        Step("accounts told of new rules", find_unaware_of_rules, _tell_of_rules),
        Step("accounts told of a lapse", find_ending, _tell_of_end),
    ),
)
