"""How a list of notices is narrowed."""

import django_filters
from django.utils.translation import gettext_lazy as _

from governance.notices.models import Notice


class NoticeApiFilter(django_filters.FilterSet):
    """By whether they were read, and by what they are about."""

    read = django_filters.BooleanFilter(
        label=_("Read"), field_name="read_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = Notice
        fields = ["kind"]
