"""When the board has heard enough, and what passes: no database."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.board import quorum
from governance.board.states import SeatKind, Vote

TWO_THIRDS = Fraction(2, 3)
LETTERS = {"a": Vote.APPROVE, "r": Vote.REJECT, "-": Vote.ABSTAIN, "c": Vote.RECUSE, "v": Vote.VETO}


def _tally(said: str) -> quorum.Tally:
    """A tally from a letter a seat in the order of SeatKind; a blank has not been heard."""
    return quorum.tally(
        {seat: LETTERS[letter] for seat, letter in zip(SeatKind, said, strict=True) if letter != " "}
    )


@pytest.mark.parametrize(
    ("said", "quorate", "passes"),
    [
        ("aaaaaa", True, True),
        ("aaaarr", True, True),  # exactly two thirds
        ("aaarrr", True, False),
        ("aaaaa ", False, False),  # one seat unheard blocks even five approvals (S48)
        ("      ", False, False),
        ("aa-r--", True, True),  # abstentions are heard but not counted: 2 of 3
        ("a-rr--", True, False),
        ("aacccc", True, True),  # recusal recomputes the base: 2 of 2
        ("arcccc", True, False),
        ("cccccc", True, False),  # nobody left to vote passes nothing
        ("------", True, False),
        ("aaaaav", True, False),  # a veto blocks whatever the rest say
        ("aaavaa", True, False),
    ],
)
def test_what_passes(said, quorate, passes):
    """S48 and design, board: every seat heard, two thirds of votes cast, a veto blocks, recusal recomputes."""
    tally = _tally(said)
    assert (tally.quorate, tally.passes(TWO_THIRDS)) == (quorate, passes)


def test_a_tally_names_who_is_unheard_and_who_vetoed():
    """S48: the seats that are missing can be named."""
    tally = _tally("a v ar")
    assert tally.unheard == (SeatKind.PRODUCT, SeatKind.LEGAL)
    assert tally.vetoed_by == (SeatKind.HR,)
    assert (tally.approvals, tally.votes) == (2, 4)


@given(st.dictionaries(st.sampled_from(SeatKind), st.sampled_from(Vote)))
def test_laws_of_the_board(heard):
    """S48: unheard seats and vetoes always block; turning a vote against into one for it never loses a case."""
    tally = quorum.tally(heard)
    assert tally.approvals <= tally.votes <= len(heard)
    if tally.passes(TWO_THIRDS):
        assert len(heard) == len(SeatKind) and Vote.VETO not in heard.values()
        turned = {seat: Vote.APPROVE if vote == Vote.REJECT else vote for seat, vote in heard.items()}
        assert quorum.tally(turned).passes(TWO_THIRDS)
