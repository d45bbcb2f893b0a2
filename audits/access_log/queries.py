"""Reads of the access log: decisions that fit a search, how many a week, and what was read, exported and kept."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery, SearchVectorExact
from django.db import connection, transaction
from django.db.models import Count, DateTimeField, F, Func, IntegerField, Q, QuerySet, Value
from django.utils.translation import gettext as _
from msgspec import Struct
from msgspec.structs import replace

from audits.access_log import permissions
from audits.access_log.models import Export, LogReading, SavedSearch
from audits.access_log.searching import LookKind, Part, Search
from charter.registry.models import Metric
from charter.rules.vocabulary import DecisionType, Outcome
from governance.decisions.models import DecisionRecord, ReasonWords
from governance.decisions.queries import find_span_of_numbers
from governance.people import pseudonyms
from governance.people.models import Cohort, Person, User
from ground import calendar, clock
from ground.errors import NotFound

MOST_WEEKS = 26  # that are counted one by one
# A page further, the way back, a reload: within this time the same search is one reading, and one entry of the log.
SAME_READING = timedelta(minutes=10)
_TOLD = (
    "at", "actor__kind", "actor__person__external_id", "checked_only", "request", "metrics", "subjects", "use", "grain",
    "verdict", "rules", "roles", "entry_id", "door", "through__username",
)  # fmt: skip


class Week(Struct, frozen=True):
    """How many decisions there were in a week that begins on a Monday, by verdict; before all others where it has no day."""

    begins: date | None
    counts: Mapping[str, int]


def list_decisions() -> QuerySet[DecisionRecord]:
    """All decisions, newest first, with what a row says of each."""
    return (
        DecisionRecord.objects.select_related("actor__person", "through").only(*_TOLD).order_by("-at", "-pk")
    )


def narrow(found: QuerySet[DecisionRecord], search: Search, *, reasons: bool) -> QuerySet[DecisionRecord]:
    """Those that fit a search; words are looked for in `reasons` only for whoever may read those."""
    known = pseudonyms.KnownNames() if search.text and reasons else None
    for word in search.text.casefold().split():
        found = found.filter(_speaks_of(word, reasons=known is not None and not known.are_in(word)))
    plain = {
        "use__in": search.decision, "grain__in": search.grain, "rules__contains": [search.rule.upper()] if search.rule else "",
        "metrics__contains": [search.metric] if search.metric else "", "verdict__in": search.verdict,
        "cohorts__contains": [search.cohort] if search.cohort else "",
        "roles__overlap": list(search.role),
    }  # fmt: skip
    found = found.filter(**{name: value for name, value in plain.items() if value})
    if search.kind:
        found = found.filter(checked_only=search.kind == LookKind.CHECKS)
    if search.person:
        found = found.filter(_concerns(search.person, search.part))
    return _between(found, search.since, search.until)


def hides_word(search: Search, *, reasons: bool) -> bool:
    """Whether a word of the search is somebody's name, which is not looked for in reasons."""
    return bool(search.text) and reasons and pseudonyms.KnownNames().are_in(search.text)


def _between(
    found: QuerySet[DecisionRecord], since: date | None, until: date | None
) -> QuerySet[DecisionRecord]:
    if since:
        found = found.filter(at__gte=calendar.find_midnight(since))
    if until:
        found = found.filter(at__lt=calendar.find_midnight(until + timedelta(days=1)))
    return found


def _concerns(code: str, part: str) -> Q:
    asked = Q(actor__in=[each.pk for each in pseudonyms.find_accounts(code)])
    looked_at = Q(subjects__overlap=pseudonyms.find_persons(code))
    return {Part.ASKED.value: asked, Part.LOOKED_AT.value: looked_at}.get(part, asked | looked_at)


def _speaks_of(word: str, *, reasons: bool) -> Q:
    """A metric or a group by name, a decision, the start of a receipt's number, a whole word of the reason."""
    named = Q(name__icontains=word) | Q(slug__icontains=word)
    metrics = list(Metric.objects.filter(named).values_list("slug", flat=True))
    cohorts = list(Cohort.objects.filter(named).values_list("slug", flat=True))
    uses = [use.value for use in DecisionType if word in use.value.replace("_", " ")]
    said = Q(use__in=uses)
    if metrics:
        said |= Q(metrics__overlap=metrics)
    if cohorts:
        said |= Q(cohorts__overlap=cohorts)
    if span := find_span_of_numbers(word):
        said |= Q(entry__gte=span[0], entry__lte=span[1])
    if reasons:
        said |= Q(SearchVectorExact(ReasonWords(), SearchQuery(word, config="simple", search_type="phrase")))
    return said


