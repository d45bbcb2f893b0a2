"""Recorded facts decided twice, as things are and as proposed; what differs is counted by role, never by person. Pure."""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from charter import rules
from charter.rules import Rulebook
from charter.rules.facts import Facts
from charter.rules.vocabulary import DecisionType, Grain, Outcome, Role

# The role that a cell is told of, where somebody holds several: whoever decides most.
_RANKED = (
    Role.HR, Role.LEADERSHIP, Role.VALUE_STREAM_LEAD, Role.MANAGER, Role.METRIC_OWNER, Role.BOARD_MEMBER, Role.AUDITOR,
    Role.ADMIN, Role.TEAM_MEMBER, Role.SELF,
)  # fmt: skip


class AskedBy(Struct, frozen=True):
    """Who asked when about whom: what a recorded question leads to beside its facts."""

    key: UUID  # of the question
    at: datetime
    actor: UUID
    subjects: tuple[str, ...]
    beside: tuple[str, ...]  # the metrics told beside those asked for


class AsProposed(Struct, frozen=True):
    """What is proposed: the rules, how the facts of one metric would read, and those that other records say (`rebuild`)."""

    rulebook: Rulebook
    as_if: Callable[[Facts], Facts]
    rebuild: Callable[[AskedBy, tuple[Facts, ...]], tuple[Facts, ...]] | None = None


class Moved(Struct, frozen=True, order=True):
    """What questions of one kind would have come to instead."""

    decision: DecisionType
    grain: Grain
    role: Role | None
    before: Outcome
    after: Outcome


class Change(Struct, frozen=True):
    """What a question would come to instead, whoever asks it, and the rules that decide it anew."""

    decision: DecisionType
    grain: Grain
    before: Outcome
    after: Outcome
    rules: frozenset[str]

    def moved(self, role: Role | None) -> Moved:
        return Moved(self.decision, self.grain, role, self.before, self.after)


class CellTally(Struct):
    """Questions of one kind, the hashes of who asked them, and the rules that decide them anew."""

    questions: int = 0
    askers: set[str] = set()
    rules: set[str] = set()

    def add(self, other: "CellTally") -> None:
        self.questions += other.questions
        self.askers |= other.askers
        self.rules |= other.rules


class ToldCell(Struct, frozen=True):
    """A cell that may be told: as many people have asked as the smallest group has."""

    moved: Moved
    questions: int
    rules: tuple[str, ...]


class ReplayResult(Struct, frozen=True):
    """What would change. `rest` counts the questions of all cells too small to be told; None where even together they are
    too few, and then `changed` is None too, since the difference would tell."""

    read: int
    unreadable: int
    changed: int | None
    cells: tuple[ToldCell, ...]
    rest: int | None


def find_change(
    facts: tuple[Facts, ...],
    in_force: Rulebook,
    proposal: AsProposed,
    otherwise: tuple[Facts, ...] | None = None,
) -> Change | None:
    """What a question would come to instead, None where it comes out alike.

    `otherwise` are its facts as they would read by what else is on record.
    """
    proposed = tuple(map(proposal.as_if, otherwise or facts))
    if proposal.rulebook is in_force and proposed == facts:
        return None
    before, refusing = rules.find_outcome(facts, in_force)
    after, anew = rules.find_outcome(proposed, proposal.rulebook)
    if before is after:
        return None
    request = facts[0].request
    deciding = anew if before is Outcome.PERMIT else refusing
    return Change(request.decision, request.grain, before, after, deciding)


def count(
    change: Change | None, cells: dict[Moved, CellTally], *, asker: str, roles: frozenset[Role]
) -> None:
    """Add a question to its cell."""
    if change is not None:
        tally = cells.setdefault(change.moved(find_role(roles)), CellTally())
        tally.add(CellTally(1, {asker}, set(change.rules)))


def add_up(parts: Iterable[Mapping[Moved, CellTally]]) -> dict[Moved, CellTally]:
    """The cells of several parts of a replay together."""
    whole: dict[Moved, CellTally] = {}
    for part in parts:
        for moved, tally in part.items():
            whole.setdefault(moved, CellTally()).add(tally)
    return whole


def tell(cells: Mapping[Moved, CellTally], *, read: int, unreadable: int, smallest: int) -> ReplayResult:
    """What may be told of the cells: none of fewer people than `smallest`, nor what the sum would tell of one."""
    told = {moved: tally for moved, tally in cells.items() if len(tally.askers) >= smallest}
    rest = CellTally()
    for moved, tally in cells.items():
        if moved not in told:
            rest.add(tally)
    hidden = 0 < len(rest.askers) < smallest
    return ReplayResult(
        read=read,
        unreadable=unreadable,
        changed=None if hidden else sum(tally.questions for tally in cells.values()),
        cells=tuple(
            ToldCell(moved, tally.questions, tuple(sorted(tally.rules)))
            for moved, tally in sorted(told.items(), key=lambda each: -each[1].questions)
        ),
        rest=None if hidden else rest.questions,
    )


def find_role(roles: frozenset[Role]) -> Role | None:
    """The role that a cell speaks of; None for whoever asked with none."""
    return next((role for role in _RANKED if role in roles), None)


def hash_asker(account: str, *, replay: str, key: str) -> str:
    """Who asked, so that they count once, and so that no two replays can be laid side by side."""
    return hmac.new(key.encode(), f"replay:{replay}:{account}".encode(), hashlib.sha256).hexdigest()[:20]


def to_plain(cells: Mapping[Moved, CellTally]) -> list[list[object]]:
    """The cells of a part, as it is kept."""
    return [
        [
            moved.decision.value, moved.grain.value, moved.role.value if moved.role else "", moved.before.value,
            moved.after.value, tally.questions, sorted(tally.askers), sorted(tally.rules),
        ]
        for moved, tally in cells.items()
    ]  # fmt: skip


def from_plain(kept: Sequence[Sequence[object]]) -> dict[Moved, CellTally]:
    """The cells of a part that was kept."""
    found: dict[Moved, CellTally] = {}
    for decision, grain, role, before, after, questions, askers, named in kept:
        moved = Moved(
            DecisionType(str(decision)),
            Grain(str(grain)),
            Role(str(role)) if role else None,
            Outcome(str(before)),
            Outcome(str(after)),
        )
        found[moved] = CellTally(int(str(questions)), set(_texts(askers)), set(_texts(named)))
    return found


def _texts(kept: object) -> list[str]:
    return [str(each) for each in kept] if isinstance(kept, list) else []
