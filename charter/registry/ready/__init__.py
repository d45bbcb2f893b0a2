"""Ready descriptions: what the tables of tools that many have are, to begin from. Files beside this one. Pure."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar

from msgspec import Struct, structs

from charter.registry.catalogue import read_starter_charters
from charter.registry.document import Access, Allowed, CharterDocument, What
from charter.registry.source_descriptions import SourceDescription
from charter.rules.vocabulary import Grain
from ground.strict_yaml import read_yaml

FOLDER = Path(__file__).parent

Clause = TypeVar("Clause", Access, Allowed)


class ReadyDescription(Struct, frozen=True, forbid_unknown_fields=True):
    """What the tables of a tool are, as it makes them, and how starter charters read them.

    `added` names columns (table.column) that the tool does not write so and whoever loads its rows adds; `lacks` says in
    sentences what the tool cannot tell; `charters` holds, by metric, what a starter charter says otherwise in its part
    `what`.
    """

    slug: str
    name: str
    description: str
    sources: tuple[SourceDescription, ...]
    lacks: tuple[str, ...]
    charters: dict[str, What]
    added: tuple[str, ...] = ()


@cache
def read_ready_descriptions() -> Mapping[str, ReadyDescription]:
    """All of them by slug, read as strictly as people's own; BadInput names file and line."""
    found = [read_yaml(file, ReadyDescription) for file in sorted(FOLDER.glob("*.yaml"))]
    return {ready.slug: ready for ready in found}


def adapt_charters(ready: ReadyDescription) -> list[CharterDocument]:
    """The starter charters that read these tables, by metric: as the catalogue has them but for what is said otherwise.

    Where a charter has fewer grains so, what it says of the others goes too: who sees them and which uses they have.
    """
    starters = read_starter_charters()
    return [_adapt(starters[metric], what) for metric, what in sorted(ready.charters.items())]


def _adapt(starter: CharterDocument, said: What) -> CharterDocument:
    plain = What()
    names = [name for name in What.__struct_fields__ if getattr(said, name) != getattr(plain, name)]
    what = structs.replace(starter.what, **{name: getattr(said, name) for name in names})
    who = structs.replace(starter.who, access=_narrow(starter.who.access, what.grains))
    allowed = _narrow(starter.which_decisions.allowed, what.grains)
    decisions = structs.replace(starter.which_decisions, allowed=allowed)
    return structs.replace(starter, what=what, who=who, which_decisions=decisions)


def _narrow(clauses: tuple[Clause, ...], grains: tuple[Grain, ...]) -> tuple[Clause, ...]:
    """The clauses that are left where a charter has these grains alone."""
    kept = ((each, tuple(grain for grain in each.grains if grain in grains)) for each in clauses)
    return tuple(structs.replace(each, grains=left) for each, left in kept if left)
