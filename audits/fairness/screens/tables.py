"""Fairness audits as a list that is narrowed and sorted."""

from datetime import date, datetime

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from audits.fairness import wording
from audits.fairness.models import FairnessAudit
from audits.fairness.states import FairnessState
from charter.rules.vocabulary import DecisionType
from governance.ui import questions
from governance.ui.narrowing import WithinDays
from governance.ui.templatetags.mc import day


class FairnessFilter(WithinDays):
    """By state, decision and the days on which it was run."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=FairnessState.choices, empty_label=_("Any"))
    decision = django_filters.ChoiceFilter(
        label=_("Decision"),
        field_name="outcomes__decision",
        choices=[(each.value, questions.name_decision(each)) for each in DecisionType],
        empty_label=_("Any"),
    )
    happened = "run_at"

    class Meta:
        model = FairnessAudit
        fields = ()


class FairnessTable(tables.Table):
    """Audits, each with what it found of all groups together."""

    run_at = tables.Column(verbose_name=_("Run"))
    decision = tables.Column(verbose_name=_("Decision"), accessor="outcomes__decision")
    state = tables.Column(verbose_name=_("State"))
    found = tables.Column(verbose_name=_("Found"), accessor="results", orderable=False)
    valid_until = tables.Column(verbose_name=_("Counts until"), default="–")

    class Meta:
        model = FairnessAudit
        fields = ("run_at", "decision", "state", "found", "valid_until")
        order_by = "-run_at"
        attrs = {"class": "mc-table mc-stack"}

    def render_run_at(self, value: datetime, record: FairnessAudit) -> str:
        return format_html(
            '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden">, {}</span></a>',
            reverse("fairness-audit", args=[record.pk]),
            day(value),
            self._name(record),
        )

    def render_decision(self, record: FairnessAudit) -> str:
        return format_html(
            '<div>{}<span class="sub">{}</span></div>',
            self._name(record),
            ", ".join(record.outcomes.metrics),
        )

    def render_found(self, record: FairnessAudit) -> str:
        return wording.find_in_words(record.results)

    def render_valid_until(self, value: date) -> str:
        return day(value)

    def value_run_at(self, value: datetime) -> str:
        return value.isoformat()

    def value_decision(self, record: FairnessAudit) -> str:
        return f"{self._name(record)}: {', '.join(record.outcomes.metrics)}"

    def value_valid_until(self, value: date) -> date:
        return value

    def _name(self, record: FairnessAudit) -> str:
        return questions.name_decision(DecisionType(record.outcomes.decision))
