"""Who looked: questions that gave somebody else a value in which a person is.

Told are those that were permitted and gave rows, as notices of looks tell them. What was refused, or only checked, showed
nobody anything. A look for a legal request is told when its notice is due.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeAlias, TypedDict
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.ledger.packing import UnreadableRecord
from charter.programme.models import Programme
from charter.registry.models import Metric
from charter.rules.asking import PERSON_GRAINS
from charter.rules.request import Window
from charter.rules.vocabulary import DecisionType, Outcome, Role
from governance.decisions.models import DecisionRecord, DelayedNotice
from governance.decisions.queries import find_entries_numbered
from governance.decisions.services.access_notices import DELAYED
from governance.people.models import Membership, Person, User
from ground import calendar, clock
from ground.errors import NotFound

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    ToldLook: TypeAlias = WithAnnotations[DecisionRecord, "_Told"]
else:
    ToldLook = DecisionRecord  # as read by `list_looks`


MOST_AT_A_VALUE = 100  # looks, the newest
# Roles that nobody grants: they follow from membership and from who one is.
_NO_OFFICE = frozenset({Role.TEAM_MEMBER.value, Role.SELF.value})


class _Told(TypedDict):
    of_me: bool  # the person was named in it; else one of their groups was asked about


class GroupSpan(Struct, frozen=True):
    """From when (in) to when (out) a person's work is in a group's values."""

    slug: str
    since: date
    until: date | None


class LookNarrowing(Struct, frozen=True):
    """Which looks are sought: words of them, days in the programme's zone, and whether the person was named."""

    words: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    of_me: bool | None = None


def list_group_spans(person: Person) -> list[GroupSpan]:
    """The groups whose values a person's work is in, retired ones as well, and for which days."""
    found = Membership.objects.filter(person=person, team__cohorts__isnull=False)
    spans = found.values_list("team__cohorts__slug", "valid_from", "valid_to").order_by(
        "team__cohorts__slug", "valid_from"
    )
    return [GroupSpan(*each) for each in spans]


def list_looks(user: User, person: Person) -> QuerySet[ToldLook]:
    """Looks at a person by others than their own account, newest first."""
    named = Q(subjects__contains=[person.external_id])
    looked = DecisionRecord.objects.filter(verdict=Outcome.PERMIT.value, checked_only=False).exclude(
        actor=user
    )
    found = looked.filter((named & ~_waits(person)) | _of_groups(list_group_spans(person)))
    told = found.annotate(of_me=ExpressionWrapper(named, output_field=BooleanField()))
    return told.select_related("actor").order_by("-at", "-pk")


def get_look(entry: UUID, user: User, person: Person) -> ToldLook:
    """One look at the person by the number of its receipt. Raises NotFound, also for one that is of somebody else."""
    found = list_looks(user, person).filter(entry=entry).select_related("actor", "entry").first()
    if found is None:
        raise NotFound(_("There is no receipt of this number that is about you."), code="receipt_not_found")
    return found


def narrow_looks(found: QuerySet[ToldLook], narrowing: LookNarrowing) -> QuerySet[ToldLook]:
    """Those that each word speaks of: a metric by name, a decision, a group of the asker's choosing, or a receipt's start.

    Never by what is not told: neither the reason that was given, nor names of others.
    """
    for word in narrowing.words:
        found = found.filter(_speaks_of(word))
    if narrowing.since:
        found = found.filter(at__gte=calendar.find_midnight(narrowing.since))
    if narrowing.until:
        found = found.filter(at__lt=calendar.find_midnight(narrowing.until + timedelta(days=1)))
    return found if narrowing.of_me is None else found.filter(of_me=narrowing.of_me)


def list_seen_groups(look: DecisionRecord, spans: Sequence[GroupSpan]) -> list[str]:
    """Which of the groups that were asked about the person's work is in."""
    own = {span.slug for span in spans}
    return [slug for slug in look.cohorts if slug in own]


def name_asker(look: ToldLook) -> str:
    """Who looked. Whoever looked at a person is named to them, as by the notice; and whoever looked at a group by office.

    A colleague who looked at their own team's values is another employee, of whom nobody learns anything here.
    """
    return look.actor.name if names_asker(look) else _("A colleague in the same group")


def names_asker(look: ToldLook) -> bool:
    """Whether whoever looked is named to the person."""
    return look.of_me or was_opened_by_office(look)


def list_looks_at(
    user: User, person: Person, *, metric: str, group: str, window: Window, since: date
) -> list[ToldLook]:
    """Looks at one value from a day on, newest first, whose askers are named to the person.

    With a `group` its value, else the person's own figure; of any part of the window.
    """
    found = list_looks(user, person).filter(
        metrics__contains=[metric], window_from__lt=window.end, window_to__gt=window.start, of_me=not group
    )
    of_group = found.filter(cohorts__contains=[group]) if group else found
    told = of_group.filter(at__gte=calendar.find_midnight(since))
    return [look for look in told[:MOST_AT_A_VALUE] if names_asker(look)]


def _waits(person: Person) -> Exists:
    waiting = DelayedNotice.objects.filter(person=person.external_id, given_at__isnull=True)
    return Exists(waiting.filter(decision=OuterRef("pk")))


def _of_groups(spans: Sequence[GroupSpan]) -> Q:
    """That a group was asked about for days on which the person's work was in its values."""
    found = Q(pk__in=())
    for span in spans:
        days = Q(window_to__gt=span.since)
        days &= Q(window_from__lt=span.until) if span.until else Q()
        found |= Q(cohorts__contains=[span.slug]) & days
    groups_alone = ~Q(grain__in=[grain.value for grain in PERSON_GRAINS])
    return found & groups_alone & _not_delayed()


def _not_delayed() -> Q:
    """A legal request about a group gives no notice; it is told as late as one about a person would be."""
    days = Programme.objects.values_list("notice_delay_days", flat=True).first() or 0
    return ~Q(use__in=[use.value for use in DELAYED], at__gt=clock.now() - timedelta(days=days))


def was_opened_by_office(look: DecisionRecord) -> bool:
    """Whether a role opened it that is granted: not that the asker was on the team, nor that they were whom it was about."""
    try:
        facts = look.facts
    except UnreadableRecord:  # nothing shows an office, so nobody is named by one
        return False
    opened = {
        role
        for each in facts
        for role, grain in each["charter"]["access"]
        if grain == look.grain and role in each["actor"]["roles"]
    }
    return bool(opened - _NO_OFFICE)


def _speaks_of(word: str) -> Q:
    metrics = Metric.objects.filter(Q(name__icontains=word) | Q(slug__icontains=word))
    uses = [use.value for use in DecisionType if word in use.value.replace("_", " ")]
    said = Q(metrics__overlap=list(metrics.values_list("slug", flat=True))) | Q(use__in=uses)
    return said | Q(cohorts__icontains=word) | Q(entry__in=find_entries_numbered(word))
