"""Facts of questions that nobody has asked yet: what the line would read of them, for many uses at once.

Read as the line reads, outside its transaction and without its locks, since nothing is decided and no value leaves. Who
asks in earnest is decided anew.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from charter import rules
from charter.registry import queries as registry
from charter.rules import Outlook, Rulebook
from charter.rules.facts import DecisionFacts, Facts
from charter.rules.outlook import bring, place
from charter.rules.request import Evidence, Request
from charter.rules.verdict import Verdict
from charter.rules.vocabulary import DecisionType, Grain, Outcome
from governance.board import facts as board
from governance.board.facts import WaiverInForce
from governance.decisions.facts import access_history, coverage, gathering, rulings, value_context
from governance.decisions.facts.access_history import GrantedQuestion, LookedBefore, RefusedQuestion
from governance.decisions.facts.finding import Found, find, weigh
from governance.decisions.facts.gathering import Known
from governance.decisions.facts.value_context import DataQuality, ValueContext
from governance.people.models import User
from ground import clock, data_versions, statements
from ground.data_versions import Versions

# What is worked out once for all questions of one page.
_Key = tuple[DecisionType, Grain, tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[Evidence, ...]]


class Ahead(Struct, frozen=True):
    """What is known of questions about some people and months, by one account, of some metrics: read once for all."""

    by: User
    found: Found
    refused: tuple[RefusedQuestion, ...]
    granted: tuple[GrantedQuestion, ...]
    seen: Versions
    decisions: Mapping[DecisionType, DecisionFacts]
    waivers: tuple[WaiverInForce, ...]
    rulebook: Rulebook
    asked: Request  # of all the people, as it was read for
    bearing: ValueContext  # on all the values, for whatever decision
    _looked: list[LookedBefore] = []
    _known: dict[_Key, tuple[Known, dict[str, Facts]]] = {}
    _weighed: dict[tuple[tuple[str, ...], tuple[str, ...]], DataQuality] = {}

    @classmethod
    def read(cls, asked: Sequence[Request], *, by: User) -> Self:
        """For requests of one window: their metrics, what the charters of these want beside them, and whom they ask about.

        Raises BadInput for names that name nothing, Unavailable where no rules are in force. As many statements whatever
        is asked; most of them from memory.
        """
        at, seen = clock.now(), data_versions.read()
        decisions = registry.read_decisions(seen)
        declared = next(iter(decisions), asked[0].decision)
        wide = _widen(asked, declared, _with_companions(seen, declared, asked))
        parameters = access_history.make_refused_parameters("", wide.metrics, by=by.pk, now=at)
        (refused,) = statements.read(access_history.REFUSED, parameters=parameters)
        found = find(wide, by, wide.metrics, seen, at, with_counters=False)
        before = tuple(each for each in refused if each.metrics)
        bearing = value_context.read_value_context(
            seen,
            by.pk,
            found.today,
            metrics=tuple(each.metric for each in found.governing),
            cohorts=wide.cohorts,
            persons=tuple(each.external_id for each in found.persons),
            about=wide.about,
            window=wide.window,
        )  # from memory: it has just been read
        return cls(
            by=by,
            found=found,
            refused=before,
            granted=tuple(access_history.read_granted(by.pk, before)) if before else (),
            seen=seen,
            decisions=decisions,
            waivers=board.read_waivers(seen, found.today),
            rulebook=registry.load_rulebook(found.programme.rulebook_id),
            asked=wide,
            bearing=bearing,
        )

    def foresee(self, request: Request, *, thorough: bool = False) -> Outlook:
        """What would be decided of a request, and what it lacks.

        `thorough` also works out persons' own coverage, which needs the warehouse (AR27).
        """
        if request.decision not in self.decisions:
            return Outlook(Outcome.DENY, request)  # the programme has not declared it, so nothing is answered
        known = self.known(request)
        outlook = rules.foresee(known, request, self.rulebook)
        if not outlook.permits:
            known = self._ruled(known, outlook.request)
            outlook = rules.foresee(known, request, self.rulebook)
        return self._covered(known, outlook) if thorough and outlook.permits else outlook

    def decide(self, request: Request, *, accountable: bool | None = None) -> Verdict:
        """What the line would decide of a request exactly as it stands: nothing that it lacks is added to it.

        `accountable` says whether whoever it names is known to be somebody who can answer for it, where names of several
        requests are not read together.
        """
        if request.decision not in self.decisions or not self._govern(request.metrics):
            return Verdict(Outcome.DENY)
        known = self.known(request)
        verdict = self._decide(request, known, accountable)
        if verdict.outcome is Outcome.REFER:  # only then may the board have ruled on it
            verdict = self._decide(request, self._ruled(known, request), accountable)
        return verdict

    def _decide(self, request: Request, known: Mapping[str, Facts], accountable: bool | None) -> Verdict:
        facts = tuple(place(known, request))
        if accountable is not None:
            facts = tuple(replace(one, accountable_human=accountable) for one in facts)
        persons = [each.external_id for each in self._know(request)[0].found.persons]
        governing = [each for each in self.found.governing if each.metric in request.metrics]
        covered, _own = coverage.add_own_coverage(facts, governing, persons, self.rulebook)
        return rules.decide(covered, self.rulebook)

    def _govern(self, metrics: Collection[str]) -> bool:
        """Whether a charter governs each of these: facts of one are read for no other."""
        return set(metrics) <= {each.metric for each in self.found.governing}

    def known(self, request: Request) -> dict[str, Facts]:
        """The facts by metric of all metrics that were read, as they stand for the use and the people of a request."""
        return self._know(request)[1]

    def _know(self, request: Request) -> tuple[Known, dict[str, Facts]]:
        key = (
            request.decision, request.grain, request.cohorts, request.persons, request.about, request.evidence,
        )  # fmt: skip
        if key not in self._known:
            whole = replace(request, metrics=tuple(each.metric for each in self.found.governing))
            found = self._narrow(whole)
            weighed = self._weigh(whole, found)
            known = gathering.know(
                whole,
                self.by,
                found,
                self.refused,
                self.seen,
                granted=self.granted,
                looked=self._read_looked(whole) if request.grain is Grain.PERSON else None,
                weighed=weighed,
            )
            facts = {each.metric: known.facts(each, whole, alone=True) for each in found.governing}
            self._known[key] = known, facts
        return self._known[key]

    def _narrow(self, request: Request) -> Found:
        """What was found, for the decision and the people of one request."""
        found, decision = self.found, self.decisions[request.decision]
        own = request.grain is Grain.SELF and not request.persons
        named = {found.asker.person} if own else set(request.persons)
        waived = board.narrow_waivers(self.waivers, request.decision)
        persons = tuple(each for each in found.persons if each.external_id in named)
        return replace(
            found,
            decision=decision,
            ruled=replace(found.ruled, waivers=waived),
            cohorts=tuple(each for each in found.cohorts if each.slug in request.cohorts),
            persons=persons,
            bearing=self._bear(request, [each.external_id for each in persons], decision),
        )

    def _bear(self, request: Request, persons: Sequence[str], decision: DecisionFacts) -> ValueContext:
        """What bears on the values, for one decision; of several people, whether these are protected."""
        bearing = self.bearing.seen_in(consequential=decision.consequential)
        whole = not bearing.protected or len(persons) == len(self.found.persons)
        if whole and not request.about:
            return bearing
        own = value_context.read_value_context(
            self.seen,
            self.by.pk,
            self.found.today,
            metrics=request.metrics,
            cohorts=request.cohorts,
            persons=tuple(persons),
            about=request.about,
            window=request.window,
        )
        return replace(bearing, protected=own.protected)

    def _read_looked(self, request: Request) -> LookedBefore:
        """Whom the asker has looked at, with the groups of all people who are asked about; read once, where it is needed."""
        if not self._looked:
            whole = replace(request, persons=self.asked.persons, grain=Grain.PERSON)
            asked = gathering.make_access_context(whole, self.by, self.found, self.seen)
            self._looked.append(access_history.read_looked(asked))
        return self._looked[0]

    def _weigh(self, request: Request, found: Found) -> DataQuality:
        if not found.consequential:
            return DataQuality()
        persons = tuple(each.external_id for each in found.persons)
        whole = (self.asked.cohorts, tuple(each.external_id for each in self.found.persons))
        if self._weigh_once(request, found, whole) == DataQuality():
            return DataQuality()  # what holds of nobody holds of none of them
        return self._weigh_once(request, found, (request.cohorts, persons))

    def _weigh_once(
        self, request: Request, found: Found, whose: tuple[tuple[str, ...], tuple[str, ...]]
    ) -> DataQuality:
        if whose not in self._weighed:
            cohorts, persons = whose
            self._weighed[whose] = weigh(replace(request, cohorts=cohorts), found, persons)
        return self._weighed[whose]

    def _ruled(self, known: Mapping[str, Facts], request: Request) -> dict[str, Facts]:
        """The facts with what the board has ruled on the very question that would be asked."""
        whole, _facts = self._know(request)
        asked = gathering.make_access_context(request, self.by, whole.found, self.seen)
        said = rulings.read_ruling_facts(
            asked,
            self.rulebook,
            roles=whole.actor.roles,
            noticed=access_history.is_noticeable(whole.looked),
            seen=self.seen,
        )
        return {slug: replace(one, ruled=said.yes, ruled_against=said.no) for slug, one in known.items()}

    def _covered(self, known: Mapping[str, Facts], outlook: Outlook) -> Outlook:
        """The same, unless somebody has too little coverage for a decision about them."""
        request = outlook.request
        found = self._know(request)[0].found
        persons = [each.external_id for each in found.persons]
        governing = [each for each in found.governing if each.metric in request.metrics]
        facts, _own = coverage.add_own_coverage(
            tuple(bring(place(known, request))), governing, persons, self.rulebook
        )
        verdict = rules.decide(facts, self.rulebook)
        return outlook if verdict.permits else Outlook(verdict.outcome, request, rules=verdict.rules)


def _with_companions(seen: Versions, decision: DecisionType, asked: Sequence[Request]) -> tuple[str, ...]:
    """Their metrics with those that the charters want asked together with them, and what these want; those that there are."""
    slugs = first = tuple(dict.fromkeys(slug for each in asked for slug in each.metrics))
    while True:
        governing = registry.read_programme_facts(seen, decision, slugs).governing
        wanted = {slug for each in governing.values() for slug in _list_beside(each)}
        if wanted <= set(slugs):
            return tuple(slug for slug in slugs if slug in governing or slug in first)
        slugs = (*slugs, *sorted(wanted - set(slugs)))


def _list_beside(governing: registry.GoverningVersion) -> Collection[str]:
    allowed = registry.load_document(governing.version_id).which_decisions.allowed
    return {slug for use in allowed for slug in use.beside}


def _widen(asked: Sequence[Request], decision: DecisionType, metrics: tuple[str, ...]) -> Request:
    """One request of all the people that several ask about; it is read for and never decided."""
    first = asked[0]
    own = any(each.grain is Grain.SELF and not each.persons for each in asked)
    return replace(
        first,
        decision=decision,
        metrics=metrics,
        grain=Grain.SELF if own else first.grain,
        cohorts=tuple(dict.fromkeys(slug for each in asked for slug in each.cohorts)),
        persons=tuple(dict.fromkeys(name for each in asked for name in each.persons)),
    )
