"""What governed views are called: `lead_time_for_changes__team`. Pure."""

import hashlib
import re

from charter.rules.vocabulary import Grain

LONGEST_NAME = 40  # characters of a metric's slug that its views are called by; PostgreSQL has room for 63 bytes with the grain
GRAINS = (Grain.ORG, Grain.VALUE_STREAM, Grain.TEAM)  # of which values are published
_PLAIN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def name_view(metric: str, grain: Grain) -> str:
    """The name of the view of a metric at a grain: at most 63 bytes, and no other's."""
    return f"{_name_metric(metric)}__{grain.value}"


def _name_metric(slug: str) -> str:
    if len(slug) <= LONGEST_NAME and _PLAIN.fullmatch(slug):
        return slug.replace("-", "_")
    short = re.sub(r"[^a-z0-9]+", "_", slug)[: LONGEST_NAME - 12]
    return f"m_{short}_{hashlib.md5(slug.encode(), usedforsecurity=False).hexdigest()[:8]}"
