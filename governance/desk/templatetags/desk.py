"""Words of single pages: `{% load desk %}`."""

from collections.abc import Iterable, Sequence

from django import template
from django.utils.translation import gettext as _

from charter.registry.screens.tables import standing_tag
from charter.rules import Verdict, words
from charter.rules.examples import ExampleResult
from charter.rules.vocabulary import DecisionType
from governance.board.models import Waiver
from governance.board.screens import case_details
from governance.people.queries import CohortAsked
from governance.ui import questions, wording
from governance.ui.links import rule_url
from governance.ui.templatetags.mc import OUTCOMES

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
def decision_name(decision: str) -> str:
    """`promotion evidence`, `one-on-one`."""
    return questions.name_decision(DecisionType(decision))


@register.filter
def item(rows: Sequence[object], place: int) -> object:
    """The one at a place, counted from nought."""
    return rows[place]


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
def mismatch(tried: ExampleResult) -> str:
    """Why an example of a rule no longer holds, in a sentence; empty where it does."""
    if tried.matches:
        return ""
    ids = rule_ids(tried.verdict)
    if tried.example.permitted:
        return _("The built-in rules allow this. %(ids)s, which your organisation added, stops it.") % {
            "ids": ids
        }
    if ids:
        return _("This rule ought to stop this. At present it does not; %(ids)s does.") % {"ids": ids}
    return _("This rule ought to stop this. At present it is allowed.")


@register.filter
def waiver_scope(waiver: Waiver) -> str:
    """`Lead time for changes, for a retrospective`."""
    return words.sentence(case_details.describe_scope(waiver))


@register.filter
def outcome_words(outcome: str) -> str:
    """`Allowed` of permit, as it stands by itself."""
    return str(OUTCOMES[outcome])


@register.filter
def rule_ids(verdict: Verdict) -> str:
    """`AR04, AR14`: the rules that decided, each once."""
    return ", ".join(dict.fromkeys(match.id for match in verdict.rules))
