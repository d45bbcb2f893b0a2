"""What PostgreSQL answers leaves whole and in order, however it is cut; of what is long no more is held than is needed."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.sql_door import replies, wire
from governance.sql_door.replies import Replies, make_step
from governance.sql_door.wire import WireError

SIZES = st.lists(st.integers(0, 300), max_size=8)
LONGEST = 100  # of a row that is put together, here


def read(answer: bytes, cuts: list[int]) -> tuple[bytes, Replies]:
    """What leaves of the answer to one query, which comes cut at these places."""
    heard, left = Replies(lambda: None), b""
    heard.steps.append(make_step(b"Q"))
    places = [0, *sorted(cut % (len(answer) + 1) for cut in cuts), len(answer)]
    for begins, ends in pairwise(places):
        left += heard.feed(answer[begins:ends])
    return left, heard


@given(SIZES, st.lists(st.integers(0, 10_000), max_size=12))
def test_rows_leave_as_they_came_however_they_are_cut(sizes, cuts):
    """Rows hold what reads as the end of everything, and none of it is taken for that."""
    ready = wire.make(b"Z", b"I")
    rows = b"".join(wire.make(b"D", (ready * 60)[:size]) for size in sizes)
    answer = wire.make(b"T", b"\0\0") + rows + wire.make(b"C", b"SELECT 1\0") + ready
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(replies, "LONGEST_ROW", LONGEST)
        left, heard = read(answer, cuts)
    assert left == answer
    assert heard.is_idle and heard.status == b"I" and not heard.is_amid_row and not heard._held


def test_a_row_that_is_long_leaves_as_it_comes():
    """Issue 20, 1: the door holds nothing of it, and reads nothing of it again with each part."""
    heard = Replies(lambda: None)
    heard.steps.append(make_step(b"Q"))
    row = wire.make(b"D", b"x" * (2 * replies.LONGEST_ROW))
    part = len(row) // 4
    for begins in range(0, len(row), part):
        assert heard.feed(row[begins : begins + part]) == row[begins : begins + part]
        assert heard._held == b""
        assert heard.is_amid_row == (begins + part < len(row))


def test_an_answer_that_is_long_and_no_row_ends_the_session():
    """Whoever provokes an error chooses its text: `repeat('x', 1000000000)::int`."""
    heard = Replies(lambda: None)
    heard.steps.append(make_step(b"Q"))
    said = wire.make(b"E", b"x" * (replies.LONGEST_HELD + 1))
    with pytest.raises(WireError, match="too long"):
        heard.feed(said[:1_000])
