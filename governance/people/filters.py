"""How lists of names in sources are narrowed, for the pages and the API alike."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.people.models import Identity, TeamAlias
from governance.people.names import fold_name


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
