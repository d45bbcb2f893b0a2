"""A charter's conditions are checked or affirmed, and its forbidden uses bind (S19, S22, S104; AR14)."""

import pytest
from msgspec.structs import replace

from charter import rules
from charter.rules import conditions
from charter.rules.examples.base import PAYMENTS, RESCUE, SEARCH, about, oneself, team
from charter.rules.facts import Facts, ForbiddenUse
from charter.rules.request import Evidence
from charter.rules.vocabulary import (
    Combine,
    ContextKind,
    DecisionType,
    EvidenceKind,
    Grain,
    OrderBy,
    RequestForm,
    TimeFilter,
    UseCondition,
)

HOUSE = rules.compile_rulebook(rules.builtin_files())
USE = (DecisionType.RETROSPECTIVE, Grain.TEAM)
WISH = "The team itself has asked for this."


def bound_to(condition: UseCondition, **changes) -> Facts:
    return replace(team(conditions=frozenset({(*USE, condition)})), **changes)


def decide(facts: Facts) -> rules.Verdict:
    return rules.decide([facts], HOUSE)


ASKED = team().request
MET = {
    UseCondition.NOT_ONLY_EVIDENCE: {"checked_evidence": 1},
    UseCondition.ACCOUNTABLE: {"accountable_human": True, "request": replace(ASKED, accountable="lead")},
    UseCondition.CONSENT: {"consented": True},
    UseCondition.DURING_INCIDENT: {"lasting": frozenset({ContextKind.PRODUCTION_INCIDENT})},
    UseCondition.DURING_FREEZE: {"lasting": frozenset({ContextKind.FREEZE})},
    UseCondition.DURING_MIGRATION: {"lasting": frozenset({ContextKind.MIGRATION})},
}


@pytest.mark.parametrize("condition", MET)
def test_a_condition_that_is_not_met_refuses_and_says_what_is_missing(condition: UseCondition) -> None:
    """Conditions of charters: each is checked from facts; what it lacks is named."""
    verdict = decide(bound_to(condition))
    assert {match.id for match in verdict.rules} == {"AR14"}
    assert conditions.LACKING[condition] in verdict.rules[0].here
    assert decide(bound_to(condition, **MET[condition])).permits


@pytest.mark.parametrize(
    ("condition", "claimed"),
    [
        (UseCondition.NOT_ONLY_EVIDENCE, {"evidence": (Evidence(EvidenceKind.DESIGN_REVIEW, "invented"),)}),
        (UseCondition.ACCOUNTABLE, {"accountable": "nobody"}),
        (UseCondition.DURING_INCIDENT, {"affirms": ("An incident lasts.",)}),
        (UseCondition.DURING_FREEZE, {"reason": "There is a freeze."}),
        (UseCondition.CONSENT, {"affirms": ("The team has agreed.",)}),
    ],
)
def test_what_an_asker_says_meets_no_condition_that_is_checked(condition, claimed) -> None:
    assert not decide(bound_to(condition, request=replace(ASKED, **claimed))).permits


def test_one_s_own_figure_is_for_oneself() -> None:
    """S104: a condition of one's own figure is met by asking for one's own, and by nothing else."""
    own = oneself()
    use = (own.request.decision, own.request.grain)
    bound = replace(
        own, charter=replace(own.charter, conditions=frozenset({(*use, UseCondition.OWN_FIGURE)}))
    )
    assert decide(bound).permits
    assert not decide(bound_to(UseCondition.OWN_FIGURE)).permits


def test_a_condition_of_another_use_asks_nothing() -> None:
    other = frozenset({(DecisionType.STAFFING, Grain.TEAM, UseCondition.CONSENT)})
    assert decide(team(conditions=other)).permits


def affirming(*said: str) -> Facts:
    facts = team(affirmations=frozenset({(*USE, WISH)}))
    return replace(facts, request=replace(facts.request, affirms=said))


