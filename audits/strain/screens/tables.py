"""Releases and recognitions of teams as lists that are narrowed and sorted: by name and day, never by how a team does."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audits.strain import permissions, releases
from audits.strain.models import TeamRecognition, TradeOff
from audits.strain.releases import TeamReleases
from audits.strain.states import PathItem
from governance.people.models import Cohort, User
from governance.ui.columns import DayColumn
from governance.ui.narrowing import Searched, WithinDays
from governance.ui.templatetags.mc import month_label, tag, verdict_tag


class TeamFilter(Searched):
    """By a part of the team's name."""

    searched = ("name", "slug")

    class Meta:
        model = Cohort
        fields = ()


class ReleaseTable(tables.Table):
    """Teams by name, each with what is released and what both sides chose; sorted by name alone."""

    name = tables.Column(verbose_name=_("Team"), order_by=("name", "slug"))
    appetite = tables.Column(verbose_name=_("Releases"), empty_values=(), orderable=False)
    month = tables.Column(verbose_name=_("By the budget of"), empty_values=(), orderable=False)
    chosen = tables.TemplateColumn(
        verbose_name=_("What both sides chose"),
        template_name="strain/parts/trade_offs.html",
        extra_context=lambda record, table: table.tell_trades(record),
        orderable=False,
    )

    class Meta:
        order_by = "name"
        attrs = {"class": "mc-table mc-stack"}

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.caption = _now("Error budgets and releases of teams")
        self._reader = reader
        self._told: dict[UUID, TeamReleases] = {}

    def know(self, teams: Sequence[Cohort]) -> None:
        """Read what is told of the teams that are shown, in a number of statements that does not depend on how many."""
        self._told = {each.cohort.pk: each for each in releases.read_releases(teams)}

    def render_appetite(self, record: Cohort) -> str:
        told = self._told[record.pk]
        label = str(told.appetite.label)
        mark = verdict_tag("due", label) if told.is_reduced else tag(label)
        return format_html('{}<span class="sub">{}</span>', mark, releases.POLICIES[told.appetite])

    def value_appetite(self, record: Cohort) -> str:
        return str(self._told[record.pk].appetite.label)

    def render_month(self, record: Cohort) -> str:
        return month_label(self._told[record.pk].month)

    def value_month(self, record: Cohort) -> str:
        month: date | None = self._told[record.pk].month
        return f"{month:%Y-%m}" if month else ""

    def value_chosen(self, record: Cohort) -> str:
        """Without the names of who wrote and who agreed: these stand on the page."""
        return "; ".join(_say(each) for each in self._told[record.pk].trades)

    def tell_trades(self, record: Cohort) -> dict[str, Any]:
        """The trade-offs of a team that hold or wait, and whether the reader may agree or write another."""
        return {
            "trades": permissions.can(permissions.check_trades, self._reader, record),
            "written": [(each, self._may_agree(each)) for each in self._told[record.pk].trades],
        }

    def _may_agree(self, trade: TradeOff) -> bool:
        return trade.agreed_at is None and permissions.can(permissions.check_agrees, self._reader, trade)


def _say(trade: TradeOff) -> str:
    state = _now("agreed") if trade.agreed_at else _now("waits for the other side")
    return f"{trade.get_choice_display()}, {trade.ends_on.isoformat()}, {state}: {trade.because}"


class RecognitionFilter(Searched, WithinDays):
    """By words of the team or of what is said, and the days on which it was published."""

    searched = ("cohort__name", "words")
    happened = "published_at"

    class Meta:
        model = TeamRecognition
        fields = ()


class RecognitionTable(tables.Table):
    """Recognitions as they were published, the newest first; no number stands in them, and no person."""

    team = tables.Column(verbose_name=_("Team"), accessor="cohort__name", orderable=False)
    words = tables.Column(verbose_name=_("Recognised for"), orderable=False)
    items = tables.Column(verbose_name=_("What went well"), orderable=False)
    published_at = DayColumn(verbose_name=_("Published"))

    class Meta:
        order_by = "-published_at"
        attrs = {"class": "mc-table mc-stack"}

    def render_items(self, value: list[str]) -> str:
        return ", ".join(str(PathItem(each).label) for each in value)
