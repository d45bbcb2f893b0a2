"""How the lists of the organisation's sign-in are narrowed on their pages."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.directory.models import Binding, BreakGlass, GroupMapping
from governance.directory.states import MAPPED_ROLES, ProviderKind
from governance.people.models import GrantedRole
from governance.ui.narrowing import Searched, WithinDays


class BindingFilter(WithinDays):
    """By a part of either name of the account, by what binds it, and the days since when it does."""

    text = django_filters.CharFilter(
        label=_("A part of the name or user name"), method="by_text", max_length=100
    )
    provider = django_filters.MultipleChoiceFilter(
        label=_("By"), choices=ProviderKind.choices, widget=forms.CheckboxSelectMultiple
    )

    happened = "bound_at"

    class Meta:
        model = Binding
        fields = ()

    def by_text(self, found: QuerySet[Binding], _name: str, value: str) -> QuerySet[Binding]:
        return found.filter(Q(user__username__icontains=value) | Q(user__name__icontains=value))


class MappingFilter(Searched, WithinDays):
    """By words of the group or of what its role is over, by role, by whether it waits, and the days on which it was proposed."""

    role = django_filters.MultipleChoiceFilter(
        label=_("Role"),
        choices=[each for each in GrantedRole.choices if each[0] in MAPPED_ROLES],
        widget=forms.CheckboxSelectMultiple,
    )
    waits = django_filters.ChoiceFilter(
        label=_("Where it stands"),
        choices=[("yes", _("Waits for a second one")), ("no", _("Gives its role"))],
        empty_label=_("Any"),
        method="by_waiting",
    )
    searched = ("group", "team__name", "value_stream__name")
    happened = "proposed_at"

    class Meta:
        model = GroupMapping
        fields = ()

    def by_waiting(self, found: QuerySet[GroupMapping], _name: str, value: str) -> QuerySet[GroupMapping]:
        """Whether a second one has yet to confirm it."""
        return found.filter(confirmed_by__isnull=value == "yes")


class BreakGlassFilter(Searched, WithinDays):
    """By a part of either name of the account, and the days on which it was kept."""

    searched = ("user__name", "user__username")
    happened = "kept_at"

    class Meta:
        model = BreakGlass
        fields = ()
