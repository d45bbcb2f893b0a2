"""All that was ever told, and whether the events that it was told of are still those in the warehouse."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain

import msgspec
import pyarrow as pa
from django.db.models import Q
from django.utils.crypto import salted_hmac
from msgspec import Struct

from charter.measures.models import Attribution, OnceTold, PublishedValue, Withheld
from charter.measures.publishing.joint import Place, Telling
from charter.measures.values.calendar import Span
from charter.measures.values.disclosure import DisclosureLimits
from charter.registry import queries as registry
from charter.registry.document import Measure
from charter.registry.facts_sql import carries_person
from charter.rules.vocabulary import Category, Period

_SALT = "charter.measures.attribution"

Digests = dict[Place, str]


class LimitsOf(Struct, frozen=True):
    """The programme's limits: for most metrics, and for those of a category that needs larger groups."""

    usual: DisclosureLimits
    larger: DisclosureLimits
    categories: frozenset[Category]

    def get(self, category: Category | None) -> DisclosureLimits:
        """An unknown category gets the stricter."""
        return self.larger if category is None or category in self.categories else self.usual


def read_standing(first: date, end: date, limits: LimitsOf) -> list[Telling]:
    """Every value told of the days between two, superseded ones, those of retired cohorts and those that were kept long enough and are gone included.

    That a value lacks coverage was told as well: it says that enough stood behind it.
    """
    told = Q(withheld="") | Q(withheld=Withheld.LOW_COVERAGE)
    fields = ("pk", "charter_version_id", "teams", "period_kind", "starts_on", "ends_on")
    days = {"starts_on__gte": first, "starts_on__lt": end}
    values = PublishedValue.objects.filter(told, **days).order_by("pk").values_list(*fields, "published_at")
    gone = OnceTold.objects.filter(**days).order_by("pk").values_list(*fields, "told_at")
    return [
        Telling(
            str(pk),
            what.measure,
            limits.get(what.category),
            tuple(teams),
            Span(Period(kind), starts_on, ends_on),
            unit=what.unit,
            told_at=at,
        )
        for pk, version, teams, kind, starts_on, ends_on, at in chain(values.iterator(), gone.iterator())
        if (what := registry.load_document(version).what).measure is not None
    ]


def hash_measure(measure: Measure) -> str:
    """What stands for a measure in the table of attributions."""
    return hashlib.sha256(msgspec.json.encode(measure)).hexdigest()


def digest_places(measure: Measure, table: pa.Table, crews: Mapping[Place, Sequence[str]]) -> Digests:
    """A keyed hash of each team's month: who did how much of what worth, and whether anybody was on the team.

    Where facts name nobody, who was on the team stands behind the value, so it is part of the hash.
    """
    lines: dict[Place, list[tuple[object, ...]]] = defaultdict(list)
    columns = ("person", "events", "usable", "content")
    for team, month, *what in zip(
        *(table[name].to_pylist() for name in ("team", "month", *columns)), strict=True
    ):
        lines[team, month].append(tuple(what))
    named = carries_person(measure)
    for place, crew in crews.items():
        if crew:
            lines[place].append(("crew", *(() if named else sorted(crew))))
    return {place: _digest(found) for place, found in lines.items()}


def _digest(lines: Collection[tuple[object, ...]]) -> str:
    # Keyed, since who did how much of a small team could otherwise be tried out.
    text = "\n".join(sorted(map(repr, lines)))
    return salted_hmac(_SALT, text, algorithm="sha256").hexdigest()[:32]


class Attributed(Struct):
    """What was kept last of a measure's month, a hash a team; and when a revision took other events into a team's."""

    teams: Mapping[str, str]
    revised: dict[str, datetime] = {}

    def attribute_anew(self, teams: Mapping[str, str], at: datetime) -> None:
        changed = {team for team in {*self.teams, *teams} if self.teams.get(team) != teams.get(team)}
        self.revised.update(dict.fromkeys(changed, at))
        self.teams = teams


Kept = dict[tuple[Measure, date], Attributed]


def read_attributions(measures: Collection[Measure], months: Collection[date]) -> Kept:
    """What was kept of these measures' months, first and by each revision after."""
    by_hash = {hash_measure(measure): measure for measure in measures}
    found: Kept = {}
    rows = Attribution.objects.filter(measure_hash__in=by_hash, month__in=months).order_by("kept_at", "id")
    for row in rows:
        place = by_hash[row.measure_hash], row.month
        if place in found:
            found[place].attribute_anew(row.teams, row.kept_at)
        else:
            found[place] = Attributed(row.teams)
    return found


def list_revised(kept: Kept) -> dict[Measure, dict[Place, datetime]]:
    """Of each measure, the places that a revision took other events into, and when it last did."""
    revised: dict[Measure, dict[Place, datetime]] = defaultdict(dict)
    for (measure, month), attributed in kept.items():
        revised[measure].update({(team, month): at for team, at in attributed.revised.items()})
    return {measure: places for measure, places in revised.items() if places}


def find_changed(
    standing: Collection[Telling],
    now: Mapping[Measure, Digests],
    kept: Kept,
) -> dict[Measure, frozenset[Place]]:
    """Of each measure, the places of months told of that are no longer what they were, or can no longer be read."""
    told: dict[tuple[Measure, date], set[str]] = defaultdict(set)
    for telling in standing:
        for month in telling.months:
            told[telling.measure, month].update(telling.teams)
    changed: dict[Measure, set[Place]] = defaultdict(set)
    for (measure, month), teams in told.items():
        attributed = kept.get((measure, month))
        known = None if attributed is None else attributed.teams
        changed[measure].update(_changed_of_month(month, teams, now.get(measure), known))
    return {measure: frozenset(places) for measure, places in changed.items()}


def _changed_of_month(
    month: date, teams: Collection[str], now: Digests | None, kept: Mapping[str, str] | None
) -> Iterator[Place]:
    if now is None or kept is None:
        yield from ((team, month) for team in teams)
        return
    here = {team: digest for (team, when), digest in now.items() if when == month}
    yield from ((team, month) for team in {*here, *kept} if here.get(team) != kept.get(team))