def test_what_only_the_asker_knows_is_affirmed_in_the_charter_s_words() -> None:
    """Whoever affirms other words affirms nothing; the sentence is told where it lacks."""
    assert WISH in decide(affirming()).rules[0].here
    assert not decide(affirming("The team has asked.")).permits
    assert decide(affirming(WISH)).permits
    assert not decide(replace(affirming(WISH), request=replace(ASKED, affirms=()))).permits


def test_what_is_foreseen_asks_for_an_affirmation_and_makes_none_up() -> None:
    facts = affirming()
    found = rules.foresee({facts.charter.metric: facts}, facts.request, HOUSE)
    assert found.permits and found.affirms == (WISH,)
    assert found.request.affirms == () and not found.may_be_asked
    assert rules.smallest_change([facts], HOUSE) is None


def test_evidence_that_a_condition_wants_is_foreseen() -> None:
    facts = bound_to(UseCondition.NOT_ONLY_EVIDENCE)
    found = rules.foresee({facts.charter.metric: facts}, facts.request, HOUSE)
    assert found.permits and found.evidence == 1 and not found.accountable


FORMS = {
    RequestForm.SEVERAL: about(PAYMENTS, SEARCH),
    RequestForm.UNLIKE: {"compare": True, **about(PAYMENTS, RESCUE)},
    RequestForm.RANKING: {"order_by": OrderBy.VALUE, **about(PAYMENTS, SEARCH)},
    RequestForm.COMPARE: {"compare": True},
    RequestForm.COMBINE: {"combine": Combine.MEAN},
    RequestForm.CLOCK: {"time_filter": TimeFilter.EVENING},
    RequestForm.EXPORT: {"export": True},
}


def test_every_form_is_tried() -> None:
    assert set(FORMS) | {RequestForm.SINGLE_PERSON} == set(RequestForm)


@pytest.mark.parametrize("form", FORMS)
def test_a_forbidden_form_is_refused_whatever_is_waived(form: RequestForm) -> None:
    """S19: “ranking teams” binds, also where the board has waived the rule against it."""
    feared = (ForbiddenUse("Ranking teams", forms=frozenset({form})),)
    waived = frozenset({"AR29", "AR26", "AR05"})
    asked = replace(team(forbidden=feared, **FORMS[form]), waived=waived)
    refused = decide(asked)
    assert "AR14" in {match.id for match in refused.rules}
    assert any("Ranking teams" in match.here for match in refused.rules)
    free = replace(team(**FORMS[form]), waived=waived)
    assert "AR14" not in {match.id for match in decide(free).rules}
    assert decide(team(forbidden=feared)).permits


def test_a_forbidden_form_of_one_decision_or_level_leaves_the_others() -> None:
    of_staffing = ForbiddenUse(
        "Export", decisions=frozenset({DecisionType.STAFFING}), forms=frozenset({RequestForm.EXPORT})
    )
    of_persons = ForbiddenUse(
        "Export", grains=frozenset({Grain.PERSON}), forms=frozenset({RequestForm.EXPORT})
    )
    refused = decide(team(forbidden=(of_staffing, of_persons), export=True))
    assert "AR14" not in {match.id for match in refused.rules}


def test_a_form_that_a_charter_forbids_is_taken_out_by_a_repair() -> None:
    feared = (ForbiddenUse("Comparing", forms=frozenset({RequestForm.COMPARE})),)
    found = rules.smallest_change([team(forbidden=feared, compare=True)], HOUSE)
    assert found is not None and [change.part for change in found.changes] == ["Compare"]


@pytest.mark.parametrize(
    ("asked", "ranks"),
    [
        ({"percentile": True, **about(PAYMENTS, SEARCH)}, True),
        ({"percentile": True}, False),
        ({"limit": 3, **about(PAYMENTS, SEARCH)}, True),
        ({"order_by": OrderBy.VALUE}, False),
        ({"limit": 3}, False),
        ({"order_by": OrderBy.COHORT, **about(PAYMENTS, SEARCH)}, False),
        (about(PAYMENTS, SEARCH), False),
    ],
)
def test_a_ranking_is_of_several(asked, ranks) -> None:
    """The months of one team stand in any order; several stand by their names."""
    assert (RequestForm.RANKING in conditions.find_forms(team(**asked))) is ranks
