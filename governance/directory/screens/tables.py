"""Groups with their roles, and break-glass accounts, as lists that are sorted."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from governance.directory import permissions
from governance.directory.models import BreakGlass, GroupMapping
from governance.people.models import User
from governance.ui.columns import DayColumn
from governance.ui.templatetags.mc import day
from ground.calendar import find_day


class MappingTable(tables.Table):
    """Groups, each with the role that it gives, those that wait first."""

    group = tables.Column(verbose_name=_("Group"))
    role = tables.Column(verbose_name=_("Role"))
    over = tables.Column(verbose_name=_("Over"), empty_values=(), orderable=False)
    proposed_at = tables.Column(verbose_name=_("Proposed"))
    confirmed_at = tables.Column(verbose_name=_("Confirmed"), empty_values=())
    held = tables.Column(verbose_name=_("Hold it"))
    acts = tables.Column(verbose_name=_("Action"), empty_values=(), orderable=False)

    class Meta:
        attrs = {"class": "mc-table mc-stack"}

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reader = reader

    def render_over(self, record: GroupMapping) -> str:
        over = record.team or record.value_stream
        return over.name if over else "–"

    def value_over(self, record: GroupMapping) -> str:
        over = record.team or record.value_stream
        return over.name if over else ""

    def render_proposed_at(self, value: datetime, record: GroupMapping) -> str:
        return f"{record.proposed_by.name}, {day(value)}"

    def value_proposed_at(self, value: datetime) -> str:
        return find_day(value).isoformat()

    def render_confirmed_at(self, value: datetime | None, record: GroupMapping) -> str:
        if record.confirmed_by is None:
            return _now("Waits for a second one, and gives nothing")
        return f"{record.confirmed_by.name}, {day(value)}"

    def value_confirmed_at(self, value: datetime | None) -> str:
        return find_day(value).isoformat() if value else ""

    def render_acts(self, record: GroupMapping) -> str:
        return format_html_join(" ", "{}", ((each,) for each in self._list_acts(record)))

    def _list_acts(self, mapping: GroupMapping) -> Iterator[SafeString]:
        if mapping.waits and permissions.can_confirm_mapping(self._reader, mapping):
            yield _act("directory-group-confirm", _now("Confirm"), mapping)
        yield _act("directory-group-end", _now("End"), mapping)


def _act(page: str, words: str, mapping: GroupMapping) -> SafeString:
    link = '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden">: {}, {}</span></a>'
    url = reverse(page, args=[mapping.pk])
    return format_html(link, url, words, mapping.group, mapping.get_role_display())


class BreakGlassTable(tables.Table):
    """Accounts that are kept, each with by whom and since when."""

    user = tables.Column(verbose_name=_("Account"), accessor="user__name", order_by=("user__name", "pk"))
    kept_by = tables.Column(verbose_name=_("Kept by"), accessor="kept_by__name")
    kept_at = DayColumn(verbose_name=_("Since"))
    end = tables.TemplateColumn(
        verbose_name=_("End it"), template_name="directory/parts/break_glass_end.html", orderable=False
    )

    class Meta:
        order_by = "user"
        attrs = {"class": "mc-table mc-stack"}

    def value_user(self, record: BreakGlass) -> str:
        return record.user.username
