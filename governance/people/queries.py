"""Reads worth a name: who asks, what they hold over the cohorts and persons they ask about.

Each is a `Read`, so that the line can take them all in one statement. They are given `user` and `person`, the keys of
the asker's account and person, and the day `on`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from msgspec import Struct

from charter.rules.request import ANYBODY
from charter.rules.vocabulary import ContextClass, Role
from governance.people.data_versions import PEOPLE
from governance.people.models import AccountMerge, CohortKind, Membership, Person, User
from ground import calendar, statements
from ground.data_versions import cached
from ground.statements import Read


class Asker(Struct, frozen=True):
    """An account as the rules see it: its person, and the roles that need no scope."""

    person: str | None
    roles: frozenset[Role]


class CohortAsked(Struct, frozen=True):
    """A registered cohort with its roster's size, and the scoped roles that the asker holds over it."""

    slug: str
    kind: CohortKind
    people: int
    context_classes: frozenset[ContextClass]
    roles: frozenset[Role]


class PersonAsked(Struct, frozen=True):
    """A person asked about, and the roles that the asker holds over them; a person we do not know has none."""

    external_id: str
    context_class: ContextClass | None
    roles: frozenset[Role]


class Roster(Struct, frozen=True):
    """The external ids of a cohort's people on a day."""

    slug: str
    people: frozenset[str]


class Accountable(Struct, frozen=True):
    """A person's open account that somebody named as accountable, seen from those concerned (S93).

    `leads` all of them, by a role over their teams or by the reporting line; `answers` for everybody, as HR and leadership
    do; is `concerned` as one of them.
    """

    leads: bool
    answers: bool
    concerned: bool


_TODAY = "{0}.valid_from <= %(on)s::date AND ({0}.valid_to IS NULL OR {0}.valid_to > %(on)s::date)"
# Who is on a team on a day: employed, a member, and the team is there.
_ON_TEAM = f"""{_TODAY.format("m")} AND {_TODAY.format("t")}
    AND p.employed_from <= %(on)s::date AND (p.employed_to IS NULL OR p.employed_to > %(on)s::date)"""

ASKER = Read(
    f"""
    SELECT (SELECT external_id FROM people_person WHERE id = %(person)s::uuid) AS person,
           ARRAY(SELECT DISTINCT g.role FROM people_rolegrant g
                 WHERE g.user_id = %(user)s::uuid AND g.team_id IS NULL AND g.value_stream_id IS NULL
                   AND {_TODAY.format("g")}) AS roles
    """,
    Asker,
)

# The teams and streams that an account leads.
_HELD = f"""
    SELECT coalesce(array_agg(g.team_id) FILTER (WHERE g.role = 'manager'), '{{{{}}}}') AS teams,
           coalesce(array_agg(g.value_stream_id) FILTER (WHERE g.role = 'value_stream_lead'), '{{{{}}}}') AS streams
    FROM people_rolegrant g WHERE g.user_id = {{user}} AND {_TODAY.format("g")}
"""
_HELD_BY_ASKER, _HELD_BY_NAMED = _HELD.format(user="%(user)s::uuid"), _HELD.format(user="u.id")
_TEAMS_OF_COHORT = """
    SELECT array_agg(t.id) AS ids, array_agg(DISTINCT t.value_stream_id) AS streams,
           coalesce(array_agg(DISTINCT t.context_class::text), '{}') AS context_classes
    FROM people_cohort_teams ct JOIN people_team t ON t.id = ct.team_id WHERE ct.cohort_id = c.id
"""
_MANAGES = "CASE WHEN c.kind = 'team' THEN teams.ids && held.teams ELSE teams.ids <@ held.teams END"
_LEADS_STREAM = (
    "CASE WHEN c.kind = 'org' THEN teams.streams <@ held.streams ELSE teams.streams && held.streams END"
)

