"""What a solver is asked of rules, as Cedar's own symbolic compiler has it: each question either cannot be, or is shown. Pure.

A statement of `builtin/invariants.cedar` is a policy that says what must never be permitted; it is proved where no
request that can be made is permitted and matches it.
"""

import time
from collections.abc import Iterator, Mapping
from functools import lru_cache

import cedarpy
from cedarpy import pst
from msgspec import Struct

from charter.rules.builtin_rules import builtin_rulebook
from charter.rules.facts import Facts
from charter.rules.proof.problem import SolverText
from charter.rules.proof.realise import realise
from charter.rules.proof.schema import NotCoveredError
from charter.rules.proof.solvers import Solver, Value, Z3Solver, find_plain
from charter.rules.proof.terms import both, negate
from charter.rules.rulebook import BUILTIN, INVARIANTS, Rulebook
from charter.rules.vocabulary import Waivable

NEVER_OPENED, NEVER_FAILS = "P30", "P31"


class Invariant(Struct, frozen=True):
    """A statement that must hold for every request: about people, groups or rules, in words and in Cedar."""

    id: str
    about: str
    text: str
    policy: pst.Template | None = None


class Checked(Struct, frozen=True):
    """What came of one statement. `holds` is None where the solver gave up, which proves nothing.

    `shown` is a request that breaks it and that the engine permits as well; None where it holds, or where no request of
    the model could be made.
    """

    invariant: Invariant
    holds: bool | None
    shown: Facts | None = None
    model: Mapping[str, Value] = {}


class ProofReport(Struct, frozen=True):
    """All statements of one rulebook, and how long they took; `not_covered` says what could not be proved at all."""

    content_hash: str
    checked: tuple[Checked, ...]
    seconds: float
    not_covered: str = ""

    @property
    def holds(self) -> bool:
        """Whether every statement was proved."""
        return not self.not_covered and bool(self.checked) and all(each.holds for each in self.checked)

    @property
    def broken(self) -> tuple[Checked, ...]:
        """Those that were not."""
        return tuple(each for each in self.checked if not each.holds)


@lru_cache(maxsize=1)
def list_invariants() -> tuple[Invariant, ...]:
    """The statements of this version, in the order of their ids; the last two are of the rules as such."""
    read = cedarpy.policies_to_pst(
        (BUILTIN / INVARIANTS).read_text(encoding="utf-8")
    ).static_policies.values()
    stated = [Invariant(p.annotations["id"], p.annotations["about"], p.annotations["text"], p) for p in read]
    return (
        *sorted(stated, key=lambda each: each.id),
        Invariant(NEVER_OPENED, "rules", "No exception of the board opens a rule that is marked “never”."),
        Invariant(NEVER_FAILS, "rules", "No rule can fail in a way that lets a request through."),
    )


@lru_cache(maxsize=16)
def prove(rulebook: Rulebook) -> ProofReport:
    """Ask z3 about every statement of a rulebook, waivers included. Never raises: what is not covered is not proved."""
    began = time.perf_counter()
    try:
        text = write_statements(rulebook)
        solver = Z3Solver(text.text())
        checked = tuple(_check(each, text, solver, rulebook) for each in list_invariants())
    except NotCoveredError as error:
        return ProofReport(rulebook.content_hash, (), time.perf_counter() - began, error.what)
    return ProofReport(rulebook.content_hash, checked, time.perf_counter() - began)


def write_statements(rulebook: Rulebook, *, without: frozenset[str] = frozenset()) -> SolverText:
    """The text that holds a question named by each statement: whether it can be broken. `without` leaves conditions out."""
    text = SolverText(without=without)
    permitted = text.add_rulebook("now", rulebook)
    for each in list_invariants():
        if each.policy is not None:
            text.add_policy(f"says.{each.id}", each.policy, rulebook)
            text.name(each.id, both(permitted, f"says.{each.id}.matches"))
    text.name(NEVER_OPENED, both(permitted, _any(_add_never(text))))
    text.name(NEVER_FAILS, _any(f"now.{each}.fails" for each in rulebook.policies.to_pst().static_policies))
    return text


def _add_never(text: SolverText) -> Iterator[str]:
    """The built-in rules that nobody may set aside, as they are written in this version of the product."""
    builtin = builtin_rulebook()
    for each, policy in builtin.policies.to_pst().static_policies.items():
        if policy.effect == "forbid" and builtin.by_id[each].waivable is Waivable.NEVER:
            text.add_policy(f"never.{each}", policy, builtin)
            yield f"never.{each}.matches"


def _any(names: Iterator[str]) -> str:
    return f"(or false {' '.join(names)})"


def _check(each: Invariant, text: SolverText, solver: Solver, rulebook: Rulebook) -> Checked:
    found = solver.ask(each.id)
    if not found.possible:
        return Checked(each, holds=None if found.possible is None else True)
    plain = find_plain(solver, (each.id,), text.wishes(), found)
    facts = realise(plain.model, rulebook, permitted=each.id != NEVER_FAILS)
    return Checked(each, holds=False, shown=facts, model=plain.model)


class Opening(Struct, frozen=True):
    """What one set of rules permits that another does not: nothing where not `opens`, else one such request.

    `opens` is None where it could not be worked out, for the reason in `not_covered`.
    """

    opens: bool | None
    shown: Facts | None = None
    not_covered: str = ""


@lru_cache(maxsize=64)
def find_opening(old: Rulebook, new: Rulebook) -> Opening:
    """What `new` permits that `old` does not, of every request that can be made."""
    try:
        text = write_opening(old, new)
        solver = Z3Solver(text.text())
    except NotCoveredError as error:
        return Opening(None, not_covered=error.what)
    found = solver.ask("opens")
    if not found.possible:
        return Opening(found.possible)
    plain = find_plain(solver, ("opens",), text.wishes(), found)
    return Opening(True, realise(plain.model, new))


def write_opening(old: Rulebook, new: Rulebook) -> SolverText:
    """The text whose question `opens` asks for a request that the new rules permit and the old ones do not."""
    text = SolverText()
    was, would = text.add_rulebook("old", old), text.add_rulebook("new", new)
    text.name("opens", both(would, negate(was)))
    return text


def find_idle(rulebook: Rulebook) -> tuple[frozenset[str], frozenset[str]]:
    """Rules that can never match, and rules that never decide alone: whatever they stop, another stops as well."""
    text = SolverText()
    text.add_rulebook("now", rulebook)
    policies = rulebook.policies.to_pst().static_policies
    forbids = [each for each, policy in policies.items() if policy.effect == "forbid"]
    permit = f"now.{rulebook.permit.id}.matches"
    for each in forbids:
        others = (negate(f"now.{other}.matches") for other in forbids if other != each)
        text.name(f"alone.{each}", both(permit, f"now.{each}.matches", *others))
    solver = Z3Solver(text.text())
    never = frozenset(each for each in forbids if solver.ask(f"now.{each}.matches").possible is False)
    shadowed = frozenset(each for each in forbids if solver.ask(f"alone.{each}").possible is False)
    return never, shadowed - never
