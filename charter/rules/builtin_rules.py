"""What every rulebook keeps: the built-in rules, word for word. An organisation adds rules beside them. Pure."""

import re
from collections.abc import Iterator
from functools import lru_cache

from charter.rules.changes import ChangeKind, RuleChange, compare_rulebooks
from charter.rules.examples import find_failing
from charter.rules.rulebook import Rule, Rulebook, RulebookFinding, builtin_files, compile_rulebook

_BUILTIN_ID = re.compile(r"AR\d+")  # a later version may have more of them


@lru_cache(maxsize=1)
def builtin_rulebook() -> Rulebook:
    """Return the rulebook of the built-in rules alone, as this version has them."""
    return compile_rulebook(builtin_files())


def find_losses(rulebook: Rulebook) -> tuple[RulebookFinding, ...]:
    """Return what a rulebook takes from the built-in rules; nothing where it only adds to them.

    Each rule must be there as it is, its examples must be stopped, and no added rule may take the id of a built-in one.
    """
    found = [
        finding for change in compare_rulebooks(builtin_rulebook(), rulebook) if (finding := _loss(change))
    ]
    return tuple(sorted([*found, *_no_longer_stopped(rulebook, {finding.policy for finding in found})]))


def _loss(change: RuleChange) -> RulebookFinding | None:
    match change.kind:
        case ChangeKind.DROPPED if change.old:
            return _finding(change.old, "it is a built-in rule, so every rulebook must have it")
        case ChangeKind.ADDED if change.new and _BUILTIN_ID.fullmatch(change.id):
            return _finding(change.new, "ids of AR and a number are for built-in rules; take another")
        case ChangeKind.REWORDED if change.new:
            return _finding(change.new, "it must keep the very words of the built-in rule")
        case ChangeKind.CONDITION if change.new:
            return _finding(
                change.new, "it must stop what the built-in rule stops; add a rule of your own beside it"
            )
    return None


def _no_longer_stopped(rulebook: Rulebook, named: set[str]) -> Iterator[RulebookFinding]:
    for tried in find_failing(rulebook):
        example = tried.example
        if example.rule not in named:
            rule = builtin_rulebook().by_id[example.rule]
            yield _finding(rule, f"it no longer stops what it is there to stop: {example.says}")


def _finding(rule: Rule, problem: str) -> RulebookFinding:
    return RulebookFinding(f"{rule.family}.cedar", rule.id, problem)
