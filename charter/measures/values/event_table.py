"""The events of one measure, joined to teams, days and cohorts in an in-memory DuckDB that nothing outlives."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, Self

import duckdb
import numpy as np
import pyarrow as pa
from msgspec import Struct

from charter.measures.values.aggregation import Numbers
from charter.measures.values.calendar import Span
from charter.measures.values.disclosure import CohortBacking
from charter.measures.values.event_names import NameFinder
from charter.measures.values.rosters import CREWS, ROSTERS
from charter.measures.values.traces import NOBODY, Element
from charter.measures.values.units import UnitBounds
from charter.measures.values.week_counts import ADD_UP, WEEKS
from charter.measures.warehouse.facts import EventBatches
from charter.measures.warehouse.tables import LARGEST
from charter.rules.vocabulary import Aggregation, Period
from governance.people.names import SourceNames, build_names, fold_name
from ground.errors import DomainError, Unavailable

LIMITS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "300MB",
    "threads": 2,
    "temp_directory": "",  # facts about people are never spilled to a disk
    "autoload_known_extensions": False,
    "autoinstall_known_extensions": False,
}
WEIGHTED = frozenset({Aggregation.MEAN, Aggregation.SHARE})
# The team of events that belong to none: whoever they are of was on none. Only the whole organisation sees them.
NOWHERE = ""
# The team of events that may be any team's, as a name in them is not known. Each team is taken to miss its part of them.
ANYWHERE = "?"
NO_VALUES = np.empty(0)
ANY_VALUE = UnitBounds(low=None)

_MEMBERSHIPS = pa.schema(
    [("person", pa.string()), ("team", pa.string()), ("valid_from", pa.date32()), ("valid_to", pa.date32())]
)
_COHORT_TEAMS = pa.schema([("cohort", pa.int32()), ("team", pa.string())])
_SPANS = pa.schema([("starts_on", pa.date32()), ("ends_on", pa.date32())])
_GROUPS = pa.schema([("cohort", pa.int32()), ("starts_on", pa.date32())])

# What a bot did, and what a team did that is not ours, is nobody's and left out (`names.NOBODY`). Facts that name their team are not
# joined with anybody: a join of which the engine sees that nothing can match costs it facts times memberships.
_ADD_BATCH = """
INSERT INTO event
WITH fact AS (
    SELECT person, stranger, team, astray, CASE WHEN "at" >= $begins AND "at" < $ends THEN {day} END AS day,
           value::DOUBLE AS value, {weight}::DOUBLE AS weight
    FROM batch WHERE NOT nobody
), placed AS (
    SELECT * EXCLUDE (team, astray), CASE WHEN astray OR team IS NULL THEN '?' ELSE team END AS team
    FROM fact WHERE astray OR team IS NOT NULL OR person IS NULL OR day IS NULL
    UNION ALL
    SELECT fact.* EXCLUDE (team, astray), coalesce(m.team, '') AS team
    FROM (FROM fact WHERE NOT astray AND team IS NULL AND person IS NOT NULL AND day IS NOT NULL) AS fact
    LEFT JOIN membership m ON m.person = fact.person
        AND fact.day >= m.valid_from AND (m.valid_to IS NULL OR fact.day < m.valid_to)
)
SELECT person, stranger, team, day,
       CASE WHEN team NOT IN ('', '?') AND day IS NOT NULL AND isfinite(value) AND value BETWEEN $low AND $high
                 AND isfinite(weight) AND weight > 0 AND weight <= $largest THEN value END,
       weight
FROM placed WHERE weight IS DISTINCT FROM 0
"""
# What one person is behind, then what stands behind the whole; unknown persons are one row with no name.
_TALLIES = """
WITH contributor AS (
    SELECT c.cohort, date_trunc('{kind}', e.day)::DATE AS starts_on, e.person, count(*) AS events,
           count(e.value) AS usable, coalesce(sum(e.weight) FILTER (e.value IS NOT NULL), 0) AS weight,
           coalesce(sum(abs(e.value) * e.weight), 0) AS mass,
           count(e.value) FILTER (e.stranger) AS strange
    FROM event e JOIN cohort_team c USING (team)
    WHERE e.day >= $first AND e.day < $end GROUP BY ALL
)
SELECT cohort, starts_on, sum(events)::BIGINT, sum(usable)::BIGINT, sum(strange)::BIGINT,
       count(*) FILTER (person IS NOT NULL AND usable > 0),
       {usable}, {weight}, {mass}
FROM contributor GROUP BY cohort, starts_on
"""
_TOP_SHARE = """
coalesce((coalesce(max({of}) FILTER (person IS NOT NULL), 0) + coalesce(sum({of}) FILTER (person IS NULL), 0))
    / nullif(sum({of}), 0), 0)::DOUBLE