# A manager's role counts over a cohort of teams they lead: any of them where small teams are reported together, all of
# them in a larger cohort. A value stream lead's counts over the stream and its teams, and over the organisation when
# they lead it all.
COHORTS = Read(
    f"""
    SELECT c.slug, c.kind, roster.people, teams.context_classes, ARRAY(
        SELECT 'manager'
        WHERE {_MANAGES}
        UNION
        SELECT 'value_stream_lead'
        WHERE {_LEADS_STREAM}
        UNION
        SELECT 'team_member' FROM people_membership m
        WHERE m.person_id = %(person)s::uuid AND m.team_id = ANY(teams.ids) AND {_TODAY.format("m")}
    ) AS roles
    FROM people_cohort c
    CROSS JOIN LATERAL ({_HELD_BY_ASKER}) held
    CROSS JOIN LATERAL ({_TEAMS_OF_COHORT}) teams
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT m.person_id) AS people FROM people_membership m
        JOIN people_person p ON p.id = m.person_id JOIN people_team t ON t.id = m.team_id
        WHERE m.team_id = ANY(teams.ids) AND {_ON_TEAM}
    ) roster
    WHERE c.slug = ANY(%(cohorts)s::text[]) AND c.retired_at IS NULL
    """,
    CohortAsked,
)

_ANYBODY = ANYBODY.replace("'", "''")  # within quotes of SQL

# `own` adds the asker's own person to those named. Of any one person, whom nobody means yet, roles are those that the asker
# holds over anybody at all.
PERSONS = Read(
    f"""
    SELECT p.external_id, t.context_class, ARRAY(
        SELECT g.role FROM people_rolegrant g
        WHERE g.user_id = %(user)s::uuid AND {_TODAY.format("g")}
          AND (g.team_id = t.id OR g.value_stream_id = t.value_stream_id)
        UNION
        SELECT 'manager' FROM people_reportingline l
        WHERE l.person_id = p.id AND l.manager_id = %(person)s::uuid AND {_TODAY.format("l")}
        UNION
        SELECT 'self' WHERE p.id = %(person)s::uuid
    ) AS roles
    FROM people_person p
    LEFT JOIN people_membership m ON m.person_id = p.id AND {_TODAY.format("m")}
    LEFT JOIN people_team t ON t.id = m.team_id
    WHERE p.external_id = ANY(%(persons)s::text[]) OR (%(own)s::boolean AND p.id = %(person)s::uuid)
    UNION ALL
    SELECT '{_ANYBODY}', NULL, ARRAY(
        SELECT g.role FROM people_rolegrant g
        WHERE g.user_id = %(user)s::uuid AND {_TODAY.format("g")}
          AND (g.team_id IS NOT NULL OR g.value_stream_id IS NOT NULL)
        UNION
        SELECT 'manager' FROM people_reportingline l
        WHERE l.manager_id = %(person)s::uuid AND {_TODAY.format("l")}
    )
    WHERE '{_ANYBODY}' = ANY(%(persons)s::text[])
    """,
    PersonAsked,
)

_PEOPLE = f"""
    SELECT c.slug, ARRAY(
        SELECT DISTINCT p.external_id FROM people_cohort_teams ct
        JOIN people_membership m ON m.team_id = ct.team_id
        JOIN people_team t ON t.id = m.team_id
        JOIN people_person p ON p.id = m.person_id
        WHERE ct.cohort_id = c.id AND {_ON_TEAM}
    ) AS people
    FROM people_cohort c
"""

# Retired cohorts as well: who was asked about then was asked about.
ROSTERS = Read(f"{_PEOPLE} WHERE c.slug = ANY(%(cohorts)s::text[])", Roster)

# The groups in which persons are reported on with their team.
GROUPS = Read(
    f"""
    {_PEOPLE} WHERE c.kind = 'team' AND c.retired_at IS NULL AND EXISTS (
        SELECT FROM people_person p JOIN people_membership m ON m.person_id = p.id AND {_TODAY.format("m")}
        JOIN people_cohort_teams ct ON ct.team_id = m.team_id
        WHERE ct.cohort_id = c.id AND p.external_id = ANY(%(persons)s::text[])
    )
    ORDER BY c.slug
    """,
    Roster,
)

