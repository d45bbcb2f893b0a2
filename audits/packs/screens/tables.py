"""Evidence packs as a list that is narrowed and sorted."""

from datetime import date

import django_filters
import django_tables2 as tables
from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from audits.packs.models import EvidencePack
from audits.packs.states import PackState
from governance.ui.columns import DayColumn, MomentColumn
from governance.ui.narrowing import WithinDays
from governance.ui.templatetags.mc import day, moment


class PackFilter(WithinDays):
    """By where it stands, and the days on which it was asked for."""

    state = django_filters.MultipleChoiceFilter(
        label=_("Where it stands"), choices=PackState.choices, widget=forms.CheckboxSelectMultiple
    )
    happened = "asked_at"

    class Meta:
        model = EvidencePack
        fields = ()


class PackTable(tables.Table):
    """Packs, each with the days that it is about."""

    since = DayColumn(verbose_name=_("From"))
    until = DayColumn(verbose_name=_("To before"))
    asked_at = MomentColumn(verbose_name=_("Asked for"))
    state = tables.Column(verbose_name=_("Where it stands"))

    class Meta:
        order_by = "-asked_at"
        attrs = {"class": "mc-table mc-stack"}

    def render_since(self, value: date, record: EvidencePack) -> str:
        link = '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden">, {}</span></a>'
        return format_html(link, reverse("pack", args=[record.pk]), day(value), moment(record.asked_at))
