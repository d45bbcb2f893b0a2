"""Revisions as a list that is narrowed and sorted."""

from datetime import datetime

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from charter.measures.models import Revision
from charter.measures.states import RevisionState
from governance.ui.narrowing import WithinDays
from governance.ui.templatetags.mc import day, moment


class RevisionFilter(WithinDays):
    """By state, metric and the days on which it was found."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=RevisionState.choices, empty_label=_("Any"))
    metric = django_filters.CharFilter(
        label=_("Metric"), field_name="metric__name", lookup_expr="icontains", max_length=100
    )
    happened = "found_at"

    class Meta:
        model = Revision
        fields = ()


class RevisionTable(tables.Table):
    """Revisions, each with how many values it would change."""

    metric = tables.Column(verbose_name=_("Metric"), accessor="metric__name")
    found_at = tables.Column(verbose_name=_("Found"))
    number_of_values = tables.Column(verbose_name=_("Values"))
    state = tables.Column(verbose_name=_("State"))

    class Meta:
        model = Revision
        fields = ("metric", "found_at", "number_of_values", "state")
        order_by = "-found_at"
        attrs = {"class": "mc-table mc-stack"}

    def render_metric(self, value: str, record: Revision) -> str:
        return format_html(
            '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden">, {}</span></a>',
            reverse("revision", args=[record.pk]),
            value,
            moment(record.found_at),
        )

    def render_found_at(self, value: datetime) -> str:
        return day(value)

    def value_metric(self, value: str) -> str:
        return value

    def value_found_at(self, value: datetime) -> str:
        return value.isoformat()