def count_weeks(search: Search, *, reasons: bool) -> list[Week]:
    """How many decisions fit a search, whatever their verdict, by week.

    The latest weeks one by one, those before together; without a first day nothing is said of weeks before the first decision.
    """
    mondays = _list_mondays(search)
    found = narrow(DecisionRecord.objects.order_by(), replace(search, verdict=()), reasons=reasons)
    counts: list[dict[str, int]] = [dict.fromkeys(map(str, Outcome), 0) for _ in range(len(mondays) + 1)]
    with _room_to_count():
        for week, verdict, count in _count_by_week(found, mondays):
            counts[week][verdict] = count
    weeks = [Week(day, told) for day, told in zip((None, *mondays), counts, strict=True)]
    return weeks if search.since else _from_the_first(weeks)


def _from_the_first(weeks: Sequence[Week]) -> list[Week]:
    """Without the empty weeks before the first decision; of all that are empty the last is left."""
    first = next((place for place, week in enumerate(weeks) if any(week.counts.values())), len(weeks) - 1)
    return list(weeks[first:])


def _list_mondays(search: Search) -> list[date]:
    last = search.until or calendar.today()
    monday = last - timedelta(days=last.weekday())
    weeks = MOST_WEEKS
    if search.since:
        weeks = min(max((monday - search.since).days // 7 + 2, 1), MOST_WEEKS)
    mondays = [monday - timedelta(weeks=before) for before in reversed(range(weeks))]
    return [each for each in mondays if not search.since or each + timedelta(days=6) >= search.since] or [
        monday
    ]


def _count_by_week(
    found: QuerySet[DecisionRecord], mondays: Sequence[date]
) -> Iterator[tuple[int, str, int]]:
    """Which week, which verdict, how many; by the midnights of the programme, 0 before the first of them.

    The years before are most of all, and a statement of their own: the database knows that verdicts are few, and so counts those on
    several processors, but not how many weeks a function gives.
    """
    midnights: list[datetime] = [calendar.find_midnight(each) for each in mondays]
    bucket = Func(
        F("at"),
        Value(midnights, output_field=ArrayField(DateTimeField())),
        function="width_bucket",
        output_field=IntegerField(),
    )
    before = found.filter(at__lt=midnights[0]).values_list("verdict").annotate(count=Count("*"))
    within = found.filter(at__gte=midnights[0]).annotate(week=bucket).values_list("week", "verdict")
    yield from ((0, verdict, count) for verdict, count in before)
    yield from within.annotate(count=Count("*"))


def count_found(found: QuerySet[DecisionRecord]) -> int:
    """How many decisions were found."""
    with _room_to_count():
        return found.order_by().count()


@contextmanager
def _room_to_count() -> Iterator[None]:
    """Memory for the places of all rows that an index finds: without it, each row of a page is looked at and each reason read."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('work_mem', '32MB', true)")
        yield


def get_decision(key: UUID, *, by: User) -> DecisionRecord:
    """One decision, for a reader of the access log. Raises NotPermitted and NotFound."""
    permissions.check_can_read(by)
    found = DecisionRecord.objects.select_related("entry", "actor__person").filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no decision with this id."), code="decision_not_found")
    return found


def name_metrics(slugs: set[str]) -> dict[str, str]:
    """What metrics are called, by slug."""
    return dict(Metric.objects.filter(slug__in=slugs).values_list("slug", "name"))


def name_persons(external_ids: Sequence[str]) -> list[tuple[str, str]]:
    """External id and name of each of these persons; blank for one who is not there."""
    names = dict(Person.objects.filter(external_id__in=external_ids).values_list("external_id", "name"))
    return [(each, names.get(each, "")) for each in external_ids]


def was_read_lately(mark: str, *, by: User) -> bool:
    """Whether the account has read the same within the time in which that is one reading."""
    return LogReading.objects.filter(by=by, of=mark, at__gt=clock.now() - SAME_READING).exists()


def list_saved_searches(user: User) -> QuerySet[SavedSearch]:
    """What the account has kept, by name."""
    return SavedSearch.objects.filter(owner=user).order_by("name", "pk")


def get_saved_search(key: UUID, *, by: User) -> SavedSearch:
    """A search that the account has kept. Raises NotFound."""
    found = list_saved_searches(by).filter(pk=key).first()
    if found is None:
        raise NotFound(_("You have kept no such search."), code="search_not_found")
    return found


def list_behind(place: int, most: int) -> list[tuple[int, DecisionRecord]]:
    """The decisions whose entries stand behind a place of the log, in its order, each with its place.

    An entry gets its place after its commit, without gaps and for good, so that whoever goes on from a place misses none and sees none
    twice.
    """
    found = DecisionRecord.objects.filter(entry__place__number__gt=place).select_related("actor__person")
    placed = (
        found.annotate(place=F("entry__place__number")).defer("own_facts", "matches").order_by("place")[:most]
    )
    return [(each.place, each) for each in placed]


def get_export(entry: UUID, *, by: User) -> Export:
    """An export by its entry's number, if the account may see it. Raises NotFound."""
    found = Export.objects.select_related("entry").filter(entry=entry).first()
    if found is None:
        raise NotFound(_("There is no export with this number that you may see."), code="export_not_found")
    permissions.check_can_see_export(by, found)
    return found
