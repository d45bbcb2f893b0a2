"""Lists about oneself that sort by their columns."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from charter.registry.models import Metric
from charter.rules import words
from governance.about_me.letters import name_use
from governance.about_me.look_words import LookWords
from governance.about_me.queries.looks import ToldLook, name_asker
from governance.decisions.models import DecisionRecord
from governance.ui.templatetags.mc import moment


class LookTable(tables.Table):
    """Who looked, when, at what, for what, and the receipt of it."""

    at = tables.Column(verbose_name=_("When"))
    who = tables.Column(verbose_name=_("Who and what"), empty_values=(), orderable=False)
    grain = tables.Column(verbose_name=_("Whose values"))
    use = tables.Column(verbose_name=_("For what"))
    rule = tables.Column(verbose_name=_("Under which rule and charter"), empty_values=(), orderable=False)
    receipt = tables.Column(verbose_name=_("Receipt"), empty_values=(), orderable=False)

    class Meta:
        model = DecisionRecord
        fields = ("at", "who", "grain", "use", "rule", "receipt")
        order_by = "-at"
        attrs = {"class": "mc-table mc-stack"}

    def __init__(self, *args: Any, words_of: LookWords, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._words = words_of

    def render_at(self, value: datetime) -> str:
        return moment(value)

    def render_who(self, record: ToldLook) -> str:
        said = f"{words.sentence(self._words.metrics(record))}, {self._words.window(record)}"
        beside = self._words.beside(record)
        more = _now(". Beside it: %(metrics)s") % {"metrics": beside} if beside else ""
        return format_html('<b>{}</b><span class="sub">{}{}</span>', name_asker(record), said, more)

    def render_grain(self, record: ToldLook) -> str:
        return self._words.whose(record)

    def render_use(self, record: DecisionRecord) -> str:
        return words.sentence(name_use(record))

    def render_rule(self, record: DecisionRecord) -> str:
        return self._words.permitted_by(record)

    def render_receipt(self, record: DecisionRecord) -> str:
        hidden = _now("look of %(at)s, explained") % {"at": moment(record.at)}
        return format_html(
            '<a class="govuk-link mc-mono mc-nowrap" href="{}">{}<span class="govuk-visually-hidden">, {}</span></a>',
            reverse("about-me-look", args=[record.entry_id]),
            str(record.entry_id)[:8],
            hidden,
        )


class IncludedTable(tables.Table):
    """The metrics that include the reader; `included` says of each what its charter does."""

    name = tables.Column(verbose_name=_("Metric"))
    what = tables.Column(verbose_name=_("What it counts"), empty_values=(), orderable=False)
    groups = tables.Column(verbose_name=_("Told of"), empty_values=(), orderable=False)
    kept = tables.Column(verbose_name=_("Kept for"), empty_values=(), orderable=False)
    own = tables.Column(verbose_name=_("Your own figure"), empty_values=(), orderable=False)

    class Meta:
        model = Metric
        fields = ("name", "what", "groups", "kept", "own")
        order_by = "name"
        attrs = {"class": "mc-table mc-stack"}

    def __init__(self, *args: Any, included: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._included = included

    def render_name(self, record: Metric) -> str:
        return format_html(
            '<a class="govuk-link" href="{}">{}</a>', reverse("metric", args=[record.slug]), record.name
        )

    def render_what(self, record: Metric) -> str:
        found = self._included[record.slug]
        return format_html(
            '{}<span class="sub">{} {}</span>', found.definition, found.affects_me, found.counts
        )

    def render_groups(self, record: Metric) -> str:
        return words.sentence(self._included[record.slug].whose)

    def render_kept(self, record: Metric) -> str:
        found = self._included[record.slug]
        said = {"facts": words.duration(found.facts_kept), "values": words.duration(found.values_kept)}
        return _now("Source rows %(facts)s, values %(values)s") % said

    def render_own(self, record: Metric) -> str:
        found = self._included[record.slug]
        if not found.names_person:
            return _now("There is none: no event carries a name")
        if found.own_use is None:
            return _now("Its charter opens single figures to nobody")
        hidden = _now("of %(metric)s") % {"metric": record.name}
        return format_html(
            '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden"> {}</span></a>',
            reverse("about-me-values", args=[record.slug]),
            _now("See it"),
            hidden,
        )
