"""What went, and legal holds, as lists that are narrowed and sorted."""

from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audits.retention.models import LegalHold, Purge
from audits.retention.states import PurgeKind
from governance.ui.columns import DayColumn, MomentColumn
from governance.ui.narrowing import Searched, WithinDays
from governance.ui.templatetags.mc import day
from ground import calendar
from ground.calendar import find_day


class PurgeFilter(WithinDays):
    """By what went, the days on which it did, and the sum of its keys."""

    what = django_filters.MultipleChoiceFilter(
        label=_("What"), choices=PurgeKind.choices, widget=forms.CheckboxSelectMultiple
    )
    sha256 = django_filters.CharFilter(
        label=_("SHA-256 of the keys, or how it begins"), lookup_expr="istartswith", max_length=64
    )
    happened = "at"

    class Meta:
        model = Purge
        fields = ()


class PurgeTable(tables.Table):
    """What went, each with how much and the sum of its keys, which proves it."""

    at = MomentColumn(verbose_name=_("When"))
    what = tables.Column(verbose_name=_("What"))
    count = tables.Column(verbose_name=_("How many"))
    before = DayColumn(verbose_name=_("From before"))
    sha256 = tables.Column(verbose_name=_("SHA-256 of their keys"), orderable=False)

    class Meta:
        order_by = "-at"
        attrs = {"class": "mc-table mc-stack"}

    def render_sha256(self, value: str) -> str:
        return format_html('<span class="mc-hash">{}</span>', value)


class LegalHoldFilter(Searched, WithinDays):
    """By words of why and of whom, whether it goes on, and the days on which it was placed."""

    standing = django_filters.ChoiceFilter(
        label=_("Where it stands"),
        choices=[("on", _("Goes on")), ("over", _("Over"))],
        empty_label=_("Any"),
        method="by_standing",
    )
    searched = ("reason", "metric", "person__external_id", "account__username")
    happened = "placed_at"

    class Meta:
        model = LegalHold
        fields = ()

    def by_standing(self, found: QuerySet[LegalHold], _name: str, value: str) -> QuerySet[LegalHold]:
        """Whether it keeps something today."""
        going = {"ended_at__isnull": True, "ends_on__gt": calendar.today()}
        return found.filter(**going) if value == "on" else found.exclude(**going)


class LegalHoldTable(tables.Table):
    """Legal holds, those that go on first; `places` is whether the reader may end them."""

    reason = tables.Column(verbose_name=_("Why"))
    scope = tables.Column(verbose_name=_("Of what"), empty_values=(), orderable=False)
    ends_on = tables.Column(verbose_name=_("Until"))

    class Meta:
        attrs = {"class": "mc-table mc-stack"}

    def __init__(self, *args: Any, places: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places, self._today = places, calendar.today()

    def render_scope(self, record: LegalHold) -> str:
        if not (record.since or record.until):
            return _name_scope(record)
        return format_html('{}<span class="sub">{}</span>', _name_scope(record), _name_days(record))

    def value_scope(self, record: LegalHold) -> str:
        return f"{_name_scope(record)} {_name_days(record)}".strip()

    def render_ends_on(self, value: date, record: LegalHold) -> str:
        if record.ended_at:
            said = f"{_now('Ended')} {day(record.ended_at)}"
            return format_html('{}<span class="sub">{}</span>', said, record.ended_because)
        if value <= self._today:
            return f"{_now('Over since')} {day(value)}"
        return format_html_join(" ", "{}", self._list_acts(value, record))

    def value_ends_on(self, value: date, record: LegalHold) -> str:
        return (find_day(record.ended_at) if record.ended_at else value).isoformat()

    def _list_acts(self, value: date, record: LegalHold) -> list[tuple[str]]:
        link = (
            '<a class="govuk-link mc-noprint" href="{}">{}<span class="govuk-visually-hidden">: {}</span></a>'
        )
        end = format_html(link, reverse("legal-hold-end", args=[record.pk]), _now("End it"), record.reason)
        return [(day(value),), (end,)] if self._places else [(day(value),)]


def _name_scope(hold: LegalHold) -> str:
    """Of whom and what; everything where nothing is named."""
    named = [
        hold.person.external_id if hold.person else "",
        hold.account.username if hold.account else "",
        hold.metric,
    ]
    return " ".join(filter(None, named)) or _now("Everything")


def _name_days(hold: LegalHold) -> str:
    return f"{day(hold.since)} – {day(hold.until)}" if hold.since or hold.until else ""
