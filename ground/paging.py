"""Lists go by place, on pages and in the API: a page begins behind a row, so that it stays the same while rows are added.

A place is all that a list is ordered by, which always ends in what is unique. A page that began at the thirtieth row would
show a row twice when one is added above it; one that knew only the first thing a list is ordered by, when rows are equal in it.
"""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Any, NamedTuple

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.paginator import Paginator
from django.db.models import F, Field, Model, Q, QuerySet
from django.db.models.expressions import Combinable, OrderBy
from django.utils.translation import gettext as _
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

from ground import texts
from ground.errors import BadInput

Rows = QuerySet[Any, Any]
_LONGEST_TOKEN = 4_000  # characters


@dataclass(frozen=True)
class _Term:
    """One thing that a list is ordered by; `name` is where rows carry it. Without a word on them nulls stand as in PostgreSQL."""

    name: str
    by: Combinable
    descending: bool
    nulls_first: bool

    def order(self, *, backwards: bool) -> OrderBy:
        descending, first = self.descending ^ backwards, self.nulls_first ^ backwards
        if first == descending:  # as PostgreSQL has it, and so its indexes
            return OrderBy(F(self.name), descending=descending)
        return OrderBy(
            F(self.name), descending=descending, **{"nulls_first" if first else "nulls_last": True}
        )

    def beyond(self, value: object, *, backwards: bool) -> Q:
        """What stands behind this value, or before it."""
        nulls_first = self.nulls_first ^ backwards
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if nulls_first else Q(pk__in=())
        further = Q(**{f"{self.name}__{'lt' if self.descending ^ backwards else 'gt'}": value})
        return further if nulls_first else further | Q(**{f"{self.name}__isnull": True})

    def equal(self, value: object) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})


class ListPlace(NamedTuple):
    """A row by what the list is ordered by, and whether what stands before it is asked for."""

    backwards: bool
    values: tuple[object, ...]


class PlacedList:
    """What a query finds, in its order and then by key, to be cut at places."""

    def __init__(self, found: Rows) -> None:
        self._terms = tuple(_list_terms(found))
        # By names that nothing has, as an annotation must not hide a field.
        self._rows = found.annotate(**{term.name: term.by for term in self._terms})
        said = (found.model._meta.label, *((_name(term), term.descending) for term in self._terms))
        self._mark = hashlib.sha256(repr(said).encode()).hexdigest()[:8]

    def read_place(self, token: str) -> ListPlace:
        """The place that a token tells. Raises BadInput: one is given on by a page of the same list, and not made up."""
        try:
            mark, backwards, *values = json.loads(urlsafe_b64decode(_padded(token)))
            if (mark, len(values)) != (self._mark, len(self._terms)) or not isinstance(backwards, bool):
                raise ValueError(token)
            return ListPlace(backwards, tuple(map(self._take, self._terms, values)))
        except (ValueError, TypeError, ValidationError, OverflowError, RecursionError):
            raise BadInput(_("This is no place in this list. Begin without one."), field="cursor") from None

    def write_place(self, row: Model, *, backwards: bool) -> str:
        """The token of the place of a row that this list gave."""
        values = [getattr(row, term.name) for term in self._terms]
        body = json.dumps([self._mark, backwards, *values], default=str, separators=(",", ":"))
        return urlsafe_b64encode(body.encode()).decode().rstrip("=")

    def cut(self, place: ListPlace | None, size: int) -> tuple[list[Any], bool]:
        """So many rows from a place on, in the list's order, and whether there are more that way."""
        backwards = place is not None and place.backwards
        rows = self._rows if place is None else self._rows.filter(self._beyond(place))
        ordered = rows.order_by(*(term.order(backwards=backwards) for term in self._terms))
        found = list(ordered[: size + 1])
        more = len(found) > size
        return (found[:size][::-1] if backwards else found[:size]), more

    def cut_at(self, start: int, size: int) -> list[Any]:
        """So many rows after the first `start` ones."""
        return list(
            self._rows.order_by(*(term.order(backwards=False) for term in self._terms))[start : start + size]
        )

    def count_before(self, row: Model) -> int:
        """How many rows stand before one."""
        place = ListPlace(True, tuple(getattr(row, term.name) for term in self._terms))
        return int(self._rows.filter(self._beyond(place)).count())

    def _beyond(self, place: ListPlace) -> Q:
        """That a row stands beyond a place: in the first thing in which it differs."""
        found = Q(pk__in=())
        for term, value in reversed(list(zip(self._terms, place.values, strict=True))):
            found = term.beyond(value, backwards=place.backwards) | (term.equal(value) & found)
        first, value = self._terms[0], place.values[0]
        if value is None or not (first.nulls_first ^ place.backwards):
            return found
        # The same once more, for an index of the first alone.
        further = "lte" if first.descending ^ place.backwards else "gte"
        return Q(**{f"{first.name}__{further}": value}) & found

    def _take(self, term: _Term, value: object) -> object:
        """A value of a token as one of the term. Raises ValueError or ValidationError."""
        if isinstance(value, str):
            texts.check_prose(value)
        elif value is not None and not isinstance(value, int | float):
            raise ValueError(value)
        field: Field[Any, Any] = self._rows.query.annotations[term.name].output_field
        taken = field.to_python(value)
        if getattr(taken, "tzinfo", True) is None:
            raise ValueError(value)
        field.get_prep_value(taken)
        return taken


def _name(term: _Term) -> str:
    """What it goes by, the same in every process."""
    return term.by.name if isinstance(term.by, F) else type(term.by).__name__


def _padded(token: str) -> str:
    if len(token) > _LONGEST_TOKEN or not token.isascii():
        raise ValueError(token)
    return token + "=" * (-len(token) % 4)


