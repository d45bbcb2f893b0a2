"""Governed views that charters offer, and which of them answers what a panel asks. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping

import sqlglot
from msgspec import Struct
from sqlglot import exp
from sqlglot.errors import SqlglotError

from charter.panels.shapes import PanelShape
from charter.panels.tables import GOVERNED
from charter.registry.catalogue import read_starter_charters
from charter.registry.document import CharterDocument, Measure
from charter.registry.facts_sql import list_tables
from charter.registry.ready import adapt_charters, read_ready_descriptions
from charter.rules.vocabulary import Aggregation, Grain
from ground.errors import BadInput

_PLAIN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST_METRIC = 40  # characters of a metric's slug that a view is called by
_GROUPS = (Grain.TEAM, Grain.SERVICE, Grain.ROTA, Grain.VALUE_STREAM, Grain.ROLE_COHORT, Grain.ORG)
# Which aggregations of a statement make the number that a charter's aggregation makes.
_SAME: Mapping[Aggregation, frozenset[str]] = {
    Aggregation.COUNT: frozenset({"count"}),
    Aggregation.RATE: frozenset({"count"}),
    Aggregation.SUM: frozenset({"sum"}),
    Aggregation.MEAN: frozenset({"avg"}),
    Aggregation.MEDIAN: frozenset({"median", "avg"}),
    Aggregation.P90: frozenset({"p90"}),
    Aggregation.SHARE: frozenset({"share", "avg"}),
}
_EXACTLY = {Aggregation.MEDIAN: "median", Aggregation.SHARE: "share", Aggregation.RATE: "rate"}


class ViewOffer(Struct, frozen=True):
    """What a metric's views give: of which tables and columns it is made, and how."""

    metric: str
    name: str
    unit: str
    grains: tuple[Grain, ...]
    aggregation: Aggregation
    tables: frozenset[str]
    columns: frozenset[str]

    def name_view(self, grain: Grain) -> str:
        """The view at a grain, with its schema."""
        return f"{GOVERNED}.{self.metric.replace('-', '_')}__{grain.value}"


class ViewAnswer(Struct, frozen=True):
    """A view that answers a panel; `differs` says in sentences what of its number is otherwise."""

    offer: ViewOffer
    grain: Grain
    differs: tuple[str, ...] = ()

    @property
    def view(self) -> str:
        return self.offer.name_view(self.grain)


def offer_starters() -> tuple[ViewOffer, ...]:
    """What the starter charters would offer once a board has passed them, as written and as adapted to tools that many have."""
    adapted = [charter for ready in read_ready_descriptions().values() for charter in adapt_charters(ready)]
    return tuple(make_offers([*read_starter_charters().values(), *adapted]))


def make_offers(documents: Iterable[CharterDocument]) -> Iterator[ViewOffer]:
    """What charters offer of groups; one without a measure that can be read offers nothing."""
    for document in documents:
        what, measure = document.what, document.what.measure
        grains = tuple(grain for grain in _GROUPS if grain in what.grains)
        if (
            measure is None
            or not grains
            or not _PLAIN.fullmatch(document.metric)
            or len(document.metric) > LONGEST_METRIC
        ):
            continue
        try:
            tables = list_tables(measure.facts)
        except BadInput:
            continue
        columns = _find_value_columns(measure)
        yield ViewOffer(
            document.metric, document.name, what.unit, grains, measure.aggregation, tables, columns
        )


def find_answers(
    shape: PanelShape | None, offers: Iterable[ViewOffer], most: int = 2
) -> tuple[ViewAnswer, ...]:
    """The views that answer what a panel asks, the nearest first: of the same tables, made likewise of the same columns."""
    if shape is None or not shape.aggregated:
        return ()
    scored = [(score, answer) for offer in offers for score, answer in _compare(shape, offer)]
    best = sorted(scored, key=lambda item: (-item[0], item[1].view))
    return tuple(answer for _, answer in best[:most])


def _compare(shape: PanelShape, offer: ViewOffer) -> Iterator[tuple[float, ViewAnswer]]:
    shared = offer.tables & shape.tables
    if not shared or not _SAME[offer.aggregation] & shape.made_by:
        return
    columns = offer.columns & shape.value_columns
    if offer.columns and not columns:
        return
    grain = _find_grain(shape, offer)
    if grain is None:
        return
    score = len(shared) / len(offer.tables | shape.tables) + len(columns) / max(
        len(offer.columns | shape.value_columns), 1
    )
    yield score, ViewAnswer(offer, grain, tuple(_tell_differences(shape, offer)))


def _find_grain(shape: PanelShape, offer: ViewOffer) -> Grain | None:
    """Teams where the panel has them, otherwise the widest group."""
    if shape.by_team:
        return next((grain for grain in (Grain.TEAM, Grain.SERVICE) if grain in offer.grains), None)
    return Grain.ORG if Grain.ORG in offer.grains else None


def _tell_differences(shape: PanelShape, offer: ViewOffer) -> Iterator[str]:
    wanted = _EXACTLY.get(offer.aggregation)
    if wanted and wanted not in shape.made_by:
        yield f"The charter’s value is a {offer.aggregation.value} ({offer.unit}); the panel’s is made by {', '.join(sorted(shape.made_by))}."
    elif offer.unit:
        yield f"The charter’s value is in {offer.unit}."
    yield "A view has closed months, and keeps small groups back."


def _find_value_columns(measure: Measure) -> frozenset[str]:
    """The columns that the value of a charter's events is made of."""
    try:
        query = sqlglot.parse_one(measure.facts, dialect="duckdb")
    except (SqlglotError, RecursionError):
        return frozenset()
    values = [
        each
        for select in query.find_all(exp.Select)
        for each in select.expressions
        if each.alias_or_name == "value"
    ]
    return frozenset(column.name.lower() for each in values for column in each.find_all(exp.Column))
