"""Which clauses of a charter a request is missing: a default deny has no reasons, so they are named from the facts. Pure."""

from collections import defaultdict

from charter.rules import asking, conditions, context, words
from charter.rules.facts import Facts
from charter.rules.vocabulary import DecisionType, Grain, UseCondition


def say_unlisted(facts: Facts) -> str:
    """Name every clause of the charter that is missing: decision and level, role, date, metric beside it, condition; and
    every one that forbids."""
    clauses = (
        _use_missing(facts), _date_missing(facts), _beside_missing(facts), _condition_missing(facts),
        _unaffirmed(facts), _forbidden(facts),
    )  # fmt: skip
    return " ".join(clause for clause in clauses if clause)


def _use_missing(facts: Facts) -> str:
    request, charter = facts.request, facts.charter
    if request.grain is Grain.SELF and not asking.asks_own(facts):
        return "You asked for own values. They are shown to the person they are about, and to nobody else."
    if (request.decision, request.grain) not in charter.listed:
        return _lists(facts)
    if not context.is_at_level(facts):
        return f"You asked for {_level(facts)} values, and the groups that you named are of another level."
    if not _role_may_ask(facts):
        return (
            f"The charter of {_name(facts)} does not open {_level(facts)} values to the role you hold there."
        )
    return ""


def _date_missing(facts: Facts) -> str:
    allowed = facts.charter.data_from
    if allowed is None or facts.request.window.start >= allowed:
        return ""
    return f"The charter of {_name(facts)} allows data from {words.day(allowed)}. You asked for data before."


def _beside_missing(facts: Facts) -> str:
    missing = context.find_missing_beside(facts)
    wanted = f"The charter of {_name(facts)} wants {words.listed(missing)} asked in the same request."
    return wanted if missing else ""


def _condition_missing(facts: Facts) -> str:
    lacking = conditions.list_lacking(facts)
    wanted = [conditions.LACKING[each] for each in lacking if isinstance(each, UseCondition)]
    if not wanted:
        return ""
    return f"The charter of {_name(facts)} binds this use to a condition that is not met: {words.listed(wanted)}."


def _unaffirmed(facts: Facts) -> str:
    wanted = [f"“{said}”" for said in conditions.find_unaffirmed(facts)]
    return f"The charter of {_name(facts)} asks you to affirm {words.listed(wanted)} first." if wanted else ""


def _forbidden(facts: Facts) -> str:
    named = conditions.find_forbidden(facts)
    uses = [f"“{each.use}”" for each in named]
    return f"The charter of {_name(facts)} forbids {words.listed(uses)}." if uses else ""


def _lists(facts: Facts) -> str:
    uses = describe_uses(facts)
    if not uses:
        return f"The charter of {_name(facts)} lists no use."
    if len(uses) > 4:
        asked = f"{words.spoken(facts.request.decision)} at {_level(facts)} level"
        return f"The charter of {_name(facts)} lists {len(uses)} uses, and {asked} is not one of them."
    return f"The charter of {_name(facts)} lists {words.many(len(uses), 'use')}: {'; '.join(uses)}."


def describe_uses(facts: Facts) -> list[str]:
    """Return the charter's uses in words: "workflow debugging, at team level"."""
    by_decision: dict[DecisionType, set[Grain]] = defaultdict(set)
    for decision, grain in facts.charter.listed:
        by_decision[decision].add(grain)
    return [
        f"{words.spoken(decision)}, at {words.listed(words.level(g) for g in Grain if g in by_decision[decision])} level"
        for decision in DecisionType
        if decision in by_decision
    ]


def _name(facts: Facts) -> str:
    return words.inside(facts.charter.name)


def _level(facts: Facts) -> str:
    return words.level(facts.request.grain)


def _role_may_ask(facts: Facts) -> bool:
    if asking.asks_own(facts) and facts.request.grain is Grain.SELF:
        return True
    return any((role, facts.request.grain) in facts.charter.access for role in facts.actor.roles)
