"""What says how much it does in `make proof` is run there: three tests said so, and none of them was."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ASKS = "whole_or_short"


def list_unmarked(source: str) -> Iterator[str]:
    """The tests of a module that ask how much to do, themselves or by a constant, and are not marked `proof`."""
    tree = ast.parse(source)
    assigned = [each for each in tree.body if isinstance(each, ast.Assign)]
    if any(
        "pytestmark" in ast.unparse(each.targets[0]) and "proof" in ast.unparse(each.value)
        for each in assigned
    ):
        return
    told = {ast.unparse(each.targets[0]) for each in assigned if ASKS in ast.unparse(each.value)} | {ASKS}
    for test in tree.body:
        if not isinstance(test, ast.FunctionDef) or not test.name.startswith("test_"):
            continue
        names = {each.id for each in ast.walk(test) if isinstance(each, ast.Name)}
        if names & told and not any("mark.proof" in ast.unparse(each) for each in test.decorator_list):
            yield test.name


def test_what_has_a_whole_is_of_the_proof() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py")}
    asking = {
        path: text for path, text in sources.items() if ASKS in text and path != Path(__file__).resolve()
    }
    assert len(asking) > 20
    assert {path.name: found for path, text in asking.items() if (found := list(list_unmarked(text)))} == {}


def test_one_that_is_not_marked_is_found() -> None:
    """Guards the test above."""
    text = "MANY = whole_or_short(9, 1)\n\ndef test_a():\n    MANY\n\n@pytest.mark.proof\ndef test_b():\n    MANY\n"
    assert list(list_unmarked(text)) == ["test_a"]
