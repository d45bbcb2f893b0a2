"""Issue 10, item 3: elements are split where a filter or a change of what was told of splits them."""

import numpy as np

from charter.measures.guard import Demand, GuardCell, GuardLayer, choose
from charter.measures.guard.elements import NOBODY, ElementReading, Elements, Ground

DEMAND = Demand(people=5, events=10, dominance=0.5)


def reading(rows: dict[tuple[int, int], tuple[float, ...]]) -> ElementReading:
    """(place, person) → events, usable, weight, mass."""
    keys = np.array(list(rows), dtype=np.intp).reshape(-1, 2)
    amount = np.array([(*each, 0.0, 0.0, 0.0)[:4] for each in rows.values()]).reshape(-1, 4)
    return ElementReading(keys[:, 0], keys[:, 1], amount)


def team(place: int, people: int = 6, events: int = 3, usable: int | None = None) -> dict:
    used = float(events if usable is None else usable)
    return {(place, place * 100 + n): (float(events), used, used, used) for n in range(people)}


def ground(places: int = 2, *, changed: frozenset[int] = frozenset(), crews: dict | None = None) -> Ground:
    return Ground(np.zeros(places, dtype=np.intp), 1000, crews or {}, changed)


def passes(backing, elements, demand=DEMAND) -> bool:
    return backing.passes(backing.of(np.array(sorted(elements))), demand)


def test_readings_of_the_same_events_share_their_elements():
    rows = team(0) | team(1)
    elements = Elements(ground(), [reading(rows), reading(rows)])
    assert elements.of(0, [0, 1]) == elements.of(1, [0, 1])
    assert len(elements) == 2


def test_a_filter_splits_a_place_into_what_both_hold_and_what_one_holds():
    """Told with and without two people's events, they would be the difference."""
    most = {key: each for key, each in team(0, 8).items() if key[1] >= 2}
    elements = Elements(ground(1), [reading(team(0, 8)), reading(most)])
    whole, part = elements.of(0, [0]), elements.of(1, [0])
    assert part < whole
    backing = elements.back_by_contributors()
    assert passes(backing, whole) and passes(backing, part) and not passes(backing, whole - part)
    layer = GuardLayer(DEMAND, backing)
    assert choose([layer], [GuardCell("all", whole, (0,))], [GuardCell("most", part, (0,))]) == frozenset()


def test_a_filter_that_leaves_enough_on_both_sides_may_be_told():
    most = {key: each for key, each in team(0, 12).items() if key[1] >= 6}
    elements = Elements(ground(1), [reading(team(0, 12)), reading(most)])
    layer = GuardLayer(DEMAND, elements.back_by_contributors())
    cells = [GuardCell("all", elements.of(0, [0]), (0,)), GuardCell("most", elements.of(1, [0]), (0,))]
    assert choose([layer], [], cells) == {"all", "most"}


def test_an_event_that_cannot_be_used_is_no_filter():
    """Whether an event has a value is something told of it, as its value is; each metric needs enough that have one."""
    elements = Elements(ground(1), [reading(team(0)), reading(team(0, usable=1))])
    assert elements.of(0, [0]) == elements.of(1, [0])
    assert passes(elements.back_by_users(0, []), elements.of(0, [0]))
    assert not passes(elements.back_by_users(1, []), elements.of(1, [0]))  # six events


def test_nobody_may_be_behind_most_of_a_sum():
    rows = team(0)
    rows[0, 0] = (3.0, 3.0, 3.0, 100.0)
    elements = Elements(ground(1), [reading(rows)])
    assert passes(elements.back_by_users(0, []), elements.of(0, [0]))
    assert not passes(elements.back_by_users(0, [3]), elements.of(0, [0]))


def test_a_place_that_changed_since_it_was_told_of_backs_nothing():
    """Attribution is frozen: what is left over beside it fails, whatever it held."""
    elements = Elements(ground(changed=frozenset({0})), [reading(team(0, 20) | team(1, 20))])
    backing = elements.back_by_contributors()
    assert not passes(backing, elements.of(0, [0]))
    assert not passes(backing, elements.of(0, [0, 1]))
    assert passes(backing, elements.of(0, [1]))


def test_strangers_are_one_contributor_and_no_person():
    rows = team(0, 5) | {(0, NOBODY): (4.0, 4.0, 4.0, 4.0)}
    elements = Elements(ground(1), [reading(rows)])
    assert passes(elements.back_by_contributors(), elements.of(0, [0]))
    assert not passes(elements.back_by_contributors(), elements.of(0, [0]), Demand(6, 10, 0.5))


def test_crews_stand_behind_events_that_name_nobody():
    """A silent team of five may be told of as 0; a team of nobody without events is empty by nature."""
    crews = {0: np.arange(5), 1: np.arange(4)}
    elements = Elements(ground(3, crews=crews), [reading({(1, NOBODY): (7.0, 7.0)})])
    backing = elements.back_by_crews()
    assert passes(backing, elements.of(0, [0]), Demand(5))
    assert not passes(backing, elements.of(0, [1]), Demand(5))
    assert passes(backing, elements.of(0, [2]), Demand(5))
    assert passes(backing, elements.of(0, [0, 1]), Demand(5))  # the same people twice are five
    assert not passes(backing, elements.of(0, [0, 1]), Demand(6))
    assert passes(elements.back_by_crews(0), elements.of(0, [0, 1]), Demand(5, events=7))
    assert not passes(elements.back_by_crews(0), elements.of(0, [0, 1]), Demand(5, events=8))


def test_without_any_event_or_reading_there_is_nothing_to_protect():
    elements = Elements(ground(2), [])
    assert passes(elements.back_by_contributors(), elements.of(0, [0, 1]))
