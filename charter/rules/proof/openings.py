"""What a waiver, a setting or a charter version would permit that is not permitted now: nothing, or exactly this. Pure."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from charter.rules.facts import CharterFacts, DecisionFacts
from charter.rules.proof.analyses import Opening
from charter.rules.proof.known import KnownCharter, declare_beside
from charter.rules.proof.problem import SolverText
from charter.rules.proof.realise import realise
from charter.rules.proof.schema import NotCoveredError
from charter.rules.proof.solvers import Value, Z3Solver, find_plain
from charter.rules.proof.terms import both, either, negate, number, word_of
from charter.rules.rulebook import Rulebook
from charter.rules.vocabulary import DecisionType, Grain


@lru_cache(maxsize=64)
def find_waiver_opening(rulebook: Rulebook, rule: str, decision: DecisionType | None = None) -> Opening:
    """What setting a rule aside would permit, for one decision or for all."""
    without = replace(rulebook, waivable=rulebook.waivable - {rule})

    def write(text: SolverText) -> None:
        was, would = text.add_rulebook("old", without), text.add_rulebook("new", rulebook)
        of = "true" if decision is None else f"(= c.decision {word_of('Decision', decision)})"
        text.name("opens", both(would, negate(was), of))

    return _ask(write, rulebook)


@lru_cache(maxsize=64)
def find_need_opening(rulebook: Rulebook, old: DecisionFacts, new: DecisionFacts) -> Opening:
    """What other needs of a decision would permit: less evidence, no audit, nobody to answer for it."""

    def write(text: SolverText) -> None:
        was = text.add_rulebook("old", rulebook, _needs(old))
        would = text.add_rulebook("new", rulebook)
        laid_down = (f"(= {name} {value})" for name, value in _needs(new).items())
        of = f"(= c.decision {word_of('Decision', new.decision)})"
        text.name("opens", both(would, negate(was), of, *laid_down))

    return _ask(write, rulebook)


@lru_cache(maxsize=64)
def find_charter_opening(rulebook: Rulebook, old: KnownCharter | None, new: KnownCharter) -> Opening:
    """What a charter version would permit that its predecessor does not; all that it permits, where it is the first."""

    def write(text: SolverText) -> None:
        would, was = text.add_rulebook("new", rulebook), "false"
        asked = declare_beside(text, old, new)
        if old is not None:
            fixed = old.write_variables(text) | {"c.missing_beside": old.write_missing(asked)}
            fixed |= old.write_bound()
            was = text.add_rulebook("old", rulebook, fixed)
        at_grains = (new.write_at(text, grain) for grain in Grain)
        text.name("opens", both(would, negate(was), either(*at_grains), new.write_beside(asked)))

    return _ask(write, rulebook, new.at)


def _needs(decision: DecisionFacts) -> dict[str, str]:
    return {
        "c.evidence_needed": number(decision.evidence_needed),
        "c.fairness_needed": str(decision.fairness_needed).lower(),
        "c.accountable_needed": str(decision.accountable_needed).lower(),
    }


def _ask(
    write: Callable[[SolverText], None],
    rulebook: Rulebook,
    charter_at: Callable[[Grain], CharterFacts] | None = None,
) -> Opening:
    text = SolverText()
    try:
        write(text)
        solver = Z3Solver(text.text())
    except NotCoveredError as error:
        return Opening(None, not_covered=error.what)
    found = solver.ask("opens")
    if not found.possible:
        return Opening(found.possible)
    plain = find_plain(solver, ("opens",), text.wishes(), found)
    charter = charter_at(_grain(plain.model["c.grain"])) if charter_at else None
    return Opening(True, realise(plain.model, rulebook, charter=charter))


def _grain(value: Value) -> Grain:
    return Grain(str(value).partition(".")[2])
