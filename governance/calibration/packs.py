"""An evidence pack: what people say first, then growth, then what the line answered of metrics; with what is thin about it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct

from charter.rules.vocabulary import EvidenceKind
from governance.calibration import queries
from governance.calibration.flags import EvidencePiece, find_flags, weigh
from governance.calibration.models import CalibrationItem, CalibrationRound, PackNote, PackValues
from governance.calibration.pairs import ComparedPerson, sign
from governance.calibration.states import GROWTH, UNSEEN, NoteKind, PackFlag
from governance.calibration.words import CalibrationText, CitedAnswer, unseal
from governance.evidence.models import EvidenceRecord
from governance.evidence.queries import list_evidence
from governance.evidence.states import EvidenceSource, EvidenceState


class ReadNote(Struct, frozen=True):
    """What somebody wrote into a pack."""

    note: PackNote
    text: str


class ReadValues(Struct, frozen=True):
    """What the line answered for a pack."""

    values: PackValues
    told: CitedAnswer


class EvidenceSpread(Struct, frozen=True):
    """How the evidence lies in the period: its first and last day, months of the period with any, and pieces by who says so."""

    first: date
    last: date
    months: int
    of_months: int
    sources: tuple[tuple[str, int], ...]


class PersonPack(Struct, frozen=True):
    """All that stands in a pack, as whoever answers for the person reads it."""

    item: CalibrationItem
    records: tuple[EvidenceRecord, ...]  # of the period, none refuted, by kind and day
    notes: tuple[ReadNote, ...]
    values: tuple[ReadValues, ...]
    flags: tuple[PackFlag, ...]
    teams: tuple[str, ...]

    @property
    def by_kind(self) -> list[tuple[EvidenceKind, list[EvidenceRecord]]]:
        """Evidence by kind, those that are not seen without looking first; kinds without any with none."""
        kinds = [*UNSEEN.values(), *(kind for kind in EvidenceKind if kind not in UNSEEN.values())]
        return [(kind, [each for each in self.records if each.kind == kind.value]) for kind in kinds]

    @property
    def growth(self) -> list[ReadNote]:
        return [each for each in self.notes if each.note.kind in GROWTH]

    @property
    def unseen(self) -> list[ReadNote]:
        return [each for each in self.notes if each.note.kind in UNSEEN]

    @property
    def unasked(self) -> list[NoteKind]:
        """Work that nobody sees without asking, of which there is neither evidence nor a note."""
        kinds = {each.kind for each in self.records}
        noted = {each.note.kind for each in self.notes}
        return [note for note, kind in UNSEEN.items() if kind.value not in kinds and note.value not in noted]

    @property
    def spread(self) -> EvidenceSpread | None:
        """None where there is no evidence."""
        if not self.records:
            return None
        days = [each.happened_on for each in self.records]
        start, end = self.item.round.starts_on, self.item.round.ends_on
        counted = Counter(str(EvidenceSource(each.source).label) for each in self.records)
        return EvidenceSpread(
            first=min(days),
            last=max(days),
            months=len({(day.year, day.month) for day in days}),
            of_months=_count_months(start, end),
            sources=tuple(counted.most_common()),
        )


def _count_months(start: date, end: date) -> int:
    """Months of a calendar that a period touches; its end is out."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months + (end.day > 1)


def read_pack(item: CalibrationItem) -> PersonPack:
    """The pack of one person."""
    calibration = item.round
    records = tuple(list_records([item], calibration).get(item.person_id, ()))
    notes, values = _read_notes(item), _read_values(item)
    teams = tuple(queries.list_teams_of(item.person, calibration.starts_on, calibration.ends_on))
    gap = any(each.told.gap for each in values[:1])
    roles = bool(queries.list_changed_roles([item], calibration.starts_on, calibration.ends_on))
    flags = flag(item, records, gap=gap, moved=len(teams) > 1, changed_role=roles)
    return PersonPack(item, records, notes, values, flags, teams)


def flag(
    item: CalibrationItem, records: Sequence[EvidenceRecord], *, gap: bool, moved: bool, changed_role: bool
) -> tuple[PackFlag, ...]:
    """What is thin about somebody's evidence."""
    return find_flags(
        to_pieces(records),
        starts_on=item.round.starts_on,
        ends_on=item.round.ends_on,
        kinds={EvidenceKind(kind) for kind in item.family.profile.evidence_kinds},
        gap=gap,
        moved=moved,
        changed_role=changed_role,
    )


def list_records(
    items: Sequence[CalibrationItem], calibration: CalibrationRound
) -> Mapping[UUID, list[EvidenceRecord]]:
    """The evidence of these people that happened within the period and was not refuted, by person; one statement."""
    found: dict[UUID, list[EvidenceRecord]] = {}
    records = list_evidence().filter(
        person__in=[each.person_id for each in items],
        happened_on__gte=calibration.starts_on,
        happened_on__lt=calibration.ends_on,
    )
    for record in records.exclude(state=EvidenceState.REFUTED).order_by("kind", "happened_on", "pk"):
        if record.person_id is not None:
            found.setdefault(record.person_id, []).append(record)
    return found


def to_pieces(records: Sequence[EvidenceRecord]) -> list[EvidencePiece]:
    """Records as flags see them."""
    return [
        EvidencePiece(each.happened_on, EvidenceKind(each.kind), each.source, each.project, each.is_checked)
        for each in records
    ]


def weigh_records(records: Sequence[EvidenceRecord]) -> str:
    """In which of three strata an audit compares them."""
    return weigh(to_pieces(records))


def compare_as(item: CalibrationItem, level: int, records: Sequence[EvidenceRecord]) -> ComparedPerson:
    """Somebody as a session compares them."""
    kinds = sign([each.kind for each in records])
    return ComparedPerson(item.pk, item.family.role_family, item.accountable_id, level, kinds)


def _read_notes(item: CalibrationItem) -> tuple[ReadNote, ...]:
    return tuple(
        ReadNote(each, unseal(each.said, each.pk, "note", CalibrationText).text)
        for each in item.notes.select_related("by").order_by("at", "id")
    )


def _read_values(item: CalibrationItem) -> tuple[ReadValues, ...]:
    """What was answered, the newest first."""
    return tuple(
        ReadValues(each, unseal(each.told, each.pk, "values", CitedAnswer))
        for each in item.values.select_related("by").order_by("-at", "-id")
    )
