"""Whose events the values of a measure leave out. Reads only."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct

from charter.measures.models import Exclusion
from charter.registry.document import Measure
from charter.registry.models import CharterVersion
from charter.registry.queries import load_document


class LeftOutEvents(Struct, frozen=True):
    """Whose events of which days are left out: a person's by external id, or a team's by slug. `ends_on` is out."""

    person: str | None
    team: str | None
    starts_on: date
    ends_on: date


def read_left_out() -> Sequence[tuple[Measure, LeftOutEvents]]:
    """What is left out, by each measure that a metric has or had."""
    excluded: Mapping[UUID, list[LeftOutEvents]] = defaultdict(list)
    fields = ("metric", "person__external_id", "team__slug", "starts_on", "ends_on")
    for metric, *of in Exclusion.objects.order_by("pk").values_list(*fields):
        excluded[metric].append(LeftOutEvents(*of))
    versions = CharterVersion.objects.filter(metric__in=excluded).values_list("metric", "pk")
    measures = ((metric, load_document(key).what.measure) for metric, key in versions)
    return [
        (measure, each) for metric, measure in measures if measure is not None for each in excluded[metric]
    ]
