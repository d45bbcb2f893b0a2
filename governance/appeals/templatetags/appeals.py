"""Words of appeals for their pages."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import cast

from django import template
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from charter.rules.vocabulary import ContextKind, DecisionType
from governance.appeals.states import AboutKind
from governance.appeals.words import AppealAbout, ContextSaid
from governance.decisions.states import ABOUT
from governance.ui.forms import ServiceForm, Text, choice_field
from governance.ui.questions import name_decision
from governance.ui.templatetags.mc import day

register = template.Library()
_RECEIPT = re.compile(r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")


@register.filter
def about_words(about: AppealAbout) -> str:
    """What an appeal is about: `A value: lead-time-for-changes, team:payments, 1 March 2026 – 31 March 2026`."""
    parts = [*about.metrics, *about.cohorts, about.person, about.rule]
    if about.starts_on and about.ends_on:
        parts.append(f"{day(about.starts_on)} – {day(about.ends_on - timedelta(days=1))}")
    said = ", ".join(filter(None, parts))
    label = str(AboutKind(about.kind).label)
    return f"{label}: {said}" if said else label


@register.filter
def context_word(kind: str) -> str:
    return str(ABOUT[ContextKind(kind)].label) if kind in set(ContextKind) else _("Something else")


@register.filter
def with_receipts(text: str) -> SafeString:
    """What is written, with the numbers of receipts in it leading to them; who may open one is for its page to say."""
    parts = _RECEIPT.split(linebreaksbr(text))
    # Every second part is what the pattern found.
    linked = (
        format_html(
            '<a class="govuk-link mc-mono mc-hash" href="{}">{}</a>', reverse("receipt", args=[part]), part
        )
        if at % 2
        else part
        for at, part in enumerate(parts)
    )
    return mark_safe("".join(linked))  # noqa: S308 - linebreaksbr escaped what was written


@register.filter
def use_word(use: str) -> str:
    """What values are for: `calibration_input` as `Calibration input`."""
    return name_decision(DecisionType(use))


@register.filter
def last_day(said: ContextSaid) -> date:
    """The last day that it is said of, which is in it."""
    return said.ends_on - timedelta(days=1)


@register.filter
def hints(form: ServiceForm) -> Iterator[tuple[Text, Text]]:
    """What each choice of the form's one question means."""
    (name, said), *_others = getattr(form, "hints", {}).items()
    labels = dict(cast("Iterable[tuple[str, Text]]", choice_field(form, name).choices))
    return ((labels[word], hint) for word, hint in said.items() if word in labels)
