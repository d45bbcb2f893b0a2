"""Reads of sampled reviews: what could be drawn, who could review it, and what waits."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from audits.ledger.models import SignedCheckpoint
from audits.reviews import permissions
from audits.reviews.models import SampledLook, SampleDraw
from audits.reviews.states import CONCLUDED, LookState
from charter.rules.vocabulary import GROUP_OF, DecisionGroup, Grain, Role
from governance.board.queries import list_holders
from governance.decisions.models import DecisionRecord
from governance.people.models import AccountKind, RoleGrant, User
from ground import calendar, clock

CONSEQUENTIAL = [use.value for use, group in GROUP_OF.items() if group is DecisionGroup.PEOPLE]
# Draws reach so far back: a clock that stood still for some months draws them when it goes again.
MOST_MONTHS = 6
_RELATED = ("decision__actor__person", "decision__entry", "draw", "reviewer", "case")


def find_frame(month: date) -> QuerySet[DecisionRecord]:
    """What can be drawn of a month: values asked for, allowed or refused, of single people or for decisions about people.

    Not of oneself, and no checks, by which nobody looks.
    """
    since, until = calendar.find_midnight(month), calendar.find_midnight(begin_next(month))
    asked = DecisionRecord.objects.filter(at__gte=since, at__lt=until, checked_only=False)
    of_people = Q(grain=Grain.PERSON.value) | (Q(use__in=CONSEQUENTIAL) & ~Q(grain=Grain.SELF.value))
    return asked.filter(of_people).order_by("at", "pk")


def begin_next(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def list_months_due(today: date) -> list[date]:
    """The months that are over, not drawn yet and after which the log was signed, oldest first; none before the first decision."""
    first = DecisionRecord.objects.order_by("at").values_list("at", flat=True).first()
    if first is None:
        return []
    begins = calendar.find_day(first).replace(day=1)
    drawn = set(SampleDraw.objects.values_list("month", flat=True))
    months = [each for each in _months_before(today) if each >= begins and each not in drawn]
    return [each for each in reversed(months) if find_beacon(each) is not None]


def _months_before(today: date) -> Iterator[date]:
    month = today.replace(day=1)
    for _ in range(MOST_MONTHS):
        month = (month - timedelta(days=1)).replace(day=1)
        yield month


def find_beacon(month: date) -> SignedCheckpoint | None:
    """The first checkpoint of the log that was signed after a month was over; None while there is none."""
    over = calendar.find_midnight(begin_next(month))
    return SignedCheckpoint.objects.filter(signed_at__gte=over).order_by("signed_at", "size").first()


def list_reviewers() -> list[User]:
    """Whoever can be given looks: auditors, then members of the board, each with `open_looks`, the least busy first."""
    today = calendar.today()
    people = User.objects.filter(is_active=True, kind=AccountKind.HUMAN)
    auditors = RoleGrant.objects.on(today).filter(role=Role.AUDITOR.value).values("user")
    found = [
        people.filter(pk__in=auditors),
        people.filter(pk__in=list_holders(today).values("pk")).exclude(pk__in=auditors),
    ]
    busy = count_open()
    return [
        each for some in found for each in sorted(some, key=lambda user: (busy.get(user.pk, 0), str(user.pk)))
    ]


def count_open() -> dict[UUID | None, int]:
    """How many looks each reviewer has that are not concluded."""
    going = SampledLook.objects.exclude(state__in=CONCLUDED).filter(reviewer__isnull=False)
    return dict(going.order_by().values_list("reviewer").annotate(count=Count("pk")))


def list_waiting() -> list[SampledLook]:
    """Looks without a reviewer, and those whose reviewer can review them no more."""
    going = SampledLook.objects.exclude(state__in=CONCLUDED).select_related(*_RELATED)
    return [
        each for each in going if each.reviewer is None or not permissions.can_review(each.reviewer, each)
    ]


def list_overdue(today: date) -> list[SampledLook]:
    """Looks that should have been reviewed by now, with a reviewer."""
    going = SampledLook.objects.exclude(state__in=[*CONCLUDED, LookState.WAITING])
    return list(going.filter(due_on__lt=today).select_related(*_RELATED))


def list_own(user: User) -> QuerySet[SampledLook]:
    """What the account is to review, by the day that it is due."""
    going = SampledLook.objects.exclude(state__in=CONCLUDED).filter(reviewer=user)
    return going.select_related(*_RELATED).order_by("due_on", "pk")


def list_asked_of(user: User) -> QuerySet[SampledLook]:
    """What the account is asked about looks of its own."""
    return SampledLook.objects.filter(decision__actor=user, state=LookState.ASKED).order_by("due_on", "pk")


def list_seen(user: User) -> QuerySet[SampledLook]:
    """What the account reviews or has reviewed, the newest month first."""
    return SampledLook.objects.filter(reviewer=user).select_related(*_RELATED).order_by("-due_on", "-pk")


def list_draws() -> QuerySet[SampleDraw]:
    """The draws, newest first, each with how many looks it has in each state (`drawn`, `justified`, `misuse`, `open`)."""
    counts = {
        "drawn": Count("looks"),
        "justified": Count("looks", filter=Q(looks__state=LookState.JUSTIFIED)),
        "misuse": Count("looks", filter=Q(looks__state=LookState.MISUSE)),
        "open": Count("looks", filter=~Q(looks__state__in=CONCLUDED)),
    }
    return SampleDraw.objects.annotate(**counts).order_by("-month")


def get_draw(key: UUID, *, by: User) -> SampleDraw:
    """One draw. Raises NotPermitted and NotFound."""
    permissions.check_can_open_reviews(by)
    found = list_draws().filter(pk=key).first()
    if found is None:
        raise permissions.not_there()
    return found


def get_look(key: UUID, *, by: User) -> SampledLook:
    """One sampled look that the account may see. Raises NotFound."""
    found = SampledLook.objects.select_related(*_RELATED).filter(pk=key).first()
    if found is None:
        raise permissions.not_there()
    permissions.check_can_see(by, found)
    return found


def get_asked(key: UUID, *, by: User) -> SampledLook:
    """One's own look about which one was asked. Raises NotFound."""
    found = SampledLook.objects.select_related(*_RELATED).filter(pk=key, decision__actor=by).first()
    if found is None or not by.is_active or not found.questions.exists():
        raise permissions.not_there()
    return found


def count_concluded(since: date, until: date) -> dict[str, int]:
    """How many looks were concluded in days from `since` to before `until`, by what was found."""
    midnights = calendar.find_midnight(since), calendar.find_midnight(until)
    found = SampledLook.objects.filter(concluded_at__gte=midnights[0], concluded_at__lt=midnights[1])
    return dict(found.order_by().values_list("state").annotate(count=Count("pk")))


def is_late(look: SampledLook) -> bool:
    """Whether its last day is over and it is not concluded."""
    return look.state not in CONCLUDED and look.due_on < calendar.find_day(clock.now())
