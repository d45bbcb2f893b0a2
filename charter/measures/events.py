"""The events of one measure, joined to teams, days and cohorts in an in-memory DuckDB that nothing outlives."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, Self

import duckdb
import numpy as np
import pyarrow as pa
from msgspec import Struct

from charter.measures.aggregation import Numbers
from charter.measures.calendar import Span
from charter.measures.disclosure import Tally
from charter.measures.warehouse import Facts
from charter.rules.vocabulary import Aggregation, Period
from ground.errors import HouseError, Unavailable

LIMITS = {
    "memory_limit": "300MB",
    "threads": 2,
    "temp_directory": "",  # facts about people are never spilled to a disk
    "autoload_known_extensions": False,
    "autoinstall_known_extensions": False,
}
# A number beyond this is a fault of the source, and its sums would lose their last digits.
LARGEST = 1e15
WEIGHTED = frozenset({Aggregation.MEAN, Aggregation.SHARE})
# The team of events that belong to none we know. Only the whole organisation sees them, as lost coverage.
NOWHERE = ""
NO_VALUES = np.empty(0)

_MEMBERSHIPS = pa.schema(
    [("person", pa.string()), ("team", pa.string()), ("valid_from", pa.date32()), ("valid_to", pa.date32())]
)
_COHORT_TEAMS = pa.schema([("cohort", pa.int32()), ("team", pa.string())])
_SPANS = pa.schema([("starts_on", pa.date32()), ("ends_on", pa.date32())])
_GROUPS = pa.schema([("cohort", pa.int32()), ("starts_on", pa.date32())])

_ADD_BATCH = """
INSERT INTO event
WITH fact AS (
    SELECT nullif({person}, '') AS person, nullif({team}, '') AS team, timezone($zone, "at")::DATE AS day, value::DOUBLE AS value,
           {weight}::DOUBLE AS weight
    FROM batch
), placed AS (
    SELECT fact.* REPLACE (coalesce(known.team, '') AS team)
    FROM fact
    LEFT JOIN membership m ON fact.team IS NULL AND m.person = fact.person
        AND fact.day >= m.valid_from AND (m.valid_to IS NULL OR fact.day < m.valid_to)
    LEFT JOIN known ON known.team = coalesce(fact.team, m.team)
)
SELECT person, team, day,
       CASE WHEN team <> '' AND isfinite(value) AND abs(value) <= $largest AND isfinite(weight) AND weight > 0
                 AND weight <= $largest THEN value END,
       weight
FROM placed WHERE weight IS DISTINCT FROM 0
"""
# What one person is behind, then what stands behind the whole; unknown persons are one row with no name.
_TALLIES = """
WITH contributor AS (
    SELECT c.cohort, date_trunc('{kind}', e.day)::DATE AS starts_on, e.person, count(*) AS events,
           count(e.value) AS usable, coalesce(sum(e.weight) FILTER (e.value IS NOT NULL), 0) AS weight,
           coalesce(sum(abs(e.value) * e.weight), 0) AS mass
    FROM event e JOIN cohort_team c USING (team)
    WHERE e.day >= $first AND e.day < $end GROUP BY ALL
)
SELECT cohort, starts_on, sum(events)::BIGINT, sum(usable)::BIGINT,
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
_ROSTERS = """
SELECT c.cohort, s.starts_on, count(DISTINCT m.person)
FROM cohort_team c JOIN membership m USING (team)
JOIN span s ON m.valid_from < s.ends_on AND (m.valid_to IS NULL OR m.valid_to > s.starts_on)
GROUP BY ALL
"""
_VALUES = """
SELECT g.cohort, g.starts_on, list(struct_pack(value := e.value, weight := e.weight))
FROM wanted g JOIN cohort_team c USING (cohort)
JOIN event e ON e.team = c.team AND date_trunc('{kind}', e.day)::DATE = g.starts_on
WHERE e.value IS NOT NULL GROUP BY g.cohort, g.starts_on
"""

Group = tuple[int, date]  # the place of a cohort in the list given, and the first day of a period


class Reach(Struct, frozen=True):
    """What a cohort covers: teams by slug; a whole organisation also answers for events that no team claims."""

    teams: tuple[str, ...]
    whole: bool = False


