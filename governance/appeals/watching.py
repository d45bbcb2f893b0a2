"""What those whose use an appeal contests asked about whoever filed it, since then. Reads only, and nothing that they could notice.

After an appeal by name the rules refuse them what is consequential (AR22). After a confidential one nothing is refused to them,
so their decisions are found afterwards (S147); after an anonymous one nobody knows whose decisions those would be.
"""

from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from charter.rules.vocabulary import Outcome
from governance.appeals import permissions
from governance.appeals.independence import read_above
from governance.appeals.models import Appeal, Presumption
from governance.appeals.states import AppealKind
from governance.appeals.words import WatchedDecision, unseal
from governance.decisions.models import DecisionRecord, Protection
from governance.people.merging import list_onward
from governance.people.models import Person, User
from ground import calendar

PRESUMED_FOR = timedelta(days=90)
# What those asked is shown for as long as the last question afterwards.
SHOWN_FOR = timedelta(days=180)
# The weekly look comes after the last day.
_A_WEEK = timedelta(days=7)


def find_week(today: date) -> date:
    """The Monday of a day's week."""
    return today - timedelta(days=today.weekday())


def list_to_watch(today: date) -> QuerySet[Appeal]:
    """Appeals that are looked after this week and were not yet."""
    since = calendar.find_midnight(today - PRESUMED_FOR - _A_WEEK)
    week = find_week(today)
    known = Appeal.objects.exclude(kind=AppealKind.ANONYMOUS).filter(filed_at__gt=since)
    # None in the week in which it was filed: its first look comes with those of all others.
    waiting = known.filter(filed_at__lt=calendar.find_midnight(week))
    return waiting.filter(Q(watched_on__isnull=True) | Q(watched_on__lt=week)).order_by("pk")


def list_line_questions(appeal: Appeal) -> QuerySet[DecisionRecord]:
    """What the contested account and those above it asked about whoever filed an appeal, since then; newest first.

    Those above are all who were on any day since. None after an anonymous appeal, nor where nobody's use is contested.
    """
    parties = permissions.read_parties(appeal)
    contested = User.objects.filter(pk=parties.contested).first() if parties.contested else None
    person = Person.objects.filter(pk=parties.appellant_person).first() if parties.appellant_person else None
    if contested is None or person is None:
        return DecisionRecord.objects.none()
    filed = calendar.find_day(appeal.filed_at)
    accounts = list_onward(contested)
    above = read_above(accounts[-1], on=calendar.today(), since=filed)
    line = User.objects.filter(Q(pk__in=[each.pk for each in accounts]) | Q(person__in=above))
    line = line.exclude(person=person)
    asked = DecisionRecord.objects.filter(actor__in=line, subjects__contains=[person.external_id])
    until = appeal.filed_at + SHOWN_FOR
    return asked.filter(at__gte=appeal.filed_at, at__lt=until).select_related("actor").order_by("-at", "-pk")


def list_consequential(appeal: Appeal) -> QuerySet[DecisionRecord]:
    """Those of them that were allowed, for a consequential decision, within 90 days of the filing; by time.

    A check that was allowed counts as well: whoever was told that they may decide can do so on figures from elsewhere. Accounts
    that AR22 kept from it, or was said not to need to, were answered for already.
    """
    kept_off = Protection.objects.filter(person=permissions.read_parties(appeal).appellant_person)
    allowed = list_line_questions(appeal).filter(
        verdict=Outcome.PERMIT.value,
        consequential=True,
        at__lt=appeal.filed_at + PRESUMED_FOR,
    )
    if appeal.kind == AppealKind.NAMED:
        since = calendar.find_day(appeal.filed_at)
        allowed = allowed.exclude(actor__in=kept_off.filter(starts_on=since).values("account"))
    return allowed.order_by("at", "pk")


def list_presumptions(appeal: Appeal) -> list[tuple[Presumption, DecisionRecord]]:
    """Decisions that are or were presumed retaliation, each with what was asked; for whoever is asked and for the handler."""
    found = list(appeal.presumptions.select_related("asked", "answered_by"))
    keys = {each.pk: read_decision(each) for each in found}
    decisions = DecisionRecord.objects.select_related("actor").in_bulk(keys.values())
    return [(each, decisions[keys[each.pk]]) for each in found]


def get_asked(key: UUID, *, by: User) -> Presumption:
    """A decision that this account is asked about. Raises NotFound."""
    found = Presumption.objects.filter(pk=key).select_related("appeal", "asked").first()
    if found is None:
        raise permissions.not_there()
    permissions.check_is_asked(by, found, found.appeal)
    return found


def list_asked(user: User) -> list[Presumption]:
    """What an account is asked to write about; nothing where it stands outside of the lines no more."""
    found = Presumption.objects.filter(asked=user, answered_at__isnull=True).select_related("appeal")
    return [each for each in found if permissions.answers(user, each.appeal)]


def get_decision(presumption: Presumption) -> DecisionRecord:
    """The decision itself, for whoever is asked about it."""
    return DecisionRecord.objects.select_related("actor").get(pk=read_decision(presumption))


def read_decision(presumption: Presumption) -> UUID:
    """Which decision it is about."""
    return unseal(presumption.decision, presumption.pk, "presumption", WatchedDecision).decision
