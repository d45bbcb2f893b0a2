"""Records of processing as a list that is narrowed and sorted."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from charter.registry.models import CharterVersion
from charter.registry.screens.tables import standing_tag
from governance.ui.columns import DayColumn
from governance.ui.narrowing import Searched, WithinDays


class RecordFilter(Searched, WithinDays):
    """By a part of the metric's name, and the days from which on its charter counts."""

    searched = ("metric__name", "metric__slug")
    happened = "activated_at"

    class Meta:
        model = CharterVersion
        fields = ()


class RecordTable(tables.Table):
    """Metrics, each with the charter that its record is read from."""

    metric = tables.Column(verbose_name=_("Metric"), accessor="metric__name", order_by=("metric__name", "pk"))
    number = tables.Column(verbose_name=_("Charter"), orderable=False)
    standing = tables.Column(verbose_name=_("Standing"))
    activated_at = DayColumn(verbose_name=_("From"))
    expires_at = DayColumn(verbose_name=_("Until"))

    class Meta:
        order_by = "metric"
        attrs = {"class": "mc-table mc-stack"}

    def render_metric(self, value: str, record: CharterVersion) -> str:
        url = reverse("record", args=[record.metric.slug])
        return format_html('<a class="govuk-link" href="{}">{}</a>', url, value)

    def render_number(self, value: int) -> str:
        return str(_("Version %(number)s") % {"number": value})

    def render_standing(self, record: CharterVersion) -> str:
        return standing_tag(record.standing)
