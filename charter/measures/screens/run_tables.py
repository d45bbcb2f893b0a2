"""Publishing runs as a list that is narrowed and sorted."""

import django_filters
import django_tables2 as tables
from django import forms
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from charter.measures.models import PublishingRun
from charter.measures.models.published import RunState
from governance.ui.columns import MomentColumn
from governance.ui.narrowing import Searched, WithinDays
from governance.ui.templatetags.mc import verdict_tag

SHAPES = {RunState.FAILED: "deny", RunState.DONE: "permit"}


class RunFilter(Searched, WithinDays):
    """By words of who began it and why it failed, by state, and the days on which it began."""

    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=RunState.choices, widget=forms.CheckboxSelectMultiple
    )
    searched = ("started_by__name", "error")
    happened = "started_at"

    class Meta:
        model = PublishingRun
        fields = ()


class RunTable(tables.Table):
    """Runs, the newest first, each with how many values it told and which metrics got none."""

    started_at = MomentColumn(verbose_name=_("Begun"))
    state = tables.Column(verbose_name=_("State"))
    by = tables.Column(verbose_name=_("By"), accessor="started_by__name")
    told = tables.Column(verbose_name=_("New"), accessor="values_told", orderable=False)
    withheld = tables.Column(verbose_name=_("Withheld"), accessor="values_withheld")
    failed = tables.Column(
        verbose_name=_("Failed"), accessor="metrics_failed", orderable=False, empty_values=()
    )
    why = tables.Column(verbose_name=_("Why"), accessor="metrics_failed", orderable=False, empty_values=())
    ended_at = MomentColumn(verbose_name=_("Ended"), visible=False)

    class Meta:
        order_by = "-started_at"
        attrs = {"class": "mc-table mc-stack"}

    def render_state(self, record: PublishingRun) -> str:
        return verdict_tag(SHAPES.get(RunState(record.state), "due"), record.get_state_display())

    def value_state(self, record: PublishingRun) -> str:
        return record.get_state_display()

    def render_told(self, value: int) -> str:
        return f"{value:,}"

    def value_told(self, value: int) -> int:
        return value

    def render_withheld(self, value: int) -> str:
        return f"{value:,}"

    def value_withheld(self, value: int) -> int:
        return value

    def render_failed(self, record: PublishingRun) -> int:
        return len(record.metrics_failed)

    def render_why(self, record: PublishingRun) -> str:
        if not record.metrics_failed:
            return record.error or "–"
        link = '<a class="govuk-link" href="{}">{}</a>: {}'
        said = [(reverse("metric", args=[slug]), slug, why) for slug, why in record.metrics_failed.items()]
        return format_html_join(format_html("<br>"), link, said)

    def value_why(self, record: PublishingRun) -> str:
        return record.error or "; ".join(f"{slug}: {why}" for slug, why in record.metrics_failed.items())