class Membership(Struct, frozen=True):
    """Who was on which team: from one day (in) to another (out, or None while it lasts)."""

    person: str
    team: str
    valid_from: date
    valid_to: date | None = None


class EventTable:
    """One measure's events at a time. An event's team is its own; where it names none, its person's on that day.

    `teams` are all that the organisation knows; `zone` (IANA name) says on which day an event fell.
    """

    def __init__(
        self, reaches: Sequence[Reach], memberships: Iterable[Membership], teams: Collection[str], zone: str
    ) -> None:
        self._zone = zone
        self._aggregation = Aggregation.COUNT
        self._engine = duckdb.connect(":memory:", config=LIMITS)
        self._engine.execute("SET enable_external_access = false")
        rows = [(m.person, m.team, m.valid_from, m.valid_to) for m in memberships]
        self._keep("membership", _MEMBERSHIPS, rows)
        self._keep("known", pa.schema([("team", pa.string())]), [(team,) for team in teams])
        places = [
            (number, team)
            for number, reach in enumerate(reaches)
            for team in {*reach.teams, *([NOWHERE] if reach.whole else [])}
        ]
        self._keep("cohort_team", _COHORT_TEAMS, places)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._engine.close()

    def load(self, facts: Facts, aggregation: Aggregation, *, team: str | None = None) -> None:
        """Take in the events of a measure in place of those before; weights only where the aggregation uses them.

        `team`, where given, claims all of them, whatever they say themselves.
        """
        self._aggregation = aggregation
        weighted = aggregation in WEIGHTED and "weight" in facts.columns
        query = _ADD_BATCH.format(
            person="person" if "person" in facts.columns else "NULL::VARCHAR",
            team="$team" if team is not None else "team" if "team" in facts.columns else "NULL::VARCHAR",
            weight="weight" if weighted else "1",
        )
        parameters = {"largest": LARGEST, "zone": self._zone, **({} if team is None else {"team": team})}
        self._engine.execute(
            "CREATE OR REPLACE TABLE event (person VARCHAR, team VARCHAR, day DATE, value DOUBLE, weight DOUBLE)"
        )
        for batch in facts:
            with self._holding("batch", pa.Table.from_batches([batch])):
                self._run(query, parameters)

    def tallies(self, kind: Period, first: date, end: date) -> dict[Group, Tally]:
        """What stands behind each cohort and period between two days; groups without any event are left out."""
        shares = {column: _TOP_SHARE.format(of=column) for column in ("usable", "weight", "mass")}
        query = _TALLIES.format(kind=kind.value, **shares)
        dated = dict(self._run(_DATED).fetchall())
        return {
            (cohort, starts_on): Tally(
                events=usable,
                people=people,
                # Undated events could be of any period, so each period is taken to miss its part of them.
                coverage=usable / events * dated[cohort],
                top_of_events=max(top_usable, top_weight),
                top_of_sum=top_mass,
            )
            for cohort, starts_on, events, usable, people, top_usable, top_weight, top_mass in self._run(
                query, {"first": first, "end": end}
            ).fetchall()
        }

    def rosters(self, spans: Collection[Span]) -> dict[Group, int]:
        """How many people were on the teams of each cohort on some day of each period; nobody is left out as 0."""
        with self._holding("span", _table(_SPANS, [(span.starts_on, span.ends_on) for span in spans])):
            rows = self._run(_ROSTERS).fetchall()
        return {(cohort, starts_on): people for cohort, starts_on, people in rows}

    def values(
        self, kind: Period, groups: Collection[Group]
    ) -> Iterator[tuple[Group, Numbers, Numbers | None]]:
        """The usable values of these groups, and their weights where they have any; no order, none without events."""
        with self._holding("wanted", _table(_GROUPS, list(groups))):
            found = self._run(_VALUES.format(kind=kind.value)).to_arrow_table()
        for cohort, starts_on, events in zip(*found.columns, strict=True):
            weights = _numbers(events, "weight") if self._aggregation in WEIGHTED else None
            yield (cohort.as_py(), starts_on.as_py()), _numbers(events, "value"), weights

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


def _safe(error: duckdb.Error) -> HouseError:
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
