"""Fairness audits as a list that is narrowed and sorted."""

from datetime import date, datetime

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audits.fairness import wording
from audits.fairness.models import FairnessAudit, VarianceTask
from audits.fairness.states import FairnessState
from charter.rules.vocabulary import DecisionType
from governance.ui import questions
from governance.ui.columns import DayColumn
from governance.ui.narrowing import Searched, WithinDays
from governance.ui.templatetags.mc import day
from ground.calendar import find_day


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


class TaskFilter(Searched, WithinDays):
    """By a part of the manager's name, whether it is closed, and the days on which its audit was run."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("open", _("Open")), ("closed", _("Closed"))],
        empty_label=_("Any"),
        method="by_state",
    )
    searched = ("manager__name",)
    happened = "audit__run_at"

    class Meta:
        model = VarianceTask
        fields = ()

    def by_state(self, found: QuerySet[VarianceTask], _name: str, value: str) -> QuerySet[VarianceTask]:
        """Whether HR has still to look into it."""
        return found.filter(closed_at__isnull=value == "open")


class TaskTable(tables.Table):
    """Managers whose ratings stand apart, open ones first; never sorted by how far."""

    manager = tables.Column(
        verbose_name=_("Manager"), accessor="manager__name", order_by=("manager__name", "pk")
    )
    run_at = DayColumn(verbose_name=_("Audit"), accessor="audit__run_at")
    gap = tables.Column(verbose_name=_("Gap"), orderable=False)
    low = tables.Column(verbose_name=_("Range"), orderable=False)
    people = tables.Column(verbose_name=_("Their people"), orderable=False)
    others = tables.Column(verbose_name=_("Compared with"), orderable=False)
    closed_at = tables.Column(verbose_name=_("State"), empty_values=())

    class Meta:
        attrs = {"class": "mc-table mc-stack"}

    def render_manager(self, value: str, record: VarianceTask) -> str:
        link = '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden">, {}</span></a>'
        return format_html(link, reverse("fairness-task", args=[record.pk]), value, day(record.audit.run_at))

    def value_manager(self, value: str) -> str:
        return value

    def render_gap(self, value: float) -> str:
        return f"{value:.2f}"

    def render_low(self, value: float, record: VarianceTask) -> str:
        said = {"low": f"{value:.2f}", "high": f"{record.high:.2f}"}
        return _now("%(low)s to %(high)s") % said

    def render_closed_at(self, value: datetime | None) -> str:
        return f"{_now('Closed')} {day(value)}" if value else _now("Open")

    def value_closed_at(self, value: datetime | None) -> str:
        return find_day(value).isoformat() if value else ""
