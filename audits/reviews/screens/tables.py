"""The draws of sampled reviews as a list that is narrowed and sorted."""

from datetime import date

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils import formats
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from audits.reviews.models import SampleDraw
from governance.ui.narrowing import DayFilter


class DrawFilter(django_filters.FilterSet):
    """By the months that were drawn, each told by its first day."""

    since = DayFilter(label=_("Months since"), field_name="month", lookup_expr="gte")
    until = DayFilter(label=_("Months until"), field_name="month", lookup_expr="lte")

    class Meta:
        model = SampleDraw
        fields = ()


class DrawTable(tables.Table):
    """Months that were drawn, each with how many looks came to what."""

    month = tables.DateColumn(verbose_name=_("Month"), format="F Y")
    population = tables.Column(verbose_name=_("Could be drawn"))
    drawn = tables.Column(verbose_name=_("Drawn"))
    justified = tables.Column(verbose_name=_("Justified"))
    misuse = tables.Column(verbose_name=_("Before the board"))
    open = tables.Column(verbose_name=_("Not concluded"))

    class Meta:
        order_by = "-month"
        attrs = {"class": "mc-table mc-stack"}

    def render_month(self, value: date, record: SampleDraw) -> str:
        url = reverse("sample-draw", args=[record.pk])
        return format_html('<a class="govuk-link" href="{}">{}</a>', url, formats.date_format(value, "F Y"))

    def value_month(self, value: date) -> str:
        return f"{value:%Y-%m}"
