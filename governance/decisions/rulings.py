"""What the board has ruled on questions that the rules left to it, as facts of the next question of the same shape.

A ruling is its case: nothing has to run for it to take effect when that closes, nor for it to lapse.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache

from msgspec import Struct

from charter.rules import Rulebook
from charter.rules.vocabulary import Role
from governance.decisions.looking import Asked
from governance.decisions.shapes import LOOKING, shape
from ground import statements
from ground.marks import Marks
from ground.statements import Read


class Ruling(Struct, frozen=True):
    """What the board said on a shape, and when."""

    shape: str
    approved: bool
    closed_at: datetime


class Ruled(Struct, frozen=True):
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


def ruled(asked: Asked, rulebook: Rulebook, *, roles: Collection[Role], noticed: bool, seen: Marks) -> Ruled:
    """What the board has ruled on a request lately, the latest word counting; `roles` are the asker's.

    Rules on looking matter only where a series was `noticed`, so that most questions need no ruling read.
    """
    referring = [rulebook.by_id[rule] for rule in rulebook.referring]
    mattering = [rule for rule in referring if noticed or rule.family != LOOKING]
    lasting = timedelta(days=asked.limits.ruling_days)
    said = _in_force(seen.board, seen.decisions, (asked.at - lasting).date()) if mattering else {}
    answers: dict[bool, set[str]] = {True: set(), False: set()}
    for rule in mattering if said else ():
        ruling = said.get(shape(rule, asked.request, asker=asked.by, roles=roles))
        if ruling is not None and asked.at < ruling.closed_at + lasting:
            answers[ruling.approved].add(rule.id)
    return Ruled(yes=frozenset(answers[True]), no=frozenset(answers[False]))


@lru_cache(maxsize=8)
def _in_force(board: str, decisions: str, since: date) -> Mapping[str, Ruling]:
    """The rulings since a day by shape, from memory while the marks of board and decisions are the same."""
    return {each.shape: each for each in statements.read(RULINGS, parameters={"since": since})[0]}
