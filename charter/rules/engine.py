"""The engine: Cedar says which rules match, and we say it in words. Whatever goes wrong denies."""

import logging
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import cedarpy
from msgspec import Struct
from msgspec.structs import replace

from charter.rules import explain
from charter.rules.asking import PERSON_GRAINS
from charter.rules.context import ACTION, HUMAN, MACHINE, build_context_json, format_charter_uid
from charter.rules.facts import CharterFacts, Facts
from charter.rules.rulebook import ENGINE, Rule, Rulebook, charter_handle
from charter.rules.verdict import RuleMatch, Verdict
from charter.rules.vocabulary import Category, Grain, Obligation, Outcome, Waivable

# Answers of Cedar that a process remembers, some 2 kB each.
REMEMBERED = 5_000

log = logging.getLogger(__name__)

ENGINE_RULE = Rule(
    id=ENGINE,
    title="No answer when the rules cannot be worked out",
    text="When the rules cannot be worked out, the answer is no.",
    why="A fault of ours must never open what the rules keep shut.",
    fix="Ask again later. If it happens again, give the receipt number to whoever runs this site.",
    family="engine",
    effect=Outcome.DENY,
    waivable=Waivable.NEVER,
)


class Judgement(Struct, frozen=True):
    """What the rules say of one metric: permitted, or the rules that matched, in id order."""

    permitted: bool
    rules: tuple[Rule, ...] = ()


FAILED = Judgement(permitted=False, rules=(ENGINE_RULE,))


def decide(facts: Sequence[Facts], rulebook: Rulebook) -> Verdict:
    """Decide a request, given one Facts a metric: deny beats refer, refer beats permit.

    The verdict names every rule that matched any metric. An engine error denies with rule `ENGINE`.
    """
    if not facts:
        raise ValueError("a request without facts cannot be decided")
    judged = [(one, judge(one, rulebook)) for one in facts]
    if all(judgement.permitted for _, judgement in judged):
        return Verdict(Outcome.PERMIT, obligations=find_obligations(facts))
    matches = [_match(rule, one) for one, judgement in judged for rule in judgement.rules]
    matches.sort(key=lambda match: match.id)
    denied = any(match.effect is Outcome.DENY for match in matches)
    return Verdict(Outcome.DENY if denied else Outcome.REFER, rules=tuple(matches))


def find_outcome(facts: Sequence[Facts], rulebook: Rulebook) -> tuple[Outcome, frozenset[str]]:
    """What `decide` comes to and the ids of the rules that match, without a word of why: for many questions."""
    judged = [judge(one, rulebook) for one in facts]
    if all(each.permitted for each in judged):
        return Outcome.PERMIT, frozenset()
    matching = [rule for each in judged for rule in each.rules]
    denied = any(rule.effect is Outcome.DENY for rule in matching)
    return (Outcome.DENY if denied else Outcome.REFER), frozenset(rule.id for rule in matching)


def judge(facts: Facts, rulebook: Rulebook) -> Judgement:
    """Ask Cedar about one metric.

    Cedar skips a `forbid` that fails to evaluate, so any error it reports denies, beside the rules that matched.
    """
    try:
        said = _ask(_put(facts, rulebook))
        rules = sorted(
            (_as_ruled(rulebook.by_id[rule], facts) for rule in said.reasons), key=lambda rule: rule.id
        )
        if said.problem:
            log.error("rule engine: %s", said.problem)
            return Judgement(False, (*_forbidding(rules), ENGINE_RULE))
        if said.allowed:
            return Judgement(permitted=True)
        return Judgement(False, _complete(tuple(rules), facts, rulebook))
    except Exception:
        log.exception("rule engine failed")
        return FAILED


def find_matching_rules(facts: Iterable[Facts], rulebook: Rulebook) -> frozenset[str]:
    """Return the ids of all rules that match any of the metrics."""
    return frozenset(rule.id for one in facts for rule in judge(one, rulebook).rules)


