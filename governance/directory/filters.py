"""How the list of bound accounts is narrowed on its page."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.directory.models import Binding
from governance.directory.states import ProviderKind


class BindingFilter(django_filters.FilterSet):
    """By a part of either name of the account, and by what binds it."""

    text = django_filters.CharFilter(
        label=_("A part of the name or user name"), method="by_text", max_length=100
    )
    provider = django_filters.MultipleChoiceFilter(
        label=_("By"), choices=ProviderKind.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Binding
        fields = ()

    def by_text(self, found: QuerySet[Binding], _name: str, value: str) -> QuerySet[Binding]:
        return found.filter(Q(user__username__icontains=value) | Q(user__name__icontains=value))
