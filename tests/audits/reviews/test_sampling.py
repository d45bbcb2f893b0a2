"""The draw: by chance that nobody chooses, the same for everybody who draws it again."""

import os
import subprocess
import sys
from collections import Counter
from datetime import date
from hashlib import sha256
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from audits.reviews.sampling import count_drawn, draw, hash_frame, make_seed, make_ticket

RECEIPTS = st.lists(st.uuids(), max_size=40)


@given(RECEIPTS, st.integers(0, 50), st.randoms())
def test_the_order_in_which_they_are_given_draws_nothing(receipts, count, chance):
    """S59: reproducible; the same receipts in any order, given twice or once, draw the same."""
    mixed = [*receipts, *receipts[:3]]
    chance.shuffle(mixed)
    drawn = draw("seed", receipts, count)
    assert draw("seed", mixed, count) == drawn and len(drawn) == min(count, len(set(receipts)))
    assert hash_frame(mixed) == hash_frame(receipts)


@given(RECEIPTS, st.integers(1, 20))
def test_a_longer_draw_begins_as_the_shorter(receipts, count):
    assert draw("seed", receipts, count + 1)[:count] == draw("seed", receipts, count)


@given(st.integers(0, 10_000), st.integers(1, 100), st.integers(1, 50))
def test_so_many_are_drawn_and_never_more_than_there_are(population, share, least):
    count = count_drawn(population, share=share, least=least)
    assert min(population, least) <= count <= population and count * 100 >= min(
        population * share, count * 100
    )


def test_each_look_is_as_likely_as_any_other():
    """By chi-square over 2,000 seeds: 10 looks of which 3 are drawn; 27.9 is passed once in a thousand."""
    looks = [UUID(int=number) for number in range(10)]
    drawn = Counter(each for number in range(2_000) for each in draw(f"{number}", looks, 3))
    expected = 2_000 * 3 / 10
    assert sum((drawn[each] - expected) ** 2 / expected for each in looks) < 27.9


def test_the_page_s_two_lines_of_shell_draw_the_same():
    """What the page tells an outsider to type gives the seed and a ticket."""
    root, receipt = bytes(range(32)), UUID(int=7)
    seed = make_seed(date(2026, 4, 1), root)
    assert seed == sha256(f"sampled reviews 2026-04 {root.hex()}".encode()).hexdigest()
    assert make_ticket(seed, receipt) == sha256(f"{seed} {receipt}".encode()).hexdigest()


def test_it_stands_without_django():
    code = (
        "import sys, audits.reviews.sampling, audits.findings.detectors; assert 'django' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, env=dict(os.environ)).returncode == 0
