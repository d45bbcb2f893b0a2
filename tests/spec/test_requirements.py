"""What must hold at every query, said as the requirements say it; the rules that bring it about are named beside."""

from datetime import date

import pytest

from charter import rules
from charter.rules.examples.base import PAYMENTS, RESCUE, SEARCH, about, one_person, oneself, person, team
from charter.rules.facts import Facts, ValueFacts
from charter.rules.vocabulary import (
    GROUP_OF,
    Category,
    Combine,
    ContextClass,
    DecisionType,
    Grain,
    Kind,
    OrderBy,
    SourceKind,
    Standing,
    TimeFilter,
    View,
)
from charter.rules.vocabulary import DecisionGroup as Group

HOUSE = rules.compile_rulebook(rules.builtin_files())
UNAPPROVED = [each for each in Standing if each not in (Standing.ACTIVE, Standing.PILOT)]
PEOPLE = [each for each in DecisionType if GROUP_OF[each] is Group.PEOPLE]


def matched(facts: Facts) -> set[str]:
    return {match.id for match in rules.decide([facts], HOUSE).rules}


def rated(**changes: object) -> Facts:
    """A performance rating by a charter that lists it, everything else in order."""
    listed = frozenset({(DecisionType.PERFORMANCE_RATING, Grain.PERSON)})
    return person(**{"decision": DecisionType.PERFORMANCE_RATING, "listed": listed, **changes})


@pytest.mark.parametrize("standing", UNAPPROVED)
def test_a_purpose_that_is_not_approved_answers_nothing(standing):
    """S4, S16, S50: whoever asks, and for themselves too."""
    assert "AR15" in matched(team(standing=standing, in_force=False))
    assert "AR15" in matched(oneself(standing=standing, in_force=False))


def test_slowing_down_for_a_burning_budget_is_held_against_nobody():
    """S27: delivery in a decision about a person, in months in which an error budget burned."""
    burning = ValueFacts(budget_burning=True)
    assert matched(rated(category=Category.DELIVERY, values=burning)) == {"AR19"}
    assert matched(rated(category=Category.DELIVERY)) == set()


@pytest.mark.parametrize("category", Category)
def test_no_score_and_no_list_of_people_by_any_metric(category):
    """S34, S68: no composite of a person, no ordered list, no top-n, no percentile of peers, whatever the metric."""
    of_kind = {"category": category}
    assert "AR06" in matched(one_person(**of_kind, combine=Combine.SCORE))
    for asked in (
        {"order_by": OrderBy.VALUE},
        {"limit": 3},
        {"percentile": True},
        {"persons": ("p-001", "p-002")},
    ):
        assert "AR05" in matched(one_person(**of_kind, **asked))
    assert "AR05" in matched(one_person(**of_kind, persons=(), **about(PAYMENTS)))


def test_a_performance_view_needs_an_audit_in_date():
    """S43, S104: passed, and not overdue by a day; without one nothing about people is answered."""
    assert matched(rated(fairness_until=date(2026, 4, 14))) == set()
    assert matched(rated(fairness_until=date(2026, 4, 13))) == {"AR25"}
    assert matched(rated(fairness_until=None)) == {"AR25"}


def test_two_people_are_compared_within_one_kind_of_project_only():
    """S58, S75: across context classes it is refused with the reason."""
    both = frozenset({ContextClass.PLATFORM, ContextClass.RESCUE})
    verdict = rules.decide([one_person(compare=True, person_classes=both)], HOUSE)
    (match,) = verdict.rules
    assert match.id == "AR11" and "platform and rescue" in match.here
    assert "AR11" in matched(team(**about(PAYMENTS, RESCUE), compare=True))
    assert "AR11" not in matched(team(**about(PAYMENTS, SEARCH), compare=True))


@pytest.mark.parametrize("shape", [Combine.QUOTA, Combine.CURVE])
def test_no_target_distribution_can_be_asked_for(shape):
    """S70: the attempt is refused by its rule, of people and of teams, and the line logs every refusal."""
    assert "AR17" in matched(rated(combine=shape))
    assert "AR17" in matched(team(combine=shape))


def test_evidence_of_a_rating_is_neither_activity_nor_surveillance():
    """S71, S62: by the metric's type and by its source, whatever it is called."""
    assert "AR08" in matched(rated(kind=Kind.ACTIVITY))
    assert "AR08" in matched(rated(category=Category.ACTIVITY))
    assert "AR01" in matched(rated(sources=frozenset({SourceKind.KEYBOARD}), name="Focus"))


@pytest.mark.parametrize("decision", PEOPLE)
def test_hours_and_strain_inform_no_decision_about_people(decision):
    """S56, S57, S114: weekends, evenings, online time, wellness; for every decision of the group."""
    listed = frozenset({(decision, Grain.PERSON)})
    about_one = {"decision": decision, "listed": listed}
    for part in TimeFilter:
        assert "AR03" in matched(person(**about_one, time_filter=part))
    assert "AR02" in matched(person(**about_one, category=Category.STRAIN))
    assert "AR02" in matched(person(**about_one, wellness_signal=True))


def test_strain_of_single_people_is_for_themselves():
    """S114, AR12: nobody else sees it, at any decision."""
    assert matched(oneself(category=Category.STRAIN)) == set()
    assert {"AR02", "AR12"} <= matched(one_person(category=Category.STRAIN))


def test_views_never_mix_classes():
    """S41, S44: a request that mixes them is refused by its rule, with a plain explanation."""
    verdict = rules.decide(
        [team(view=View.PERFORMANCE, trained=True, fairness_until=date(2027, 1, 1))], HOUSE
    )
    (match,) = verdict.rules
    assert match.id == "AR10" and "is a diagnostic metric" in match.here
