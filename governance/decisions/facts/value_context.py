"""What bears on the values of a request: holds, context notes and protections, and, for decisions about people,
coverage and error budgets.

The former are remembered under the data versions of the apps that they are read from. The latter come from published values,
which have no data version, and are read only where they can matter.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct, structs

from charter.measures.values.calendar import Span
from charter.registry.data_versions import REGISTRY
from charter.registry.queries import ProgrammeTerms
from charter.rules.facts import ValueFacts
from charter.rules.request import Request, Window
from charter.rules.vocabulary import ContextKind
from governance.board.facts import PILOTED
from governance.decisions.data_versions import DECISIONS
from governance.decisions.facts.access_history import ACCOUNTS
from governance.people.data_versions import PEOPLE
from ground import calendar, statements
from ground.data_versions import cached
from ground.statements import Read


class Subject(Struct, frozen=True):
    """Whose value it is: a cohort's, by slug, or a person's, by external id."""

    cohort: str = ""
    person: str = ""


class Touching(Struct, frozen=True):
    """Days (half-open) of some of the cohorts and persons asked about; `metric` is empty for every metric."""

    metric: str
    cohorts: frozenset[str]
    persons: frozenset[str]
    starts_on: date
    ends_on: date

    def touches(self, metric: str, subject: Subject, span: Span) -> bool:
        """Whether it bears on this value."""
        return (
            self.metric in ("", metric)
            and (subject.cohort in self.cohorts or subject.person in self.persons)
            and self.starts_on < span.ends_on
            and span.starts_on < self.ends_on
        )


class HoldFact(Touching, frozen=True):
    """A hold, without why: nothing that is read for an answer knows its cause. With `on_use` only decisions about people meet it."""

    on_use: bool = False


class NoteFact(Touching, frozen=True):
    """A context note that was not turned down. `team` is the name of the team it is about, empty for a person."""

    kind: ContextKind
    team: str
    service: str
    says: str
    confirmed: bool


class _Protected(Struct, frozen=True):
    protected: bool


class Lasting(Struct, frozen=True):
    """A kind of confirmed note that lasts today for one of the groups asked about."""

    cohort: str
    kind: ContextKind


class _Thin(Struct, frozen=True):
    metric: str


class _Burning(Struct, frozen=True):
    burning: bool


class ValueContext(Struct, frozen=True):
    """What bears on the values of a request, before any is read."""

    holds: tuple[HoldFact, ...]
    notes: tuple[NoteFact, ...]
    protected: bool
    lasting: tuple[Lasting, ...] = ()

    def seen_in(self, *, consequential: bool) -> "ValueContext":
        """What bears on a decision: what is held for decisions about people alone is not there for any other."""
        if consequential or not any(hold.on_use for hold in self.holds):
            return self
        return structs.replace(self, holds=tuple(hold for hold in self.holds if not hold.on_use))

    def is_held(self, metric: str, subject: Subject, span: Span) -> bool:
        """Whether a value is under review."""
        return any(hold.touches(metric, subject, span) for hold in self.holds)

    def lasting_for(self, request: Request) -> frozenset[ContextKind]:
        """The kinds of note that last today for every group that a request asks about; for single people, none."""
        if not self.lasting or request.persons or not request.cohorts:
            return frozenset()
        return frozenset.intersection(
            *(
                frozenset(each.kind for each in self.lasting if each.cohort == slug)
                for slug in request.cohorts
            )
        )

    def confirmed(self, metric: str, subject: Subject, span: Span) -> list[NoteFact]:
        """The confirmed notes that bear on a value."""
        return [note for note in self.notes if note.confirmed and note.touches(metric, subject, span)]


class DataQuality(Struct, frozen=True):
    """What only decisions about people look at: metrics of thin coverage or out of a pilot, and whether an error budget burned."""

    thin: frozenset[str] = frozenset()
    burning: bool = False
    piloted: frozenset[str] = frozenset()


_ASKED_TEAMS = """
SELECT ct.team_id FROM people_cohort c JOIN people_cohort_teams ct ON ct.cohort_id = c.id
WHERE c.slug = ANY(%(cohorts)s::text[])
"""
_WAS_ON = """
EXISTS (SELECT FROM people_membership ms WHERE ms.person_id = p.id AND ms.team_id {teams}
        AND ms.valid_from < {to} AND (ms.valid_to IS NULL OR ms.valid_to > {start}))
