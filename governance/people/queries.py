"""Reads worth a name: who asks, what they hold over the cohorts and persons they ask about."""

from collections.abc import Sequence
from datetime import date

from django.db import connection
from msgspec import Struct

from charter.rules.vocabulary import ContextClass, Role
from governance.people.models import AccountKind, CohortKind, User


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


_NOW = "{0}.valid_from <= %(on)s AND ({0}.valid_to IS NULL OR {0}.valid_to > %(on)s)"

_ASKER = f"""
SELECT (SELECT external_id FROM people_person WHERE id = %(person)s),
       ARRAY(SELECT DISTINCT g.role FROM people_rolegrant g
             WHERE g.user_id = %(user)s AND g.team_id IS NULL AND g.value_stream_id IS NULL AND {_NOW.format("g")})
"""

# A role counts over a cohort when it is held over any of its teams: small teams are reported together.
_COHORTS = f"""
SELECT c.slug, c.kind, roster.people, teams.classes, ARRAY(
    SELECT g.role FROM people_rolegrant g
    WHERE g.user_id = %(user)s AND (g.team_id = ANY(teams.ids) OR g.value_stream_id = ANY(teams.streams)) AND {_NOW.format("g")}
    UNION
    SELECT 'team_member' FROM people_membership m
    WHERE m.person_id = %(person)s AND m.team_id = ANY(teams.ids) AND {_NOW.format("m")}
)
FROM people_cohort c
CROSS JOIN LATERAL (
    SELECT array_agg(t.id) AS ids, array_agg(DISTINCT t.context_class::text) AS classes,
           array_agg(DISTINCT t.value_stream_id) AS streams
    FROM people_cohort_teams ct JOIN people_team t ON t.id = ct.team_id WHERE ct.cohort_id = c.id
) teams
CROSS JOIN LATERAL (
    SELECT count(DISTINCT m.person_id) AS people FROM people_membership m
    WHERE m.team_id = ANY(teams.ids) AND {_NOW.format("m")}
) roster
WHERE c.slug = ANY(%(slugs)s) AND c.retired_at IS NULL
"""

_PERSONS = f"""
SELECT p.external_id, t.context_class, ARRAY(
    SELECT g.role FROM people_rolegrant g WHERE g.user_id = %(user)s
        AND (g.team_id = t.id OR g.value_stream_id = t.value_stream_id) AND {_NOW.format("g")}
    UNION
    SELECT 'manager' FROM people_reportingline l
        WHERE l.person_id = p.id AND l.manager_id = %(person)s AND {_NOW.format("l")}
    UNION
    SELECT 'self' WHERE p.id = %(person)s
)
FROM people_person p
LEFT JOIN people_membership m ON m.person_id = p.id AND {_NOW.format("m")}
LEFT JOIN people_team t ON t.id = m.team_id
WHERE p.external_id = ANY(%(ids)s)
"""


def asker(user: User, *, on: date) -> Asker:
    """Who asks, in one statement."""
    (person, roles), *_ = _rows(_ASKER, user, on)
    return Asker(person=person, roles=frozenset(map(Role, roles)))


def cohorts_asked(slugs: Sequence[str], *, user: User, on: date) -> dict[str, CohortAsked]:
    """The registered ones of these cohorts by slug, in one statement."""
    if not slugs:
        return {}
    found = _rows(_COHORTS, user, on, slugs=list(slugs))
    return {
        slug: CohortAsked(
            slug, CohortKind(kind), people, frozenset(map(ContextClass, classes or ())), frozenset(map(Role, roles))
        )
        for slug, kind, people, classes, roles in found
    }


def persons_asked(ids: Sequence[str], *, user: User, on: date) -> tuple[PersonAsked, ...]:
    """These persons in the order asked, in one statement. An unknown id is a person over whom nobody holds a role."""
    if not ids:
        return ()
    known = {
        name: PersonAsked(name, ContextClass(context) if context else None, frozenset(map(Role, roles)))
        for name, context, roles in _rows(_PERSONS, user, on, ids=list(ids))
    }
    return tuple(known.get(name, PersonAsked(name, None, frozenset())) for name in ids)


def is_human(username: str) -> bool:
    """Whether a person's account, open today, goes by this user name: only a human can be accountable (S93)."""
    return User.objects.filter(username=username, kind=AccountKind.HUMAN, is_active=True).exists()


def _rows(statement: str, user: User, on: date, **more: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"user": user.pk, "person": user.person_id, "on": on, **more})
        return cursor.fetchall()
