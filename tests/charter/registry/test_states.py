"""Transitions as a truth table, and the page drawn from it."""

from itertools import product
from pathlib import Path

import pytest
from django.core.management import call_command

from charter.registry import diagrams
from charter.registry.states import (
    RULEBOOK_TRANSITIONS,
    TRANSITIONS,
    RulebookState,
    Standing,
    check_can_move,
    check_rulebook_can_move,
)
from charter.rules.vocabulary import Standing as Word
from ground.errors import Conflict

PAGE = Path(__file__).resolve().parents[3] / diagrams.PAGE

# From DESIGN: draft → submitted → in_review → (pilot →) active → suspended → retired, plus rejected, expired.
MOVES = {
    ("draft", "submitted"), ("draft", "retired"),
    ("submitted", "in_review"), ("submitted", "draft"),
    ("in_review", "pilot"), ("in_review", "active"), ("in_review", "rejected"),
    ("pilot", "active"), ("pilot", "rejected"), ("pilot", "expired"),
    ("active", "suspended"), ("active", "retired"), ("active", "expired"),
    ("suspended", "active"), ("suspended", "retired"), ("suspended", "expired"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), list(product(Standing, Standing)))
def test_a_charter_moves_as_the_table_says_and_no_other_way(old, new):
    """DESIGN Charters, issue 3: a transition not in the table cannot be reached."""
    if (old.value, new.value) in MOVES:
        check_can_move(old, new)
        return
    with pytest.raises(Conflict) as caught:
        check_can_move(old, new)
    assert caught.value.code == "no_such_transition"


@pytest.mark.parametrize(("old", "new"), list(product(RulebookState, RulebookState)))
def test_a_rulebook_moves_as_its_table_says(old, new):
    """DESIGN Rules: proposed, in force, replaced; what was replaced may serve again."""
    moves = {("proposed", "in_force"), ("in_force", "replaced"), ("replaced", "in_force")}
    if (old.value, new.value) in moves:
        check_rulebook_can_move(old, new)
        return
    with pytest.raises(Conflict):
        check_rulebook_can_move(old, new)


def test_tables_know_every_state():
    """DESIGN Style: one transition table; a new state without its row fails here."""
    assert set(TRANSITIONS) == set(Standing)
    assert set(RULEBOOK_TRANSITIONS) == set(RulebookState)
    assert {standing.value for standing in Standing} == {word.value for word in Word}


def test_nothing_becomes_active_but_from_review_pilot_or_suspension():
    """Issue 2, clause 5: there is no way round the board in the table."""
    assert {old for old, targets in TRANSITIONS.items() if Standing.ACTIVE in targets} == {
        Standing.IN_REVIEW, Standing.PILOT, Standing.SUSPENDED,
    }  # fmt: skip


def test_the_committed_page_is_the_one_that_is_drawn():
    """Issue 2, clause 10: a generated state diagram that cannot fall behind."""
    assert PAGE.read_text(encoding="utf-8") == diagrams.charter_states()
    call_command("state_diagram", "--check")


def test_the_page_shows_every_move():
    """Issue 2, clause 10: the diagram is drawn from the table, arrow by arrow."""
    page = diagrams.charter_states()
    arrows = {tuple(line.split(" --> ")) for line in map(str.strip, page.splitlines()) if " --> " in line}
    ends = {(old.value, "[*]") for old, targets in TRANSITIONS.items() if not targets}
    assert arrows == MOVES | ends | {("[*]", "draft")}
