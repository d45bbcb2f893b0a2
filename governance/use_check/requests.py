"""A use check as a question to the line, which is asked of the last month that is over and decides without reading values."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Self
from uuid import UUID

from msgspec import Struct, field
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


class RequestMaker(Struct, frozen=True):
    """What questions are made of, for one account on one day: read once however many are made."""

    by: User
    window: Window
    views: Mapping[str, View | None]  # the class of each metric, by slug
    _largest: dict[Grain, str] = field(default_factory=dict)
    _pieces: dict[UUID, Evidence] = field(default_factory=dict)

    @classmethod
    def of(cls, by: User) -> Self:
        views = {each.slug: each.view for each in registry.read_uses(data_versions.read())}
        return cls(by, find_last_month(calendar.today()), views)

    def make(self, asked: UseAsked) -> Request:
        """The question that a use check comes to. Raises BadInput for evidence that the account may not open, naming the piece."""
        return self._with_place(
            Request(
                decision=asked.decision,
                metrics=asked.metrics,
                grain=asked.grain,
                window=self.window,
                period=Period.MONTH,
                view=choose_view(asked.decision, asked.metrics, self.views),
                cohorts=asked.cohorts,
                persons=asked.persons,
                evidence=tuple(self._read(piece, place) for place, piece in enumerate(asked.evidence)),
                accountable=asked.accountable,
                affirms=asked.affirms,
            )
        )

    def _with_place(self, request: Request) -> Request:
        """The question with whose values it is about, where it names none."""
        if request.cohorts or request.persons:
            return request
        if request.grain is Grain.PERSON:
            return replace(request, persons=(ANYBODY,))
        if request.grain not in KIND_OF:
            return request
        if request.grain not in self._largest:
            self._largest[request.grain] = find_largest(request.grain, by=self.by)
        return replace(request, cohorts=(self._largest[request.grain],))

    def _read(self, piece: EvidenceNamed, place: int) -> Evidence:
        if piece.id is None:
            if piece.kind is None or piece.ref is None:
                raise BadInput(
                    "Name a record by its id, or give a kind and a ref.", field=f"evidence[{place}]"
                )
            return Evidence(piece.kind, piece.ref)
        if piece.id not in self._pieces:
            record = _get_record(piece.id, f"evidence[{place}].id", self.by)
            self._pieces[piece.id] = evidence.make_reference(record)
        return self._pieces[piece.id]


def choose_view(decision: DecisionType, metrics: Iterable[str], views: Mapping[str, View | None]) -> View:
    """The class of the metrics, where it is one; else the class of views that such decisions are made in."""
    found = {views[slug] for slug in metrics if slug in views}
    if len(found) == 1 and (only := next(iter(found))) is not None:
        return only
    return View.PERFORMANCE if GROUP_OF[decision] is DecisionGroup.PEOPLE else View.DIAGNOSTIC


def find_last_month(on: date) -> Window:
    """The last month that is over on a day."""
    end = on.replace(day=1)
    return Window(start=(end - timedelta(days=1)).replace(day=1), end=end)


def _get_record(key: UUID, field: str, by: User) -> EvidenceRecord:
    try:
        return evidence.get_evidence(key, by=by)
    except NotFound as hidden:
        raise BadInput(hidden.detail, field=field, code="evidence_not_found") from None