_CONCERNED = "(p.external_id = ANY(%(concerned)s::text[]) OR (%(own)s::boolean AND p.id = %(person)s::uuid))"
# Everybody above those concerned, by the reporting lines of the day.
_ABOVE = f"""
    WITH RECURSIVE above(start, person) AS (
        SELECT p.id, l.manager_id FROM people_person p
        JOIN people_reportingline l ON l.person_id = p.id AND {_TODAY.format("l")} WHERE {_CONCERNED}
        UNION
        SELECT above.start, l.manager_id FROM above
        JOIN people_reportingline l ON l.person_id = above.person AND {_TODAY.format("l")}
    )
"""
# For somebody whom we do not know nobody answers, nor for whom the values are not of: who was never in a group asked about.
_ALL_KNOWN = f"""(
    SELECT count(*) + ('{_ANYBODY}' = ANY(%(concerned)s::text[]))::int FROM people_person k
    WHERE k.external_id = ANY(%(concerned)s::text[])) >= cardinality(%(concerned)s::text[])
    AND NOT EXISTS (
        SELECT FROM people_person k WHERE k.external_id = ANY(%(about)s::text[]) AND NOT EXISTS (
            SELECT FROM people_membership m JOIN people_cohort_teams ct ON ct.team_id = m.team_id
            JOIN people_cohort c ON c.id = ct.cohort_id
            WHERE m.person_id = k.id AND c.slug = ANY(%(cohorts)s::text[])))
"""
# Only a human can be accountable (S93). Any one person, whom nobody means yet, is led by whoever leads anybody.
ACCOUNTABLE = Read(
    f"""
    {_ABOVE}
    SELECT (cardinality(%(concerned_cohorts)s::text[]) + cardinality(%(concerned)s::text[]) > 0 OR %(own)s::boolean)
           AND NOT EXISTS (
               SELECT FROM people_cohort c CROSS JOIN LATERAL ({_TEAMS_OF_COHORT}) teams
               WHERE c.slug = ANY(%(concerned_cohorts)s::text[]) AND c.retired_at IS NULL
                 AND NOT ({_MANAGES} OR {_LEADS_STREAM}))
           AND NOT EXISTS (
               SELECT FROM people_person p WHERE {_CONCERNED}
                 AND NOT EXISTS (SELECT FROM above a WHERE a.start = p.id AND a.person = u.person_id)
                 AND NOT EXISTS (
                     SELECT FROM people_membership m JOIN people_team t ON t.id = m.team_id
                     WHERE m.person_id = p.id AND {_TODAY.format("m")}
                       AND (t.id = ANY(held.teams) OR t.value_stream_id = ANY(held.streams))))
           AND ('{_ANYBODY}' <> ALL(%(concerned)s::text[]) OR cardinality(held.teams) + cardinality(held.streams) > 0
                OR EXISTS (SELECT FROM people_reportingline l WHERE l.manager_id = u.person_id AND {_TODAY.format("l")}))
           AND {_ALL_KNOWN} AS leads,
           EXISTS (SELECT FROM people_rolegrant g WHERE g.user_id = u.id AND g.role IN ('hr', 'leadership')
                   AND g.team_id IS NULL AND g.value_stream_id IS NULL AND {_TODAY.format("g")})
           AND {_ALL_KNOWN} AS answers,
           EXISTS (SELECT FROM people_person p WHERE p.id = u.person_id AND ({_CONCERNED} OR EXISTS (
               SELECT FROM people_membership m JOIN people_cohort_teams ct ON ct.team_id = m.team_id
               JOIN people_cohort c ON c.id = ct.cohort_id
               WHERE m.person_id = p.id AND {_TODAY.format("m")} AND c.slug = ANY(%(concerned_cohorts)s::text[])))) AS concerned
    FROM people_user u CROSS JOIN LATERAL ({_HELD_BY_NAMED}) held
    WHERE u.username = %(accountable)s::text AND u.is_active AND u.kind = 'human'
    """,
    Accountable,
)


