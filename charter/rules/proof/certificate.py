"""Nobody can: what somebody could learn of one person by one metric, for one decision, worked out for every request. Pure.

Under the rules and the charters as they are, whatever the board might waive or let pass. Where it can be, the request is
shown, with what it cannot do without.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Self

from msgspec import Struct

from charter.rules.facts import DecisionFacts, Facts
from charter.rules.proof.known import KnownCharter, declare_beside
from charter.rules.proof.problem import SolverText
from charter.rules.proof.realise import realise
from charter.rules.proof.schema import NotCoveredError
from charter.rules.proof.solvers import Possibility, Z3Solver, find_plain
from charter.rules.proof.terms import both, either, negate, number, word_of
from charter.rules.rulebook import Rulebook
from charter.rules.vocabulary import Grain, Role


class Learner(StrEnum):
    """Who would learn it. A manager or HR in no other role but that of a colleague; anyone in whatever roles there are."""

    MANAGER = "manager"
    HR = "hr"
    ANYONE = "anyone"


class Precondition(StrEnum):
    """What a request cannot do without."""

    HUMAN = "human"
    ACKNOWLEDGED = "acknowledged"
    TRAINED = "trained"
    AUDITED = "audited"
    EVIDENCE = "evidence"
    SECOND_METRIC = "second_metric"
    ACCOUNTABLE = "accountable"
    ALONE = "alone"


_WITHOUT = {
    Precondition.HUMAN: "(= principal Asker.machine)",
    Precondition.ACKNOWLEDGED: "(not c.acknowledged)",
    Precondition.TRAINED: "(not c.trained)",
    Precondition.AUDITED: "(not c.audited)",
    Precondition.EVIDENCE: "(< c.evidence 1)",
    Precondition.SECOND_METRIC: "(< c.metrics 2)",
    Precondition.ACCOUNTABLE: "(not c.accountable)",
    Precondition.ALONE: "(> c.subjects 1)",
}
_ROLES = {
    Learner.MANAGER: frozenset({Role.MANAGER, Role.TEAM_MEMBER}),
    Learner.HR: frozenset({Role.HR, Role.TEAM_MEMBER}),
    Learner.ANYONE: frozenset(Role) - {Role.SELF},
}


class MetricCertificate(Struct, frozen=True):
    """Of one metric: proved impossible, for these rules; or the request that does it, and what it needs.

    `possible` is None where it could not be worked out. `waived`: it takes the board to set a rule aside. `lasting`: it
    stays impossible once a fairness audit of the metric is passed; else it is so only as audits are now.
    """

    metric: str
    name: str
    possible: bool | None
    rules: tuple[str, ...] = ()
    shown: Facts | None = None
    needs: tuple[Precondition, ...] = ()
    waived: bool = False
    lasting: bool = True


@lru_cache(maxsize=64)
def certify(
    rulebook: Rulebook, charters: tuple[KnownCharter, ...], decision: DecisionFacts, learner: Learner
) -> tuple[MetricCertificate, ...]:
    """What a learner could get of somebody else's own values by each metric, for a decision."""
    try:
        asking = _Asking.of(_write(rulebook, charters, decision, learner), rulebook)
    except NotCoveredError:
        return tuple(MetricCertificate(each.of_person.metric, each.of_person.name, None) for each in charters)
    return tuple(asking.certify(place, each) for place, each in enumerate(charters))


class _Asking(NamedTuple):
    """One text, read twice: by the solver that answers, and by one that also says why something cannot be."""

    text: SolverText
    solver: Z3Solver
    explaining: Z3Solver
    rulebook: Rulebook

    @classmethod
    def of(cls, text: SolverText, rulebook: Rulebook) -> Self:
        return cls(text, Z3Solver(text.text()), Z3Solver(text.text(plain=False), reasons=True), rulebook)

    def certify(self, place: int, charter: KnownCharter) -> MetricCertificate:
        metric, name = charter.of_person.metric, charter.of_person.name
        clear = (f"clear.{rule.id}" for rule in self.rulebook.rules)
        asked = (f"metric.{place}", "learns", "sound", f"now.{self.rulebook.permit.id}.matches", *clear)
        lasting = self.solver.ask(*asked).possible is False
        asked = asked if lasting else (*asked, f"audit.{place}")
        found = self.solver.ask(*asked)
        if not found.possible:
            why = _named(self.explaining.ask(*asked), self.rulebook) if found.possible is False else ()
            return MetricCertificate(metric, name, found.possible, rules=why, lasting=lasting)
        unwaived = self.solver.ask(*asked, "unwaived")
        if unwaived.possible:
            found, asked = unwaived, (*asked, "unwaived")
        return self._show(charter, asked, found, waived=not unwaived.possible)

    def _show(
        self, charter: KnownCharter, asked: tuple[str, ...], found: Possibility, *, waived: bool
    ) -> MetricCertificate:
        plain = find_plain(self.solver, asked, self.text.wishes(), found)
        needs = (
            each for each in Precondition if self.solver.ask(*asked, f"without.{each}").possible is False
        )
        base = charter.at(Grain(str(plain.model["c.grain"]).partition(".")[2]))
        shown = realise(plain.model, self.rulebook, charter=base)
        return MetricCertificate(base.metric, base.name, True, shown=shown, needs=tuple(needs), waived=waived)


def _named(found: Possibility, rulebook: Rulebook) -> tuple[str, ...]:
    """The rules without which it could be; the permit's where no charter lists such a use."""
    ids = {each.removeprefix("clear.") for each in found.because if each.startswith("clear.")}
    listed = {"AR14", rulebook.permit.id} & {
        *ids,
        *(each.split(".")[1] for each in found.because if ".matches" in each),
    }
    return tuple(sorted(ids - listed)) or tuple(sorted(listed))[:1]


def _write(
    rulebook: Rulebook, charters: Sequence[KnownCharter], decision: DecisionFacts, learner: Learner
) -> SolverText:
    text = SolverText()
    text.add_rulebook("now", rulebook)
    for rule in rulebook.rules:
        text.name(f"clear.{rule.id}", negate(f"now.{rule.id}.matches"))
    text.name("sound", both(*(negate(f"now.{each}.fails") for each in rulebook.by_id)))
    text.name("learns", both("c.of_persons", "(not c.own)", _decided(decision), *_roles(learner)))
    open_ended = [name for name in text.variables() if name.startswith(("c.waived.", "c.ruled."))]
    text.name("unwaived", both(*map(negate, open_ended)))
    for each, smt in _WITHOUT.items():
        text.name(f"without.{each}", smt)
    asked = declare_beside(text, *charters)
    for place, charter in enumerate(charters):
        at_grains = (charter.write_at(text, grain) for grain in Grain)
        audit = "c.audited" if charter.audited else "(not c.audited)"
        text.name(f"metric.{place}", both(either(*at_grains), charter.write_beside(asked)))
        text.name(f"audit.{place}", audit)
    return text


def _decided(decision: DecisionFacts) -> str:
    """The decision, with what the programme lays down for it."""
    flags = (
        ("c.fairness_needed", decision.fairness_needed),
        ("c.accountable_needed", decision.accountable_needed),
    )
    return both(
        f"(= c.decision {word_of('Decision', decision.decision)})",
        f"(= c.evidence_needed {number(decision.evidence_needed)})",
        *(name if holds else negate(name) for name, holds in flags),
    )


def _roles(learner: Learner) -> Iterator[str]:
    yield from (negate(f"c.roles.{role}") for role in Role if role not in _ROLES[learner])
    if learner is not Learner.ANYONE:
        yield f"c.roles.{learner.value}"
