"""`python -m tests.spec.mutation_table`: write what became of each rule's mutants into docs/explanation/what-is-proved.md.

How many there are and which of them decide the same is worked out anyway; how many open something is what z3 says of each, which
takes a minute or two. `make test` holds the table to the first, `make proof` to the second.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from charter.rules.builtin_rules import builtin_rulebook
from charter.rules.proof.analyses import write_opening
from charter.rules.proof.solvers import Z3Solver
from tests.spec.mutants import EQUIVALENT, Mutant, builtin_mutants, instead

PAGE = Path(__file__).resolve().parents[2] / "docs/explanation/what-is-proved.md"
BEGIN, END = "<!-- mutants: python -m tests.spec.mutation_table -->", "<!-- end of mutants -->"
_ROW = re.compile(r"^\| (\w+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)


class MutationRow(NamedTuple):
    """One rule: its mutants, those that no example can notice, and those that permit something that the rule does not."""

    rule: str
    made: int
    same: int
    opening: int


def list_rows(opening: dict[str, int]) -> list[MutationRow]:
    """A row for each rule; how many of its mutants open something is given."""
    made = list(builtin_mutants())
    return [
        MutationRow(
            rule,
            sum(each.rule == rule for each in made),
            sum(of == rule for of, _what in EQUIVALENT),
            opening[rule],
        )
        for rule in sorted({each.rule for each in made})
    ]


def count_opening() -> dict[str, int]:
    """For each rule how many of its mutants permit what the rules as they are do not, by z3."""
    found = dict.fromkeys((each.rule for each in builtin_mutants()), 0)
    for mutant in builtin_mutants():
        found[mutant.rule] += opens(mutant)
    return found


def opens(mutant: Mutant) -> bool:
    house = builtin_rulebook()
    weaker = instead(mutant.rule, mutant.policy, of=house)
    said = Z3Solver(write_opening(house, weaker).text(plain=False)).ask("opens").possible
    return said is not False


def read_rows(text: str) -> list[MutationRow]:
    """The rows as they are checked in."""
    part = text.partition(BEGIN)[2].partition(END)[0]
    return [MutationRow(rule, *map(int, rest)) for rule, *rest in _ROW.findall(part)]


def render(rows: Iterable[MutationRow]) -> str:
    return "\n".join([BEGIN, "", *_lines(list(rows)), "", END])


def _lines(rows: list[MutationRow]) -> Iterator[str]:
    made, same, opening = (sum(each) for each in list(zip(*rows, strict=True))[1:])
    yield (
        f"Each rule deleted, negated, and with each clause, each part of one and each word of a list dropped or turned: {made} rules that "
        f"somebody might have written by mistake. {made - same} of them are noticed by an example, {opening} permit something that the rules "
        f"do not, and each of these breaks a statement. {same} decide every question as the rule does:"
    )
    yield ""
    for (rule, what), why in sorted(EQUIVALENT.items()):
        yield f"- {rule}, `{what}`. {why}"
    yield ""
    yield "| rule | mutants | decide the same | permit more |"
    yield "|---|---|---|---|"
    yield from (f"| {row.rule} | {row.made} | {row.same} | {row.opening} |" for row in rows)


def main() -> int:
    text = PAGE.read_text(encoding="utf-8")
    head, _begin, rest = text.partition(BEGIN)
    PAGE.write_text(head + render(list_rows(count_opening())) + rest.partition(END)[2], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
