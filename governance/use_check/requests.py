"""A use check as a question to the line, which is asked of the last month that is over and decides without reading values."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from msgspec.structs import replace

from charter.registry import queries as registry
from charter.rules.request import ANYBODY, Evidence, Request, Window
from charter.rules.vocabulary import GROUP_OF, DecisionGroup, DecisionType, Grain, Period, View
from governance.evidence import queries as evidence
from governance.evidence.models import EvidenceRecord
from governance.people.models import User
from governance.use_check.asked import EvidenceNamed, UseAsked
from governance.use_check.places import KIND_OF, find_largest
from ground import calendar, data_versions
from ground.errors import BadInput, NotFound


def make_request(asked: UseAsked, *, by: User) -> Request:
    """The question that a use check comes to. Raises BadInput for evidence that the account may not open, naming the piece."""
    return with_place(
        Request(
            decision=asked.decision,
            metrics=asked.metrics,
            grain=asked.grain,
            window=find_last_month(calendar.today()),
            period=Period.MONTH,
            view=choose_view(asked.decision, asked.metrics),
            cohorts=asked.cohorts,
            persons=asked.persons,
            evidence=tuple(
                _read_piece(piece, f"evidence[{place}]", by) for place, piece in enumerate(asked.evidence)
            ),
            accountable=asked.accountable,
        ),
        by=by,
    )


def with_place(request: Request, *, by: User) -> Request:
    """The question with whose values it is about, where it names none."""
    if request.cohorts or request.persons:
        return request
    if request.grain is Grain.PERSON:
        return replace(request, persons=(ANYBODY,))
    if request.grain in KIND_OF:
        return replace(request, cohorts=(find_largest(request.grain, by=by),))
    return request


def choose_view(decision: DecisionType, metrics: Iterable[str]) -> View:
    """The class of the metrics, where it is one; else the class of views that such decisions are made in."""
    asked = set(metrics)
    views = {each.view for each in registry.read_uses(data_versions.read()) if each.slug in asked}
    if len(views) == 1 and (only := next(iter(views))) is not None:
        return only
    return View.PERFORMANCE if GROUP_OF[decision] is DecisionGroup.PEOPLE else View.DIAGNOSTIC


def find_last_month(on: date) -> Window:
    """The last month that is over on a day."""
    end = on.replace(day=1)
    return Window(start=(end - timedelta(days=1)).replace(day=1), end=end)


def _read_piece(piece: EvidenceNamed, field: str, by: User) -> Evidence:
    if piece.id is None:
        if piece.kind is None or piece.ref is None:
            raise BadInput("Name a record by its id, or give a kind and a ref.", field=field)
        return Evidence(piece.kind, piece.ref)
    return evidence.make_reference(_get_record(piece.id, f"{field}.id", by))


def _get_record(key: UUID, field: str, by: User) -> EvidenceRecord:
    try:
        return evidence.get_evidence(key, by=by)
    except NotFound as hidden:
        raise BadInput(hidden.detail, field=field, code="evidence_not_found") from None
