"""What a trial proof found permitted, request by request: each is refused, and its neighbour is not (issue 16)."""

import pytest

from charter.programme.models import DecisionKind
from charter.rules.builtin_rules import builtin_rulebook
from charter.rules.engine import judge
from charter.rules.examples.base import SEARCH, about, one_person, person, team
from charter.rules.facts import CohortFacts, Facts
from charter.rules.vocabulary import (
    Category,
    ContextClass,
    DecisionGroup,
    DecisionType,
    Grain,
    Kind,
    Nature,
    Role,
)
from ground import records
from ground.errors import BadInput
from tests import factories

HOUSE = builtin_rulebook()
SPANNING = CohortFacts("team:both", 9, 5, frozenset({ContextClass.PLATFORM, ContextClass.RESCUE}))
RESCUE = CohortFacts("team:ledger", 8, 5, frozenset({ContextClass.RESCUE}))
PAYMENTS = CohortFacts("team:payments", 9, 5, frozenset({ContextClass.PLATFORM}))


def at(grain: Grain, **changes: object) -> Facts:
    """A listing at a level, with everything in order for it."""
    every = {
        "listed": frozenset({(DecisionType.RETROSPECTIVE, grain)}),
        "access": frozenset({(Role.MANAGER, grain)}),
    }
    return team(grain=grain, **every, **changes)


def decided_of_group(**changes: object) -> Facts:
    """A decision about people that looks at a team's value."""
    use = (DecisionType.PROMOTION_EVIDENCE, Grain.TEAM)
    return person(grain=Grain.TEAM, persons=(), listed=frozenset({use}), **about(PAYMENTS), **changes)


def refusing(facts: Facts) -> set[str]:
    return {rule.id for rule in judge(facts, HOUSE).rules}


@pytest.mark.parametrize(
    ("found", "rule"),
    [
        (person(category=Category.SURVEY), "AR02"),
        (person(nature=frozenset({Nature.SURVEY})), "AR02"),
        (team(**about(PAYMENTS, RESCUE)), "AR11"),
        (team(**about(SPANNING), percentile=True), "AR11"),
        (person(human=False), "AR18"),
        (decided_of_group(protected=True), "AR22"),
        (one_person(kind=Kind.ACTIVITY, category=Category.QUALITY), "AR04"),
    ],
    ids=[
        "survey",
        "survey by nature",
        "side by side",
        "percentile over two kinds",
        "machine",
        "protected",
        "kind",
    ],
)
def test_what_the_trial_found_is_refused(found: Facts, rule: str) -> None:
    assert rule in refusing(found)


@pytest.mark.parametrize("grain", [Grain.SERVICE, Grain.ROTA, Grain.ROLE_COHORT])
@pytest.mark.parametrize(
    "cohorts", [{"cohorts": (), "cohort_facts": ()}, about(SEARCH)], ids=["none", "a team"]
)
def test_a_level_without_groups_of_its_own_tells_nothing(grain: Grain, cohorts: dict) -> None:
    """A listing at `rota` could release a team's values: no cohort of that kind exists."""
    assert "AR14" in refusing(at(grain, **cohorts))


@pytest.mark.parametrize(
    "neighbour", [team(), team(**about(PAYMENTS, SEARCH)), person(), one_person(), at(Grain.TEAM), team(**about(SPANNING))]
)  # fmt: skip
def test_their_neighbours_are_permitted(neighbour: Facts) -> None:
    assert judge(neighbour, HOUSE).permitted


@pytest.mark.django_db
@pytest.mark.parametrize("group", [group for group in DecisionGroup if group is not DecisionGroup.PEOPLE])
def test_a_decision_about_people_is_of_no_other_group(group: DecisionGroup) -> None:
    """Statements rest on it (P20): the database keeps a decision's group tied to its name."""
    factories.a_programme()
    rating = DecisionKind.objects.get(slug=DecisionType.PERFORMANCE_RATING)
    rating.group = group
    with pytest.raises(BadInput, match="always of the same group"):
        records.check(rating)
