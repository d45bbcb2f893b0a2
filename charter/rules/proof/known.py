"""A charter that there is, as a text says it: what it lists at each level. Pure."""

from collections.abc import Mapping

from msgspec import Struct

from charter.rules import asking, context
from charter.rules.conditions import LASTING
from charter.rules.facts import CharterFacts, ForbiddenUse
from charter.rules.proof.problem import SolverText
from charter.rules.proof.realise import list_record_values
from charter.rules.proof.solvers import Value
from charter.rules.proof.terms import both, choose, either, negate, number, word_of
from charter.rules.vocabulary import DecisionType, Grain, RequestForm, UseCondition

# What conditions hang on that rules are not told of by itself.
_AFFIRMED, _CONSENTED = "fact.affirmed", "fact.consented"
_LASTING = {condition: f"fact.{kind}" for condition, kind in LASTING.items()}
FACTS = (_AFFIRMED, _CONSENTED, *_LASTING.values())
_MET = {
    UseCondition.NOT_ONLY_EVIDENCE: "(> c.evidence 0)",
    UseCondition.ACCOUNTABLE: "c.accountable",
    UseCondition.OWN_FIGURE: "c.own",
    UseCondition.CONSENT: _CONSENTED,
    **_LASTING,
}
_RANKING = "(and (> c.subjects 1) (or c.by_value c.limited c.percentile))"
_FORMS = {
    RequestForm.SEVERAL: "(> c.subjects 1)",
    RequestForm.UNLIKE: f"(and (or c.compare {_RANKING}) (> c.context_classes 1))",
    RequestForm.RANKING: _RANKING,
    RequestForm.COMPARE: "c.compare",
    RequestForm.COMBINE: "c.combined",
    RequestForm.CLOCK: "c.by_clock",
    RequestForm.SINGLE_PERSON: "(and c.of_persons (not c.own))",
    RequestForm.EXPORT: "c.export",
}


def _is_one_of(forbidden: ForbiddenUse) -> str:
    """As `conditions.find_forbidden` has it: all that it names fits; of several forms, one is enough."""
    decisions = (f"(= c.decision {word_of('Decision', each)})" for each in sorted(forbidden.decisions))
    grains = (_at(each) for each in sorted(forbidden.grains))
    forms = (_FORMS[each] for each in sorted(forbidden.forms))
    return both(
        either(*decisions) if forbidden.decisions else "true",
        either(*grains) if forbidden.grains else "true",
        either(*forms) if forbidden.forms else "true",
    )


def declare_beside(text: SolverText, *charters: "KnownCharter | None") -> dict[str, str]:
    """A name for each metric that a charter wants beside it: whether the request asks for it as well.

    What conditions of charters hang on besides is declared, to be true or not.
    """
    for name in FACTS:
        text.declare(name)
    wanted = {metric for each in charters if each for metric in each.list_wanted()}
    return {metric: text.declare(f"beside.{place}") for place, metric in enumerate(sorted(wanted))}


class KnownCharter(Struct, frozen=True):
    """The charter of a metric in force, as it is for persons and for groups, and whether its audit is passed and in date."""

    of_person: CharterFacts
    of_groups: CharterFacts
    audited: bool

    def at(self, grain: Grain) -> CharterFacts:
        return self.of_person if grain in asking.PERSON_GRAINS else self.of_groups

    def write_at(self, text: SolverText, grain: Grain) -> str:
        """That a request is at this level, and the charter is what it is there."""
        known, values = text.variables(), self._values(grain)
        said = (_is(name, value) for name, value in values.items() if name in known)
        return both(_at(grain), *said)

    def write_variables(self, text: SolverText) -> dict[str, str]:
        """What each variable of a charter is, by the level that is asked for: to be put in its place."""
        known, by_grain = text.variables(), {grain: self._values(grain) for grain in Grain}
        return {
            name: _by_level({grain: _constant(values[name]) for grain, values in by_grain.items()})
            for name in by_grain[Grain.TEAM]
            if name in known
        }

    def write_missing(self, asked: Mapping[str, str]) -> str:
        """How many of the metrics that this charter wants beside it a request leaves out; `asked` says of each when it does not."""
        missed = (
            choose(
                both(f"(= c.decision {word_of('Decision', decision)})", _at(grain), negate(asked[metric])),
                "1",
                "0",
            )
            for decision, grain, metric in sorted(self.of_groups.needs_beside)
        )
        return f"(+ 0 0 {' '.join(missed)})"

    def write_beside(self, asked: Mapping[str, str]) -> str:
        """That as many metrics are missing as this charter misses, and that those asked for with it are there."""
        there = " ".join(choose(asked[metric], "1", "0") for metric in self.list_wanted())
        return both(
            f"(= c.missing_beside {self.write_missing(asked)})",
            f"(>= c.metrics (+ 1 0 {there}))",
            *(f"(= {name} {said})" for name, said in self.write_bound().items()),
        )

    def write_bound(self) -> dict[str, str]:
        """How many conditions are not met and how many forbidden uses a request would be one of."""
        charter = self.of_groups
        unmet = [
            choose(both(_of_use(decision, grain), negate(_MET[condition])), "1", "0")
            for decision, grain, condition in sorted(charter.conditions)
        ]
        unmet += [
            choose(both(_of_use(decision, grain), negate(_AFFIRMED)), "1", "0")
            for decision, grain, _ in sorted(charter.affirmations)
        ]
        forbidden = (choose(_is_one_of(each), "1", "0") for each in charter.forbidden)
        return {
            "c.unmet_conditions": f"(+ 0 0 {' '.join(unmet)})",
            "c.forbidden_uses": f"(+ 0 0 {' '.join(forbidden)})",
        }

    def list_wanted(self) -> list[str]:
        """The metrics that this charter wants beside it, whatever the use."""
        return sorted({metric for _, _, metric in self.of_groups.needs_beside})

    def _values(self, grain: Grain) -> dict[str, Value]:
        return list_record_values("r", context.describe_charter(self.at(grain), grain))


def _of_use(decision: DecisionType, grain: Grain) -> str:
    return both(f"(= c.decision {word_of('Decision', decision)})", _at(grain))


def _at(grain: Grain) -> str:
    return f"(= c.grain {word_of('Grain', grain)})"


def _by_level(values: dict[Grain, str]) -> str:
    *others, last = values
    said = values[last]
    for grain in reversed(others):
        said = choose(_at(grain), values[grain], said)
    return said


def _is(name: str, value: Value) -> str:
    if isinstance(value, bool):
        return name if value else negate(name)
    return f"(= {name} {_constant(value)})"


def _constant(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return number(value) if isinstance(value, int) else value
