"""Which ready descriptions fit the warehouse: from the names and types of columns alone. No row is read."""

from charter.measures.warehouse.facts import Warehouse
from charter.measures.warehouse.listing import find_table
from charter.registry.ready import ReadyDescription, read_ready_descriptions
from charter.registry.ready.matching import Live, ReadyMatch, find_matches, match_ready


def recognise(opened: Warehouse) -> list[ReadyMatch]:
    """The ready descriptions that fit or almost fit what is there, the best first."""
    descriptions = read_ready_descriptions().values()
    return find_matches(descriptions, _see(opened, *descriptions))


def lay_beside(opened: Warehouse, ready: ReadyDescription) -> ReadyMatch:
    """One ready description beside what is there."""
    return match_ready(ready, _see(opened, ready))


def _see(opened: Warehouse, *descriptions: ReadyDescription) -> Live:
    """The columns of the tables that they name, and of no other: a tool may keep hundreds beside them."""
    named = {source.slug for ready in descriptions for source in ready.sources}
    return {name: dict(find_table(opened, name, ()).columns) for name in sorted(named & opened.tables())}
