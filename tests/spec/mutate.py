"""`python -m tests.spec.mutate [--write] [RULE …]`: each mutant of the built-in rulebook, and what notices it.

Every mutant is put to the examples of the specs in this process: the first that comes out otherwise is enough, and its rule's own
come first. What no example notices is written as files, and the rules' tests are run on it, in a process of its own. A mutant that
is noticed by neither has to be known to decide as the rule does (`EQUIVALENT`). docs/reference/mutants.md says what became of each;
the exit status is 1 where one survives that should not, or where the page says otherwise, which `--write` mends.

Tests that look at the built-in files rather than ask the engine are left out: they would notice any change, and prove nothing.
"""

import io
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from cedarpy import PolicySet, policies_to_pst, pst

from charter import rules
from charter.rules import rulebook
from tests.spec.mutants import EQUIVALENT, Mutant, builtin_mutants, find_noticing

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


PAGE = HERE / "docs/reference/mutants.md"
HEAD = """# What notices each mutant of the rules

<!-- Written by `python -m tests.spec.mutate --write`; `make proof` holds it to a run. -->

Each built-in rule as it might have been written by mistake: taken away, negated, and with each clause, each part of one and each word of a
list dropped or turned. Beside each stands the first example that comes out otherwise, its rule before it. What no example
and no test can notice decides every question as the rule does, and says why.
[What is proved](../explanation/what-is-proved.md) counts them, and says which of them permit something.
"""


class Result(NamedTuple):
    """What became of a mutant: the example that notices it, the first test that fails, or why the rules do not even compile."""

    mutant: Mutant
    example: str = ""
    failing: str = ""
    refused: str = ""

    @property
    def survives(self) -> bool:
        return not (self.example or self.failing or self.refused)

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


def main(asked: list[str]) -> int:
    """Run all mutants, or those of some rules, and hold the page to them or write it."""
    only = [each for each in asked if each != "--write"]
    chosen = [mutant for mutant in builtin_mutants() if not only or mutant.rule in only]
    results = [_tried(mutant) for mutant in chosen]
    survivors = [result for result in results if result.survives and not result.known]
    print(f"{len(chosen)} mutants, {len(survivors)} survive that should not.")
    if "--write" in asked and not only:
        PAGE.write_text(render(results), encoding="utf-8")
    held = set(render(results).splitlines()) <= set(PAGE.read_text(encoding="utf-8").splitlines())
    if not held:
        print(f"{PAGE.name} says otherwise: run it with --write.")
    return bool(survivors) or not held


def render(results: Sequence[Result]) -> str:
    """The page: survivors, and a table for each rule."""
    same = [f"- {each.mutant.rule}, `{each.mutant.what}`. {each.known}" for each in results if each.survives]
    lines = [HEAD, "## What decides the same", "", *same] if same else [HEAD]
    for rule in dict.fromkeys(each.mutant.rule for each in results):
        lines += ["", f"## {rule}", "", "| mutant | noticed by |", "|---|---|"]
        lines += [_line(each) for each in results if each.mutant.rule == rule]
    return "\n".join(lines) + "\n"


def _line(result: Result) -> str:
    return f"{describe(result.mutant)}` | {_told(result)} |"


def describe(mutant: Mutant) -> str:
    """The row of a mutant up to what notices it."""
    what = mutant.what.replace("|", "\\|")
    return f"| {mutant.rule} `{what}"


def _told(result: Result) -> str:
    if result.example:
        return result.example
    if result.survives:
        return "nothing: it decides the same" if result.known else "**nothing**"
    return f"is refused: {result.refused}" if result.refused else f"`{result.failing}`"


def _tried(mutant: Mutant) -> Result:
    """What became of one mutant; the tests are run on it only where no example notices."""
    example = find_noticing(mutant)
    if example:
        return Result(mutant, example)
    _check_the_tests_pass()
    return _run(_files(mutant), mutant)


@cache
def _check_the_tests_pass() -> None:
    untouched = _run(rules.builtin_files())
    if untouched.failing:
        raise SystemExit(f"{untouched.failing} fails on the rules as they are, so nothing can be shown.")


def _run(files: dict[str, str], mutant: Mutant | None = None) -> Result:
    """Run the suite on a rulebook, in a process of its own that has all but the tests loaded already."""
    nobody = mutant or Mutant("", "", None)
    try:
        rules.compile_rulebook(files)
    except rules.RulebookError as error:
        return Result(nobody, refused=str(error.findings[0]))
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        return Result(nobody, failing=_failing_in_child(Path(folder), nobody.rule))


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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
