"""Who stands in a reporting line with whom an appeal is about: they neither handle it nor learn that there is one.

A line is whoever somebody reports to, directly or through others, and whoever leads their team or its value stream; on any day
since the appeal could have been filed about, so that moving somebody out of the line opens nothing.
"""

from datetime import date
from uuid import UUID

from msgspec import Struct

from governance.appeals.words import Parties
from governance.people.models import User
from ground import statements

_SINCE = "({0}.valid_to IS NULL OR {0}.valid_to > %(since)s::date)"
_LINE = f"""
WITH RECURSIVE merged(account, stays) AS (
    SELECT account_id, into_id FROM people_accountmerge
    UNION
    SELECT o.account, m.into_id FROM merged o JOIN people_accountmerge m ON m.account_id = o.stays
), own(account) AS (
    SELECT %(user)s::uuid UNION SELECT account FROM merged WHERE stays = %(user)s::uuid
), above(person) AS (
    SELECT %(person)s::uuid
    UNION
    SELECT l.manager_id FROM people_reportingline l JOIN above ON l.person_id = above.person WHERE {_SINCE.format("l")}
), below(person) AS (
    SELECT %(person)s::uuid
    UNION
    SELECT l.person_id FROM people_reportingline l JOIN below ON l.manager_id = below.person WHERE {_SINCE.format("l")}
), led(team) AS (
    SELECT t.id FROM people_team t JOIN people_rolegrant g ON (g.team_id = t.id OR g.value_stream_id = t.value_stream_id)
    JOIN own ON own.account = g.user_id WHERE {_SINCE.format("g")}
)
SELECT person, 'person' FROM above WHERE person IS NOT NULL
UNION SELECT person, 'person' FROM below WHERE person IS NOT NULL
UNION SELECT m.person_id, 'person' FROM people_membership m JOIN led ON led.team = m.team_id WHERE {_SINCE.format("m")}
UNION SELECT u.person_id, 'person' FROM people_membership m
    JOIN people_team t ON t.id = m.team_id
    JOIN people_rolegrant g ON (g.team_id = t.id OR g.value_stream_id = t.value_stream_id)
    LEFT JOIN merged o ON o.account = g.user_id JOIN people_user u ON u.id = coalesce(o.stays, g.user_id)
    WHERE m.person_id = %(person)s::uuid AND u.person_id IS NOT NULL AND {_SINCE.format("m")} AND {_SINCE.format("g")}
UNION SELECT team, 'team' FROM led
UNION SELECT account, 'account' FROM own
"""


class ReportLine(Struct, frozen=True):
    """Those in one line with an account, itself among them, and the teams that it leads.

    `accounts` are it and those that were merged into it, whose past is its own.
    """

    accounts: frozenset[UUID]
    persons: frozenset[UUID]
    teams: frozenset[UUID]

    def meets(self, parties: Parties) -> bool:
        """Whether the account is one of those whom an appeal is about, or in their line."""
        if self.accounts & {parties.appellant, parties.contested}:
            return True
        concerned = {parties.appellant_person, parties.contested_person} - {None}
        return bool(concerned & self.persons) or bool(self.teams & set(parties.teams))


def read_line(user: User, *, since: date) -> ReportLine:
    """The line of an account, on any day since this one; one statement."""
    found = statements.fetch(_LINE, {"user": user.pk, "person": user.person_id, "since": since})
    accounts, persons, teams = (
        frozenset(key for key, kind in found if kind == wanted) for wanted in ("account", "person", "team")
    )
    return ReportLine(accounts, persons, teams)


_ABOVE = """
WITH RECURSIVE above(person) AS (
    SELECT %(person)s::uuid
    UNION
    SELECT l.manager_id FROM people_reportingline l JOIN above ON l.person_id = above.person
    WHERE l.valid_from <= %(until)s::date AND (l.valid_to IS NULL OR l.valid_to > %(since)s::date)
)
SELECT person FROM above WHERE person IS NOT NULL
"""


def read_above(user: User, *, on: date, since: date | None = None) -> list[UUID]:
    """An account's person and those above it on a day, or with `since` on any day from then to it."""
    days = {"since": since or on, "until": on}
    return [key for (key,) in statements.fetch(_ABOVE, {"person": user.person_id, **days})]
