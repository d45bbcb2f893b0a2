"""What a replay comes to, counted as plainly as can be: each question decided by itself, and nothing remembered."""

from collections.abc import Iterable

from msgspec import Struct

from charter.rules import Rulebook
from charter.rules.facts import Facts
from charter.rules.vocabulary import Role
from governance.decisions.replay.counting import AsProposed, CellTally, Moved, count, find_change


class AskedBefore(Struct, frozen=True):
    """One recorded question: its facts, a keyed hash of who asked, and the roles that they held."""

    facts: tuple[Facts, ...]
    asker: str
    roles: frozenset[Role]


def count_moved(
    asked: Iterable[AskedBefore], in_force: Rulebook, proposal: AsProposed
) -> dict[Moved, CellTally]:
    """Decide each question as things are and as proposed; those that come out alike are left out."""
    cells: dict[Moved, CellTally] = {}
    for each in asked:
        count(find_change(each.facts, in_force, proposal), cells, asker=each.asker, roles=each.roles)
    return cells
