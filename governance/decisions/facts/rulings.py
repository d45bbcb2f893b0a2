"""What the board has ruled on questions that the rules left to it, as facts of the next question of the same shape.

A ruling is its case: nothing has to run for it to take effect when that closes, nor for it to lapse.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from msgspec import Struct

from charter.rules import Rulebook
from charter.rules.vocabulary import Role
from governance.board.data_versions import BOARD
from governance.decisions.data_versions import DECISIONS
from governance.decisions.facts.access_history import AccessContext
from governance.decisions.requests.fingerprints import LOOKING, make_fingerprint
from ground import statements
from ground.data_versions import Versions, cached
from ground.statements import Read


class Ruling(Struct, frozen=True):
    """What the board said on a shape, and when."""

    shape: str
    approved: bool
    closed_at: datetime


class RulingFacts(Struct, frozen=True):
    """The referring rules of which the board has said yes to a question, and those of which it has said no."""

    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()


RULINGS = Read(
    """
    SELECT unnest(r.shapes) AS shape, c.state = 'approved' AS approved, c.closed_at
    FROM decisions_referral r JOIN board_case c ON c.id = r.case_id
    WHERE c.state <> 'open' AND r.ended_at IS NULL AND c.closed_at >= %(since)s::date
    ORDER BY c.closed_at
    """,
    Ruling,
)


def read_ruling_facts(
    asked: AccessContext, rulebook: Rulebook, *, roles: Collection[Role], noticed: bool, seen: Versions
) -> RulingFacts:
    """What the board has ruled on a request lately, the latest word counting; `roles` are the asker's.

    Rules on looking matter only where a series was `noticed`, so that most questions need no ruling read.
    """
    referring = [rulebook.by_id[rule] for rule in rulebook.referring]
    mattering = [rule for rule in referring if noticed or rule.family != LOOKING]
    lasting = timedelta(days=asked.limits.ruling_days)
    said = _in_force(seen, (asked.at - lasting).date()) if mattering else {}
    answers: dict[bool, set[str]] = {True: set(), False: set()}
    for rule in mattering if said else ():
        ruling = said.get(make_fingerprint(rule, asked.request, asker=asked.by, roles=roles))
        if ruling is not None and asked.at < ruling.closed_at + lasting:
            answers[ruling.approved].add(rule.id)
    return RulingFacts(yes=frozenset(answers[True]), no=frozenset(answers[False]))


@cached(BOARD, DECISIONS, most=8)
def _in_force(since: date) -> Mapping[str, Ruling]:
    """The rulings since a day by shape, from memory while the data versions are the same."""
    return {each.shape: each for each in statements.read(RULINGS, parameters={"since": since})[0]}
