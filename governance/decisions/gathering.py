"""Facts: what is true about a request, read here inside the deciding transaction and never taken from the asker."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Self, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from charter.measures.calendar import Span, check_window, spans_in
from charter.measures.rows import Row
from charter.registry import locks
from charter.registry import queries as registry
from charter.registry.bounds import Bounds
from charter.registry.charter_facts import charter_facts
from charter.registry.queries import Governing, Programme
from charter.rules import Rulebook
from charter.rules.context import PERSON_GRAINS
from charter.rules.facts import (
    ActorFacts,
    BesideFacts,
    CharterFacts,
    CohortFacts,
    DecisionFacts,
    Facts,
    LookingFacts,
    ValueFacts,
)
from charter.rules.request import Request
from charter.rules.vocabulary import Category, Grain, Role, SourceKind, Standing
from governance.board import facts as board
from governance.board.facts import Ruled
from governance.decisions import coverage, looking, pairing, rulings, values
from governance.decisions.form import check_fit, check_form
from governance.decisions.looking import Asked, Refused
from governance.decisions.pairing import Pair
from governance.decisions.values import Bearing, Subject, Weighed
from governance.people import queries as people
from governance.people.models import AccountKind, User
from governance.people.queries import Asker, CohortAsked, PersonAsked
from governance.training import queries as training
from governance.training.queries import Trained
from ground import clock, marks, statements
from ground.errors import BadInput, Unavailable
from ground.marks import Marks

# Fewer people need protection from strain and survey values being traced to them: their groups are larger.
_STRAIN = frozenset({Category.STRAIN, Category.SURVEY})


T = TypeVar("T")


class Gathered(Struct, frozen=True):
    """One Facts a metric in the order asked, what they were read from, and the rulebook to decide them by."""

    facts: tuple[Facts, ...]
    programme: Programme
    governing: tuple[Governing, ...]
    persons: tuple[str, ...]
    others: tuple[str, ...]  # those of them whom the asker is not
    rulebook: Rulebook
    bearing: Bearing
    pairs: tuple[Pair, ...] = ()
    own: Mapping[tuple[str, str], tuple[Row, ...]] = {}  # by metric and person, where coverage needed them


class _Found(Struct, frozen=True):
    """What was read for a request, in the order asked."""

    at: datetime
    programme: Programme
    decision: DecisionFacts
    today: date
    governing: tuple[Governing, ...]
    beside: Mapping[str, Governing]  # by slug of a counter-metric that is shared and has a charter
    counters: Mapping[str, tuple[str, ...]]  # what charters want beside them, with those that want it
    ruled: Ruled
    asker: Asker
    trained: Trained
    cohorts: tuple[CohortAsked, ...]
    persons: tuple[PersonAsked, ...]
    accountable: bool
    bearing: Bearing

    @property
    def consequential(self) -> bool:
        return self.decision.consequential


def gather(request: Request, *, by: User, rows: bool = True) -> Gathered:
    """Lock the metrics and read all that the rules may look at. Raises BadInput naming the field at fault.

    With `rows` also what is to stand beside them (S26).
    """
    check_form(request)
    shared, seen, refused = _lock_and_read(request, by, with_counters=rows)
    found = _find(request, by, shared, seen, clock.now(), with_counters=rows)
    check_window(request.window, request.period, now=found.at, zone=found.programme.time_zone)
    check_fit(request, found.cohorts, found.asker)
    others = _others(request, found)
    rulebook = registry.rulebook(found.programme.rulebook_id)
    actor = _actor(request, by, found)
    asked = _asked(request, by, found, others, seen)
    looked = looking.facts(asked, refused)
    said = rulings.ruled(asked, rulebook, roles=actor.roles, noticed=looking.noticed(looked), seen=seen)
    known = _Known.of(request, actor, found, looked, said)
    facts = tuple(known.facts(each, request) for each in found.governing)
    persons = tuple(each.external_id for each in found.persons)
    facts, own = coverage.with_own(facts, found.governing, persons, rulebook)
    return Gathered(
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


class _Known(Struct, frozen=True):
    """All that the facts of one metric are put together from."""

    request: Request
    found: _Found
    actor: ActorFacts
    subjects: tuple[Subject, ...]
    spans: tuple[Span, ...]
    weighed: Weighed
    looked: Mapping[str, LookingFacts]
    said: rulings.Ruled

    @classmethod
    def of(
        cls,
        request: Request,
        actor: ActorFacts,
        found: _Found,
        looked: Mapping[str, LookingFacts],
        said: rulings.Ruled,
    ) -> Self:
        persons = [each.external_id for each in found.persons]
        return cls(
            request=request,
            found=found,
            actor=actor,
            subjects=tuple(values.subjects_of(request, persons)),
            spans=spans_in(request.window, request.period),
            weighed=_weighed(request, found, persons),
            looked=looked,
            said=said,
        )

    def facts(self, governing: Governing, request: Request) -> Facts:
        """What is true about one metric of the request, or beside it."""
        found = self.found
        charter = _charter(governing, request, found)
        return Facts(
            request=request,
            at=found.at,
            actor=self.actor,
            charter=charter,
            decision=found.decision,
            cohorts=tuple(_cohort(each, charter.category, found.programme) for each in found.cohorts),
            person_classes=frozenset(each.context_class for each in found.persons if each.context_class),
            beside=self._beside(charter.metric),
            fairness_until=governing.fairness_until,
            waived=found.ruled.waived(charter.metric),
            accountable_human=found.accountable,
            values=self._values(charter.metric),
            protected=found.bearing.protected,
            looking=self.looked.get(charter.metric, LookingFacts()),
            ruled=self.said.yes,
            ruled_against=self.said.no,
        )

    def pair(self, metric: str, beside: tuple[str, ...]) -> Pair:
        """The same question about a metric that is to stand beside those asked for."""
        governing = self.found.beside.get(metric)
        if governing is None:
            return Pair(metric, beside)
        facts = self.facts(governing, pairing.as_asked(self.request, self.found.counters))
        return Pair(metric, beside, governing, facts)

    def _beside(self, metric: str) -> tuple[BesideFacts, ...]:
        charters = (_charter(each, self.request, self.found) for each in self.found.governing)
        others = (each for each in charters if each.metric != metric)
        return tuple(BesideFacts(each.metric, each.category, each.kind, each.view) for each in others)

    def _values(self, metric: str) -> ValueFacts:
        return values.value_facts(metric, self.subjects, self.spans, self.found.bearing, self.weighed)


def _lock_and_read(
    request: Request, by: User, *, with_counters: bool
) -> tuple[tuple[str, ...], Marks, tuple[Refused, ...]]:
    """Share the metrics until the transaction ends, then see what has changed since we last looked, and what was refused.

    A hold, a suspension or a revision takes a metric alone, so that none slips between facts and rows. Gives the slugs
    that are shared: those asked for and, `with_counters`, those that are to stand beside them.
    """
    with statements.together():
        if with_counters:
            shared = locks.share_with_counters(request.metrics)
        else:
            shared = request.metrics
            locks.share_metrics(shared)
        parameters = looking.of_refused(request, shared, by=by.pk, now=clock.now())
        (seen,), refused = statements.read(marks.MARKS, looking.REFUSED, parameters=parameters)
    return shared, seen, tuple(each for each in refused if each.metrics)


def _find(
    request: Request, by: User, shared: tuple[str, ...], seen: Marks, at: datetime, *, with_counters: bool
) -> _Found:
    """Read everything. Raises BadInput for names that name nothing, Unavailable where no rules are in force."""
    laid_down = registry.laid_down(seen.registry, request.decision, shared)
    programme, decision = laid_down.programme, laid_down.decision
    if programme is None or decision is None:
        raise Unavailable("No rulebook is in force for this decision, so nothing can be answered.")
    today = at.astimezone(ZoneInfo(programme.time_zone)).date()
    governing = _known("metrics", "metric", request.metrics, laid_down.governing)
    counters = pairing.counters(governing) if with_counters else {}
    beside = {slug: laid_down.governing[slug] for slug in counters if slug in laid_down.governing}
    asked = people.asked(
        seen.people,
        by.pk,
        by.person_id,
        today,
        cohorts=request.cohorts,
        persons=request.persons,
        own=request.grain is Grain.SELF and not request.persons,
        accountable=request.accountable,
    )
    persons = _persons(request, asked.persons)
    return _Found(
        at=at,
        programme=programme,
        decision=decision,
        today=today,
        governing=governing,
        beside=beside,
        counters=counters,
        ruled=_ruled(request, (*governing, *beside.values()), seen, today),
        asker=asked.asker,
        trained=training.trained(seen.training, by.pk, programme.rulebook_id),
        cohorts=_known("cohorts", "cohort", request.cohorts, asked.cohorts),
        persons=persons,
        accountable=asked.accountable,
        bearing=values.bearing(
            (seen.decisions, seen.people, seen.registry),
            by.pk,
            today,
            metrics=tuple(each.metric for each in (*governing, *beside.values())),
            cohorts=request.cohorts,
            persons=tuple(each.external_id for each in persons),
            window=request.window,
        ),
    )


def _weighed(request: Request, found: _Found, persons: Sequence[str]) -> Weighed:
    """Coverage and error budgets matter to decisions about people alone, and only those pay for them."""
    if not found.consequential:
        return Weighed()
    metrics = [each.metric for each in (*found.governing, *found.beside.values())]
    return values.weigh(request, found.programme, metrics=metrics, persons=persons)


def _ruled(request: Request, governing: tuple[Governing, ...], seen: Marks, today: date) -> Ruled:
    """What the board has ruled that bears on these charters: waivers and pilots."""
    return board.ruled(
        seen.board,
        request.decision,
        tuple(each.metric for each in governing),
        tuple(each.version_id for each in governing),
        today,
    )


def _persons(request: Request, known: Mapping[str, PersonAsked]) -> tuple[PersonAsked, ...]:
    """The persons asked about. One whom we do not know is one over whom nobody holds a role: no id tells anything."""
    if not request.persons:
        return tuple(known.values())
    return tuple(known.get(name, PersonAsked(name, None, frozenset())) for name in request.persons)


def _others(request: Request, found: _Found) -> tuple[str, ...]:
    """The single persons asked about whom the asker is not."""
    if request.grain not in PERSON_GRAINS:
        return ()
    return tuple(each.external_id for each in found.persons if each.external_id != found.asker.person)


def _asked(request: Request, by: User, found: _Found, others: tuple[str, ...], seen: Marks) -> Asked:
    """What looking is judged by."""
    return Asked(
        request=request,
        metrics=(*request.metrics, *found.counters),
        by=by.pk,
        own=found.asker.person,
        others=others,
        limits=found.programme.limits,
        zone=found.programme.time_zone,
        at=found.at,
        mark=seen.people,
    )


def _actor(request: Request, by: User, found: _Found) -> ActorFacts:
    """Who asks. A scoped role counts when it is held over all that is asked about."""
    scopes = [each.roles for each in (*found.cohorts, *found.persons)]
    held = frozenset.intersection(*scopes) if scopes else frozenset()
    own = bool(found.persons) and not found.cohorts and all(Role.SELF in each.roles for each in found.persons)
    return ActorFacts(
        human=by.kind == AccountKind.HUMAN,
        roles=found.asker.roles | held,
        asks_about_self=own and request.grain in PERSON_GRAINS,
        acknowledged=found.trained.acknowledged,
        trained=found.trained.attested(found.today),
    )


def _cohort(asked: CohortAsked, category: Category, programme: Programme) -> CohortFacts:
    minimum = programme.minimum_group_strain if category in _STRAIN else programme.minimum_group
    return CohortFacts(asked.slug, asked.people, minimum, asked.context_classes)


def _charter(governing: Governing, request: Request, found: _Found) -> CharterFacts:
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
    sources: tuple[tuple[str, SourceKind], ...],
    today: date,
    personal: bool,
    pilot_cohorts: frozenset[str],
    bounds: Bounds,
) -> CharterFacts:
    """The same for the same arguments: a version never changes, and what does is an argument."""
    facts = charter_facts(
        registry.document(version),
        version=number,
        standing=standing,
        in_force=in_force,
        sources=dict(sources),
        today=today,
        pilot_cohorts=pilot_cohorts,
        grain_is_person=personal,
    )
    return replace(facts, listed=frozenset(use for use in facts.listed if bounds.allow(*use)))


def _known(field: str, what: str, asked: Sequence[str], found: Mapping[str, T]) -> tuple[T, ...]:
    for slug in asked:
        if slug not in found:
            raise BadInput(f"There is no {what} called {slug}.", field=field)
    return tuple(found[slug] for slug in asked)
