"""Quick find: a few of each thing that a word or a number leads to, as the reader may see them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from charter.registry import queries as registry
from charter.registry.models import Metric
from charter.registry.screens.page_context import badge
from charter.rules.vocabulary import Role
from governance.board import queries as board
from governance.board.screens import case_summary
from governance.decisions import queries as decisions
from governance.people.requests import PageRequest
from governance.ui.templatetags.mc import OUTCOMES, day
from ground.parsing import clean_word

MOST = 10  # of each kind
_CASE = re.compile(r"(?:case)?\s*(\d{1,8})", re.IGNORECASE)


@dataclass(frozen=True)
class FoundPage:
    """Something that was found: its name, what it is, and where."""

    name: str
    note: str
    url: str


def find(request: PageRequest) -> HttpResponse:
    """Metrics, cases, rules and receipts by name or number; `/` leads here from every page."""
    word = clean_word(request.GET.get("q", ""))[:100]
    groups = []
    if word:
        groups = [
            (_("Metrics"), list(_metrics(word))),
            (_("Cases"), list(_cases(request, word))),
            (_("Rules"), list(_rules(word))),
            (_("Receipts"), list(_receipts(request, word))),
        ]
    given = {"word": word, "groups": [each for each in groups if each[1]]}
    return render(request, "desk/find.html", given)


def _metrics(word: str) -> Iterable[FoundPage]:
    fits = Q(name__icontains=word) | Q(slug__icontains=word)
    for metric in Metric.objects.filter(fits).order_by("name")[:MOST]:
        yield FoundPage(metric.name, metric.slug, reverse("metric", args=[metric.slug]))


def _cases(request: PageRequest, word: str) -> Iterable[FoundPage]:
    metric = Q(charter_version__metric__name__icontains=word) | Q(
        charter_version__metric__slug__icontains=word
    )
    fits = Q(subject__icontains=word) | metric
    number = _CASE.fullmatch(word)
    fits = fits | Q(number=int(number[1])) if number else fits
    for case in board.list_visible_cases(request.user).filter(fits)[:MOST]:
        what = _("Case %(number)s, %(state)s") % {
            "number": case.number,
            "state": case.get_state_display().lower(),
        }
        yield FoundPage(case_summary.name_case(case), what, reverse("case", args=[case.pk]))


def _rules(word: str) -> Iterable[FoundPage]:
    folded = word.casefold()
    fitting = (
        rule
        for rule in registry.list_rules_in_force()
        if folded in rule.id.casefold() or folded in rule.title.casefold()
    )
    for rule, _place in zip(fitting, range(MOST), strict=False):
        yield FoundPage(rule.title, rule.id, reverse("rule", args=[rule.id]))


def _receipts(request: PageRequest, word: str) -> Iterable[FoundPage]:
    everybodys = badge(request).holds(Role.AUDITOR)
    for decision in decisions.list_by_number(word, by=request.user, everybodys=everybodys)[:MOST]:
        what = _("%(verdict)s, %(day)s") % {"verdict": OUTCOMES[decision.verdict], "day": day(decision.at)}
        yield FoundPage(str(decision.entry_id), what, reverse("receipt", args=[decision.entry_id]))