"""
# Whether the person `p` was on a team of the hold's cohort, of the note, of the value's cohort, in their time.
_HELD_WITH_TEAM = _WAS_ON.format(
    teams="IN (SELECT ct.team_id FROM people_cohort_teams ct JOIN people_cohort c ON c.id = ct.cohort_id "
    "WHERE c.id = h.cohort_id AND c.kind = 'team')",
    start="h.starts_on",
    to="h.ends_on",
)
_NOTED_WITH_TEAM = _WAS_ON.format(teams="= n.team_id", start="n.starts_on", to="n.ends_on")
_BURNED_WITH_TEAM = _WAS_ON.format(teams="= its.team_id", start="v.starts_on", to="v.ends_on")

# A hold on a team's values holds those of its people too: contested together, so that none is pointed at.
HOLDS = Read(
    f"""
    SELECT m.slug AS metric, h.starts_on, h.ends_on, h.on_use,
           CASE WHEN h.cohort_id IS NULL AND h.person_id IS NULL THEN %(cohorts)s::text[] ELSE ARRAY(
               SELECT c.slug FROM people_cohort c WHERE c.id = h.cohort_id AND c.slug = ANY(%(cohorts)s::text[])
           ) END AS cohorts,
           CASE WHEN h.cohort_id IS NULL AND h.person_id IS NULL THEN %(persons)s::text[] ELSE ARRAY(
               SELECT p.external_id FROM people_person p
               WHERE p.external_id = ANY(%(persons)s::text[]) AND (p.id = h.person_id OR {_HELD_WITH_TEAM})
           ) END AS persons
    FROM decisions_hold h JOIN registry_metric m ON m.id = h.metric_id
    WHERE h.released_at IS NULL AND m.slug = ANY(%(metrics)s::text[])
      AND h.starts_on < %(to)s::date AND h.ends_on > %(from)s::date
    """,
    HoldFact,
)

# A team's note bears on the values of the team, of its value stream and of its people, a person's on their own alone:
# beside a team's value it would say of somebody that they were away. The whole organisation always has notes somewhere.
NOTES = Read(
    f"""
    SELECT coalesce(m.slug, '') AS metric, n.starts_on, n.ends_on, n.kind, n.service, n.says,
           coalesce(t.name, '') AS team, n.confirmed_at IS NOT NULL AS confirmed,
           ARRAY(
               SELECT c.slug FROM people_cohort c JOIN people_cohort_teams ct ON ct.cohort_id = c.id
               WHERE ct.team_id = n.team_id AND c.kind <> 'org' AND c.slug = ANY(%(cohorts)s::text[])
           ) AS cohorts,
           ARRAY(
               SELECT p.external_id FROM people_person p
               WHERE p.external_id = ANY(%(persons)s::text[]) AND (p.id = n.person_id OR {_NOTED_WITH_TEAM})
           ) AS persons
    FROM decisions_contextnote n
    LEFT JOIN people_team t ON t.id = n.team_id
    LEFT JOIN registry_metric m ON m.id = n.metric_id
    WHERE n.turned_down_at IS NULL AND n.starts_on < %(to)s::date AND n.ends_on > %(from)s::date
      AND (n.metric_id IS NULL OR m.slug = ANY(%(metrics)s::text[]))
      AND (n.team_id IN ({_ASKED_TEAMS})
           OR n.person_id IN (SELECT id FROM people_person WHERE external_id = ANY(%(persons)s::text[]))
           OR n.team_id IN (SELECT ms.team_id FROM people_membership ms JOIN people_person p ON p.id = ms.person_id
                            WHERE p.external_id = ANY(%(persons)s::text[])))
    ORDER BY n.starts_on, n.id
    """,
    NoteFact,
)

# A protection holds for the account that it names and for each that this was merged into, one after the other, and for their
# machines; and ends for all of them at once. Nobody is kept from themself by one that an account of theirs came with.
PROTECTED = Read(
    f"""
    SELECT EXISTS (
        SELECT FROM decisions_protection d JOIN people_person p ON p.id = d.person_id
        WHERE d.account_id = {ACCOUNTS}
          AND d.person_id IS DISTINCT FROM (SELECT person_id FROM people_user WHERE id = %(user)s::uuid) AND (
            p.external_id = ANY(%(concerned)s::text[])
            OR EXISTS (
                SELECT FROM people_membership m JOIN people_cohort_teams ct ON ct.team_id = m.team_id
                JOIN people_cohort c ON c.id = ct.cohort_id
                WHERE m.person_id = p.id AND c.slug = ANY(%(concerned_cohorts)s::text[])
                  AND m.valid_from <= %(on)s::date AND (m.valid_to IS NULL OR m.valid_to > %(on)s::date)))
          AND d.starts_on <= %(on)s::date AND d.ends_on > %(on)s::date AND d.ended_at IS NULL
    ) AS protected
    """,
    _Protected,
)

# What lasts today for a group, or for a team of it.
LASTING = Read(
    """
    SELECT DISTINCT c.slug AS cohort, n.kind
    FROM decisions_contextnote n
    JOIN people_cohort_teams ct ON ct.team_id = n.team_id JOIN people_cohort c ON c.id = ct.cohort_id
    WHERE n.confirmed_at IS NOT NULL AND n.turned_down_at IS NULL AND n.metric_id IS NULL
      AND n.starts_on <= %(on)s::date AND n.ends_on > %(on)s::date AND c.slug = ANY(%(cohorts)s::text[])
    """,
    Lasting,
)

CURRENT = "v.superseded_at IS NULL"
# The threshold is the programme's now, which may be higher than when a value was published.
THIN = Read(
    f"""
    SELECT DISTINCT m.slug AS metric
    FROM measures_publishedvalue v
    JOIN registry_metric m ON m.id = v.metric_id JOIN people_cohort c ON c.id = v.cohort_id
    WHERE m.slug = ANY(%(metrics)s::text[]) AND c.slug = ANY(%(cohorts)s::text[]) AND {CURRENT}
      AND v.period_kind = %(kind)s::text AND v.starts_on >= %(from)s::date AND v.ends_on <= %(to)s::date
      AND (v.withheld = 'low_coverage' OR v.coverage < %(threshold)s::float8)
    """,
    _Thin,
)

# Of the teams asked about, and of those that the persons asked about were on in that very period.
BURNING = Read(
    f"""
    SELECT EXISTS (
        SELECT FROM measures_publishedvalue v
        JOIN registry_metric m ON m.id = v.metric_id JOIN people_cohort c ON c.id = v.cohort_id
        WHERE m.slug = %(budget)s::text AND {CURRENT} AND v.value > %(limit)s::float8
          AND v.period_kind = %(kind)s::text AND v.starts_on >= %(from)s::date AND v.ends_on <= %(to)s::date
          AND (c.slug = ANY(%(cohorts)s::text[]) OR (c.kind = 'team' AND EXISTS (
              SELECT FROM people_cohort_teams its WHERE its.cohort_id = c.id AND (
                  its.team_id IN ({_ASKED_TEAMS})
                  OR EXISTS (SELECT FROM people_person p
                             WHERE p.external_id = ANY(%(persons)s::text[]) AND {_BURNED_WITH_TEAM})))))
    ) AS burning
    """,
    _Burning,
)


@cached(DECISIONS, PEOPLE, REGISTRY)
def read_value_context(
    user: UUID,
    on: date,
    *,
    metrics: tuple[str, ...],
    cohorts: tuple[str, ...],
    persons: tuple[str, ...],
    window: Window,
    about: tuple[str, ...] = (),
) -> ValueContext:
    """What bears on the values asked for, in one statement, and from memory while the data versions are the same.

    Protected from whoever asks is whom a decision is `about`, where it names somebody, and else all that are asked about.
    """
    parameters = {
        "user": user,
        "on": on,
        "metrics": list(metrics),
        "cohorts": list(cohorts),
        "persons": list(persons),
        "concerned": list(about or persons),
        "concerned_cohorts": [] if about else list(cohorts),
        "from": window.start,
        "to": window.end,
    }
    holds, notes, protected, lasting = statements.read(
        HOLDS, NOTES, PROTECTED, LASTING, parameters=parameters
    )
    return ValueContext(tuple(holds), tuple(notes), protected[0].protected, tuple(lasting))


def read_data_quality(
    request: Request, programme: ProgrammeTerms, *, metrics: Sequence[str], persons: Sequence[str]
) -> DataQuality:
    """What published values say of coverage and of error budgets, in one statement; for decisions about people alone."""
    parameters = {
        "metrics": list(metrics),
        "cohorts": list(request.cohorts),
        "persons": list(persons),
        "kind": request.period.value,
        "from": request.window.start,
        "from_moment": calendar.find_midnight(request.window.start),
        "to": request.window.end,
        "threshold": programme.coverage_threshold,
        "budget": programme.error_budget_metric,
        "limit": programme.error_budget_limit,
    }
    thin, burning, piloted = statements.read(THIN, BURNING, PILOTED, parameters=parameters)
    return DataQuality(
        frozenset(each.metric for each in thin),
        burning[0].burning,
        frozenset(each.metric for each in piloted),
    )


def list_subjects(request: Request, persons: Iterable[str]) -> list[Subject]:
    """Whose values a request asks for."""
    return [Subject(cohort=slug) for slug in request.cohorts] + [Subject(person=each) for each in persons]


def build_value_facts(
    metric: str,
    subjects: Sequence[Subject],
    spans: Collection[Span],
    found: ValueContext,
    weighed: DataQuality,
) -> ValueFacts:
    """What the rules see of the values of one metric."""
    held = affected = 0
    if found.holds:
        held = sum(found.is_held(metric, subject, span) for subject in subjects for span in spans)
    if found.notes:
        affected = sum(any(found.confirmed(metric, each, span) for each in subjects) for span in spans)
    return ValueFacts(
        held=held,
        unsettled=_unsettled(metric, subjects, spans, found),
        affected=affected,
        thin=metric in weighed.thin,
        piloted=metric in weighed.piloted,
        budget_burning=weighed.burning,
    )


def _unsettled(metric: str, subjects: Sequence[Subject], spans: Collection[Span], found: ValueContext) -> int:
    open_notes = [note for note in found.notes if not note.confirmed]
    return sum(
        any(note.touches(metric, subject, span) for subject in subjects for span in spans)
        for note in open_notes
    )
