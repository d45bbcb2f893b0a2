"""Parts of our pages: `{% load mc %}`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from charter.rules import words as rules_words
from governance.ui import fields, wording
from governance.ui.charts import finding, interval_chart

register = template.Library()

# Shapes on a grid of 20; classes give fill and stroke, so that both schemes and forced colours reach them.
ICONS = {
    "permit": '<circle class="mc-ico__fill" cx="10" cy="10" r="9"/>'
    '<path class="mc-ico__cut" d="M5.6 10.4l3 3 5.8-6.4" stroke-width="2.4"/>',
    "if": '<circle class="mc-ico__edge" cx="10" cy="10" r="8" stroke-width="2"/>'
    '<path class="mc-ico__fill" d="M10 2a8 8 0 0 0 0 16z"/>',
    "deny": '<rect class="mc-ico__edge" x="1.8" y="1.8" width="16.4" height="16.4" stroke-width="2"/>'
    '<path class="mc-ico__line" d="M5.8 5.8l8.4 8.4M14.2 5.8l-8.4 8.4" stroke-width="2.4"/>',
    "refer": '<path class="mc-ico__fill" d="M10 .8L19.2 10 10 19.2.8 10z"/>'
    '<path class="mc-ico__cut" d="M6 10h7M10.4 6.8l3.2 3.2-3.2 3.2" stroke-width="2"/>',
    "withheld": '<rect class="mc-ico__edge" x="2" y="2" width="16" height="16" stroke-width="1.8" '
    'stroke-dasharray="3 2"/><path class="mc-ico__line" d="M4 12L12 4M6 16L16 6M12 17l5-5" stroke-width="1.6"/>',
    "due": '<path class="mc-ico__fill" d="M10 1.5L19 18H1z"/><path class="mc-ico__cut" d="M10 7v5.4" '
    'stroke-width="2.2"/><circle class="mc-ico__paper" cx="10" cy="15.2" r="1.3"/>',
    "note": '<circle class="mc-ico__edge" cx="10" cy="10" r="6" stroke-width="3"/>',
    "dash": '<path class="mc-ico__line" d="M5 10h10" stroke-width="2"/>',
    "chevron": '<path class="mc-ico__line" d="M7 4l6 6-6 6" stroke-width="2"/>',
    "cross": '<path class="mc-ico__line" d="M5 5l10 10M15 5L5 15" stroke-width="2.4"/>',
    "envelope": '<rect class="mc-ico__edge" x="1.5" y="4" width="17" height="12.5" stroke-width="1.8"/>'
    '<path class="mc-ico__line" d="M2 5l8 6.5L18 5" stroke-width="1.8"/>',
}
OUTCOMES = {
    "permit": _("Allowed"),
    "if": _("Allowed with conditions"),
    "deny": _("Not allowed"),
    "refer": _("For the board to decide"),
    "withheld": _("Withheld"),
    "due": _("Due"),
}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon; `label` says in hidden words what stands nowhere else on the page."""
    shape = mark_safe(ICONS[name])  # noqa: S308 (drawn above, by nobody who asks)
    drawing = format_html(
        '<svg class="mc-ico mc-ico--{}" viewBox="0 0 20 20" aria-hidden="true" focusable="false">{}</svg>',
        name,
        shape,
    )
    return (
        format_html('{}<span class="govuk-visually-hidden">{}</span>', drawing, label) if label else drawing
    )


@register.simple_tag
def verdict_tag(outcome: str, label: str = "", large: bool = False) -> SafeString:
    """Say a verdict by shape, word and tint; the word is the outcome's own unless `label` gives another."""
    size = " mc-v--lg" if large else ""
    words = label or OUTCOMES[outcome]
    return format_html('<span class="mc-v mc-v--{}{}">{}{}</span>', outcome, size, icon(outcome), words)


@register.simple_tag
def tag(label: str) -> SafeString:
    """Set a fact in a plain box: Charter version 3."""
    return format_html('<span class="mc-v mc-v--plain">{}</span>', label)


@register.simple_tag
def matrix_cell(outcome: str, label: str = "", url: str = "", about: str = "") -> SafeString:
    """Show one use in the matrix: shape over one word, linked to where it is checked; `about` says in hidden words of what."""
    if outcome == "dash":
        return _matrix_dash(label or str(_("Not set")), url, about)
    words = label or OUTCOMES[outcome]
    if url:
        hidden = format_html('<span class="govuk-visually-hidden"> {}</span>', about) if about else ""
        words = format_html('<a href="{}">{}{}</a>', url, words, hidden)
    return format_html('<span class="mc-cell mc-cell--{}">{}{}</span>', outcome, icon(outcome), words)


def _matrix_dash(label: str, url: str, about: str) -> SafeString:
    """A use that no clause speaks of: a dash, whose words are hidden."""
    if not url:
        return format_html('<span class="mc-cell mc-cell--dash">{}</span>', icon("dash", label))
    drawing = icon("dash", f"{label} {about}")
    return format_html('<span class="mc-cell mc-cell--dash"><a href="{}">{}</a></span>', url, drawing)


@register.simple_block_tag
def clause(
    content: SafeString, title: str, note: str = "", anchor: str = "", first: bool = False, last: bool = False
) -> SafeString:
    """A section of a document: its heading and note in the margin, `{% clause "What" "is measured" first=True %}`."""
    anchor = anchor or slugify(title)
    given = {"content": content, "title": title, "note": note, "anchor": anchor, "first": first, "last": last}
    return render_to_string("ui/clause.html", given)


