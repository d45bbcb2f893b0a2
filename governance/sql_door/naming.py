"""What governed views are called: `lead_time_for_changes__team`. Pure."""

import hashlib
import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from charter.rules.vocabulary import Grain
from governance.sql_door.owner_functions import GRAINS, LONGEST_NAME

_PLAIN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class GovernedView(Struct, frozen=True):
    """One metric at one grain."""

    name: str
    metric: str
    grain: Grain


def name_view(metric: str, grain: Grain) -> str:
    """The name of the view of a metric at a grain: at most 63 bytes, and no other's."""
    return f"{_name_metric(metric)}__{grain.value}"


def _name_metric(slug: str) -> str:
    if len(slug) <= LONGEST_NAME and _PLAIN.fullmatch(slug):
        return slug.replace("-", "_")
    short = re.sub(r"[^a-z0-9]+", "_", slug)[: LONGEST_NAME - 12]
    return f"m_{short}_{hashlib.md5(slug.encode(), usedforsecurity=False).hexdigest()[:8]}"


def map_views(metrics: Iterable[str]) -> Mapping[str, GovernedView]:
    """Every view that metrics could have, by its name."""
    views = (GovernedView(name_view(metric, grain), metric, grain) for metric in metrics for grain in GRAINS)
    return {view.name: view for view in views}
