"""`python -m tests.spec.mutate [RULE …]`: write each mutant of the built-in rulebook and run the rules' tests on it.

A table says which test fails for which mutant; the exit status is 1 where a mutant survives that is not known to decide
as the rule does. The rule's own tests come first, and the first that fails is enough. Tests that look at the built-in files rather than ask the engine are left out: they would notice
any change, and prove nothing. A mutant that would be refused when it is proposed is run all the same where it compiles.
"""

import io
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest
from cedarpy import PolicySet, policies_to_pst, pst

from charter import rules
from charter.rules import rulebook
from tests.spec.mutants import EQUIVALENT, Mutant, builtin_mutants

HERE = Path(__file__).resolve().parents[2]
SUITE = (
    "tests/spec/test_rules.py",
    "tests/charter/rules/test_examples.py",
    "tests/charter/rules/test_engine.py",
)
LEFT_OUT = ("test_the_core_imports_no_django",)
OPTIONS = (
    "-q",
    "-x",
    "--tb=no",
    "--noconftest",
    "-p",
    "no:django",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "-c",
    os.devnull,
)


class Result(NamedTuple):
    """What became of a mutant: the first test that fails, or why the rules do not even compile."""

    mutant: Mutant
    failing: str
    refused: str = ""

    @property
    def survives(self) -> bool:
        return not self.failing and not self.refused

    @property
    def known(self) -> str:
        """Why it may survive; empty where it may not."""
        return EQUIVALENT.get((self.mutant.rule, self.mutant.what), "")


class _Failing:
    """A plug-in that runs a rule's own tests first, and keeps the name of the test that fails."""

    def __init__(self, rule: str) -> None:
        self._rule = rule
        self.name = ""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self._rule not in item.name)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.name = report.nodeid.rpartition("::")[2]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.name = f"{report.nodeid} (cannot be collected)"


def main(only: list[str]) -> int:
    """Run all mutants, or those of some rules."""
    chosen = [mutant for mutant in builtin_mutants() if not only or mutant.rule in only]
    print(f"{len(chosen)} mutants. The rules as they are: ", end="", flush=True)
    untouched = _run(rules.builtin_files())
    if untouched.failing:
        print(f"{untouched.failing} fails, so nothing can be shown.")
        return 1
    print("all tests pass.")
    survivors = [result for result in map(_tried, chosen) if result.survives and not result.known]
    print(f"\n{len(chosen)} mutants, {len(survivors)} survive that should not.")
    return bool(survivors)


def _tried(mutant: Mutant) -> Result:
    """Run one mutant, and print its line."""
    result = _run(_files(mutant), mutant)
    print(f"{mutant.rule:6}{_short(mutant.what, 74):76}{_told(result)}", flush=True)
    return result


def _told(result: Result) -> str:
    if result.refused:
        return f"refused: {_short(result.refused, 90)}"
    if result.survives:
        return f"decides the same: {result.known}" if result.known else "SURVIVES"
    return f"fails {_short(result.failing, 90)}"


def _run(files: dict[str, str], mutant: Mutant | None = None) -> Result:
    """Run the suite on a rulebook, in a process of its own that has all but the tests loaded already."""
    nobody = mutant or Mutant("", "", None)
    try:
        rules.compile_rulebook(files)
    except rules.RulebookError as error:
        return Result(nobody, "", str(error.findings[0]))
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        return Result(nobody, _failing_in_child(Path(folder), nobody.rule))


def _failing_in_child(house: Path, rule: str) -> str:
    """The first test that fails where this is the folder of built-in rules."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(writing, "w") as told:
            told.write(_failing(house, rule))
            told.flush()
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        name = told.read()
    os.waitpid(child, 0)
    return name


def _failing(house: Path, rule: str) -> str:
    rulebook.BUILTIN = house
    kept = _Failing(rule)
    deselected = [f"--deselect={HERE / name}" for name in LEFT_OUT]
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        pytest.main(
            [*OPTIONS, f"--rootdir={HERE}", *deselected, *(str(HERE / each) for each in SUITE)], [kept]
        )
    return kept.name


def _files(mutant: Mutant) -> dict[str, str]:
    """The built-in files with the mutant in its policy's place."""
    return dict(_written(mutant))


def _written(mutant: Mutant) -> Iterator[tuple[str, str]]:
    for name, text in rules.builtin_files().items():
        policies = {} if name == rulebook.SCHEMA else _by_id(text)
        changed = {**policies, mutant.rule: mutant.policy}
        mutated = "\n".join(_text(policy) for policy in changed.values() if policy)
        yield name, mutated if mutant.rule in policies else text


def _by_id(text: str) -> dict[str, pst.Template]:
    return {each.annotations["id"]: each for each in policies_to_pst(text).static_policies.values()}


def _text(policy: pst.Template) -> str:
    return str(PolicySet.from_pst(pst.PolicySet({}, {policy.id: policy}, ())))


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
