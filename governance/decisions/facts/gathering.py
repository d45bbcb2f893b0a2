"""Facts: what is true about a request, read here inside the deciding transaction and never taken from the asker."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Self
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from charter.measures.rows import Row
from charter.measures.values.calendar import Span, check_window, split_window
from charter.registry import queries as registry
from charter.registry.bounds import Bounds
from charter.registry.charter_facts import build_charter_facts
from charter.registry.queries import GoverningVersion, ProgrammeTerms
from charter.rules import Rulebook
from charter.rules.asking import PERSON_GRAINS
from charter.rules.facts import (
    ActorFacts,
    BesideFacts,
    CharterFacts,
    CohortFacts,
    Facts,
    LookingFacts,
    ValueFacts,
)
from charter.rules.request import ANYBODY, Request
from charter.rules.vocabulary import Category, Nature, Role, Standing
from governance.decisions.facts import access_history, coverage, pairing, rulings, value_context
from governance.decisions.facts.access_history import (
    AccessContext,
    GrantedQuestion,
    LookedBefore,
    RefusedQuestion,
)
from governance.decisions.facts.finding import Found, find, weigh
from governance.decisions.facts.holding import Held
from governance.decisions.facts.pairing import Pair
from governance.decisions.facts.value_context import DataQuality, Subject, ValueContext
from governance.decisions.requests.form import check_affirmed, check_fit, check_form
from governance.evidence import queries as evidence
from governance.people.models import AccountKind, User
from governance.people.queries import Accountable, CohortAsked
from ground import clock
from ground.data_versions import Versions
from ground.errors import BadInput
from ground.traces import traced

# Fewer people need protection from strain and survey values being traced to them: their groups are larger.
_STRAIN = frozenset({Category.STRAIN, Category.SURVEY})
# Who asks as these alone learns nothing of other accounts by naming one as accountable.
_WITHOUT_NAMES = frozenset({Role.TEAM_MEMBER, Role.SELF})


class GatheredFacts(Struct, frozen=True):
    """One Facts a metric in the order asked, what they were read from, and the rulebook to decide them by."""

    facts: tuple[Facts, ...]
    programme: ProgrammeTerms
    governing: tuple[GoverningVersion, ...]
    persons: tuple[str, ...]
    others: tuple[str, ...]  # those of them whom the asker is not
    rulebook: Rulebook
    bearing: ValueContext
    pairs: tuple[Pair, ...] = ()
    own: Mapping[tuple[str, str], tuple[Row, ...]] = {}  # by metric and person, where coverage needed them

    @property
    def charters(self) -> dict[str, int]:
        """The charter version that governs each metric asked for, in the order asked."""
        return {each.metric: each.number for each in self.governing}


@traced("line.facts")
def gather(request: Request, held: Held, *, by: User, rows: bool = True) -> GatheredFacts:
    """Read all that the rules may look at, while the metrics are held. Raises BadInput naming the field at fault.

    With `rows` also what is to stand beside them (S26).
    """
    check_form(request)
    if rows and ANYBODY in request.persons:
        raise BadInput("Name the person whose values you ask for.", field="persons")
    found = find(request, by, held.shared_by(request), held.seen, clock.now(), with_counters=rows)
    check_window(request.window, request.period, now=found.at, zone=found.programme.time_zone)
    check_fit(request, found.cohorts, found.asker)
    if request.affirms:
        documents = [registry.load_document(each.version_id) for each in found.governing]
        check_affirmed(request.affirms, documents)
    others = _others(request, found)
    rulebook = registry.load_rulebook(found.programme.rulebook_id)
    known = know(request, by, found, held.refused_of(request), held.seen, granted_here=held.granted_here)
    facts = tuple(known.facts(each, request) for each in found.governing)
    persons = tuple(each.external_id for each in found.persons)
    facts, own = coverage.add_own_coverage(facts, found.governing, persons, rulebook)
    return GatheredFacts(
        facts=facts,
        programme=found.programme,
        governing=found.governing,
        persons=persons,
        others=others,
        rulebook=rulebook,
        bearing=found.bearing,
        pairs=tuple(known.pair(metric, beside) for metric, beside in found.counters.items()),
        own=own,
    )


def know(
    request: Request,
    by: User,
    found: Found,
    refused: Sequence[RefusedQuestion],
    seen: Versions,
    *,
    granted: Sequence[GrantedQuestion] | None = None,
    looked: LookedBefore | None = None,
    weighed: DataQuality | None = None,
    granted_here: Sequence[GrantedQuestion] = (),
) -> "Known":
    """What the facts of each metric of a request are put together from, who asks and what they did before included.

    What was `granted` lately, whom they have `looked` at and how much stands behind the values (`weighed`) is read unless it
    is given; what was `granted_here`, in this transaction, counts as well.
    """
    rulebook = registry.load_rulebook(found.programme.rulebook_id)
    actor = _actor(request, by, found)
    found = replace(found, accountable=found.accountable if may_answer(found.accountable, actor) else None)
    asked = make_access_context(request, by, found, seen)
    looking = access_history.read_access_facts(asked, refused, granted, looked, granted_here)
    said = rulings.read_ruling_facts(
        asked, rulebook, roles=actor.roles, noticed=access_history.is_noticeable(looking), seen=seen
    )
    return Known.of(request, actor, found, looking, said, weighed)


class Known(Struct, frozen=True):
    """All that the facts of one metric are put together from."""

    request: Request
    found: Found
    actor: ActorFacts
    subjects: tuple[Subject, ...]
    spans: tuple[Span, ...]
    weighed: DataQuality
    looked: Mapping[str, LookingFacts]
    said: rulings.RulingFacts
    checked_evidence: int

    @classmethod
    def of(
        cls,
        request: Request,
        actor: ActorFacts,
        found: Found,
        looked: Mapping[str, LookingFacts],
        said: rulings.RulingFacts,
        weighed: DataQuality | None = None,
    ) -> Self:
        persons = [each.external_id for each in found.persons]
        return cls(
            request=request,
            found=found,
            actor=actor,
            subjects=tuple(value_context.list_subjects(request, persons)),
            spans=split_window(request.window, request.period),
            weighed=weigh(request, found, persons) if weighed is None else weighed,
            looked=looked,
            said=said,
            checked_evidence=evidence.count_checked(request.evidence, [*persons, *request.about]),
        )

    def facts(self, governing: GoverningVersion, request: Request, *, alone: bool = False) -> Facts:
        """What is true about one metric of the request, or beside it; `alone` tells nothing of the others."""
        found = self.found
        charter = _charter(governing, request, found)
        return Facts(
            request=request,
            at=found.at.astimezone(ZoneInfo(found.programme.time_zone)),
            actor=self.actor,
            charter=charter,
            decision=found.decision,
            cohorts=tuple(_cohort(each, charter, found.programme) for each in found.cohorts),
            person_classes=frozenset(each.context_class for each in found.persons if each.context_class),
            beside=() if alone else self._beside(charter.metric),
            fairness_until=governing.fairness_until,
            waived=found.ruled.waived(charter.metric),
            accountable_human=found.accountable is not None,
            values=self._values(charter.metric),
            protected=found.bearing.protected,
            looking=self.looked.get(charter.metric, LookingFacts()),
            ruled=self.said.yes,
            ruled_against=self.said.no,
            consented=_is_agreed(request, found.ruled.consents.get(governing.version_id, frozenset())),
            lasting=found.bearing.lasting_for(request),
            checked_evidence=self.checked_evidence,
        )

    def pair(self, metric: str, beside: tuple[str, ...]) -> Pair:
        """The same question about a metric that is to stand beside those asked for."""
        governing = self.found.beside.get(metric)
        if governing is None:
            return Pair(metric, beside)
        facts = self.facts(governing, pairing.ask_beside(self.request, self.found.counters))
        return Pair(metric, beside, governing, facts)

    def _beside(self, metric: str) -> tuple[BesideFacts, ...]:
        charters = (_charter(each, self.request, self.found) for each in self.found.governing)
        others = (each for each in charters if each.metric != metric)
        return tuple(BesideFacts(each.metric, each.category, each.kind, each.view) for each in others)

    def _values(self, metric: str) -> ValueFacts:
        return value_context.build_value_facts(
            metric, self.subjects, self.spans, self.found.bearing, self.weighed
        )


def _is_agreed(request: Request, agreed: frozenset[str]) -> bool:
    """Whether every team asked about agrees to the charter; single people are asked by themselves, not by their team."""
    return bool(request.cohorts) and not request.persons and agreed.issuperset(request.cohorts)


def _others(request: Request, found: Found) -> tuple[str, ...]:
    """The single persons asked about whom the asker is not."""
    if request.grain not in PERSON_GRAINS:
        return ()
    return tuple(each.external_id for each in found.persons if each.external_id != found.asker.person)


def make_access_context(request: Request, by: User, found: Found, seen: Versions) -> AccessContext:
    """What looking is judged by."""
    return AccessContext(
        request=request,
        metrics=(*request.metrics, *found.counters),
        by=by.pk,
        own=found.asker.person,
        others=_others(request, found),
        limits=found.programme.limits,
        zone=found.programme.time_zone,
        at=found.at,
        seen=seen,
    )


def _actor(request: Request, by: User, found: Found) -> ActorFacts:
    """Who asks. A scoped role counts when it is held over all that is asked about."""
    scopes = [*(each.roles for each in found.cohorts), *(each.roles for each in found.persons)]
    held = frozenset.intersection(*scopes) if scopes else frozenset()
    own = bool(found.persons) and not found.cohorts and all(Role.SELF in each.roles for each in found.persons)
    return ActorFacts(
        human=by.kind == AccountKind.HUMAN,
        roles=found.asker.roles | held,
        asks_about_self=own and request.grain in PERSON_GRAINS,
        acknowledged=found.trained.acknowledged,
        trained=found.trained.attested(found.today),
    )


def may_answer(named: Accountable | None, actor: ActorFacts) -> bool:
    """Whether whoever was named leads those concerned or answers for everybody, and is none of them (AR07, AR18, S93).

    Who leads somebody is no secret to them. Who is of HR or leadership is learned by nobody who asks without a role.
    """
    if named is None or named.concerned:
        return False
    return named.leads or (named.answers and bool(actor.roles - _WITHOUT_NAMES))


def _cohort(asked: CohortAsked, charter: CharterFacts, programme: ProgrammeTerms) -> CohortFacts:
    minimum = programme.minimum_group_strain if _is_told_apart(charter) else programme.minimum_group
    return CohortFacts(asked.slug, asked.people, minimum, asked.context_classes)


def _is_told_apart(charter: CharterFacts) -> bool:
    return charter.category in _STRAIN or Nature.SURVEY in charter.nature


def _charter(governing: GoverningVersion, request: Request, found: Found) -> CharterFacts:
    return _charter_facts(
        governing.version_id,
        governing.number,
        governing.standing,
        governing.in_force(found.at),
        found.programme.sources,
        found.today,
        request.grain in PERSON_GRAINS,
        found.ruled.pilots.get(governing.version_id, frozenset()),
        governing.bounds,
    )


@lru_cache(maxsize=20_000)
def _charter_facts(
    version: UUID,
    number: int,
    standing: Standing,
    in_force: bool,
    sources: str,
    today: date,
    personal: bool,
    pilot_cohorts: frozenset[str],
    bounds: Bounds,
) -> CharterFacts:
    """The same for the same arguments: a version never changes, and what does is an argument."""
    facts = build_charter_facts(
        registry.load_document(version),
        version=number,
        standing=standing,
        in_force=in_force,
        sources=registry.read_described(sources),
        nature=registry.read_nature(version, sources),
        today=today,
        pilot_cohorts=pilot_cohorts,
        grain_is_person=personal,
    )
    return replace(facts, listed=frozenset(use for use in facts.listed if bounds.allow(*use)))
