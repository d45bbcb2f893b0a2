"""Which resources a request asks for: filtered, sorted, and a page of them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from scim2_models import (
    InvalidFilterException,
    ListResponse,
    Resource,
    ScimFilter,
    SearchRequest,
    TooManyException,
)
from scim2_models.path import CompareOperator, Comparison, LogicalExpr, LogicalOperator

from governance.directory.scim.limits import LARGEST_PAGE, LONGEST_FILTER, MOST_LOOKED_AT
from governance.directory.scim.storage import EntryStorage, GroupStorage


def check_filter(text: object) -> None:
    """Raise InvalidFilterException for one that is longer than any directory's, before it is parsed."""
    if isinstance(text, str) and len(text) > LONGEST_FILTER:
        raise InvalidFilterException(
            detail=_("A filter holds %(most)s characters at most. Ask for fewer at a time.")
            % {"most": LONGEST_FILTER}
        )


def search(storages: list[EntryStorage | GroupStorage], asked: SearchRequest[Any]) -> ListResponse[Any]:
    """A page of what is asked for, of these kinds. Pages are asked for in any order, and are the same in each."""
    start = (asked.start_index or 1) - 1
    count = min(LARGEST_PAGE if asked.count is None else asked.count, LARGEST_PAGE)
    if asked.filter is None and asked.sort_by is None and len(storages) == 1:
        total, found = storages[0].count({}), storages[0].page(start, count)
    else:
        fitting = _find(storages, asked)
        total, found = len(fitting), fitting[start : start + count]
    model = storages[0].model if len(storages) == 1 else storages[0].model | storages[1].model
    return ListResponse[model](  # type: ignore[valid-type]
        total_results=total, start_index=start + 1, items_per_page=len(found), resources=found
    )


def _find(storages: list[EntryStorage | GroupStorage], asked: SearchRequest[Any]) -> list[Resource[Any]]:
    """All that fit, in the order that is asked for."""
    narrowed = _narrow(asked.filter.ast) if asked.filter is not None else {}
    if sum(each.count(narrowed) for each in storages) > MOST_LOOKED_AT:
        raise TooManyException(
            detail=_("That would look at more than %(most)s resources. Filter by userName, externalId or id.")
            % {"most": MOST_LOOKED_AT}
        )
    found = []
    for storage in storages:
        fits = ScimFilter[storage.model](str(asked.filter)) if asked.filter is not None else None  # type: ignore[name-defined]
        found += [each for each in storage.query(narrowed) if fits is None or fits.match(each)]
    return asked.sort(found)


def _narrow(node: object) -> dict[str, str]:
    """What must hold whatever else does: comparisons by `eq` that stand alone, or beside others by `and`."""
    if isinstance(node, LogicalExpr) and node.op == LogicalOperator.and_:
        return {name: value for term in node.terms for name, value in _narrow(term).items()}
    if isinstance(node, Comparison) and node.op == CompareOperator.eq and isinstance(node.value, str):
        path = node.attr_path
        if path.sub_attr is None:
            return {path.attr.lower(): node.value}
    return {}
