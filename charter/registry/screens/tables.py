"""Lists that sort by their columns."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from charter.registry.filters import VIEWS
from charter.registry.models import Metric
from charter.registry.screens.allowed_uses import LEVELS
from charter.registry.states import StandingChoices
from charter.rules.vocabulary import View
from governance.ui.templatetags.mc import tag, verdict_tag
from ground.promises import promised

# The shape beside each standing; those without one are no verdict.
OUTCOME_OF = {
    StandingChoices.ACTIVE: "permit",
    StandingChoices.PILOT: "if",
    StandingChoices.SUSPENDED: "withheld",
    StandingChoices.SUBMITTED: "due",
    StandingChoices.IN_REVIEW: "due",
    StandingChoices.REJECTED: "deny",
}


def standing_tag(standing: str) -> str:
    """Where a charter stands, by shape and word."""
    label = str(StandingChoices(standing).label)
    outcome = OUTCOME_OF.get(StandingChoices(standing))
    return verdict_tag(outcome, label) if outcome else tag(label)


class MetricTable(tables.Table):
    """The metrics, each with what its charter says in a word."""

    name = tables.Column(verbose_name=_("Metric"), attrs={"td": {"row_header": True}})
    standing = tables.Column(
        verbose_name=_("Standing"), accessor="current__standing", order_by="current__standing"
    )
    category = tables.Column(
        verbose_name=_("Category"), accessor="current__category", order_by="current__category"
    )
    grains = tables.Column(verbose_name=_("Levels"), accessor="current__grains", orderable=False)
    view = tables.Column(verbose_name=_("Class"), accessor="current__view", order_by="current__view")
    owner = tables.Column(verbose_name=_("Owner"), accessor="owner__name", order_by="owner__name")

    class Meta:
        model = Metric
        fields = ("name", "standing", "category", "grains", "view", "owner")
        order_by = "name"
        attrs = {"class": "mc-table mc-stack"}

    def render_name(self, record: Metric) -> str:
        link = format_html(
            '<a class="govuk-link" href="{}">{}</a>', reverse("metric", args=[record.slug]), record.name
        )
        if record.current and record.current.standing == StandingChoices.ACTIVE:
            return link
        return format_html('{}<span class="sub">{}</span>', link, _("Not approved: cannot be used"))

    def render_standing(self, record: Metric) -> str:
        return standing_tag(promised(record.current).standing)

    def render_category(self, record: Metric) -> str:
        return promised(record.current).category.replace("_", " ").capitalize()

    def render_view(self, record: Metric) -> str:
        return str(VIEWS[View(promised(record.current).view)])

    def render_grains(self, value: Any) -> str:
        return ", ".join(LEVELS[grain] for grain in value).capitalize()