"""
_DATED = """
SELECT cohort, count(e.day) / count(*) FROM event e JOIN cohort_team c USING (team) GROUP BY cohort
"""
# The part of a period's events that may be any team's; those without a day may be of any period as well.
_ASTRAY = """
SELECT date_trunc('{kind}', day)::DATE, count(*) FILTER (team = '?') / count(*)
FROM event WHERE day >= $first AND day < $end GROUP BY ALL
"""
_ASTRAY_UNDATED = (
    "SELECT coalesce(count(*) FILTER (team = '?' AND day IS NULL) / nullif(count(*), 0), 0) FROM event"
)
# Who is behind how much of each team's month; nobody we know is one row without a name.
_CONTRIBUTIONS = """
SELECT team, date_trunc('month', day)::DATE AS month, person, count(*)::DOUBLE AS events, count(value)::DOUBLE AS usable,
       coalesce(sum(weight) FILTER (value IS NOT NULL), 0)::DOUBLE AS weight, coalesce(sum(abs(value) * weight), 0)::DOUBLE AS mass,
       sum(md5_number_lower(concat_ws('|', day, value, weight)))::VARCHAR AS content
FROM event WHERE day >= $first AND day < $end GROUP BY ALL ORDER BY ALL
"""
_VALUES = """
SELECT g.cohort, g.starts_on, list(struct_pack(value := e.value, weight := e.weight))
FROM wanted g JOIN cohort_team c USING (cohort)
JOIN event e ON e.team = c.team AND date_trunc('{kind}', e.day)::DATE = g.starts_on
WHERE e.value IS NOT NULL GROUP BY g.cohort, g.starts_on
"""

# Hashes of texts, which mean the same in every version of the engine.
_TRACES = """
WITH person_month AS (
    SELECT team, date_trunc('month', day)::DATE AS month, coalesce(person, '') AS person,
           sum(('0x' || substr(sha256(concat_ws('|', day, value, weight, value IS NULL)), 1, 15))::BIGINT) AS events,
           count(*) AS number
    FROM event WHERE day >= $first AND day < $end GROUP BY ALL
), mark AS (
    SELECT team, month,
           CASE WHEN person = '' THEN $nobody ELSE substr(sha256($key || '|' || person), 1, 16) END
           || substr(sha256(concat_ws('|', $key, events, number)), 1, 16) AS mark
    FROM person_month
)
SELECT team, month, string_agg(mark, '' ORDER BY mark) FROM mark GROUP BY ALL
"""

# Periods whose rosters are looked up at once: the memory that a year of ten thousand people takes.
_AT_ONCE = 12

Group = tuple[int, date]  # the place of a cohort in the list given, and the first day of a period


class Reach(Struct, frozen=True):
    """What a cohort covers: teams by slug; a whole organisation also answers for events that no team claims."""

    teams: tuple[str, ...]
    whole: bool = False


class MembershipSpan(Struct, frozen=True):
    """Who was on which team: from one day (in) to another (out, or None while it lasts)."""

    person: str
    team: str
    valid_from: date
    valid_to: date | None = None


class EventTable:
    """One measure's events at a time. An event's team is its own; where it names none, its person's on that day.

    `names` says whom the names in events mean; without it, everybody who is or was on a team, and `teams`, are called there as
    they are here. `zone` (IANA name) says on which day an event fell.
    """

    def __init__(
        self,
        reaches: Sequence[Reach],
        memberships: Iterable[MembershipSpan],
        teams: Collection[str],
        zone: str,
        *,
        names: SourceNames | None = None,
    ) -> None:
        self._zone = zone
        memberships = list(memberships)
        self._names = names or build_names([each.person for each in memberships], teams)
        self._whole = frozenset(number for number, reach in enumerate(reaches) if reach.whole)
        self._rosters: dict[Span, dict[Group, int]] = {}  # the same for every measure
        self._aggregation = Aggregation.COUNT
        self._engine = duckdb.connect(":memory:", config=LIMITS)
        self._engine.execute("SET enable_external_access = false")
        rows = [(m.person, m.team, m.valid_from, m.valid_to) for m in memberships]
        self._keep("membership", _MEMBERSHIPS, rows)
        places = [
            (number, team)
            for number, reach in enumerate(reaches)
            for team in {*reach.teams, *([NOWHERE, ANYWHERE] if reach.whole else [])}
        ]
        self._keep("cohort_team", _COHORT_TEAMS, places)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._engine.close()

    def load(
        self,
        facts: EventBatches,
        aggregation: Aggregation,
        *,
        sources: Collection[str] = (),
        team: str | None = None,
        bounds: UnitBounds = ANY_VALUE,
    ) -> None:
        """Take in the events of a measure in place of those before; weights only where the aggregation uses them.

        `sources` are those that call persons and teams what the events call them. `team`, where given, claims all of them,
        whatever they say themselves. A value outside `bounds` cannot be used, nor an event outside the life of its source,
        which then is of no day.
        """
        self._aggregation = aggregation
        weighted = aggregation in WEIGHTED and "weight" in facts.columns
        query = _ADD_BATCH.format(
            weight="weight" if weighted else "1",
            # A calendar day is that day in the programme's zone.
            day='"at"' if facts.dated else 'timezone($zone, "at")::DATE',
        )
        begins, ends = facts.life
        parameters = {
            "begins": begins,
            "ends": ends,
            "low": -LARGEST if bounds.low is None else bounds.low,
            "high": LARGEST if bounds.high is None else bounds.high,
            "largest": LARGEST,
            **({} if facts.dated else {"zone": self._zone}),
        }
        self._engine.execute(
            "CREATE OR REPLACE TABLE event (person VARCHAR, stranger BOOLEAN, team VARCHAR, day DATE, value DOUBLE, weight DOUBLE)"
        )
        names = NameFinder(self._names, sources)
        for batch in facts:
            with self._holding("batch", names.place(batch, team)):
                self._run(query, parameters)

    def leave_out(
        self, starts_on: date, ends_on: date, *, person: str | None = None, team: str | None = None
    ) -> None:
        """Take away what a person or a team did on these days, as if it had never been in the source; `ends_on` is out."""
        days = {"starts_on": starts_on, "ends_on": ends_on}
        for column, of in (("person", person), ("team", team)):
            if of is not None:
                query = f"DELETE FROM event WHERE {column} = $of AND day >= $starts_on AND day < $ends_on"
                self._run(query, {**days, "of": of})

    def tallies(self, kind: Period, first: date, end: date) -> dict[Group, CohortBacking]:
        """What stands behind each cohort and period between two days; groups without any event are left out."""
        shares = {column: _TOP_SHARE.format(of=column) for column in ("usable", "weight", "mass")}
        query = _TALLIES.format(kind=kind.value, **shares)
        dated, placed = dict(self._run(_DATED).fetchall()), self.placed(kind, first, end)
        return {
            (cohort, starts_on): CohortBacking(
                events=usable,
                people=people,
                # Undated events could be of any period, and those of an unknown team of any team: each is taken to miss
                # its part of them. Who did what an unknown name did is missing altogether.
                coverage=(usable - strange)
                / events
                * dated[cohort]
                * (1 if cohort in self._whole else placed[starts_on]),
                top_of_events=max(top_usable, top_weight),
                top_of_sum=top_mass,
            )
            for cohort, starts_on, events, usable, strange, people, top_usable, top_weight, top_mass in self._run(
                query, {"first": first, "end": end}
            ).fetchall()
        }

    def placed(self, kind: Period, first: date, end: date) -> dict[date, float]:
        """The share of each period's events of which it is known whose they are, by its first day.

        It is what a team without any event has for its coverage: an event of an unknown team may be its own. Periods without
        any event are whole.
        """
        undated = self._run(_ASTRAY_UNDATED).fetchall()[0][0]
        rows = self._run(_ASTRAY.format(kind=kind.value), {"first": first, "end": end}).fetchall()
        return defaultdict(
            lambda: 1 - undated, {starts_on: (1 - astray) * (1 - undated) for starts_on, astray in rows}
        )

    def traces(self, key: str, first: date, end: date) -> dict[Element, str]:
        """The marks of each team and month between two days, hashed with `key` (`traces.py`)."""
        parameters = {"key": key, "first": first, "end": end, "nobody": NOBODY}
        rows = self._run(_TRACES, parameters).fetchall()
        return {(team, month): marks for team, month, marks in rows}

    def rosters(self, spans: Collection[Span]) -> dict[Group, int]:
        """How many people were on the teams of each cohort at a time, at the fewest, in each period; nobody is left out as 0.

        Days on which nobody was there do not count. The periods are of one kind; each is looked up once.
        """
        lacking = [span for span in spans if span not in self._rosters]
        for begin in range(0, len(lacking), _AT_ONCE):
            self._find_rosters(lacking[begin : begin + _AT_ONCE])
        return {group: people for span in spans for group, people in self._rosters[span].items()}

    def _find_rosters(self, spans: Collection[Span]) -> None:
        with self._holding("span", _table(_SPANS, [(span.starts_on, span.ends_on) for span in spans])):
            rows = self._run(ROSTERS).fetchall()
        found: dict[date, dict[Group, int]] = {span.starts_on: {} for span in spans}
        for cohort, starts_on, people in rows:
            found[starts_on][cohort, starts_on] = people
        self._rosters |= {span: found[span.starts_on] for span in spans}

    def values(
        self, kind: Period, groups: Collection[Group]
    ) -> Iterator[tuple[Group, Numbers, Numbers | None]]:
        """The usable values of these groups, and their weights where they have any; no order, none without events."""
        with self._holding("wanted", _table(_GROUPS, list(groups))):
            found = self._run(_VALUES.format(kind=kind.value)).to_arrow_table()
        for cohort, starts_on, events in zip(*found.columns, strict=True):
            weights = _numbers(events, "weight") if self._aggregation in WEIGHTED else None
            yield (cohort.as_py(), starts_on.as_py()), _numbers(events, "value"), weights

    def weeks(self, first: date, end: date, short: float) -> pa.Table:
        """What fell on each cohort's weeks between two days (`week_counts`)."""
        return self._run(WEEKS, {"first": first, "end": end, "short": short}).to_arrow_table()

    def find_nobody(self, names: Iterable[str], sources: Collection[str]) -> tuple[str, ...]:
        """Those of these names of persons that are said to be nobody's, such as a bot's."""
        found = ((name, self._names.people.find(name, sources)) for name in names if fold_name(name))
        return tuple(name for name, each in found if each.known and each.holder is None)

    def knows_nobody(self) -> bool:
        """Whether any name of a person is said to be nobody's."""
        return None in self._names.people.given.values()

    def add_up_weeks(self, counted: pa.Table, sources: Collection[str]) -> pa.Table:
        """As `weeks`, of events that were counted by what they name (`warehouse.weeks`)."""
        names = NameFinder(self._names, sources)
        batches = counted.to_batches() or [pa.RecordBatch.from_pylist([], schema=counted.schema)]
        with self._holding("counted", pa.concat_tables(map(names.place, batches))):
            return self._run(ADD_UP).to_arrow_table()

    def first_day(self) -> date | None:
        """The day of the earliest event; None where none has a day."""
        found: date | None = self._run("SELECT min(day) FROM event").fetchall()[0][0]
        return found

    def contributions(self, first: date, end: date) -> pa.Table:
        """Who is behind how much of each team's month between two days.

        Columns: team (as `NOWHERE` for none we know), month (its first day), person (or null), events, usable, weight (of the
        usable ones), mass (the sum of their absolute values), content (a number that another day, value or weight changes).
        """
        return self._run(_CONTRIBUTIONS, {"first": first, "end": end}).to_arrow_table()

    def crews(self, months: Collection[Span]) -> dict[tuple[str, date], list[str]]:
        """Who was on each team at a time in each month: those of the day of the fewest. Teams of nobody are left out."""
        with self._holding("span", _table(_SPANS, [(span.starts_on, span.ends_on) for span in months])):
            rows = self._run(CREWS).fetchall()
        crews: dict[tuple[str, date], list[str]] = {}
        for team, month, person in rows:
            crews.setdefault((team, month), []).append(person)
        return crews

    def _keep(self, name: str, schema: pa.Schema, rows: Sequence[Sequence[Any]]) -> None:
        with self._holding("given", _table(schema, rows)):
            self._run(f"CREATE TABLE {name} AS SELECT * FROM given")

    @contextmanager
    def _holding(self, name: str, table: pa.Table) -> Iterator[None]:
        """Show an Arrow table to the engine for a while."""
        self._engine.register(name, table)
        try:
            yield
        finally:
            self._engine.unregister(name)

    def _run(self, query: str, parameters: Mapping[str, Any] | None = None) -> duckdb.DuckDBPyConnection:
        """Run one statement of ours; the engine's words could hold a value of somebody's row, so they stay here."""
        try:
            return self._engine.execute(query, parameters or {})
        except duckdb.Error as error:
            raise _safe(error) from None


def _safe(error: duckdb.Error) -> DomainError:
    if isinstance(error, duckdb.OutOfMemoryException):
        return Unavailable(
            f"The events of one metric need more than {LIMITS['memory_limit']} of memory. Let its facts query give "
            "fewer rows.",
            code="too_many_events",
        )
    return Unavailable(f"The events could not be grouped ({type(error).__name__}).", code="events_unusable")


def _table(schema: pa.Schema, rows: Sequence[Sequence[Any]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )


def _numbers(events: pa.ListScalar, part: str) -> Numbers:
    return np.asarray(events.values.field(part), dtype=np.float64)
