"""What a page asks several times is read once, and never outlives the page."""

from ground.reading import one_reading, read_once

asked: list[str] = []


@read_once
def read(what: str) -> str:
    asked.append(what)
    return what.upper()


def test_each_thing_is_read_once_in_a_reading_and_anew_afterwards():
    asked.clear()
    with one_reading():
        assert [read("a"), read("a"), read("b")] == ["A", "A", "B"]
    assert asked == ["a", "b"]
    with one_reading():
        read("a")
    assert asked == ["a", "b", "a"]


def test_outside_a_reading_nothing_is_remembered():
    asked.clear()
    read("a"), read("a")
    assert asked == ["a", "a"]


def test_a_reading_that_fails_leaves_nothing_behind():
    asked.clear()
    try:
        with one_reading():
            read("a")
            raise ValueError
    except ValueError:
        read("a")
    assert asked == ["a", "a"]
