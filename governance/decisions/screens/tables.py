"""The list of questions that were put to the board."""

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from governance.decisions import queries
from governance.decisions.models import Referral
from governance.decisions.states import RULED, RulingStanding
from governance.people.models import User
from governance.ui.columns import write_day
from governance.ui.templatetags.mc import day, tag, verdict_tag

RULING_SHAPES = {
    RulingStanding.ASKED: "due",
    RulingStanding.YES: "permit",
    RulingStanding.NO: "deny",
}


class RulingTable(tables.Table):
    """Questions put to the board, each with its rules, how it stands and, for those concerned, who asked."""

    case = tables.Column(verbose_name=_("Case"), orderable=False)
    rules = tables.Column(verbose_name=_("Rules"), orderable=False)
    standing = tables.Column(verbose_name=_("Standing"))
    until = tables.Column(verbose_name=_("Until"), empty_values=(), orderable=False)
    asked_at = tables.Column(verbose_name=_("Asked"))
    asked_by = tables.Column(verbose_name=_("By"), orderable=False)

    class Meta:
        model = Referral
        fields = ("case", "rules", "standing", "until", "asked_at", "asked_by")
        order_by = "-asked_at"
        attrs = {"class": "mc-table mc-stack"}

    def __init__(self, *args: Any, reader: User, sees_askers: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reader, self._sees_askers = reader, sees_askers

    def render_case(self, record: Referral) -> str:
        return format_html(
            '<a class="govuk-link" href="{}">{}</a>', reverse("case", args=[record.case_id]), record.case
        )

    def render_rules(self, value: list[str]) -> str:
        return format_html_join(
            ", ",
            '<a class="govuk-link mc-mono" href="{}">{}</a>',
            ((reverse("rule", args=[rule]), rule) for rule in value),
        )

    def render_standing(self, value: str) -> str:
        shape, label = RULING_SHAPES.get(RulingStanding(value)), str(RulingStanding(value).label)
        return verdict_tag(shape, label) if shape else tag(label)

    def render_until(self, record: queries.RuledReferral) -> str:
        until = queries.find_lapse(record)
        return day(until) if until and RulingStanding(record.standing) in RULED else "–"

    def render_asked_at(self, value: datetime) -> str:
        return day(value)

    def render_asked_by(self, record: Referral) -> str:
        return record.asked_by.name if self._sees_askers or record.asked_by_id == self._reader.pk else "–"

    def value_case(self, record: Referral) -> str:
        return str(record.case)

    def value_rules(self, value: list[str]) -> str:
        return ", ".join(value)

    def value_standing(self, value: str) -> str:
        return str(RulingStanding(value).label)

    def value_until(self, record: queries.RuledReferral) -> str:
        until = queries.find_lapse(record)
        return write_day(until) if until and RulingStanding(record.standing) in RULED else ""

    def value_asked_at(self, value: datetime) -> str:
        return write_day(value)

    def value_asked_by(self, record: Referral) -> str:
        """As on the page: the file names nobody whom the page does not."""
        return self.render_asked_by(record)
