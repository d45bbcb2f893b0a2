"""What is due of training. Each scan finds whom there is something to tell, and tells each in a transaction of its own.

So a scan run twice tells nothing the second time, and one that comes a week late catches up. Nothing depends on it to be
refused: a lapse and new rules count at the very next question.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import TypeVar

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from charter.registry.models import Programme, RulebookVersion
from charter.registry.states import RulebookState
from governance.notices.models import Notice
from governance.people.models import AccountKind, User
from governance.training import telling
from governance.training.models import Acknowledgement, Attestation
from ground import clock
from ground.errors import HouseError

log = logging.getLogger(__name__)

Thing = TypeVar("Thing")

# A lapse is told for so many days after it; whoever has been away for longer sees it on their home page.
TOLD_AFTER = 30


def keep_clock(*, by: User) -> dict[str, int]:
    """Tell whoever is to be told; gives how many of what."""
    programme = Programme.objects.first()
    return {
        "accounts told of new rules": tell_of_rules(by),
        "accounts told of a lapse": tell_of_ends(
            by, clock.today(programme.time_zone if programme else "UTC")
        ),
    }


def tell_of_rules(by: User) -> int:
    """Tell those who acknowledged earlier rules, and not those in force, that they are asked again (AR24)."""
    in_force = RulebookVersion.objects.filter(state=RulebookState.IN_FORCE).defer("files").first()
    if in_force is None:
        return 0
    said = Acknowledgement.objects.filter(user=OuterRef("pk"))
    told = Notice.objects.filter(to=OuterRef("pk"), once=telling.of_rules(in_force))
    asked = User.objects.filter(
        ~Exists(said.filter(rulebook_version=in_force)),
        ~Exists(told),
        Exists(said),
        is_active=True,
        kind=AccountKind.HUMAN,
    )
    return _each(asked.order_by("pk"), lambda user: telling.rules_changed(in_force, to=user, by=by))


def tell_of_ends(by: User, today: date) -> int:
    """Tell accounts that what they attested ends, once for each of TRAINING_REMINDER_DAYS and when it has ended.

    Late, only of the nearest. Whoever attested anew is told nothing.
    """
    first, last = (
        today - timedelta(days=TOLD_AFTER),
        today + timedelta(days=max(settings.TRAINING_REMINDER_DAYS)),
    )
    due = [(each, stage) for each in _ending(first, last) if (stage := _stage(each, today))]
    told = set(
        Notice.objects.filter(
            kind=telling.ATTESTATION, once__in=[telling.of_end(*each) for each in due]
        ).values_list("once", flat=True)
    )
    new = [each for each in due if telling.of_end(*each) not in told]
    return _each(new, lambda each: telling.attestation_ends(each[0], today=today, stage=each[1], by=by))


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
        return telling.ENDED
    cut = attestation.until < attestation.valid_until
    days = sorted(settings.TRAINING_REMINDER_DAYS)
    near = [each for each in (days[:-1] if cut else days) if left <= each]
    if near:
        return str(near[0])
    return telling.CUT if cut else ""  # told at once, in place of the first reminder


def _each(things: Iterable[Thing], do: Callable[[Thing], bool]) -> int:
    """Do it for each; one that cannot be done now is left to the next scan and keeps no other from being done."""
    done = 0
    for thing in list(things):
        try:
            done += do(thing)
        except HouseError as obstacle:
            log.warning("left to the next scan: %s: %s", thing, obstacle.detail)
    return done