def _list_terms(found: Rows) -> Iterator[_Term]:
    """What the rows are ordered by, up to the first that is unique; the key where none is."""
    said: Sequence[Any] = found.query.order_by or (
        found.model._meta.ordering if found.query.default_ordering else ()
    )
    term = None
    for place, each in enumerate(said):
        term = _make_term(f"_place_{place}", each)
        yield term
        if _is_unique(found, term):
            return
    descending = term.descending if term else False
    yield _Term(f"_place_{len(said)}", F("pk"), descending, descending)


def _make_term(name: str, said: Any) -> _Term:
    if isinstance(said, str):
        return _Term(name, F(said.lstrip("-+")), said.startswith("-"), said.startswith("-"))
    if not isinstance(said, OrderBy):
        return _Term(name, said, False, False)
    nulls_first = bool(said.nulls_first) or (said.descending and not said.nulls_last)
    return _Term(name, said.expression, said.descending, nulls_first)


def _is_unique(found: Rows, term: _Term) -> bool:
    """Whether no two rows are equal in it: a unique field of the rows themselves, hidden by no annotation."""
    name = _name(term)
    if name == "pk":
        return True
    try:
        field = found.model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    unique = isinstance(field, Field) and field.unique and not field.null and not field.is_relation
    return unique and name not in found.query.annotations


class PlacePage:
    """One page of a list, as templates know Django's: `next_page_number` and `previous_page_number` are places."""

    def __init__(
        self, paginator: "ByPlace", rows: list[Any], object_list: Any, links: tuple[str | None, str | None]
    ) -> None:
        self.paginator, self.object_list = paginator, object_list
        self._rows, (self._previous, self._next) = rows, links

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: Any) -> Any:
        return self._rows[place]

    def has_next(self) -> bool:
        return self._next is not None

    def has_previous(self) -> bool:
        return self._previous is not None

    def has_other_pages(self) -> bool:
        return self.has_next() or self.has_previous()

    def next_page_number(self) -> str | None:
        return self._next

    def previous_page_number(self) -> str | None:
        return self._previous

    @cached_property
    def number(self) -> int:
        """Which page it is as the list stands now, counted from one."""
        if not self.has_previous() or not self._rows:
            return 1
        before = self.paginator.placed.count_before(self._rows[0])
        return ceil(before / self.paginator.per_page) + 1


class ByPlace(Paginator):  # type: ignore[type-arg]
    """Pages of a query by place. A number is taken as well: the page of that number as the list stands now."""

    def __init__(self, object_list: Any, per_page: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(object_list, per_page, *args, **kwargs)
        # A table of django-tables2 hands over its rows, whose query is sorted as the reader asked.
        self._of_table = hasattr(object_list, "table")
        self.placed = PlacedList(object_list.data.data if self._of_table else object_list)

    def page(self, number: int | str | None = None) -> Any:
        """The page at a place, of a number, or the first. Raises BadInput for what is neither."""
        asked = str(number or 1)
        if asked.isascii() and asked.isdigit() and len(asked) <= 8:
            return self._make_at(max(min(int(asked), self.num_pages), 1))
        try:
            place = self.placed.read_place(asked)
        except BadInput as error:
            raise BadInput(error.detail, field="page") from None
        rows, more = self.placed.cut(place, self.per_page)
        if not rows:  # what stood there is gone
            return self._make_at(1 if place.backwards else self.num_pages)
        return self._make(
            rows, before=more if place.backwards else True, behind=True if place.backwards else more
        )

    def get_page(self, number: int | float | str | None) -> Any:
        """The same, as templates and tables call it."""
        return self.page(None if number is None else str(number))

    def _make_at(self, number: int) -> PlacePage:
        rows = self.placed.cut_at((number - 1) * self.per_page, self.per_page)
        page = self._make(rows, before=number > 1, behind=number < self.num_pages)
        page.number = number
        return page

    def _make(self, rows: list[Any], *, before: bool, behind: bool) -> PlacePage:
        links = (
            self.placed.write_place(rows[0], backwards=True) if before and rows else None,
            self.placed.write_place(rows[-1], backwards=False) if behind and rows else None,
        )
        listed: Any = self.object_list
        return PlacePage(
            self, rows, type(listed)(data=rows, table=listed.table) if self._of_table else rows, links
        )


class ByCursor(CursorPagination):
    """Lists in the API: `next` and `previous` are addresses, and `cursor` in them a place."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering: str | tuple[str, ...] = "pk"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        """The page that is asked for. Raises BadInput for a cursor of another list, or of none."""
        ordering = (self.ordering,) if isinstance(self.ordering, str) else self.ordering
        listed = PlacedList(queryset.order_by(*ordering))
        self._address, size = request.build_absolute_uri(), self.get_page_size(request) or self.page_size
        token = request.query_params.get(self.cursor_query_param)
        place = listed.read_place(token) if token else None
        rows, more = listed.cut(place, size)
        backwards = place is not None and place.backwards
        self._next = self._previous = None
        if rows and (backwards or more):
            self._next = listed.write_place(rows[-1], backwards=False)
        if rows and (more if backwards else place is not None):
            self._previous = listed.write_place(rows[0], backwards=True)
        self._first = place is None or bool(rows)
        return rows

    def get_next_link(self) -> str | None:
        return replace_query_param(self._address, self.cursor_query_param, self._next) if self._next else None

    def get_previous_link(self) -> str | None:
        """What stands before; where a page is empty, as its rows are gone, the beginning."""
        if self._previous:
            return str(replace_query_param(self._address, self.cursor_query_param, self._previous))
        return None if self._first else str(remove_query_param(self._address, self.cursor_query_param))
