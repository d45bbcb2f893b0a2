"""Views as a list that is narrowed and sorted."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from governance.people.models import User
from governance.saved_views import permissions, queries
from governance.saved_views.models import SavedView, ViewClass
from governance.ui.columns import DayColumn
from governance.ui.narrowing import Searched, WithinDays
from governance.ui.templatetags.mc import verdict_tag


class ViewFilter(Searched, WithinDays):
    """By words of the view or of its metrics, by the class that it has now, and the days on which it was made."""

    view_class = django_filters.ChoiceFilter(
        label=_("Class"), choices=ViewClass.choices, empty_label=_("Any"), method="by_class"
    )
    happened = "created_at"
    days = (_("Made since"), _("Made until"))

    class Meta:
        model = SavedView
        fields = ()

    def by_text(self, found: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return queries.speaking_of(found, value)

    def by_class(self, found: QuerySet[SavedView], _name: str, value: str) -> QuerySet[SavedView]:
        classed: QuerySet[Any] = queries.with_class(found)
        return classed.filter(class_now=value)


class ViewTable(tables.Table):
    """Views, each with its class, what it is for and of which metrics."""

    name = tables.Column(verbose_name=_("View"))
    view_class = tables.Column(verbose_name=_("Class"), empty_values=(), orderable=False)
    decision = tables.Column(verbose_name=_("For"))
    grain = tables.Column(verbose_name=_("Level"))
    metrics = tables.Column(verbose_name=_("Metrics"), empty_values=(), orderable=False)
    owner = tables.Column(verbose_name=_("Owner"), accessor="owner__name", order_by="owner__name")
    created_at = DayColumn(verbose_name=_("Made"))

    class Meta:
        order_by = "name"
        attrs = {"class": "mc-table mc-stack"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.caption = _now("Views")
        self._opened: dict[UUID, queries.Opened] = {}
        self._open: set[UUID] = set()

    def know(self, views: Sequence[SavedView], reader: User) -> None:
        """What the views that are shown are now, and which of them the reader may open, in two statements however many."""
        opened = [queries.open_view(view) for view in views]
        holds = permissions.find_reader(reader, opened)
        self._opened = {each.view.pk: each for each in opened}
        self._open = {each.view.pk for each in opened if permissions.is_open_to(holds, each)}

    def render_name(self, value: str, record: SavedView) -> str:
        link = format_html(
            '<a class="govuk-link" href="{}">{}</a>', reverse("view", args=[record.slug]), value
        )
        opens = _now("You can open it")
        return format_html('{}<span class="sub">{}</span>', link, opens) if record.pk in self._open else link

    def value_name(self, value: str) -> str:
        return value

    def render_view_class(self, record: SavedView) -> str:
        now = self._opened[record.pk].view_class
        return str(now.label) if now else verdict_tag("due", _now("Waits for the board"))

    def value_view_class(self, record: SavedView) -> str:
        now = self._opened[record.pk].view_class
        return str(now.label) if now else ""

    def render_decision(self, record: SavedView) -> str:
        words = record.get_decision_display()
        return words[:1].upper() + words[1:]

    def value_decision(self, record: SavedView) -> str:
        return record.decision

    def render_grain(self, record: SavedView) -> str:
        return record.grain.replace("_", " ").capitalize()

    def value_grain(self, record: SavedView) -> str:
        return record.grain

    def render_metrics(self, record: SavedView) -> str:
        return ", ".join(each.metric.name for each in self._opened[record.pk].metrics) or "–"

    def value_metrics(self, record: SavedView) -> str:
        return ", ".join(each.metric.slug for each in self._opened[record.pk].metrics)
