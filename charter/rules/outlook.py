"""May I, and with what? What would be decided of a question that nobody has asked yet, and what it still lacks.

One answer for every page that says so before asking. It is worked out by the engine that decides, from facts of all
metrics that could be asked for together, so that it promises nothing that asking would refuse.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from charter.rules import conditions, engine
from charter.rules.context import find_missing_beside
from charter.rules.facts import BesideFacts, Facts
from charter.rules.request import MOST_METRICS, Evidence, Request
from charter.rules.rulebook import Rulebook
from charter.rules.verdict import RuleMatch, Verdict
from charter.rules.vocabulary import DecisionType, EvidenceKind, Outcome, UseCondition

# A decision about people on one metric alone is refused, so that another one has to be chosen.
_AT_LEAST = 2
# Somebody and something to judge by as if they had been brought; they never enter a request that leaves here.
_SOMEBODY = "somebody"
_SOMETHING = "something"


class Outlook(Struct, frozen=True):
    """What would be decided of `request`, which is the question with the metrics in `adds` and `other` put beside it.

    `adds`: metrics that the charters want asked together with it. `other`: a metric that could be the second one that
    the decision needs; another may do as well. `evidence`: pieces still to be brought. `accountable`: whether a person
    still has to be named. `affirms`: what whoever asks still has to affirm. `rules` match what all that does not help; none where it would be permitted.
    """

    outcome: Outcome
    request: Request
    adds: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    evidence: int = 0
    accountable: bool = False
    affirms: tuple[str, ...] = ()
    rules: tuple[RuleMatch, ...] = ()

    @property
    def permits(self) -> bool:
        """Whether it is allowed, once it has what it lacks."""
        return self.outcome is Outcome.PERMIT

    @property
    def lacks(self) -> bool:
        """Whether something has to come with the question before it is allowed."""
        return bool(self.adds or self.other or self.evidence or self.accountable or self.affirms)

    @property
    def may_be_asked(self) -> bool:
        """Whether `request` can be asked as it stands: nothing is left for a person to bring."""
        return self.may_be_affirmed and not self.affirms

    @property
    def may_be_affirmed(self) -> bool:
        """Whether `request` can be asked by whoever affirms the sentences in `affirms`, and brings nothing else."""
        return self.permits and not (self.evidence or self.accountable)


def foresee(known: Mapping[str, Facts], request: Request, rulebook: Rulebook) -> Outlook:
    """What would be decided of a request; `known` holds facts by metric of those asked for and of all that may be added.

    The facts need not be of this request: they are read as those of its metrics (`place`).
    """
    whole = replace(request, metrics=add_companions(known, request))
    found = _judge(known, whole, request, rulebook)
    if found.permits or not _wants_another(known, whole):
        return found
    others = (
        _as_other(_judge(known, wider, request, rulebook), other)
        for other, wider in _with_another(known, whole)
    )
    return next((each for each in others if each.permits), found)


def place(known: Mapping[str, Facts], request: Request) -> list[Facts]:
    """The facts of a request's metrics, each with the others beside it; metrics without facts are left out."""
    charters = [known[slug].charter for slug in request.metrics if slug in known]
    beside = [BesideFacts(each.metric, each.category, each.kind, each.view) for each in charters]
    return [_placed(known[each.metric], request, beside) for each in charters]


def _placed(one: Facts, request: Request, beside: Sequence[BesideFacts]) -> Facts:
    """What was known to stand beside it stays, where the request still asks for it."""
    told = {each.metric: each for each in (*one.beside, *beside)}
    others = [told[slug] for slug in request.metrics if slug in told and slug != one.charter.metric]
    return replace(one, request=request, beside=tuple(others))


def add_companions(known: Mapping[str, Facts], request: Request) -> tuple[str, ...]:
    """The metrics of a request with those that their charters want asked together with them, and what these want."""
    metrics = list(request.metrics)
    for slug in metrics:  # it grows while it is walked
        if slug in known:
            one = replace(known[slug], request=replace(request, metrics=tuple(metrics)))
            metrics += [each for each in find_missing_beside(one) if each in known]
    return tuple(metrics) if len(metrics) <= MOST_METRICS else request.metrics


