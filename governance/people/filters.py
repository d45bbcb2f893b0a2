"""How lists of names in sources are narrowed, for the pages and the API alike, and that of accounts on its page."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.people.models import AccountKind, Identity, TeamAlias, User
from governance.people.names import fold_name
from governance.ui.narrowing import WithinDays

IN_USE, CLOSED = "in_use", "closed"


class _NameFilter(django_filters.FilterSet):
    source = django_filters.CharFilter(label=_("Source"), max_length=60)
    name = django_filters.CharFilter(label=_("Name"), method="by_name", max_length=200)

    def by_name(self, found: QuerySet[Identity], _name: str, value: str) -> QuerySet[Identity]:
        """Part of the name as it is compared, or of who it is."""
        return found.filter(Q(key__contains=fold_name(value)) | Q(**{f"{self.whose}__icontains": value}))

    whose = ""


class IdentityFilter(_NameFilter):
    whose = "person__external_id"

    class Meta:
        model = Identity
        fields = ("is_bot",)


class AliasFilter(_NameFilter):
    whose = "team__slug"

    class Meta:
        model = TeamAlias
        fields = ()


class AccountFilter(WithinDays):
    """By a part of either name, by what they are, whether they are in use, and the days on which they were opened."""

    text = django_filters.CharFilter(
        label=_("A part of the name or user name"), method="by_text", max_length=100
    )
    kind = django_filters.MultipleChoiceFilter(
        label=_("What it is"), choices=AccountKind.choices, widget=forms.CheckboxSelectMultiple
    )
    state = django_filters.MultipleChoiceFilter(
        label=_("State"),
        choices=[(IN_USE, _("In use")), (CLOSED, _("Closed"))],
        method="by_state",
        widget=forms.CheckboxSelectMultiple,
    )

    happened = "created_at"

    class Meta:
        model = User
        fields = ()

    def by_text(self, found: QuerySet[User], _name: str, value: str) -> QuerySet[User]:
        return found.filter(Q(username__icontains=value) | Q(name__icontains=value))

    def by_state(self, found: QuerySet[User], _name: str, values: list[str]) -> QuerySet[User]:
        """In use, closed, or, where both or neither are asked for, all."""
        return found.filter(is_active=IN_USE in values) if len(values) == 1 else found
