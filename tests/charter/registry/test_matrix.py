"""Cells of the matrix, worked out from a charter alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.programme import starter as programme_starter
from charter.registry import catalogue, matrix
from charter.registry.document import Allowed, Forbidden, WhichDecisions
from charter.registry.matrix import Use
from charter.rules.vocabulary import DecisionType, Grain, RequestForm, UseCondition

DECISIONS = [starter.facts for starter in programme_starter.read_starter_decisions()]
TEAM = (Grain.TEAM,)


def cell(uses: WhichDecisions, decision: DecisionType, **more) -> matrix.Cell:
    return next(each for each in matrix.build_cells(uses, DECISIONS, **more) if each.decision is decision)


def allowed(decision: DecisionType, **more) -> WhichDecisions:
    return WhichDecisions(allowed=(Allowed(decision, more.pop("grains", TEAM), **more),))


@pytest.mark.parametrize(
    ("uses", "use", "says"),
    [
        (allowed(DecisionType.STAFFING), Use.ALLOWED, ""),
        (
            allowed(DecisionType.STAFFING, conditions=(UseCondition.DURING_FREEZE,)),
            Use.CONDITIONAL,
            "Only while a confirmed freeze lasts.",
        ),
        (
            allowed(DecisionType.STAFFING, affirm=("We were asked to.",)),
            Use.CONDITIONAL,
            "Whoever asks affirms: “We were asked to.”",
        ),
        (
            allowed(DecisionType.STAFFING, beside=("slo-compliance",)),
            Use.CONDITIONAL,
            "Only when asked together with SLO compliance.",
        ),
        (
            allowed(DecisionType.STAFFING, grains=(Grain.SELF,)),
            Use.CONDITIONAL,
            "Only one’s own figure, brought by oneself.",
        ),
        (
            WhichDecisions(forbidden=(Forbidden("Staffing", "It misleads.", (DecisionType.STAFFING,)),)),
            Use.FORBIDDEN,
            "It misleads.",
        ),
        (
            WhichDecisions(
                forbidden=(
                    Forbidden("Exports", "No.", (DecisionType.STAFFING,), forms=(RequestForm.EXPORT,)),
                )
            ),
            Use.NOT_SET,
            "",
        ),
        (WhichDecisions(forbidden=(Forbidden("Rankings", "They harm."),)), Use.NOT_SET, ""),
        (WhichDecisions(), Use.NOT_SET, ""),
    ],
)
def test_a_cell_says_what_the_charter_says(uses, use, says):
    """S8: allowed, conditional, forbidden, not set, read from the charter's clauses."""
    found = cell(uses, DecisionType.STAFFING, names={"slo-compliance": "SLO compliance"})
    assert (found.use, found.says) == (use, says)


def test_one_clause_without_a_condition_allows_outright():
    """S8: two clauses at different grains; the freer one decides what the cell says."""
    uses = WhichDecisions(
        allowed=(
            Allowed(DecisionType.STAFFING, (Grain.ORG,), affirm=("It is the yearly look.",)),
            Allowed(DecisionType.STAFFING, TEAM),
        )
    )
    assert cell(uses, DecisionType.STAFFING).use is Use.ALLOWED
    assert cell(uses, DecisionType.STAFFING).grains == (Grain.ORG, Grain.TEAM)


def test_the_programme_adds_its_demands_to_decisions_about_people():
    """AR07, S22: no decision about a person is allowed outright, whatever a charter writes."""
    found = cell(allowed(DecisionType.PERFORMANCE_RATING), DecisionType.PERFORMANCE_RATING)
    assert found.use is Use.CONDITIONAL
    assert "a second metric" in found.says and "qualitative evidence" in found.says


def test_what_is_about_people_is_not_in_force_before_an_audit():
    """S22: the cell says so before anybody asks; other uses are as they were."""
    rating = allowed(DecisionType.PERFORMANCE_RATING)
    assert (
        "Not in force before a fairness audit"
        in cell(rating, DecisionType.PERFORMANCE_RATING, audited=False).says
    )
    assert "Not in force" not in cell(rating, DecisionType.PERFORMANCE_RATING, audited=True).says
    assert cell(allowed(DecisionType.STAFFING), DecisionType.STAFFING, audited=False).use is Use.ALLOWED


def test_a_charter_on_trial_allows_only_its_pilot_team():
    """Issue 3, item 4: other teams are denied, so nothing is allowed outright."""
    found = cell(allowed(DecisionType.STAFFING), DecisionType.STAFFING, piloted=True)
    assert (found.use, found.says) == (Use.CONDITIONAL, "Only for the team that tries it out.")


def test_incident_burden_and_hours_online_say_what_they_must():
    """S139, S140: staffing allowed and ratings forbidden; hours online for no evaluation, only as an optional signal."""
    burden = catalogue.read_starter_charters()["incident-burden"].which_decisions
    assert cell(burden, DecisionType.STAFFING).use in (Use.ALLOWED, Use.CONDITIONAL)
    assert cell(burden, DecisionType.PERFORMANCE_RATING).use is Use.FORBIDDEN
    hours = catalogue.read_starter_charters()["hours-online"].which_decisions
    people = [each.decision for each in DECISIONS if each.consequential]
    assert {cell(hours, decision).use for decision in people} == {Use.FORBIDDEN}
    allowed_uses = {each.use for each in matrix.build_cells(hours, DECISIONS)} - {Use.FORBIDDEN, Use.NOT_SET}
    assert allowed_uses == {Use.CONDITIONAL}


@given(st.sampled_from(sorted(catalogue.read_starter_charters())))
def test_every_cell_leads_to_a_clause_that_names_its_decision(slug):
    """Issue 3, item 5: the anchor's clause is the one that says so."""
    uses = catalogue.read_starter_charters()[slug].which_decisions
    for found in matrix.build_cells(uses, DECISIONS):
        kind, _, place = found.anchor.partition("-")
        if found.use is Use.NOT_SET:
            assert found.anchor == matrix.HEADING
        elif kind == "allowed":
            assert uses.allowed[int(place) - 1].decision is found.decision
        else:
            assert found.decision in uses.forbidden[int(place) - 1].decisions
