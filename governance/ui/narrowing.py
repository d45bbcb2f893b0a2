"""Parts of lists that are narrowed: how many there are of each word, and the filters in use."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import django_filters
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest


def count_words(everything: QuerySet[Model], fields: Mapping[str, str]) -> dict[str, Counter[Any]]:
    """How many there are of each word of these fields, in one statement."""
    together = everything.order_by().values_list(*fields.values()).annotate(number=Count("pk"))
    found: dict[str, Counter[Any]] = {name: Counter() for name in fields}
    for *words, number in together:
        for name, word in zip(fields, words, strict=True):
            found[name][word] += number
    return found


def offer_counted(
    request: HttpRequest, narrowed: django_filters.FilterSet, counted: Mapping[str, Counter[Any]]
) -> None:
    """Say in the form how many there are of each word, and leave out those that nothing has."""
    for name, numbers in counted.items():
        field, chosen = narrowed.form.fields[name], request.GET.getlist(name)
        offered = [(key, label) for key, label in field.choices if numbers[key] or key in chosen]
        field.choices = [(key, f"{label} ({numbers[key]})") for key, label in offered]


def list_chips(
    request: HttpRequest, narrowed: django_filters.FilterSet, counted: Collection[str], url: str
) -> Iterator[tuple[str, str]]:
    """Each filter in use, with the address of the list without it."""
    for name, field in narrowed.form.fields.items():
        labels = dict(getattr(field, "choices", ()))
        for value in filter(None, request.GET.getlist(name)):
            left = request.GET.copy()
            left.setlist(name, [other for other in left.getlist(name) if other != value])
            left.pop("page", None)
            said = str(labels.get(value, value))
            said = said.rsplit(" (", 1)[0] if name in counted else said
            yield f"{field.label}: {said}", f"{url}?{left.urlencode()}"
