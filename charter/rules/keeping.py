"""What every rulebook keeps: the house's rules, word for word. An organisation adds rules beside them. Pure."""

import re
from collections.abc import Iterator
from functools import lru_cache

from charter.rules.changes import ChangeKind, RuleChange, changes
from charter.rules.examples import failing
from charter.rules.rulebook import Finding, Rule, Rulebook, compile_rulebook, house_files

_OF_THE_HOUSE = re.compile(r"AR\d+")  # a later version of the house may have more of them


@lru_cache(maxsize=1)
def house() -> Rulebook:
    """Return the rulebook of the house alone, as this version has it."""
    return compile_rulebook(house_files())


def losses(rulebook: Rulebook) -> tuple[Finding, ...]:
    """Return what a rulebook takes from the house's rules; nothing where it only adds to them.

    Each rule must be there as it is, its examples must be stopped, and no added rule may take a name of the house's.
    """
    found = [finding for change in changes(house(), rulebook) if (finding := _loss(change))]
    return tuple(sorted([*found, *_no_longer_stopped(rulebook, {finding.policy for finding in found})]))


def _loss(change: RuleChange) -> Finding | None:
    match change.kind:
        case ChangeKind.DROPPED if change.old:
            return _finding(change.old, "the house has this rule, so every rulebook must have it")
        case ChangeKind.ADDED if change.new and _OF_THE_HOUSE.fullmatch(change.id):
            return _finding(change.new, "ids of AR and a number are for the house's rules; take another")
        case ChangeKind.REWORDED if change.new:
            return _finding(change.new, "it must have the very words that the house gives it")
        case ChangeKind.CONDITION if change.new:
            return _finding(
                change.new, "it must stop what the house's rule stops; add a rule of your own beside it"
            )
    return None


def _no_longer_stopped(rulebook: Rulebook, named: set[str]) -> Iterator[Finding]:
    for tried in failing(rulebook):
        example = tried.example
        if example.rule not in named:
            rule = house().by_id[example.rule]
            yield _finding(rule, f"it no longer stops what it is there to stop: {example.says}")


def _finding(rule: Rule, problem: str) -> Finding:
    return Finding(f"{rule.family}.cedar", rule.id, problem)
