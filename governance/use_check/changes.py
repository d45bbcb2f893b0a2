"""The smallest changes that would make a no into a yes, found by asking the engine and by nothing else.

Tried are the few changes that a charter admits: another level, one more metric, one metric fewer, a piece of evidence, somebody
who answers, what a charter has its asker affirm, a fairness audit that is passed, a context note that is settled. At each level all of them are made at once; where
that is permitted, each is taken back that is not needed. What is left cannot be made smaller. Nothing is written, and nobody's
values are read.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct, field
from msgspec.structs import replace

from charter.registry import queries as registry
from charter.rules import conditions
from charter.rules.engine import judge
from charter.rules.facts import Facts
from charter.rules.outlook import add_companions, place
from charter.rules.request import MOST_METRICS, Evidence, Request
from charter.rules.rulebook import Rulebook
from charter.rules.vocabulary import DecisionType, EvidenceKind, Grain, Outcome, UseCondition, View
from governance.decisions.facts.outlook import Ahead
from governance.people.models import User
from governance.use_check.accountable import can_answer
from governance.use_check.places import Places
from governance.use_check.requests import choose_view
from governance.use_check.states import NeedKind
from ground import data_versions

MOST_TOLD = 5
MOST_OTHERS = 12  # metrics that are tried as one more
MOST_ASKED = 600  # times that the engine is asked for one check
SECONDS = 3.0  # after which what was found by then is told
TO_BRING = "to be brought"
_SOMEBODY = "somebody"  # who answers, where nobody can be proposed; it never leaves here
_ALWAYS = date.max


class Need(Struct, frozen=True, omit_defaults=True):
    """What has to happen first, and of which metric where it is of one."""

    kind: NeedKind
    metric: str | None = None
    evidence: EvidenceKind | None = None
    says: str | None = None  # the sentence to affirm


class UseChange(Struct, frozen=True):
    """A changed question, what would be answered to it, and what has to happen before it is."""

    request: Request
    verdict: Outcome
    needs: tuple[Need, ...] = ()
    parts: int = 1  # how many things change


class Wish(Struct, frozen=True):
    """What a search may take for granted: kinds of evidence to propose first, and who may be proposed as accountable."""

    kinds: tuple[EvidenceKind, ...] = tuple(EvidenceKind)
    account: str | None = None


NO_WISH = Wish()


class _Parts(Struct, frozen=True):
    """All that is changed of a question at one level; each can be taken back on its own."""

    metrics: tuple[str, ...]
    extra: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    evidence: tuple[EvidenceKind, ...] = ()
    accountable: bool = False
    affirms: tuple[str, ...] = ()
    audits: tuple[str, ...] = ()
    notes: bool = False

    def count(self, *, moved: bool) -> int:
        some = (self.extra, self.dropped, self.evidence, self.affirms, self.audits)
        return sum(map(len, some)) + self.accountable + self.notes + moved


class _Budget(Struct):
    """How often the engine may still be asked, and until when."""

    left: int = MOST_ASKED
    until: float = field(default_factory=lambda: time.monotonic() + SECONDS)

    def spend(self) -> bool:
        self.left -= 1
        return self.left >= 0 and time.monotonic() < self.until


def find_changes(request: Request, *, by: User, wish: Wish = NO_WISH) -> tuple[UseChange, ...]:
    """The smallest changes to a refused question that the rules would permit, else those that they leave to the board.

    What it is for never changes. Empty where no change helps.
    """
    framed = list_frames(request, Places.read(by=by, persons=request.persons))
    others = list_others(request)
    ahead = Ahead.read([replace(each, metrics=(*request.metrics, *others)) for each in framed], by=by)
    if request.decision not in ahead.decisions:
        return ()
    wish = replace(wish, account=by.username if can_answer(request, by) else None)
    search = ChangeSearch(request, wish, ahead.rulebook, read_views())
    return search.run([(frame, ahead.known(frame)) for frame in framed], others)


def list_frames(request: Request, places: Places) -> list[Request]:
    """The question as it is asked, and at each other level of the same people."""
    others = places.list_other_levels(request)
    return [request, *(_at_level(request, grain, cohorts) for grain, cohorts in others)]


class ChangeSearch(Struct, frozen=True):
    """One search: the question, what may be proposed, and the rules."""

    request: Request
    wish: Wish
    rulebook: Rulebook
    views: Mapping[str, View | None]  # the class of each metric, by slug
    budget: _Budget = field(default_factory=_Budget)

    def run(
        self, framed: Sequence[tuple[Request, Mapping[str, Facts]]], others: Sequence[str]
    ) -> tuple[UseChange, ...]:
        """The smallest changes at all of these levels, each given with the facts of all metrics at it."""
        return _smallest([each for frame, known in framed for each in self.at(frame, known, others)])

    def at(
        self, frame: Request, known: Mapping[str, Facts], others: Sequence[str] = ()
    ) -> Iterator[UseChange]:
        """The smallest changes at one level: with the metrics asked for, else with one more of those that list the use."""
        found = self._complete(frame, known, _Parts(frame.metrics))
        if found is None and len(frame.metrics) == 1:
            usable = (slug for slug in others if slug in known and slug not in frame.metrics)
            tried = (self._complete(frame, known, _Parts(frame.metrics, extra=(slug,))) for slug in usable)
            found = next(filter(None, tried), None)
        if found is not None and found.parts:
            yield found

    def _complete(self, frame: Request, known: Mapping[str, Facts], parts: _Parts) -> UseChange | None:
        whole = self._with_all(frame, known, parts)
        facts = self._apply(frame, known, whole)
        outcomes = {one.charter.metric: self._judge(one) for one in facts}
        if not outcomes or len(facts) < len(whole.metrics) + len(whole.extra):
            return None
        kept = tuple(slug for slug in whole.metrics if outcomes[slug] is Outcome.PERMIT)
        if kept and len(kept) < len(whole.metrics):
            dropped = tuple(slug for slug in whole.metrics if slug not in kept)
            whole = replace(self._with_all(frame, known, _Parts(kept)), dropped=dropped)
        verdict = self._decide(frame, known, whole)
        if verdict is Outcome.DENY:
            return None
        least = self._shrink(frame, known, whole, verdict)
        return self._tell(frame, least, verdict, moved=not _same_level(frame, self.request))

    def _with_all(self, frame: Request, known: Mapping[str, Facts], parts: _Parts) -> _Parts:
        """Everything changed at once that may be."""
        asked = replace(frame, metrics=(*parts.metrics, *parts.extra))
        whole = add_companions(known, asked)
        extra = tuple(slug for slug in whole if slug not in parts.metrics)
        one = known.get(whole[0])
        if one is None or len(whole) > MOST_METRICS:
            return parts
        asked_of = [replace(known[slug], request=frame) for slug in whole if slug in known]
        bound = {each for other in asked_of for each in conditions.list_bound(other)}
        wanted = int(UseCondition.NOT_ONLY_EVIDENCE in bound)
        needed = max(one.decision.evidence_needed, int(one.decision.consequential), wanted)
        lacking = max(needed - one.checked_evidence, 0)
        brought = {piece.kind for piece in frame.evidence}
        kinds = [kind for kind in (*self.wish.kinds, *EvidenceKind) if kind not in brought]
        return replace(
            parts,
            extra=extra,
            evidence=tuple(dict.fromkeys(kinds))[:lacking],
            accountable=frame.accountable is None,
            affirms=tuple(
                dict.fromkeys(said for each in asked_of for said in conditions.find_unaffirmed(each))
            ),
            audits=tuple(slug for slug in whole if slug in known and not _is_audited(known[slug])),
            notes=any(known[slug].values.unsettled for slug in whole if slug in known),
        )

    def _shrink(self, frame: Request, known: Mapping[str, Facts], parts: _Parts, verdict: Outcome) -> _Parts:
        """Take back whatever is not needed for the verdict."""
        for name, value in _list_parts(parts):
            tried = _without(parts, name, value)
            if self._decide(frame, known, tried) is verdict:
                parts = tried
        return parts

    def _decide(self, frame: Request, known: Mapping[str, Facts], parts: _Parts) -> Outcome:
        outcomes = [self._judge(one) for one in self._apply(frame, known, parts)]
        if len(outcomes) < len(parts.metrics) + len(parts.extra) or Outcome.DENY in outcomes:
            return Outcome.DENY
        return Outcome.REFER if Outcome.REFER in outcomes else Outcome.PERMIT

    def _judge(self, one: Facts) -> Outcome:
        """What the engine says of one metric; no more is asked of it than its share."""
        if not self.budget.spend():
            return Outcome.DENY
        judged = judge(one, self.rulebook)
        if judged.permitted:
            return Outcome.PERMIT
        denied = any(rule.effect is not Outcome.REFER for rule in judged.rules)
        return Outcome.DENY if denied or not judged.rules else Outcome.REFER

    def _apply(self, frame: Request, known: Mapping[str, Facts], parts: _Parts) -> list[Facts]:
        """The facts as they would be."""
        request = self._request(frame, parts)
        if parts.accountable:
            request = replace(request, accountable=_SOMEBODY)
        request = replace(request, affirms=(*request.affirms, *parts.affirms))
        return [_as_if(one, parts) for one in place(known, request)]

    def _request(self, frame: Request, parts: _Parts) -> Request:
        metrics = (*parts.metrics, *parts.extra)
        more = tuple(Evidence(kind, TO_BRING) for kind in parts.evidence)
        named = frame.accountable or (self.wish.account if parts.accountable else None)
        return replace(
            frame,
            metrics=metrics,
            view=choose_view(frame.decision, metrics, self.views),
            evidence=(*frame.evidence, *more),
            accountable=named,
        )

    def _tell(self, frame: Request, parts: _Parts, verdict: Outcome, *, moved: bool) -> UseChange:
        needs = [Need(NeedKind.EVIDENCE, evidence=kind) for kind in parts.evidence]
        if parts.accountable and self.wish.account is None:
            needs.append(Need(NeedKind.ACCOUNTABLE))
        needs += [Need(NeedKind.AFFIRMATION, says=said) for said in parts.affirms]
        needs += [Need(NeedKind.FAIRNESS_AUDIT, metric=slug) for slug in parts.audits]
        if parts.notes:
            needs.append(Need(NeedKind.CONFIRMED_NOTE))
        return UseChange(self._request(frame, parts), verdict, tuple(needs), parts.count(moved=moved))


def _list_parts(parts: _Parts) -> Iterator[tuple[str, object]]:
    """Each part that may be taken back, what others have to do first: by its name, and which of several."""
    yield from (("audits", slug) for slug in parts.audits)
    yield from (("notes", True) for _ in range(parts.notes))
    yield from (("accountable", True) for _ in range(parts.accountable))
    yield from (("affirms", said) for said in parts.affirms)
    yield from (("evidence", kind) for kind in parts.evidence)
    yield from (("extra", slug) for slug in parts.extra)


def _without(parts: _Parts, name: str, value: object) -> _Parts:
    held = getattr(parts, name)
    left = False if isinstance(held, bool) else tuple(each for each in held if each != value)
    return replace(parts, **{name: left})


def _as_if(one: Facts, parts: _Parts) -> Facts:
    """The facts of one metric with what would have happened by then."""
    values = replace(one.values, unsettled=0) if parts.notes else one.values
    audited = _ALWAYS if one.charter.metric in parts.audits else one.fairness_until
    human = one.accountable_human or parts.accountable
    brought = one.checked_evidence + len(parts.evidence)
    return replace(
        one, values=values, fairness_until=audited, accountable_human=human, checked_evidence=brought
    )


def _at_level(request: Request, grain: Grain, cohorts: tuple[str, ...]) -> Request:
    if grain is request.grain:
        return request
    return replace(request, grain=grain, cohorts=cohorts, persons=())


def _same_level(frame: Request, request: Request) -> bool:
    return (frame.grain, frame.cohorts, frame.persons) == (request.grain, request.cohorts, request.persons)


def read_views() -> Mapping[str, View | None]:
    return {each.slug: each.view for each in registry.read_uses(data_versions.read())}


def list_others(request: Request) -> tuple[str, ...]:
    """Metrics whose charters list the decision, as those that may be the second one."""
    found = registry.read_uses(data_versions.read())
    lists = (each.slug for each in found if _lists(each, request.decision))
    return tuple(slug for slug in lists if slug not in request.metrics)[:MOST_OTHERS]


def _lists(metric: registry.MetricUses, decision: DecisionType) -> bool:
    return any(use.decision is decision for use in metric.allowed)


def _is_audited(one: Facts) -> bool:
    return one.fairness_until is not None and one.fairness_until >= one.at.date()


def _smallest(found: Sequence[UseChange]) -> tuple[UseChange, ...]:
    """Those that are permitted, the fewest parts first; where none is, those that the board would be asked."""
    permitted = [each for each in found if each.verdict is Outcome.PERMIT] or list(found)
    return tuple(sorted(permitted, key=lambda each: each.parts)[:MOST_TOLD])
