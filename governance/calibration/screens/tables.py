"""Calibration rounds as a list that is narrowed and sorted."""

from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from charter.rules.vocabulary import DecisionType
from governance.calibration.models import CalibrationRound
from governance.calibration.states import RoundState
from governance.ui.columns import DayColumn
from governance.ui.narrowing import DayFilter, Searched
from governance.ui.questions import name_decision
from governance.ui.templatetags.mc import day


class RoundFilter(Searched):
    """By a part of the name, by state, and the days on which it opens."""

    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=RoundState.choices, widget=forms.CheckboxSelectMultiple
    )
    since = DayFilter(label=_("Opens since"), field_name="opens_on", lookup_expr="gte")
    until = DayFilter(label=_("Opens until"), field_name="opens_on", lookup_expr="lte")
    searched = ("name",)

    class Meta:
        model = CalibrationRound
        fields = ()


class RoundTable(tables.Table):
    """Rounds, the newest first; whoever keeps them is led to the round, others to what was announced."""

    name = tables.Column(verbose_name=_("Round"))
    decision = tables.Column(verbose_name=_("Decision"))
    starts_on = tables.Column(verbose_name=_("Period"))
    opens_on = DayColumn(verbose_name=_("Opens on"))
    state = tables.Column(verbose_name=_("State"))

    class Meta:
        attrs = {"class": "mc-table mc-stack"}

    def __init__(self, *args: Any, keeps: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._page = "calibration-round" if keeps else "calibration-announcement"

    def render_name(self, value: str, record: CalibrationRound) -> str:
        url = reverse(self._page, args=[record.pk])
        return format_html('<a class="govuk-link" href="{}">{}</a>', url, value)

    def value_name(self, value: str) -> str:
        return value

    def render_decision(self, record: CalibrationRound) -> str:
        return name_decision(DecisionType(record.decision))

    def value_decision(self, record: CalibrationRound) -> str:
        return record.decision

    def render_starts_on(self, value: date, record: CalibrationRound) -> str:
        said = {"start": day(value), "end": day(record.ends_on)}
        return _now("%(start)s to before %(end)s") % said

    def value_starts_on(self, value: date, record: CalibrationRound) -> str:
        return f"{value.isoformat()}/{record.ends_on.isoformat()}"
