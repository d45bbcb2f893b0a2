"""Words of single pages: `{% load desk %}`."""

from collections.abc import Iterable

from django import template
from django.utils.translation import gettext as _

from charter.rules import Verdict, words
from governance.desk import wording
from governance.desk.answers import rule_url
from governance.desk.tables import standing_tag
from governance.desk.templatetags.mc import OUTCOMES
from governance.people.queries import CohortAsked

register = template.Library()
register.filter("standing", standing_tag)
register.filter("spoken", words.spoken)
register.filter("inside", words.inside)
register.filter("rule_url", rule_url)


@register.filter
def cohort_list(cohorts: Iterable[CohortAsked]) -> str:
    """`team payments, 12 people`."""
    return words.listed(
        f"{words.cohort(cohort.slug)} ({words.many(cohort.people, 'person', 'people')})" for cohort in cohorts
    )


@register.filter
def unit_word(unit: str) -> str:
    """`hours`, `percent`; a plain count has none."""
    return wording.unit_word(unit) or _("a count")


@register.filter
def month_name(month: str) -> str:
    """`March 2026` of 2026-03."""
    return wording.period_name(month)


@register.filter
def words_of(slug: str) -> str:
    """`change failure rate` of change-failure-rate."""
    return slug.replace("-", " ")


@register.filter
def number_words(count: int) -> str:
    """`Three`, to begin a sentence."""
    return words.sentence(words.number(count))


@register.filter
def verdict_words(outcome: str) -> str:
    """`allowed` of permit, as within a sentence."""
    return words.inside(str(OUTCOMES[outcome]))


@register.filter
def rule_ids(verdict: Verdict) -> str:
    """`AR04, AR14`: the rules that decided, each once."""
    return ", ".join(dict.fromkeys(bite.id for bite in verdict.rules))
