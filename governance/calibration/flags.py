"""What is thin about a pack, found in the days, kinds and sources of its evidence (S86, S95, S122). Pure."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

from msgspec import Struct

from charter.rules.vocabulary import EvidenceKind
from governance.calibration.states import PackFlag

RECENT = timedelta(weeks=8)  # before the period ends
BURST = timedelta(weeks=4)  # so short is a burst
LONG = timedelta(weeks=12)  # of a shorter period nothing can be a burst
_MANAGER = "manager"
# What others see without looking for it.
VISIBLE = frozenset(
    {EvidenceKind.INCIDENT_LEADERSHIP, EvidenceKind.PROJECT_OUTCOME, EvidenceKind.STAKEHOLDER_FEEDBACK}
)


class EvidencePiece(Struct, frozen=True):
    """One piece as flags see it: when, of which kind, who says so, of which project, and whether somebody else opened it."""

    day: date
    kind: EvidenceKind
    source: str
    project: str
    checked: bool


def find_flags(
    pieces: Sequence[EvidencePiece],
    *,
    starts_on: date,
    ends_on: date,
    kinds: Collection[EvidenceKind],
    gap: bool,
    moved: bool,
    changed_role: bool = False,
) -> tuple[PackFlag, ...]:
    """The flags of the evidence of one person and period (`ends_on` is out), in the order of the vocabulary.

    `kinds` are those of the role's profile; `gap` is whether the line found little coverage, `moved` whether teams changed.
    """
    found = set(_find_of_pieces(pieces, starts_on, ends_on, kinds)) if pieces else {PackFlag.NOTHING}
    found |= {PackFlag.COVERAGE_GAP} if gap else set()
    found |= {PackFlag.MOVED} if moved else set()
    found |= {PackFlag.CHANGED_ROLE} if changed_role else set()
    return tuple(each for each in PackFlag if each in found)


def _find_of_pieces(
    pieces: Sequence[EvidencePiece], starts_on: date, ends_on: date, profile: Collection[EvidenceKind]
) -> Iterator[PackFlag]:
    days, kinds = [each.day for each in pieces], {each.kind for each in pieces}
    if all(day >= ends_on - RECENT for day in days):
        yield PackFlag.RECENT_ONLY
    if len(kinds) == 1 and kinds <= VISIBLE:
        yield PackFlag.ONE_VISIBLE_KIND
    if {each.source for each in pieces} == {_MANAGER}:
        yield PackFlag.MANAGER_ONLY
    if ends_on - starts_on >= LONG and max(days) - min(days) <= BURST:
        yield PackFlag.BURST_ONLY
    if len({each.project.casefold() for each in pieces}) == 1:
        yield PackFlag.ONE_PROJECT
    if not all(each.checked for each in pieces):
        yield PackFlag.NOT_CHECKED
    if not kinds <= set(profile):
        yield PackFlag.OUTSIDE_PROFILE


def weigh(pieces: Sequence[EvidencePiece]) -> str:
    """How much evidence there is, in three strata by which an audit compares people of equal evidence (S105).

    By kinds of checked evidence: "thin" is of at most one kind, "some" of two or three, "broad" of four and more.
    """
    kinds = len({each.kind for each in pieces if each.checked})
    return "thin" if kinds <= 1 else "some" if kinds <= 3 else "broad"