def _judge(known: Mapping[str, Facts], whole: Request, asked: Request, rulebook: Rulebook) -> Outlook:
    """Decide as the line would, then once more with what a person can bring."""
    facts = place(known, whole)
    adds = tuple(slug for slug in whole.metrics if slug not in asked.metrics)
    if len(facts) < len(whole.metrics):
        return Outlook(Outcome.DENY, whole, adds)
    verdict = _decide(facts, rulebook)
    if verdict.permits:
        return Outlook(Outcome.PERMIT, whole, adds)
    evidence, accountable = _find_lacking(facts)
    affirms = _find_unaffirmed(facts)
    brought = _decide(bring(facts), rulebook) if evidence or accountable or affirms else verdict
    if brought.permits or (affirms and brought.outcome is Outcome.REFER):
        return Outlook(
            brought.outcome,
            whole,
            adds,
            evidence=evidence,
            accountable=accountable,
            affirms=affirms,
            rules=brought.rules,
        )
    return Outlook(verdict.outcome, whole, adds, rules=verdict.rules)


def _decide(facts: Sequence[Facts], rulebook: Rulebook) -> Verdict:
    """What the engine says. Of the moment of asking only the day decides, so a page asks it once a day."""
    day = datetime.combine(facts[0].at.date(), time(), UTC)
    return _decide_of_day(tuple(replace(one, at=day) for one in facts), rulebook)


@lru_cache(maxsize=5_000)
def _decide_of_day(facts: tuple[Facts, ...], rulebook: Rulebook) -> Verdict:
    return engine.decide(facts, rulebook)


def _find_lacking(facts: Sequence[Facts]) -> tuple[int, bool]:
    """How many pieces of evidence are still needed, and whether somebody has to be named."""
    one, decision = facts[0], facts[0].decision
    bound = {each for other in facts for each in conditions.list_bound(other)}
    needed = max(
        decision.evidence_needed,
        int(decision.consequential),
        int(UseCondition.NOT_ONLY_EVIDENCE in bound),
    )
    named = one.request.accountable is not None and one.accountable_human
    wanted = (
        decision.accountable_needed
        or decision.decision is DecisionType.PERFORMANCE_RATING
        or UseCondition.ACCOUNTABLE in bound
    )
    return max(needed - one.checked_evidence, 0), wanted and not named


def _find_unaffirmed(facts: Iterable[Facts]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(said for one in facts for said in conditions.find_unaffirmed(one)))


def bring(facts: Sequence[Facts]) -> list[Facts]:
    """The facts as they were if what a person can bring had been brought: evidence, who answers, and what is affirmed."""
    evidence, _accountable = _find_lacking(facts)
    pieces = tuple(Evidence(EvidenceKind.DESIGN_REVIEW, f"{_SOMETHING} {n}") for n in range(evidence))
    asked = facts[0].request
    request = replace(
        asked,
        evidence=(*asked.evidence, *pieces),
        accountable=asked.accountable or _SOMEBODY,
        affirms=(*asked.affirms, *_find_unaffirmed(facts)),
    )
    return [
        replace(
            one, request=request, accountable_human=True, checked_evidence=one.checked_evidence + evidence
        )
        for one in facts
    ]


def _wants_another(known: Mapping[str, Facts], whole: Request) -> bool:
    first = known.get(whole.metrics[0])
    return first is not None and first.decision.consequential and len(whole.metrics) < _AT_LEAST


def _as_other(found: Outlook, other: str) -> Outlook:
    """The same, with the metric that was chosen told apart from those that had to be."""
    return replace(found, adds=tuple(slug for slug in found.adds if slug != other), other=(other,))


def _with_another(known: Mapping[str, Facts], whole: Request) -> Iterator[tuple[str, Request]]:
    """Each other metric whose charter lists the same use, by name, and the request with it."""
    use = (whole.decision, whole.grain)
    for slug in sorted(known):
        if slug not in whole.metrics and use in known[slug].charter.listed:
            wider = replace(whole, metrics=(*whole.metrics, slug))
            yield slug, replace(wider, metrics=add_companions(known, wider))


def find_better(outlooks: Iterable[Outlook]) -> Outlook | None:
    """The one that asks least: allowed before allowed with something, then the board, then not allowed."""
    order = {Outcome.PERMIT: 0, Outcome.REFER: 1, Outcome.DENY: 2}
    return min(outlooks, key=lambda each: (order[each.outcome], each.lacks), default=None)
