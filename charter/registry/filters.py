"""How lists of metrics are narrowed, for the page and the API alike."""

from collections.abc import Iterable
from enum import StrEnum
from functools import reduce
from operator import or_

import django_filters
from django import forms
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from charter.registry.models import Metric
from charter.registry.states import StandingChoices
from charter.rules.vocabulary import Category, DecisionGroup, DecisionType, Grain, View

# How much of a word must be right for it to be found: "lead tme" finds lead time.
ALIKE = 0.45
VIEWS = {View.DIAGNOSTIC: _("Diagnostic"), View.PERFORMANCE: _("Performance")}
# The levels that a charter can open.
GRAINS = {
    Grain.TEAM: _("Team"),
    Grain.VALUE_STREAM: _("Value stream"),
    Grain.ORG: _("Organisation"),
    Grain.SERVICE: _("Service"),
    Grain.ROTA: _("Rota"),
    Grain.ROLE_COHORT: _("Role"),
    Grain.SELF: _("One’s own figure"),
    Grain.PERSON: _("Single people"),
}


def _named(words: Iterable[StrEnum]) -> list[tuple[str, str]]:
    return [(word.value, word.value.replace("_", " ").capitalize()) for word in words]


class MetricFilter(django_filters.FilterSet):
    """By name, and by what the charter that governs a metric says. Takes `queries.list_of_metrics()`."""

    name = django_filters.CharFilter(label=_("Name"), method="by_name", max_length=100)
    category = django_filters.MultipleChoiceFilter(
        label=_("Category"),
        method="by_word",
        choices=_named(Category),
        widget=forms.CheckboxSelectMultiple,
    )
    standing = django_filters.MultipleChoiceFilter(
        label=_("Standing"),
        method="by_word",
        choices=StandingChoices.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    view = django_filters.ChoiceFilter(
        label=_("Class"),
        field_name="current__view",
        choices=[(word.value, label) for word, label in VIEWS.items()],
        empty_label=_("Any"),
    )
    grain = django_filters.MultipleChoiceFilter(
        label=_("Level"),
        method="by_grain",
        choices=[(word.value, label) for word, label in GRAINS.items()],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Metric
        fields = ()

    def by_name(self, found: QuerySet[Metric], _name: str, value: str) -> QuerySet[Metric]:
        """Part of the name or of the slug, or nearly so."""
        part = Q(name__icontains=value) | Q(slug__icontains=value)
        return found.annotate(alike=TrigramWordSimilarity(value, "name")).filter(part | Q(alike__gte=ALIKE))

    def by_word(self, found: QuerySet[Metric], name: str, values: list[str]) -> QuerySet[Metric]:
        """Metrics whose charter has one of these words."""
        return found.filter(**{f"current__{name}__in": values}) if values else found

    def by_grain(self, found: QuerySet[Metric], _name: str, values: list[str]) -> QuerySet[Metric]:
        """Metrics whose charter measures at one of these levels."""
        at_one = (Q(current__grains__contains=[value]) for value in values)
        return found.filter(reduce(or_, at_one, Q()))


class MatrixFilter(MetricFilter):
    """Rows of the matrix by name, category and standing; columns by group and by decision."""

    view = None
    grain = None
    group = django_filters.MultipleChoiceFilter(
        label=_("Kind of decision"),
        method="of_columns",
        choices=_named(DecisionGroup),
        widget=forms.CheckboxSelectMultiple,
    )
    decision = django_filters.MultipleChoiceFilter(
        label=_("Decision"),
        method="of_columns",
        choices=_named(DecisionType),
        widget=forms.CheckboxSelectMultiple,
    )

    def of_columns(self, found: QuerySet[Metric], _name: str, _values: list[str]) -> QuerySet[Metric]:
        """Columns are chosen by whoever lays the matrix out: `columns`."""
        return found

    @property
    def columns(self) -> dict[str, list[str]]:
        """The groups and decisions asked for; an empty list asks for all."""
        given = self.form.cleaned_data if self.form.is_valid() else {}
        return {name: given.get(name) or [] for name in ("group", "decision")}
