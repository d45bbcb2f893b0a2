"""What the board bound an approval to, and what it leaves of a charter."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.registry.bounds import UNBOUND, Bounds
from charter.registry.document import Allowed, Forbidden, WhichDecisions
from charter.registry.matrix import BOUNDS, Use, build_cells
from charter.rules.facts import DecisionFacts
from charter.rules.vocabulary import GROUP_OF, DecisionType, Grain
from tests import factories

RETRO, STAFFING, COACHING = DecisionType.RETROSPECTIVE, DecisionType.STAFFING, DecisionType.TEAM_COACHING
LISTED = WhichDecisions(
    allowed=(Allowed(RETRO, (Grain.TEAM, Grain.ORG)), Allowed(STAFFING, (Grain.ORG,))),
    forbidden=(Forbidden("Ranking", "Nobody is ranked.", (DecisionType.PERFORMANCE_RATING,)),),
)
some = st.none() | st.frozensets(st.sampled_from([Grain.TEAM, Grain.ORG, Grain.SELF]), min_size=1)
bounds = st.builds(
    Bounds, grains=some, decisions=st.none() | st.frozensets(st.sampled_from(list(DecisionType)), min_size=1)
)


def uses(listed: WhichDecisions) -> set[tuple[DecisionType, Grain]]:
    return {(clause.decision, grain) for clause in listed.allowed for grain in clause.grains}


@given(bounds)
def test_they_only_ever_narrow(bound):
    """Design, board: a condition gives no use that the charter does not list, and what is forbidden stays so."""
    left = bound.uses(LISTED)
    assert uses(left) == {use for use in uses(LISTED) if bound.allow(*use)}
    assert left.forbidden == LISTED.forbidden
    assert bound.left_out(LISTED) == {use[0] for use in uses(LISTED)} - {use[0] for use in uses(left)}


@given(bounds, bounds, st.sampled_from(list(DecisionType)), st.sampled_from(list(Grain)))
def test_bounds_within_bounds_allow_what_both_allow(one, other, decision, grain):
    both = one.within(other)
    assert both.allow(decision, grain) == (one.allow(decision, grain) and other.allow(decision, grain))


@given(bounds)
def test_they_are_stored_and_read_again(bound):
    stored = msgspec.json.decode(msgspec.json.encode(bound.stored()))
    assert Bounds.read(stored) == bound
    assert (stored == {}) == (bound == UNBOUND)


def test_a_charter_within_them_says_nothing_of_what_is_left_out():
    document = factories.a_document("lead-time-for-changes")
    narrowed = Bounds(grains=frozenset({Grain.TEAM}), decisions=frozenset({RETRO})).document(document)
    assert narrowed.what.grains == (Grain.TEAM,)
    assert uses(narrowed.which_decisions) == {(RETRO, Grain.TEAM)}
    assert {grain for entry in narrowed.who.access for grain in entry.grains} == {Grain.TEAM}
    asked = [example.request for example in narrowed.examples.correct]
    assert all((each["decision"], each["grain"]) == ("retrospective", "team") for each in asked)
    assert narrowed.examples.incorrect == document.examples.incorrect
    assert UNBOUND.document(document) is document


@pytest.mark.parametrize(
    ("bound", "use", "anchor"),
    [
        (UNBOUND, Use.ALLOWED, "allowed-2"),
        (Bounds(decisions=frozenset({RETRO})), Use.FORBIDDEN, BOUNDS),
        (Bounds(grains=frozenset({Grain.TEAM})), Use.FORBIDDEN, BOUNDS),
        (Bounds(decisions=frozenset({STAFFING})), Use.ALLOWED, "allowed-1"),
    ],
)
def test_the_matrix_says_that_the_board_left_a_use_out(bound, use, anchor):
    """S8: each cell leads to what says so, which for such a use is the board's condition."""
    [cell] = build_cells(
        LISTED, [DecisionFacts(STAFFING, GROUP_OF[STAFFING], False, 0, False, False)], bounds=bound
    )
    assert (cell.use, cell.anchor) == (use, anchor)
    assert ("without this use" in cell.says) == (use is Use.FORBIDDEN)


def test_a_use_that_was_never_asked_for_is_not_said_to_be_left_out():
    facts = DecisionFacts(COACHING, GROUP_OF[COACHING], False, 0, False, False)
    [cell] = build_cells(LISTED, [facts], bounds=Bounds(decisions=frozenset({RETRO})))
    assert cell.use is Use.NOT_SET
