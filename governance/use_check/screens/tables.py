"""Files of intended uses as a list that is narrowed and sorted."""

import django_filters
import django_tables2 as tables
from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from governance.ui.columns import MomentColumn
from governance.ui.narrowing import Searched, WithinDays
from governance.ui.templatetags.mc import moment
from governance.use_check.models import BulkCheck
from governance.use_check.states import BulkState


class BulkFilter(Searched, WithinDays):
    """By words of the file's name, by where it stands, and the days on which it was sent."""

    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=BulkState.choices, widget=forms.CheckboxSelectMultiple
    )
    searched = ("name",)
    happened = "filed_at"

    class Meta:
        model = BulkCheck
        fields = ()


class BulkTable(tables.Table):
    """Files that one sent, the newest first."""

    name = tables.Column(verbose_name=_("File"))
    rows = tables.Column(verbose_name=_("Rows"))
    filed_at = MomentColumn(verbose_name=_("Sent"))
    state = tables.Column(verbose_name=_("State"))

    class Meta:
        order_by = "-filed_at"
        attrs = {"class": "mc-table mc-stack"}

    def render_name(self, value: str, record: BulkCheck) -> str:
        link = '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden"> {}</span></a>'
        return format_html(link, reverse("use-check-file", args=[record.pk]), value, moment(record.filed_at))

    def value_name(self, value: str) -> str:
        return value
