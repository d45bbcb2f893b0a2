"""How the list of agreements is narrowed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.agreements.models import KIND_WORDS, AgreementVersion
from governance.agreements.states import AgreementStanding


class AgreementFilter(django_filters.FilterSet):
    """By words, kind and where it stands (`standings`, by key)."""

    text = django_filters.CharFilter(label=_("Words or short name"), method="by_text", max_length=100)
    kind = django_filters.MultipleChoiceFilter(
        label=_("Kind"),
        choices=[(kind.value, word) for kind, word in KIND_WORDS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    standing = django_filters.MultipleChoiceFilter(
        label=_("Where it stands"),
        choices=AgreementStanding.choices,
        widget=forms.CheckboxSelectMultiple,
        method="by_standing",
    )

    class Meta:
        model = AgreementVersion
        fields = ()

    def __init__(self, *args: Any, standings: Mapping[UUID, AgreementStanding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._standings = standings

    def by_text(
        self, found: QuerySet[AgreementVersion], _name: str, value: str
    ) -> QuerySet[AgreementVersion]:
        """Part of the title, the short name, or of any of its words."""
        return found.filter(Q(title__icontains=value) | Q(slug__icontains=value) | Q(text__icontains=value))

    def by_standing(
        self, found: QuerySet[AgreementVersion], _name: str, value: list[str]
    ) -> QuerySet[AgreementVersion]:
        """Versions that stand so today."""
        return found.filter(pk__in=[key for key, standing in self._standings.items() if standing in value])
