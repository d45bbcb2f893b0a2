"""Whether the statements say enough: each rule taken away, and what that opens held against them. Pure."""

from dataclasses import replace

from cedarpy import PolicySet, pst
from msgspec import Struct

from charter.rules.proof.analyses import list_invariants, write_opening, write_statements
from charter.rules.proof.solvers import Z3Solver
from charter.rules.rulebook import Rulebook
from charter.rules.vocabulary import Outcome


class Weakenings(Struct, frozen=True):
    """How many rules were taken away one by one; those whose loss opens something, and those of them that nothing noticed."""

    tried: int
    opening: tuple[str, ...]
    unnoticed: tuple[str, ...]


def try_without_each(rulebook: Rulebook) -> Weakenings:
    """Take each forbidding rule away and ask whether that permits something, and whether a statement is broken by it."""
    ids = sorted(rule.id for rule in rulebook.rules)
    opening = tuple(each for each in ids if _opens(rulebook, leave_out(rulebook, each)))
    unnoticed = tuple(each for each in opening if not _breaks_something(leave_out(rulebook, each)))
    return Weakenings(len(ids), opening, unnoticed)


def leave_out(rulebook: Rulebook, rule: str) -> Rulebook:
    """The same rules without one: to be asked about, never to decide by."""
    kept = {
        each: policy for each, policy in rulebook.policies.to_pst().static_policies.items() if each != rule
    }
    rules = tuple(each for each in rulebook.rules if each.id != rule)
    return replace(
        rulebook,
        rules=rules,
        policies=PolicySet.from_pst(pst.PolicySet({}, kept, ())),
        waivable=rulebook.waivable - {rule},
        referring=frozenset(each.id for each in rules if each.effect is Outcome.REFER),
    )


def _opens(old: Rulebook, new: Rulebook) -> bool:
    return Z3Solver(write_opening(old, new).text(plain=False)).ask("opens").possible is not False


def _breaks_something(rulebook: Rulebook) -> bool:
    solver = Z3Solver(write_statements(rulebook).text(plain=False))
    return any(solver.ask(each.id).possible is not False for each in list_invariants())
