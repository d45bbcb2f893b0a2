"""The table of charters and the page drawn from it; `tests.ground.test_transitions` tries each pair."""

from pathlib import Path

from django.core.management import call_command

from charter.registry import diagrams
from charter.registry.states import CHARTER_TRANSITIONS, StandingChoices
from charter.rules.vocabulary import Standing as Word

PAGE = Path(__file__).resolve().parents[3] / diagrams.PAGE


def test_the_rules_know_every_standing():
    """DESIGN Style: one vocabulary; a standing that the rules have no word for fails here."""
    assert {standing.value for standing in StandingChoices} == {word.value for word in Word}


def test_nothing_becomes_active_but_from_review_pilot_or_suspension():
    """Issue 2, clause 5: there is no way round the board in the table."""
    assert CHARTER_TRANSITIONS.before(StandingChoices.ACTIVE) == [
        StandingChoices.IN_REVIEW,
        StandingChoices.PILOT,
        StandingChoices.SUSPENDED,
    ]


def test_the_committed_page_is_the_one_that_is_drawn():
    """Issue 2, clause 10: a generated state diagram that cannot fall behind."""
    assert PAGE.read_text(encoding="utf-8") == diagrams.render_charter_states()
    call_command("state_diagram", "--check")


def test_the_page_shows_every_move():
    """Issue 2, clause 10: the diagram is drawn from the table, arrow by arrow."""
    page = diagrams.render_charter_states()
    arrows = {tuple(line.split(" --> ")) for line in map(str.strip, page.splitlines()) if " --> " in line}
    ends = {(old.value, "[*]") for old in StandingChoices if not CHARTER_TRANSITIONS.after(old)}
    assert arrows == set(CHARTER_TRANSITIONS) | ends | {("[*]", "draft")}
