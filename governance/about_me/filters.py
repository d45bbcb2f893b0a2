"""How looks are narrowed in the API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.about_me.queries.looks import LookNarrowing, narrow_looks
from governance.decisions.models import DecisionRecord
from ground.parsing import clean_word


class LookFilter(django_filters.FilterSet):
    """By words of what is told, by whether one was named, and by days."""

    text = django_filters.CharFilter(label=_("Words"), method="by_text", max_length=100)
    named_me = django_filters.BooleanFilter(label=_("Named"), method="by_named")
    since = django_filters.DateFilter(label=_("Since"), method="by_since")
    until = django_filters.DateFilter(label=_("Until"), method="by_until")

    class Meta:
        model = DecisionRecord
        fields = ()

    def by_text(self, found: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return narrow_looks(found, LookNarrowing(words=tuple(clean_word(value).casefold().split())))

    def by_named(self, found: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        return narrow_looks(found, LookNarrowing(of_me=value))

    def by_since(self, found: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        return narrow_looks(found, LookNarrowing(since=value))

    def by_until(self, found: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        return narrow_looks(found, LookNarrowing(until=value))
