"""The searches that one has kept as a list that is narrowed and sorted."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audits.access_log.models import SavedSearch
from audits.access_log.searching import read_search
from governance.ui.columns import DayColumn
from governance.ui.narrowing import Searched, WithinDays


class KeptFilter(Searched, WithinDays):
    """By a part of the name, and the days on which it was kept."""

    searched = ("name",)
    happened = "saved_at"

    class Meta:
        model = SavedSearch
        fields = ()


class KeptTable(tables.Table):
    """Searches by name, each of which opens the log as it is narrowed; in a file as the address does."""

    name = tables.Column(verbose_name=_("Search"))
    saved_at = DayColumn(verbose_name=_("Kept"))
    change = tables.Column(verbose_name=_("Change"), empty_values=(), orderable=False)
    query = tables.Column(verbose_name=_("Narrowed by"), empty_values=(), orderable=False, visible=False)

    class Meta:
        order_by = "name"
        attrs = {"class": "mc-table mc-stack"}

    def render_name(self, value: str, record: SavedSearch) -> str:
        url = f"{reverse('access-log')}?{read_search(record.filters).query}"
        return format_html('<a class="govuk-link" href="{}">{}</a>', url, value)

    def value_name(self, value: str) -> str:
        return value

    def render_change(self, record: SavedSearch) -> str:
        link = '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden">: {}</span></a>'
        return format_html(
            link, reverse("access-log-search", args=[record.pk]), _now("Rename or delete"), record.name
        )

    def value_query(self, record: SavedSearch) -> str:
        return read_search(record.filters).query
