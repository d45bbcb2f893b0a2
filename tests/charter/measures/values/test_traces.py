"""Which revisions can be made together: what changes is never fewer people's than may be told of."""

from datetime import date
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from charter.measures.values.traces import Shape, Touched, choose_shapes, find_touched, list_months

JAN, FEB = date(2026, 1, 1), date(2026, 2, 1)


def mark(person: str, events: str = "0") -> str:
    return f"{person:>016}{events:>016}"


def touched(team: str, *people: str) -> Touched:
    return Touched((team, JAN), frozenset(people))


def shape(key: str, rank: int, *teams: str) -> Shape:
    return Shape(key, (rank, key), frozenset((team, JAN) for team in teams))


ORG, A, B = shape("org", 0, "a", "b"), shape("a", 2, "a"), shape("b", 2, "b")


def test_who_is_touched():
    """Issue 10: added, removed and changed events touch their person, the same in another order nobody; teams that had none count."""
    before = {("a", JAN): mark("1") + mark("2") + mark("3"), ("b", JAN): mark("1"), ("c", JAN): ""}
    now = {
        ("a", JAN): mark("2") + mark("1", "7") + mark("4"),
        ("b", JAN): mark("1"),
        ("d", JAN): mark("9"),
        ("a", FEB): mark("9"),
    }
    assert find_touched(before, now) == (
        Touched(("a", JAN), frozenset(f"{n:>016}" for n in "134")),
        Touched(("d", JAN), frozenset({f"{9:>016}"})),
    )


def test_five_people_s_late_rows_are_taken_in():
    """Issue 10: revisions in batches that touch at least k people."""
    late = {"m": [touched("a", *"12345")]}
    assert choose_shapes(late, [B, A, ORG], 5) == (frozenset({"org", "a"}), 5)
    assert choose_shapes({"m": [touched("a", *"1234")]}, [A, ORG], 5) == (frozenset(), 0)


def test_one_person_is_not_left_over_between_two_revisions():
    """Issue 10, revision against original: the organisation's difference less the team's would be one person's."""
    late = {"m": [touched("a", *"123456"), touched("b", "7")]}
    # A guard that looked at sizes alone would take both: seven people and six, of whom one remains.
    assert [
        sum(len(each.people) for each in late["m"] if each.element in of.elements) for of in (ORG, A)
    ] == [7, 6]
    assert choose_shapes(late, [A, B, ORG], 5)[0] == {"org"}


def test_one_person_is_not_left_over_between_two_metrics():
    """DESIGN, published values: every metric on a source jointly; the one that counts a person more shows that person."""
    late = {"m": [touched("a", *"123456")], "n": [touched("a", *"12345")]}
    assert choose_shapes(late, [A, ORG], 5) == (frozenset(), 0)


def test_whoever_is_not_named_counts_as_nobody():
    """AR12: events of nobody we know are nobody's."""
    assert choose_shapes({"m": [touched("a", *"1234", "0" * 16)]}, [A], 5)[0] == frozenset()


def test_months_of_a_period():
    assert list_months(date(2025, 12, 1), date(2026, 3, 1)) == (date(2025, 12, 1), JAN, FEB)


TEAMS = "abcd"


@given(
    st.dictionaries(
        st.sampled_from(TEAMS), st.frozensets(st.sampled_from("0123456789"), min_size=1), min_size=1
    ),
    st.sets(st.frozensets(st.sampled_from(TEAMS), min_size=1), min_size=1, max_size=8),
    st.randoms(),
)
def test_no_two_sets_of_revisions_tell_few_people_apart(late, sets, random):
    """Issue 10, attacks: whatever is added and subtracted, each part that comes out has five people or none; in any order."""
    shapes = [shape("".join(sorted(teams)), len(TEAMS) - len(teams), *teams) for teams in sets]
    all_touched = {"m": [touched(team, *people) for team, people in late.items()]}
    chosen, least = choose_shapes(all_touched, shapes, 5)
    random.shuffle(shapes)
    assert choose_shapes(all_touched, shapes, 5) == (chosen, least)
    revised = [each for each in shapes if each.key in chosen]
    for number in range(1, len(revised) + 1):
        for some in combinations(revised, number):
            inside = frozenset.intersection(*(each.elements for each in some))
            outside = frozenset().union(*(each.elements for each in revised if each not in some))
            left = {
                person
                for team, people in late.items()
                for person in people
                if (team, JAN) in inside - outside
            }
            assert not left or len(left) >= 5
