"""One's own values: worked out from the warehouse when asked for, and stored nowhere."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from msgspec import Struct

from charter.measures import warehouse
from charter.measures.aggregation import OF_EVENTS, Estimate, Numbers, estimate
from charter.measures.calendar import Span, spans_in
from charter.measures.disclosure import NO_EVENTS, Tally
from charter.measures.events import NO_VALUES, EventTable, Reach
from charter.measures.models import Withheld
from charter.measures.rows import Place, Row, row_with, row_without
from charter.registry import queries as registry
from charter.registry.document import Measure
from charter.registry.facts_sql import carries_person
from charter.registry.models import CharterVersion
from charter.rules.request import Window
from charter.rules.vocabulary import Aggregation, Period
from ground.errors import BadInput, Unavailable

# Under so many events an interval says nothing that the value does not.
EVENTS_FOR_INTERVAL = 10


class _Own(Struct, frozen=True):
    """One period of one person: what stands behind it, and the value where there is one."""

    tally: Tally
    estimate: Estimate | None


def own_rows(*, version: UUID, person: str, window: Window, period: Period) -> tuple[Row, ...]:
    """One person's own values of a window under a charter version, for that person's eyes alone.

    `person` is an external id, the window aligned (`calendar.check_window`). Nothing is withheld for being small,
    though an interval needs ten events; a period of too little coverage has no number (S77). Raises BadInput where the facts name nobody, Unavailable where the warehouse
    fails.
    """
    charter = CharterVersion.objects.select_related("metric__programme").get(pk=version)
    document = registry.document(version)
    measure = document.what.measure
    if measure is None or not carries_person(measure):
        raise BadInput(
            _("The facts of this metric name nobody, so nobody has values of their own."), field="grain"
        )
    # As for published values: nothing from before the approval unless the board agreed to it.
    floor = document.why.data_from or charter.activated_at.date()
    places = [Place(charter.metric.slug, "", span, document.what.unit) for span in spans_in(window, period)]
    allowed = [place.span for place in places if place.span.starts_on >= floor]
    programme = charter.metric.programme
    found = _work_out(measure, person, allowed, programme.time_zone)
    if found is None:
        return tuple(row_without(place, Withheld.NO_SOURCE) for place in places)
    return tuple(_row(place, found.get(place.span), programme.coverage_threshold) for place in places)


def _row(place: Place, own: _Own | None, threshold: float) -> Row:
    if own is None:
        return row_without(place, Withheld.NOT_PUBLISHED)
    if own.tally.coverage < threshold:
        return row_without(place, Withheld.LOW_COVERAGE)
    if own.estimate is None:
        return row_without(place, Withheld.FEW_EVENTS)
    return row_with(place, own.estimate, n=own.tally.events, people=1, coverage=own.tally.coverage)


def _work_out(measure: Measure, person: str, spans: Collection[Span], zone: str) -> dict[Span, _Own] | None:
    """One's periods, each with its value; None where the source is not connected."""
    if not settings.WAREHOUSE_URL:
        raise Unavailable(_("No warehouse is connected."), code="warehouse_unavailable")
    with warehouse.connect(settings.WAREHOUSE_URL) as source:
        if not source.has(measure.sources):
            return None
        with EventTable([Reach((person,))], [], [person], zone) as events:
            events.load(source.facts(measure, person=person), measure.aggregation, team=person)
            return dict(_periods(events, measure.aggregation, spans))


def _periods(
    events: EventTable, aggregation: Aggregation, spans: Collection[Span]
) -> Iterator[tuple[Span, _Own]]:
    if not spans:
        return
    kind = next(iter(spans)).kind
    tallies = events.tallies(kind, min(spans).starts_on, max(spans).ends_on)
    wanted = [(0, span.starts_on) for span in spans]
    found = {starts_on: numbers for (_cohort, starts_on), *numbers in events.values(kind, wanted)}
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
