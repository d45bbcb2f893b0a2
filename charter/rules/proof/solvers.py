"""Who is asked: z3, in its own context for each question, so that threads do not meet. Pure.

It is bounded by the steps that it takes, not by a clock: the same text gets the same answer on a slow machine. Where it
gives up, nothing is proved.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

import z3
from msgspec import Struct

from charter.rules.proof.schema import NotCoveredError

MOST_STEPS = 50_000_000  # z3's own count; all statements of the built-in rules take about a hundredth
Value = bool | int | str


class Possibility(Struct, frozen=True):
    """Whether what was asked can be: `possible` is None where the solver gave up. `model` says how it can be."""

    possible: bool | None
    model: Mapping[str, Value] = {}


class Solver(Protocol):
    """Has read a text, and says whether named conditions of it can hold together."""

    def ask(self, *names: str) -> Possibility: ...


class Z3Solver:
    """Reads a text once; each question assumes some of its Boolean constants. Raises `NotCoveredError`."""

    def __init__(self, text: str, steps: int = MOST_STEPS) -> None:
        self._context = z3.Context()
        self._solver = z3.Solver(ctx=self._context)
        self._solver.set("rlimit", steps)
        try:
            self._solver.from_string(text)
        except z3.Z3Exception as error:
            raise NotCoveredError("something that the solver could not read") from error

    def ask(self, *names: str) -> Possibility:
        said = self._solver.check(*(z3.Bool(name, self._context) for name in names))
        if said == z3.unsat:
            return Possibility(possible=False)
        if said != z3.sat:
            return Possibility(possible=None)
        model = self._solver.model()
        return Possibility(
            True, {each.name(): _read(model[each]) for each in model.decls() if each.arity() == 0}
        )


def find_plain(
    solver: Solver, names: tuple[str, ...], wishes: Iterable[str], first: Possibility
) -> Possibility:
    """Of all that can be, what is plain: each wish is kept where it leaves something possible."""
    best, kept = first, names
    for wish in wishes:
        if best.model.get(wish) is True:
            kept = (*kept, wish)
        elif (found := solver.ask(*kept, wish)).possible:
            best, kept = found, (*kept, wish)
    return best


def _read(value: z3.ExprRef) -> Value:
    if z3.is_true(value) or z3.is_false(value):
        return z3.is_true(value)
    if z3.is_int_value(value):
        return value.as_long()
    return str(value.decl().name())
