"""Lists of sources and of names that mean nobody, which sort by their columns."""

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charter.measures.models import NameKind, UnmatchedName
from charter.measures.sources import is_stale
from charter.registry.models.sources import Source
from governance.ui.columns import write_day
from governance.ui.templatetags.mc import verdict_tag


def freshness_tag(source: Source, now: datetime) -> str:
    """How fresh a source is, by shape and word."""
    return verdict_tag(*find_freshness(source, now))


def find_freshness(source: Source, now: datetime) -> tuple[str, str]:
    """How fresh a source is: the shape and the word for it."""
    survey = getattr(source, "survey", None)
    if survey is None:
        return "due", _("Not looked at yet")
    if not survey.connected:
        return "withheld", _("Not connected")
    if survey.faults:
        return "deny", _("Not as described")
    if is_stale(survey, source.cadence, now):
        return "due", _("Late")
    return "permit", _("Fresh")


def _percent(share: float | None) -> str:
    """Rounded down, so that only a whole is told as one."""
    return "–" if share is None else f"{int(share * 100)} %"


class SourceTable(tables.Table):
    """The sources, each with how fresh it is and how much of its names is known."""

    name = tables.Column(verbose_name=gettext_lazy("Source"))
    kind = tables.Column(verbose_name=gettext_lazy("Kind"))
    state = tables.Column(verbose_name=gettext_lazy("State"), empty_values=(), orderable=False)
    newest = tables.Column(
        verbose_name=gettext_lazy("Newest"),
        accessor="survey__newest_at",
        order_by="survey__newest_at",
        default="–",
    )
    people = tables.Column(
        verbose_name=gettext_lazy("People known"),
        accessor="survey__people_known",
        order_by="survey__people_known",
        default="–",
    )
    teams = tables.Column(
        verbose_name=gettext_lazy("Teams known"),
        accessor="survey__teams_known",
        order_by="survey__teams_known",
        default="–",
    )
    unmatched = tables.Column(verbose_name=gettext_lazy("Unmatched names"))

    class Meta:
        model = Source
        fields = ("name", "kind", "state", "newest", "people", "teams", "unmatched")
        order_by = "name"
        attrs = {"class": "mc-table mc-stack"}

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now = now

    def render_name(self, record: Source) -> str:
        link = '<a class="govuk-link" href="{}">{}</a><span class="sub">{}</span>'
        return format_html(link, reverse("source", args=[record.slug]), record.name, record.slug)

    def render_kind(self, record: Source) -> str:
        return record.kind.replace("_", " ").capitalize()

    def render_state(self, record: Source) -> str:
        return freshness_tag(record, self._now)

    def render_newest(self, value: datetime) -> str:
        return date_format(localtime(value), "j M Y")

    def value_state(self, record: Source) -> str:
        return find_freshness(record, self._now)[1]

    def value_newest(self, value: datetime) -> str:
        return write_day(value)

    def value_people(self, value: float) -> str:
        return _percent(value)

    def value_teams(self, value: float) -> str:
        return _percent(value)

    def render_people(self, value: float) -> str:
        return _percent(value)

    def render_teams(self, value: float) -> str:
        return _percent(value)


class UnmatchedTable(tables.Table):
    """Names that mean nobody here, those of most events first, each with what can be said of it."""

    name = tables.Column(verbose_name=gettext_lazy("Name in the source"))
    kind = tables.Column(verbose_name=gettext_lazy("Of"))
    events = tables.Column(verbose_name=gettext_lazy("Rows"))
    suggestion = tables.Column(verbose_name=gettext_lazy("Might be"), default="–")
    say = tables.Column(verbose_name=gettext_lazy("Say who it is"), empty_values=(), orderable=False)

    class Meta:
        model = UnmatchedName
        fields = ("name", "kind", "events", "suggestion", "say")
        order_by = ("-events", "kind", "name")
        attrs = {"class": "mc-table mc-stack"}

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._source = source

    def render_kind(self, record: UnmatchedName) -> str:
        return _("A person") if record.kind == NameKind.PERSON else _("A team or service")

    def render_say(self, record: UnmatchedName) -> str:
        page = "identity-new" if record.kind == NameKind.PERSON else "alias-new"
        given = {"source": self._source, "name": record.name, "whose": record.suggestion}
        link = '<a class="govuk-link" href="{}?{}">{}<span class="govuk-visually-hidden">: {}</span></a>'
        return format_html(link, reverse(page), urlencode(given), _("Say who"), record.name)