class PeopleFacts(Struct, frozen=True):
    """Who asks, and what they ask about, as it stands on a day."""

    asker: Asker
    cohorts: Mapping[str, CohortAsked]
    persons: Mapping[str, PersonAsked]
    accountable: Accountable | None  # the account named as accountable, where it is a person's and open


@cached(PEOPLE)
def read_people_facts(
    user: UUID,
    person: UUID | None,
    on: date,
    *,
    cohorts: tuple[str, ...],
    persons: tuple[str, ...],
    own: bool,
    accountable: str | None,
    about: tuple[str, ...] = (),
) -> PeopleFacts:
    """All of it in one statement, and from memory while the data version is the same.

    `own` adds the asker's own person to `persons`. Whoever is accountable is seen from those that a decision is `about`, where
    it names some, and else from all that is asked about. What we do not know is left out.
    """
    parameters = {
        "user": user,
        "person": person,
        "on": on,
        "cohorts": list(cohorts),
        "persons": list(persons),
        "own": own,
        "accountable": accountable,
        "about": list(about),
        "concerned": list(about or persons),
        "concerned_cohorts": [] if about else list(cohorts),
    }
    askers, found, known, named = statements.read(ASKER, COHORTS, PERSONS, ACCOUNTABLE, parameters=parameters)
    return PeopleFacts(
        asker=askers[0],
        cohorts={each.slug: each for each in found},
        persons={each.external_id: each for each in known},
        accountable=next(iter(named), None),
    )


@cached(PEOPLE, most=200)
def read_rosters(slugs: tuple[str, ...], on: date) -> Mapping[str, frozenset[str]]:
    """Who is in these cohorts on a day, in one statement, and from memory while the data version is the same."""
    found = statements.read(ROSTERS, parameters={"cohorts": list(slugs), "on": on})[0]
    return {each.slug: each.people for each in found}


def read_asker(user: User, *, on: date) -> Asker:
    """Who asks, in one statement."""
    asker: Asker = statements.read(ASKER, parameters={"user": user.pk, "person": user.person_id, "on": on})[
        0
    ][0]
    return asker


def read_cohorts_asked(slugs: Sequence[str], *, user: User, on: date) -> dict[str, CohortAsked]:
    """The registered ones of these cohorts by slug, in one statement."""
    parameters = {"user": user.pk, "person": user.person_id, "on": on, "cohorts": list(slugs)}
    return {each.slug: each for each in statements.read(COHORTS, parameters=parameters)[0]} if slugs else {}


def list_roster_spans() -> list[tuple[str, str, date, date | None]]:
    """Who was on which team from when (in) to when (out): employed, a member, and the team there, on each of those days.

    By external id and slug.
    """
    spans = Membership.objects.annotate(
        since=Greatest("valid_from", "person__employed_from", "team__valid_from"),
        until=Least("valid_to", "person__employed_to", "team__valid_to"),  # of those that are known
    ).filter(Q(until__isnull=True) | Q(until__gt=F("since")))
    return list(spans.values_list("person__external_id", "team__slug", "since", "until"))


def find_employed(external_id: str) -> Person | None:
    """The person of this external id, where they work here today."""
    today = calendar.today()
    lasting = Q(employed_to__isnull=True) | Q(employed_to__gt=today)
    return Person.objects.filter(lasting, external_id=external_id, employed_from__lte=today).first()


def is_same_hand(account: UUID | None, user: User) -> bool:
    """Whether what an account did was done by this one: it is that account, or one that was merged into it."""
    if account is None or account == user.pk:
        return account is not None
    former = AccountMerge.objects.filter(account=account).values_list("into_id", flat=True).first()
    return former is not None and is_same_hand(former, user)