def find_obligations(facts: Sequence[Facts]) -> tuple[Obligation, ...]:
    """Return what a permit of this request requires of whoever uses the answer, in the order of the vocabulary."""
    request = facts[0].request
    due = {Obligation.KEEP_WITHHELD, Obligation.NO_OTHER_USE}
    if request.grain not in PERSON_GRAINS:
        due.add(Obligation.ANNOTATE_CONTEXT)
    if any(one.charter.counter_metric for one in facts):
        due.add(Obligation.SHOW_COUNTER_METRIC)
    if all(one.charter.category is Category.DELIVERY for one in facts):
        due.add(Obligation.ADD_RELIABILITY_AND_QUALITATIVE)  # S24
    if not request.export:
        due.add(Obligation.NO_EXPORT)
    return tuple(obligation for obligation in Obligation if obligation in due)


class _Put(NamedTuple):
    """All that Cedar is told of one metric: it answers what is equal alike.

    A rulebook stands for itself, not for its hash: rules of one text may be read by two schemas (`read_rulebook`).
    """

    rulebook: Rulebook
    denials_alone: bool
    human: bool
    charter: CharterFacts
    grain: Grain
    context: str


class _Said(Struct, frozen=True):
    """What Cedar answered: the ids of the policies that decided it, and what went wrong."""

    allowed: bool
    reasons: tuple[str, ...]
    problem: str = ""


class _ProblemError(Exception):
    """Carries an answer past the memory: what went wrong once is asked anew."""

    def __init__(self, said: _Said) -> None:
        super().__init__(said.problem)
        self.said = said


def _put(facts: Facts, rulebook: Rulebook, *, denials_alone: bool = False) -> _Put:
    context = build_context_json(facts, rulebook.waivable, rulebook.referring)
    return _Put(rulebook, denials_alone, facts.actor.human, facts.charter, facts.request.grain, context)


def _ask(put: _Put) -> _Said:
    """What Cedar says, remembered where nothing went wrong."""
    try:
        return _remember(put)
    except _ProblemError as problem:
        return problem.said


@lru_cache(maxsize=REMEMBERED)
def _remember(put: _Put) -> _Said:
    result = _authorize(put)
    problem = "; ".join(result.diagnostics.errors)
    if result.diagnostics.errors or result.decision is cedarpy.Decision.NoDecision:
        problem = problem or "no decision"
    said = _Said(result.allowed, tuple(result.diagnostics.reasons), problem)
    if problem:
        raise _ProblemError(said)
    return said


def _authorize(put: _Put) -> cedarpy.AuthzResult:
    rulebook = put.rulebook
    request = {
        "principal": HUMAN if put.human else MACHINE,
        "action": ACTION,
        "resource": format_charter_uid(put.charter),
        "context": put.context,
    }
    policies = rulebook.denials if put.denials_alone else rulebook.policies
    return cedarpy.is_authorized(request, policies, charter_handle(put.charter, put.grain), rulebook.schema)


def forget() -> None:
    """Forget what Cedar has answered: for who measures it, or breaks it in a test."""
    _remember.cache_clear()


def _complete(rules: tuple[Rule, ...], facts: Facts, rulebook: Rulebook) -> tuple[Rule, ...]:
    """Add what Cedar does not name: a default deny has no reasons, also where a rule would only refer."""
    if any(rule.effect is Outcome.DENY for rule in rules):
        return rules
    if rules and _ask(_put(facts, rulebook, denials_alone=True)).allowed:
        return rules
    return (*rules, _default_deny(rulebook))


def _as_ruled(rule: Rule, facts: Facts) -> Rule:
    """A question that the board has answered with no is not put to it again: the rule refuses until that lapses."""
    if rule.effect is Outcome.REFER and rule.id in facts.ruled_against:
        return replace(rule, effect=Outcome.DENY)
    return rule


def _default_deny(rulebook: Rulebook) -> Rule:
    permit = rulebook.permit
    return Rule(
        permit.id,
        permit.title,
        permit.text,
        permit.why,
        permit.fix,
        permit.family,
        Outcome.DENY,
        Waivable.NEVER,
    )


def _forbidding(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(rule for rule in rules if rule.effect is not Outcome.PERMIT)


def _match(rule: Rule, facts: Facts) -> RuleMatch:
    return RuleMatch(
        id=rule.id,
        metric=facts.charter.metric,
        title=rule.title,
        text=rule.text,
        why=rule.why,
        here=explain.explain_match(rule.id, facts),
        fix=rule.fix,
        waivable=rule.waivable,
        effect=rule.effect,
    )
