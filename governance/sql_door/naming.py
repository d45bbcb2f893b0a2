"""Governed views by their names. Pure."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from charter.panels.view_names import GRAINS, name_view
from charter.rules.vocabulary import Grain


class GovernedView(Struct, frozen=True):
    """One metric at one grain."""

    name: str
    metric: str
    grain: Grain


def map_views(metrics: Iterable[str]) -> Mapping[str, GovernedView]:
    """Every view that metrics could have, by its name."""
    views = (GovernedView(name_view(metric, grain), metric, grain) for metric in metrics for grain in GRAINS)
    return {view.name: view for view in views}