@register.simple_block_tag
def verdict(
    content: SafeString, outcome: str, title: str = "", level: str = "h1", slim: bool = False
) -> SafeString:
    """A banner that says a verdict, with paragraphs inside: `{% verdict "deny" "Not allowed" %}<p>…</p>{% endverdict %}`."""
    given = {"content": content, "outcome": outcome, "title": title, "level": level, "slim": slim}
    return render_to_string("ui/verdict.html", given)


@register.simple_block_tag
def scroll(content: SafeString, label: str, dense: bool = False) -> SafeString:
    """Wrap a wide table in a named region that scrolls by keyboard."""
    return render_to_string("ui/scroll.html", {"content": content, "label": label, "dense": dense})


@register.inclusion_tag("ui/figure.html")
def interval_figure(
    rows: Iterable[Mapping[str, Any]], name: str, unit: str = "", unit_label: str = "", subtitle: str = ""
) -> dict[str, Any]:
    """A chart for pages and one for phones under the finding; `rows` as for `charts.interval_chart`."""
    rows = list(rows)
    found = finding(rows, name=name, unit=unit)
    if not rows:
        return {"finding": found, "subtitle": subtitle}
    label = unit_label or wording.unit_word(unit).capitalize()
    words: dict[str, Any] = {
        "title": f"{name}. {found}",
        "subtitle": subtitle,
        "unit_label": label,
        "unit": unit,
    }
    drawings = (interval_chart(rows, **words, width=width) for width in (560, 360))
    wide, narrow = (mark_safe(each) for each in drawings)  # noqa: S308 (drawn and cleaned by us)
    return {"finding": found, "subtitle": subtitle, "wide": wide, "narrow": narrow}


@register.inclusion_tag("ui/figure.html")
def small_figure(
    rows: Iterable[Mapping[str, Any]], name: str, whose: str, unit: str, label: str, within: Sequence[float]
) -> dict[str, Any]:
    """One of several small charts that share an axis, under its finding; what differs between them leads."""
    rows = list(rows)
    found = finding(rows, name=name, unit=unit)
    words: dict[str, Any] = {
        "title": f"{whose}. {found}",
        "subtitle": whose,
        "unit_label": label,
        "unit": unit,
    }
    drawn = interval_chart(rows, **words, width=360, small=True, within=within)
    return {
        "finding": rules_words.sentence(whose),
        "subtitle": found,
        "small": mark_safe(drawn),  # noqa: S308 (drawn and cleaned by us)
    }


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """Render a field's own element in GOV.UK's classes."""
    return fields.rendered(field)


register.filter("widget_kind", fields.widget_kind)
register.filter("options", fields.options)
register.filter("anchor", fields.anchor)


@register.filter
def rule_anchor(rule: Any) -> str:
    """Return the id of a rule's card, different for each metric that the rule matches: rule-ar04-commit-count."""
    parts = [
        rule.get(name) if isinstance(rule, Mapping) else getattr(rule, name, "") for name in ("id", "metric")
    ]
    return slugify(" ".join(["rule", *map(str, filter(None, parts))]))


# So many check boxes stand open beside a list.
_MOST_BOXES = 6


@register.filter
def is_long(field: BoundField) -> bool:
    """Whether a field has so many check boxes that they are better folded."""
    return (
        fields.widget_kind(field) == "checkboxes"
        and len(list(getattr(field.field, "choices", ()))) > _MOST_BOXES
    )


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a date in full, 14 April 2026; a moment's date in the current time zone."""
    if value is None or value == "":
        return wording.NO_VALUE
    return formats.date_format(_local(value), "j F Y")


@register.filter
def moment(value: datetime | None) -> str:
    """Write a moment, 14 April 2026, 09:12:04, in the current time zone (the programme's, as the pages set it)."""
    if value is None or value == "":
        return wording.NO_VALUE
    return formats.date_format(_local(value), "j F Y, H:i:s")


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.filter
def month_label(value: date | str | None) -> str:
    """Write a month in short: Apr 2025."""
    return wording.period_name(value, short=True) if value else wording.NO_VALUE


@register.filter
def period_label(value: str | None) -> str:
    """Write a period of published values in short: Apr 2025, Q1 2026."""
    return month_label(value)


@register.filter
def number(value: Any, unit: str = "") -> str:
    """Write a value without its unit's word, as in a table's cell: 31.2, 7%, 41."""
    return wording.number(value, unit)


@register.filter
def quantity(value: Any, unit: str = "") -> str:
    """Write a value with its unit's word, as in a sentence: 31.2 hours, 7%, 41."""
    return wording.quantity(value, unit)


@register.filter("range")
def value_range(row: Any, unit: str = "") -> str:
    """Write the range a value likely lies in, 25.8–37.4, of a row with `low` and `high`."""
    low, high = (
        row.get(name) if isinstance(row, Mapping) else getattr(row, name) for name in ("low", "high")
    )
    if low is None or high is None:
        return wording.NO_VALUE
    return f"{wording.number(low, unit)}–{wording.number(high, unit)}"


@register.filter
def duration_words(value: str | None) -> str:
    """Write an ISO 8601 duration in words: P13M is 13 months."""
    return rules_words.duration(value)
