"""From examples that the engine ran to questions, and which of them an attempt shows. Pure: the same seed, the same result.

No answer is written by anybody: it is what the verdict says.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from random import Random

from msgspec import Struct

from charter.rules import Rule, Rulebook, Verdict, examples
from charter.rules.rulebook import ENGINE
from charter.rules.vocabulary import Outcome

REFUSALS = 3  # options that refuse, each by another rule


class AnswerOption(Struct, frozen=True):
    """Something that can be chosen: a verdict, and for a refusal the rule, with that rule's words as they were then."""

    outcome: Outcome
    rule: str = ""
    title: str = ""
    text: str = ""
    why: str = ""
    fix: str = ""


class Scenario(Struct, frozen=True):
    """A use in words with its verdict; of a rule's example or of a charter's."""

    says: str
    verdict: Verdict
    rule: str = ""
    metric: str = ""


class StoredQuestion(Struct, frozen=True):
    """A question as it is stored: its rule family, what matched, what can be chosen and the place of what is right."""

    scenario: Scenario
    family: str
    rules: tuple[str, ...]
    options: tuple[AnswerOption, ...]
    answer: int


class EngineFailed(Exception):
    """An example could not be worked out, so there is nothing that could be asked about it."""


def list_scenarios(rulebook: Rulebook) -> list[Scenario]:
    """Every built-in example whose rule the rulebook has, as it just ran."""
    found = examples.run_all(rulebook)
    return [Scenario(tried.example.says, tried.verdict, rule=tried.example.rule) for tried in found]


def make_questions(
    scenarios: Iterable[Scenario], rulebook: Rulebook, *, seed: object
) -> list[StoredQuestion]:
    """Questions from scenarios, in their order. Raises EngineFailed."""
    chance = Random(str(seed))
    return [_asked(scenario, rulebook, chance) for scenario in scenarios]


def pick_questions(families: Mapping[int, str], *, seed: object, count: int) -> list[int]:
    """The numbers of the questions that an attempt shows, of each family at least one, in a mixed order.

    `families` gives the family of each question by its number. Where there are more families than `count`, more are
    shown.
    """
    chance = Random(str(seed))
    mixed = sorted(families)
    chance.shuffle(mixed)
    first = list({families[number]: number for number in mixed}.values())
    rest = [number for number in mixed if number not in first]
    shown = first + rest[: max(0, count - len(first))]
    chance.shuffle(shown)
    return shown


def _asked(scenario: Scenario, rulebook: Rulebook, chance: Random) -> StoredQuestion:
    verdict = scenario.verdict
    matched = tuple(dict.fromkeys(match.id for match in verdict.rules))
    if ENGINE in matched:
        raise EngineFailed(scenario.says)
    decisive = _decisive(scenario, rulebook)
    refusals = _refusals(scenario, decisive, matched, rulebook, chance)
    board = (
        _option(Outcome.REFER, decisive) if verdict.outcome is Outcome.REFER else AnswerOption(Outcome.REFER)
    )
    options = (AnswerOption(Outcome.PERMIT), *(_option(Outcome.DENY, rule) for rule in refusals), board)
    return StoredQuestion(
        scenario=scenario,
        family=_family(scenario, decisive, rulebook),
        rules=matched,
        options=options,
        answer=_place(options, verdict.outcome, decisive),
    )


def _decisive(scenario: Scenario, rulebook: Rulebook) -> Rule | None:
    """The rule by which the verdict was reached, the example's own where it is one of them; none of a permit."""
    outcome = scenario.verdict.outcome
    matches = [match.id for match in scenario.verdict.rules if match.effect is outcome]
    if outcome is Outcome.PERMIT or not matches:
        return None
    return rulebook.by_id[scenario.rule if scenario.rule in matches else matches[0]]


def _refusals(
    scenario: Scenario, decisive: Rule | None, matched: Sequence[str], rulebook: Rulebook, chance: Random
) -> list[Rule]:
    """Rules to choose from: the one that refuses, or that might be thought to, and others that did not match."""
    refused = scenario.verdict.outcome is Outcome.DENY
    own = decisive if refused else rulebook.by_id.get(scenario.rule)
    first = [own] if own is not None and (refused or own.effect is Outcome.DENY) else []
    wrong = [
        rule
        for rule in rulebook.rules
        if rule.effect is Outcome.DENY and rule.id not in matched and rule not in first
    ]
    others = chance.sample(wrong, min(REFUSALS - len(first), len(wrong)))
    return sorted(chain(first, others), key=lambda rule: rule.id)


def _family(scenario: Scenario, decisive: Rule | None, rulebook: Rulebook) -> str:
    """The family of the example's own rule; of a charter's example, that of what decided it."""
    own = rulebook.by_id.get(scenario.rule) or decisive or rulebook.permit
    return own.family


def _option(outcome: Outcome, rule: Rule | None) -> AnswerOption:
    if rule is None:
        return AnswerOption(outcome)
    return AnswerOption(outcome, rule.id, rule.title, rule.text, rule.why, rule.fix)


def _place(options: Sequence[AnswerOption], outcome: Outcome, decisive: Rule | None) -> int:
    right = decisive.id if decisive is not None else ""
    return next(
        place for place, each in enumerate(options) if each.outcome is outcome and each.rule in ("", right)
    )
