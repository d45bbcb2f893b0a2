"""The session as it is read: whom it is about, what is thin, and which pairs and proposers to talk about (S90)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from governance.calibration import packs, pairs, queries
from governance.calibration.models import CalibrationItem, CalibrationRound, Challenge, PackValues
from governance.calibration.states import PackFlag
from governance.calibration.words import CitedAnswer, unseal
from governance.people.models import User


class SessionLine(Struct, frozen=True):
    """One person of a session; `level` is the name of what is proposed, blank where nothing is or the reader may not know."""

    item: CalibrationItem
    level: str
    number: int
    flags: tuple[PackFlag, ...]
    open_challenges: int


class TalkedPair(Struct, frozen=True):
    """Two people whose evidence is similar and whose levels differ."""

    one: SessionLine
    other: SessionLine
    similarity: float


class CalibrationSession(Struct, frozen=True):
    """All of it, without whoever reads it."""

    lines: tuple[SessionLine, ...]
    pairs: tuple[TalkedPair, ...]
    compressed: tuple[str, ...]  # proposers, by name
    alone: tuple[str, ...]

    @property
    def proposed(self) -> int:
        return sum(bool(each.number) for each in self.lines)


def read_session(calibration: CalibrationRound, *, by: User) -> CalibrationSession:
    """The session as the account may read it. Raises NotFound."""
    items = queries.list_items(calibration, by=by)
    records = packs.list_records(items, calibration)
    moved = queries.list_moved(items, calibration.starts_on, calibration.ends_on)
    roles = queries.list_changed_roles(items, calibration.starts_on, calibration.ends_on)
    gaps, levels, doubts = _find_gaps(items), _read_levels(items), _count_challenges(items)
    lines = {
        item.pk: SessionLine(
            item=item,
            level=item.family.rubric.names[levels[item.pk] - 1] if levels[item.pk] else "",
            number=levels[item.pk],
            flags=packs.flag(
                item,
                records.get(item.person_id, ()),
                gap=item.pk in gaps,
                moved=item.person_id in moved,
                changed_role=item.person_id in roles,
            ),
            open_challenges=doubts.get(item.pk, 0),
        )
        for item in items
    }
    people = [
        packs.compare_as(item, levels[item.pk], records.get(item.person_id, ()))
        for item in items
        if levels[item.pk] and item.set_aside_at is None
    ]
    names = {item.accountable_id: item.accountable.name for item in items if item.accountable is not None}
    return CalibrationSession(
        lines=tuple(lines.values()),
        pairs=tuple(
            TalkedPair(lines[each.one], lines[each.other], each.similarity)  # type: ignore[index]
            for each in pairs.find_pairs(people)
        ),
        compressed=tuple(sorted(names[key] for key in pairs.find_compressed(people))),  # type: ignore[index]
        alone=tuple(queries.list_alone(items)),
    )


def _read_levels(items: Sequence[CalibrationItem]) -> Mapping[UUID, int]:
    """The level that is proposed of each; 0 where nothing is."""
    found = queries.list_proposals(items)
    return {key: queries.read_words(made[-1]).level if made else 0 for key, made in found.items()}


def _find_gaps(items: Sequence[CalibrationItem]) -> set[UUID]:
    """Those of whom the line last found little coverage (S97)."""
    latest = PackValues.objects.filter(item__in=items).order_by("item_id", "-at", "-id").distinct("item_id")
    return {each.item_id for each in latest if unseal(each.told, each.pk, "values", CitedAnswer).gap}


def _count_challenges(items: Sequence[CalibrationItem]) -> Mapping[UUID, int]:
    waiting = Challenge.objects.filter(item__in=items, answered_at__isnull=True)
    return Counter(waiting.values_list("item", flat=True))
