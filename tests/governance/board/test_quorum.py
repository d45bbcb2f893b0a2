"""When the board has heard enough, and what passes: no database."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.board import quorum
from governance.board.states import SeatKind, Vote

BARS = quorum.build_bars(["2/3", "2/3", "3/4", "1", "1"], ["worker_rep", "legal"], 3)
TWO_THIRDS = quorum.Bar(Fraction(2, 3))
LETTERS = {"a": Vote.APPROVE, "r": Vote.REJECT, "-": Vote.ABSTAIN, "c": Vote.RECUSE, "v": Vote.VETO}


def _tally(said: str) -> quorum.Tally:
    """A tally from a letter a seat in the order of SeatKind; a blank has not been heard."""
    return quorum.count_votes(
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


# The seats are engineering, product, hr, legal, security and worker_rep.
@pytest.mark.parametrize(
    ("said", "passes"),
    [
        ("aaaaaa", (True, True, True, True, True)),
        ("raaaaa", (True, True, True, False, False)),  # 5 of 6 is over three quarters
        ("rraaaa", (True, True, False, False, False)),  # 4 of 6 is two thirds
        ("rrraaa", (False, False, False, False, False)),
        ("-aaaaa", (True, True, True, True, True)),  # others may abstain
        ("----aa", (True, True, True, False, False)),  # legal abstains
        ("aaa-aa", (True, True, True, False, False)),
        ("aaacaa", (True, True, True, False, False)),  # nor does it help that legal stands back
        ("aaaaa-", (True, True, True, False, False)),
        ("---a-a", (True, True, True, True, True)),
        ("r--a-a", (True, True, False, False, False)),  # 2 of 3
        ("aaaaa ", (False, False, False, False, False)),
        ("aaaaav", (False, False, False, False, False)),
    ],
)
def test_what_passes_at_each_level_of_invasiveness(said, passes):
    """S108: two thirds at 0 and 1, three quarters at 2, all at 3 and 4, with legal and worker_rep among them."""
    assert tuple(_tally(said).passes(bar) for bar in BARS) == passes


def test_who_was_passed_over_is_named():
    """S108: a seat that had to vote is told apart from one that was not heard."""
    assert _tally("aaa-a ").passed_over(BARS[4]) == (SeatKind.LEGAL,)
    assert _tally("aaa-a-").passed_over(BARS[2]) == ()


HEARD = st.dictionaries(st.sampled_from(SeatKind), st.sampled_from(Vote))
SHARES = st.lists(st.fractions(Fraction(1, 12), 1, max_denominator=12), min_size=5, max_size=5)


@given(HEARD, SHARES, st.sets(st.sampled_from(SeatKind)), st.integers(0, 5))
def test_a_higher_level_is_never_easier(heard, shares, must_vote, must_vote_from):
    """S108: whatever a site sets, what passes at a level passes at every lower one."""
    bars = quorum.build_bars([str(share) for share in sorted(shares)], must_vote, must_vote_from)
    passed = [quorum.count_votes(heard).passes(bar) for bar in bars]
    assert passed == sorted(passed, reverse=True)


@pytest.mark.parametrize(
    ("shares", "must_vote"),
    [
        (["2/3"] * 4, []),
        (["3/4", "2/3", "2/3", "1", "1"], []),
        (["0", "1", "1", "1", "1"], []),
        (["1", "1", "1", "1", "7/6"], []),
        (["most"] * 5, []),
        (["2/3"] * 5, ["press"]),
    ],
)
def test_a_table_that_loosens_is_refused(shares, must_vote):
    """S108: settings by which more would need less are no table at all."""
    with pytest.raises(ValueError):
        quorum.build_bars(shares, must_vote, 3)


@given(HEARD)
def test_laws_of_the_board(heard):
    """S48: unheard seats and vetoes always block; turning a vote against into one for it never loses a case."""
    tally = quorum.count_votes(heard)
    assert tally.approvals <= tally.votes <= len(heard)
    if tally.passes(TWO_THIRDS):
        assert len(heard) == len(SeatKind) and Vote.VETO not in heard.values()
        turned = {seat: Vote.APPROVE if vote == Vote.REJECT else vote for seat, vote in heard.items()}
        assert quorum.count_votes(turned).passes(TWO_THIRDS)
