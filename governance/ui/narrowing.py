"""Parts of lists that are narrowed: how many there are of each word, and the filters in use."""

import operator
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from functools import reduce
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import Count, Model, Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.ui.forms import DayField
from ground import calendar
from ground.errors import BadInput


class DayFilter(django_filters.Filter):
    """A day, as days are typed everywhere."""

    field_class = DayField


class WithinDays(django_filters.FilterSet):
    """Narrowed to days of the programme; `happened` names the field of the moment that is looked at."""

    since = DayFilter(label=gettext_lazy("Since"), method="by_since")
    until = DayFilter(label=gettext_lazy("Until"), method="by_until")
    happened: ClassVar[str]

    def by_since(self, found: QuerySet[Model], _name: str, value: date) -> QuerySet[Model]:
        """On this day or later."""
        return found.filter(**{f"{self.happened}__gte": calendar.find_midnight(value)})

    def by_until(self, found: QuerySet[Model], _name: str, value: date) -> QuerySet[Model]:
        """On this day or before."""
        return found.filter(**{f"{self.happened}__lt": calendar.find_midnight(value + timedelta(days=1))})


class Searched(django_filters.FilterSet):
    """Narrowed to rows of which one of the fields in `searched` has a part that is looked for."""

    text = django_filters.CharFilter(label=gettext_lazy("Words"), method="by_text", max_length=100)
    searched: ClassVar[tuple[str, ...]]

    def by_text(self, found: QuerySet[Model], _name: str, value: str) -> QuerySet[Model]:
        """Part of any of them, in small letters or great."""
        return found.filter(
            reduce(operator.or_, (Q(**{f"{name}__icontains": value}) for name in self.searched))
        )


def check_readable(narrowed: django_filters.FilterSet) -> None:
    """Raise BadInput where an address asks to narrow by what is no filter's word: a file cannot say so beside a field."""
    check_form_readable(narrowed.form)


def check_form_readable(form: Form) -> None:
    """The same of a form that narrows a list by itself."""
    if not form.is_valid():
        raise BadInput(_("The filters of this address cannot be read. Set them on the page again."))


def show(
    request: HttpRequest,
    template: str,
    narrowed: django_filters.FilterSet,
    table: tables.Table,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """A page that lists what a filter leaves: 400 where the filter cannot be read, with what is wrong beside its field.

    `status` is that of what else stands on the page, such as a form that was sent.
    """
    chips = list(list_chips(request, narrowed, (), request.path))
    total = narrowed.queryset.count() if chips else table.paginator.count
    given = {"form": narrowed.form, "table": table, "total": total, "chips": chips, **more}
    return render(request, template, given, status=status if narrowed.form.is_valid() else 400)


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
