"""One's own values: worked out from the warehouse when asked for, and stored nowhere."""

from collections.abc import Collection, Iterator
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from msgspec import Struct

from charter.measures.models import Withheld
from charter.measures.rows import Place, Row, make_row, make_unpublished_row, make_withheld_row
from charter.measures.values.aggregation import OF_EVENTS, Estimate, Numbers, estimate
from charter.measures.values.calendar import Span, find_settled_day, split_window
from charter.measures.values.disclosure import NO_EVENTS, CohortBacking
from charter.measures.values.event_table import NO_VALUES, EventTable, Reach
from charter.measures.values.units import find_bounds
from charter.measures.warehouse.connecting import open_warehouse
from charter.registry import queries as registry
from charter.registry.document import Measure
from charter.registry.documents import read_sources
from charter.registry.facts_columns import check_columns, find_naming_sources
from charter.registry.facts_sql import carries_person
from charter.registry.models import CharterVersion
from charter.rules.request import Window
from charter.rules.vocabulary import Aggregation, Period
from governance.people import identities
from ground import clock
from ground.errors import BadInput, Unavailable

# Under so many events an interval says nothing that the value does not.
EVENTS_FOR_INTERVAL = 10


class _Own(Struct, frozen=True):
    """One period of one person: what stands behind it, and the value where there is one."""

    tally: CohortBacking
    estimate: Estimate | None


def compute_own_rows(*, version: UUID, person: str, window: Window, period: Period) -> tuple[Row, ...]:
    """One person's own values of a window under a charter version, for that person's eyes alone.

    `person` is an external id, the window aligned (`calendar.check_window`). Nothing is withheld for being small,
    though an interval needs ten events; a period of too little coverage has no number (S77). Raises BadInput where the facts name nobody, Unavailable where the warehouse
    fails.
    """
    charter = CharterVersion.objects.select_related("metric__programme").get(pk=version)
    document = registry.load_document(version)
    measure = document.what.measure
    if measure is None or not carries_person(measure):
        raise BadInput(
            _("The facts of this metric name nobody, so nobody has values of their own."), field="grain"
        )
    floor = registry.find_first_day(charter, document)
    places = [
        Place(charter.metric.slug, "", span, document.what.unit) for span in split_window(window, period)
    ]
    programme = charter.metric.programme
    settled = find_settled_day(clock.now(), programme.time_zone, programme.settling_days)
    allowed = [
        place.span for place in places if place.span.starts_on >= floor and place.span.ends_on <= settled
    ]
    found = _work_out(measure, document.what.unit, person, allowed, programme.time_zone)
    if found is None:
        return tuple(make_withheld_row(place, Withheld.NO_SOURCE) for place in places)
    threshold = programme.coverage_threshold
    return tuple(_row(place, found.get(place.span), threshold, settled) for place in places)


def _row(place: Place, own: _Own | None, threshold: float, settled: date) -> Row:
    if own is None:
        return make_unpublished_row(place, settled)
    if own.tally.coverage < threshold:
        return make_withheld_row(place, Withheld.LOW_COVERAGE)
    if own.estimate is None:
        return make_withheld_row(place, Withheld.FEW_EVENTS)
    return make_row(place, own.estimate, n=own.tally.events, people="1", coverage=own.tally.coverage)


def _work_out(
    measure: Measure, unit: str, person: str, spans: Collection[Span], zone: str
) -> dict[Span, _Own] | None:
    """One's periods, each with its value; None where the source is not connected."""
    with open_warehouse() as source:
        if not source.has(measure.sources):
            return None
        names, naming = identities.read_names(), _find_naming(measure)
        own = names.people.names_of(person, source.list_persons(measure), naming)
        with EventTable([Reach((person,))], [], [person], zone, names=names) as events:
            events.load(
                source.facts(measure, persons=own),
                measure.aggregation,
                sources=naming,
                team=person,
                bounds=find_bounds(unit),
            )
            return dict(_periods(events, measure.aggregation, spans))


def _find_naming(measure: Measure) -> frozenset[str]:
    """The sources that call persons what the facts call them; a measure that does not fit its sources is not worked out."""
    sources = read_sources()
    try:
        check_columns(measure, sources)
    except BadInput as error:
        raise Unavailable(error.detail, code="facts_do_not_fit") from None
    return find_naming_sources(measure, sources, "person")


def _periods(
    events: EventTable, aggregation: Aggregation, spans: Collection[Span]
) -> Iterator[tuple[Span, _Own]]:
    if not spans:
        return
    kind = next(iter(spans)).kind
    tallies = events.tallies(kind, min(spans).starts_on, max(spans).ends_on)
    wanted = [(0, span.starts_on) for span in spans]
    found = {
        starts_on: (values, weights) for (_cohort, starts_on), values, weights in events.values(kind, wanted)
    }
    for span in spans:
        tally = tallies.get((0, span.starts_on), NO_EVENTS)
        values, weights = found.get(span.starts_on, (NO_VALUES, None))
        yield span, _Own(tally, _estimate(aggregation, values, weights, span))


def _estimate(
    aggregation: Aggregation, values: Numbers, weights: Numbers | None, span: Span
) -> Estimate | None:
    """Exact, as it is one's own; None where there is nothing to take the mean, median, p90 or share of."""
    if aggregation in OF_EVENTS and not len(values):
        return None
    own = estimate(aggregation, values, weights, days=span.days, coarse=False)
    return own if len(values) >= EVENTS_FOR_INTERVAL else Estimate(own.value)
