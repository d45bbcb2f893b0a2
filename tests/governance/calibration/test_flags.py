"""Flags of packs, and what a session compares (S90, S95, S97, S122)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.rules.vocabulary import EvidenceKind
from governance.calibration.flags import EvidencePiece, find_flags, weigh
from governance.calibration.pairs import ComparedPerson, find_compressed, find_pairs, measure_similarity, sign
from governance.calibration.states import PackFlag

START, END = date(2026, 1, 1), date(2026, 7, 1)
KINDS = list(EvidenceKind)


def piece(day=date(2026, 2, 1), kind=EvidenceKind.MENTORING, source="peer", project="Ledger", checked=True):
    return EvidencePiece(day, kind, source, project, checked)


BROAD = (
    piece(),
    piece(date(2026, 5, 1), EvidenceKind.DESIGN_REVIEW, "manager", "Search"),
    piece(date(2026, 6, 1), EvidenceKind.PROJECT_OUTCOME, "stakeholder"),
)


def flags(pieces, *, kinds=KINDS, gap=False, moved=False):
    return set(find_flags(list(pieces), starts_on=START, ends_on=END, kinds=kinds, gap=gap, moved=moved))


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (BROAD, set()),
        ((), {PackFlag.NOTHING}),
        (
            [piece(END - timedelta(weeks=8)), piece(END - timedelta(days=1), EvidenceKind.DESIGN_REVIEW, project="X")],
            {PackFlag.RECENT_ONLY},
        ),
        ([piece(END - timedelta(weeks=8, days=1)), *BROAD[1:]], set()),
        ([piece(source="manager"), piece(date(2026, 5, 1), source="manager", project="X")], {PackFlag.MANAGER_ONLY}),
        ([piece(), piece(date(2026, 3, 1), project="X")], {PackFlag.BURST_ONLY}),
        ([piece(), piece(date(2026, 3, 2), project="X")], set()),
        ([piece(), piece(date(2026, 5, 1), project="LEDGER")], {PackFlag.ONE_PROJECT}),
        ([piece(checked=False), *BROAD[1:]], {PackFlag.NOT_CHECKED}),
        (
            [piece(kind=EvidenceKind.PROJECT_OUTCOME), piece(date(2026, 5, 1), EvidenceKind.PROJECT_OUTCOME, project="X")],
            {PackFlag.ONE_VISIBLE_KIND},
        ),
        ([piece(), piece(date(2026, 5, 1), project="X")], set()),  # one kind, and of one that is not seen
    ],
)  # fmt: skip
def test_each_flag_is_of_what_it_says(pieces, expected):
    """S95, S122, and each of them at its edge."""
    assert flags(pieces) == expected


def test_what_others_found_is_flagged_besides():
    """S97, and a person who changes team mid-period."""
    assert flags(BROAD, gap=True, moved=True) == {PackFlag.COVERAGE_GAP, PackFlag.MOVED}
    assert flags(BROAD, kinds=[EvidenceKind.MENTORING]) == {PackFlag.OUTSIDE_PROFILE}


def test_a_short_period_knows_no_burst():
    found = find_flags(
        [piece()], starts_on=START, ends_on=date(2026, 3, 1), kinds=KINDS, gap=False, moved=False
    )
    assert PackFlag.BURST_ONLY not in found


@pytest.mark.parametrize(("number", "stratum"), [(0, "thin"), (1, "thin"), (2, "some"), (3, "some"), (4, "broad"), (7, "broad")])  # fmt: skip
def test_strata_count_kinds_that_somebody_else_opened(number, stratum):
    """S105: what an audit takes for equal evidence."""
    pieces = [piece(kind=kind) for kind in KINDS[:number]]
    assert weigh([*pieces, piece(kind=KINDS[-1], checked=False)]) == stratum or number == 7
    assert weigh(pieces) == stratum


signatures = st.lists(st.sampled_from([kind.value for kind in KINDS]), max_size=8).map(sign)


@given(signatures, signatures)
def test_similarity_is_the_same_from_either_side_and_whole_with_itself(one, other):
    assert measure_similarity(one, other) == measure_similarity(other, one)
    assert 0 <= measure_similarity(one, other) <= 1
    assert measure_similarity(one, one) == (1.0 if one else 0.0)


people = st.lists(
    st.tuples(st.sampled_from(["engineering", "design"]), st.integers(1, 3), signatures), max_size=12
).map(
    lambda found: [
        ComparedPerson(at, family, at % 3, level, kinds) for at, (family, level, kinds) in enumerate(found)
    ]
)


@given(people)
def test_pairs_are_all_similar_ones_of_a_family_whose_levels_differ(found):
    """S90, held against looking at every two."""
    expected = {
        frozenset((one.key, other.key))
        for one in found
        for other in found
        if one.key < other.key and one.family == other.family and one.level != other.level
        and measure_similarity(one.kinds, other.kinds) >= 0.75
    }  # fmt: skip
    pairs = find_pairs(found, most=1_000)
    assert {frozenset((pair.one, pair.other)) for pair in pairs} == expected
    assert len(pairs) == len(expected)
    assert [pair.similarity for pair in pairs] == sorted((pair.similarity for pair in pairs), reverse=True)


def test_one_level_for_distinct_evidence_is_noticed():
    """Issue 17, 6: from three people on, where two of them are distinct; another level among them and it is not."""
    review, outcome = sign(["design_review"] * 3), sign(["project_outcome"] * 3)
    same = [ComparedPerson(at, "e", "lead", 2, review if at else outcome) for at in range(3)]
    assert find_compressed(same) == ("lead",)
    assert find_compressed(same[:2]) == ()
    assert find_compressed([*same, ComparedPerson(9, "e", "lead", 3, review)]) == ()
    assert find_compressed([ComparedPerson(at, "e", "lead", 2, review) for at in range(4)]) == ()
