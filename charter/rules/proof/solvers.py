"""Who is asked: z3, in its own context for each question, so that threads do not meet. Pure.

It is bounded by the steps that it takes, not by a clock: the same text gets the same answer on a slow machine. Where it
gives up, nothing is proved.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import z3
from msgspec import Struct

from charter.rules.proof.schema import NotCoveredError

MOST_STEPS = 50_000_000  # z3's own count; all statements of the built-in rules take about a hundredth
NAME = f"z3 {z3.get_version_string()}"
Value = bool | int | str


class Possibility(Struct, frozen=True):
    """Whether what was asked can be: `possible` is None where the solver gave up.

    `model` says how it can be; `because` names those of the conditions asked for that cannot hold together.
    """

    possible: bool | None
    model: Mapping[str, Value] = {}
    because: frozenset[str] = frozenset()


class Solver(Protocol):
    """Has read a text, and says whether named conditions of it can hold together."""

    def ask(self, *names: str) -> Possibility: ...


class Z3Solver:
    """Reads a text once; each question assumes some of its Boolean constants. Raises `NotCoveredError`.

    With `reasons`, what cannot hold together is named sparingly, which takes longer.
    """

    def __init__(self, text: str, steps: int = MOST_STEPS, *, reasons: bool = False) -> None:
        self._context = z3.Context()
        self._solver = z3.Solver(ctx=self._context)
        self._solver.set("rlimit", steps)
        self._reasons = reasons
        if reasons:
            self._solver.set("core.minimize", True)
        try:
            self._solver.from_string(text)
        except z3.Z3Exception as error:
            raise NotCoveredError("something that the solver could not read") from error

    def ask(self, *names: str) -> Possibility:
        said = self._solver.check(*(z3.Bool(name, self._context) for name in names))
        if said == z3.unsat:
            named = self._solver.unsat_core() if self._reasons else ()
            return Possibility(False, because=frozenset(str(each) for each in named))
        if said != z3.sat:
            return Possibility(possible=None)
        return Possibility(True, _read(self._context.ref(), self._solver.model()))


class Z3Evaluator:
    """Says what named conditions of a text come to where everything that can be looked at is given."""

    def __init__(self, text: str) -> None:
        self._context = z3.Context()
        self._solver = z3.SimpleSolver(ctx=self._context)
        self._solver.from_string(text)
        self._known = _list_constants(self._solver.assertions())
        self._said: dict[tuple[str, Value], z3.ExprRef] = {}

    def find_true(self, values: Mapping[str, Value], names: Iterable[str]) -> frozenset[str]:
        """Those of the names that hold. What no condition looks at may be given as well. Raises ValueError for an unlikely text."""
        self._solver.push()
        try:
            self._solver.add(
                [self._equal(name, value) for name, value in values.items() if name in self._known]
            )
            if self._solver.check() != z3.sat:
                raise ValueError("these values contradict the text")
            model = self._solver.model()
            return frozenset(each for each in names if z3.is_true(model[self._known[each]]))
        finally:
            self._solver.pop()

    def _equal(self, name: str, value: Value) -> z3.ExprRef:
        """Made once: making it costs more than asking does."""
        if (name, value) not in self._said:
            self._said[name, value] = self._known[name] == _write(self._known[name], value)
        return self._said[name, value]


def _list_constants(roots: Iterable[z3.ExprRef]) -> dict[str, z3.ExprRef]:
    found: dict[str, z3.ExprRef] = {}
    todo, seen = list(roots), set()
    while todo:
        each = todo.pop()
        if each.get_id() in seen:
            continue
        seen.add(each.get_id())
        if each.num_args() == 0 and each.decl().kind() == z3.Z3_OP_UNINTERPRETED:
            found[each.decl().name()] = each
        todo += each.children()
    return found


def _write(constant: z3.ExprRef, value: Value) -> z3.ExprRef | bool | int:
    if isinstance(value, bool | int):
        return value
    sort = constant.sort()
    words = (sort.constructor(n) for n in range(sort.num_constructors()))
    return next(word for word in words if word.name() == value)()


def find_plain(
    solver: Solver, names: tuple[str, ...], wishes: Sequence[str], first: Possibility
) -> Possibility:
    """Of all that can be, what is plain: each wish is kept where it leaves something possible, the first before the others.

    Asked together and halved where that cannot be, since most wishes can be kept.
    """
    best, kept, todo = first, names, [tuple(wishes)]
    while todo:
        some = todo.pop()
        if all(best.model.get(each) is True for each in some):
            kept += some
        elif (found := solver.ask(*kept, *some)).possible:
            best, kept = found, kept + some
        elif len(some) > 1:
            todo += [some[len(some) // 2 :], some[: len(some) // 2]]
    return best


def _read(context: object, model: z3.ModelRef) -> dict[str, Value]:
    """What each constant of a model is. By z3's own calls, as its objects in Python take longer than the question does."""
    found = {}
    for place in range(z3.Z3_model_get_num_consts(context, model.model)):
        constant = z3.Z3_model_get_const_decl(context, model.model, place)
        value = z3.Z3_model_get_const_interp(context, model.model, constant)
        found[_name(context, constant)] = _read_value(context, value)
    return found


def _read_value(context: object, value: object) -> Value:
    if (said := z3.Z3_get_bool_value(context, value)) != z3.Z3_L_UNDEF:
        return bool(said == z3.Z3_L_TRUE)
    if z3.Z3_is_numeral_ast(context, value):
        return int(z3.Z3_get_numeral_string(context, value))
    return _name(context, z3.Z3_get_app_decl(context, z3.Z3_to_app(context, value)))


def _name(context: object, declared: object) -> str:
    return str(z3.Z3_get_symbol_string(context, z3.Z3_get_decl_name(context, declared)))
