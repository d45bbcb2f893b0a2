"""What was read under data versions is remembered while they are the same, and no longer."""

import pytest

from ground.data_versions import DataVersion, cached

FLOUR, SUGAR = DataVersion("flour", {}), DataVersion("sugar", {})


def test_what_was_read_is_remembered_while_its_own_data_versions_are_the_same():
    """ADR 6: a changed one is a miss, another's is none, and each question has its own answer."""
    read = []

    @cached(FLOUR, SUGAR)
    def cake(slices, *, of):
        read.append((slices, of))
        return len(read)

    seen = {"flour": "1", "sugar": "1", "salt": "1"}
    assert cake(seen, 2, of="oats") == cake({**seen, "salt": "2"}, 2, of="oats") == 1
    assert cake({**seen, "sugar": "2"}, 2, of="oats") == 2
    assert cake(seen, 3, of="oats") == 3 and cake(seen, 2, of="rye") == 4
    assert cake(seen, 2, of="oats") == 1


def test_an_error_is_not_remembered():
    """ADR 6: what could not be read is read again."""
    answers = iter([ValueError, "bread"])

    @cached(FLOUR)
    def loaf():
        answer = next(answers)
        if answer is ValueError:
            raise ValueError
        return answer

    with pytest.raises(ValueError):
        loaf({"flour": "1"})
    assert loaf({"flour": "1"}) == "bread"
