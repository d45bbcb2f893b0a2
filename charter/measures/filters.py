"""How the list of sources is narrowed, for the page and the API alike."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from charter.registry.models.sources import Source
from charter.rules.vocabulary import SourceKind


class SourceFilter(django_filters.FilterSet):
    """By name and by kind."""

    name = django_filters.CharFilter(label=_("Name"), method="by_name", max_length=100)
    kind = django_filters.MultipleChoiceFilter(
        label=_("Kind"),
        choices=[(kind.value, kind.value.replace("_", " ").capitalize()) for kind in SourceKind],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Source
        fields = ()

    def by_name(self, found: QuerySet[Source], _name: str, value: str) -> QuerySet[Source]:
        return found.filter(Q(name__icontains=value) | Q(slug__icontains=value))
