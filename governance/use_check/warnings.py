"""What is thin about the evidence and the metrics at hand (S86, S95). A warning decides nothing; it is told with the answer."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, timedelta

from charter.rules.request import ANYBODY, Evidence, Request
from charter.rules.vocabulary import EvidenceKind
from governance.evidence.models import EvidenceRecord
from governance.evidence.queries import find_key, read_records
from governance.evidence.states import EvidenceSource, EvidenceState
from governance.use_check.models import RoleProfile
from governance.use_check.states import EvidenceWarning
from ground import calendar

RECENT = timedelta(weeks=8)
MONTHS = 12  # of a review, where no profile says
# What others see without looking for it. Mentoring, design reviews and support of other teams go unseen.
VISIBLE = frozenset(
    {EvidenceKind.INCIDENT_LEADERSHIP, EvidenceKind.PROJECT_OUTCOME, EvidenceKind.STAKEHOLDER_FEEDBACK}
)
# DORA's four, as the catalogue calls them.
DORA = frozenset(
    {"deployment-frequency", "lead-time-for-changes", "change-failure-rate", "time-to-restore-service"}
)
# So much of a review may pass before the first piece, and the evidence still covers it.
_BEFORE_THE_FIRST = 0.25


def list_warnings(request: Request, profile: RoleProfile | None) -> tuple[EvidenceWarning, ...]:
    """What to warn of, in the order of the vocabulary."""
    pieces, records = request.evidence, read_records(request.evidence)
    found = set(_warn_of_metrics(request))
    if pieces:
        found |= set(_warn_of_pieces(pieces, records.values(), profile))
    if records:
        found |= set(_warn_of_records(list(records.values()), profile))
        found |= set(_warn_of_others(records.values(), request))
    return tuple(each for each in EvidenceWarning if each in found)


def _warn_of_metrics(request: Request) -> Iterable[EvidenceWarning]:
    if set(request.metrics) <= DORA:
        yield EvidenceWarning.DORA_ONLY


def _warn_of_pieces(
    pieces: Sequence[Evidence], records: Collection[EvidenceRecord], profile: RoleProfile | None
) -> Iterable[EvidenceWarning]:
    kinds = {piece.kind for piece in pieces}
    named = [piece for piece in pieces if find_key(piece) is not None]
    if len(named) < len(pieces) or len(records) < len({find_key(piece) for piece in named}):
        yield EvidenceWarning.NOT_RECORDED
    if len(kinds) == 1 and kinds <= VISIBLE:
        yield EvidenceWarning.ONE_VISIBLE_KIND
    if profile is not None and not kinds <= {EvidenceKind(kind) for kind in profile.evidence_kinds}:
        yield EvidenceWarning.OUTSIDE_PROFILE


def _warn_of_records(
    records: Sequence[EvidenceRecord], profile: RoleProfile | None
) -> Iterable[EvidenceWarning]:
    today, days = calendar.today(), [record.happened_on for record in records]
    months = profile.review_months if profile is not None else MONTHS
    for warning, holds in _OF_RECORDS.items():
        if holds(records):
            yield warning
    if not _covers(min(days), months, today):
        yield EvidenceWarning.SHORT_OF_PERIOD
    if all(day > today - RECENT for day in days):
        yield EvidenceWarning.RECENT_ONLY


def _warn_of_others(records: Iterable[EvidenceRecord], request: Request) -> Iterable[EvidenceWarning]:
    meant = {name for name in request.persons if name != ANYBODY}
    about = {each.person.external_id for each in records if each.person is not None}
    if meant and about - meant:
        yield EvidenceWarning.OTHER_PERSON


def _covers(first: date, months: int, today: date) -> bool:
    """Whether the first piece is of the first quarter of a review that ends today."""
    period = timedelta(days=round(months * 365.25 / 12))
    return first <= today - period * (1 - _BEFORE_THE_FIRST)


_OF_RECORDS: dict[EvidenceWarning, Callable[[Sequence[EvidenceRecord]], bool]] = {
    EvidenceWarning.NOT_CHECKED: lambda records: any(each.state == EvidenceState.WRITTEN for each in records),
    EvidenceWarning.REFUTED: lambda records: any(each.state == EvidenceState.REFUTED for each in records),
    EvidenceWarning.ONE_PROJECT: lambda records: len({each.project.casefold() for each in records}) == 1,
    EvidenceWarning.MANAGER_ONLY: lambda records: (
        {each.source for each in records} == {EvidenceSource.MANAGER}
    ),
}
