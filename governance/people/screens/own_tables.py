"""One's tokens and one's sessions as lists that are narrowed and sorted. Neither holds what lets somebody in."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from governance.people import permissions
from governance.people.models import Session, Token, User
from governance.people.scopes import Scope
from governance.people.sessions import is_under
from governance.ui.columns import DayColumn, MomentColumn
from governance.ui.narrowing import Searched, WithinDays


class TokenFilter(Searched, WithinDays):
    """By words of what it is called and whose it is, by what it may do, and the days on which it was made."""

    scope = django_filters.MultipleChoiceFilter(
        label=_("For"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    searched = ("name", "user__username")
    happened = "made_at"

    class Meta:
        model = Token
        fields = ()


class TokenTable(tables.Table):
    """Tokens, each with whose it is and what the reader can do with it; never the token itself."""

    name = tables.Column(verbose_name=_("Name"))
    of = tables.Column(verbose_name=_("Of"), accessor="user__username")
    scope = tables.Column(verbose_name=_("For"))
    made_at = DayColumn(verbose_name=_("Made"))
    expires_at = MomentColumn(verbose_name=_("Valid until"))
    last_used_at = MomentColumn(verbose_name=_("Last used"), default=_("never"))
    acts = tables.Column(verbose_name=_("What can be done"), empty_values=(), orderable=False)

    class Meta:
        attrs = {"class": "mc-table mc-stack"}

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reader = reader

    def render_of(self, record: Token) -> str:
        return _now("You") if record.user_id == self._reader.pk else record.user.username

    def value_of(self, record: Token) -> str:
        return record.user.username

    def render_expires_at(self, value: datetime, record: Token) -> str:
        until = formats.date_format(timezone.localtime(value), "j F Y, H:i")
        return format_html('{}<span class="sub">{}</span>', until, _now("over")) if record.is_over else until

    def render_last_used_at(self, value: datetime) -> str:
        hour = formats.date_format(timezone.localtime(value), "j F Y, H:00")
        return _now("%(hour)s or later") % {"hour": hour}

    def render_acts(self, record: Token) -> str:
        return format_html_join(" · ", "{}", ((each,) for each in self._list_acts(record)))

    def _list_acts(self, token: Token) -> Iterator[SafeString | str]:
        if token.waits and not token.is_over and permissions.can_confirm_token(self._reader, token):
            yield _act("token-confirm", _now("Confirm"), token)
        elif token.waits:
            yield _now("Waits for a second administrator")
        yield _act("token-revoke", _now("Revoke"), token)


def _act(page: str, words: str, token: Token) -> SafeString:
    link = '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden">: {}</span></a>'
    return format_html(link, reverse(page, args=[token.pk]), words, token.name)


class SessionFilter(Searched, WithinDays):
    """By words of the browser or its address, and the days on which it was last used."""

    searched = ("device", "address")
    happened = "last_used_at"

    class Meta:
        model = Session
        fields = ()


class SessionTable(tables.Table):
    """Browsers that are signed in, the one that asks first; never a key."""

    device = tables.Column(verbose_name=_("Browser"), empty_values=())
    address = tables.Column(verbose_name=_("From"), default=_("not known"))
    signed_in_at = MomentColumn(verbose_name=_("Signed in"))
    last_used_at = MomentColumn(verbose_name=_("Last used"))
    end = tables.TemplateColumn(
        verbose_name=_("End it"), template_name="people/parts/session_end.html", orderable=False
    )

    class Meta:
        attrs = {"class": "mc-table mc-stack"}

    def __init__(self, *args: Any, key: str | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._key = key

    def render_device(self, value: str, record: Session) -> str:
        named = value or _now("A browser that we do not know")
        here = _now("The one you are looking at")
        return (
            format_html('{}<span class="sub">{}</span>', named, here)
            if is_under(record, self._key)
            else named
        )

    def value_device(self, value: str) -> str:
        return value
