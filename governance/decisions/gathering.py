"""Facts: what is true about a request, read here inside the deciding transaction and never taken from the asker."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from charter.measures.calendar import check_window
from charter.registry import locks
from charter.registry import queries as registry
from charter.registry.charter_facts import charter_facts
from charter.registry.queries import Governing, Programme
from charter.rules import Rulebook
from charter.rules.facts import (
    ActorFacts,
    BesideFacts,
    CharterFacts,
    CohortFacts,
    DecisionFacts,
    Facts,
)
from charter.rules.request import Request
from charter.rules.vocabulary import Category, Grain, Role, SourceKind, Standing
from governance.board import facts as board
from governance.board.facts import Bounds, Ruled
from governance.decisions import looking, rulings
from governance.decisions.looking import Asked, Refused
from governance.people import queries as people
from governance.people.models import AccountKind, CohortKind, User
from governance.people.queries import Asker, CohortAsked, PersonAsked
from governance.training import queries as training
from governance.training.queries import Trained
from ground import clock, marks, statements
from ground.errors import BadInput, Unavailable
from ground.marks import Marks

# Fewer people need protection from strain and survey values being traced to them: their groups are larger.
_STRAIN = frozenset({Category.STRAIN, Category.SURVEY})

_KIND_OF_GRAIN = {
    Grain.ORG: CohortKind.ORG,
    Grain.VALUE_STREAM: CohortKind.VALUE_STREAM,
    Grain.TEAM: CohortKind.TEAM,
}
UNBOUND = Bounds()
_PERSONAL = frozenset({Grain.SELF, Grain.PERSON})

T = TypeVar("T")


class Gathered(Struct, frozen=True):
    """One Facts a metric in the order asked, what they were read from, and the rulebook to decide them by."""

    facts: tuple[Facts, ...]
    programme: Programme
    governing: tuple[Governing, ...]
    persons: tuple[str, ...]
    others: tuple[str, ...]  # those of them whom the asker is not
    rulebook: Rulebook


class _Found(Struct, frozen=True):
    """What was read for a request, in the order asked."""

    programme: Programme
    decision: DecisionFacts
    today: date
    governing: tuple[Governing, ...]
    ruled: Ruled
    asker: Asker
    trained: Trained
    cohorts: tuple[CohortAsked, ...]
    persons: tuple[PersonAsked, ...]
    accountable: bool


def gather(request: Request, *, by: User) -> Gathered:
    """Lock the metrics and read all that the rules may look at. Raises BadInput naming the field at fault."""
    _check_form(request)
    seen, refused = _lock_and_read(request, by)
    at = clock.now()
    found = _find(request, by, seen, at)
    check_window(request.window, request.period, now=at, zone=found.programme.time_zone)
    _check_fit(request, found)
    actor = _actor(request, by, found)
    charters = tuple(_charter(each, request, found, at) for each in found.governing)
    others = _others(request, found)
    rulebook = registry.rulebook(found.programme.rulebook_id)
    asked = _asked(request, by, found, others, seen, at)
    looked = looking.facts(asked, refused)
    said = rulings.ruled(asked, rulebook, roles=actor.roles, noticed=looking.noticed(looked), seen=seen)
    facts = tuple(
        Facts(
            request=request,
            at=at,
            actor=actor,
            charter=charter,
            decision=found.decision,
            cohorts=tuple(_cohort(each, charter.category, found.programme) for each in found.cohorts),
            person_classes=frozenset(each.context_class for each in found.persons if each.context_class),
            beside=_beside(charters, charter),
            fairness_until=governing.fairness_until,
            waived=found.ruled.waived(charter.metric),
            accountable_human=found.accountable,
            looking=looked[charter.metric],
            ruled=said.yes,
            ruled_against=said.no,
        )
        for charter, governing in zip(charters, found.governing, strict=True)
    )
    return Gathered(
        facts=facts,
        programme=found.programme,
        governing=found.governing,
        persons=tuple(each.external_id for each in found.persons),
        others=others,
        rulebook=rulebook,
    )


def _lock_and_read(request: Request, by: User) -> tuple[Marks, tuple[Refused, ...]]:
    """Share the metrics until the transaction ends, then see what has changed since we last looked, and what was refused.

    A hold, a suspension or a revision takes a metric alone, so that none slips between facts and rows.
    """
    parameters = looking.of_refused(request, by=by.pk, now=clock.now())
    with statements.together():
        locks.share_metrics(request.metrics)
        (seen,), refused = statements.read(marks.MARKS, looking.REFUSED, parameters=parameters)
    return seen, tuple(each for each in refused if each.metrics)


def _find(request: Request, by: User, seen: Marks, at: datetime) -> _Found:
    """Read everything. Raises BadInput for names that name nothing, Unavailable where no rules are in force."""
    laid_down = registry.laid_down(seen.registry, request.decision, request.metrics)
    programme, decision = laid_down.programme, laid_down.decision
    if programme is None or decision is None:
        raise Unavailable("No rulebook is in force for this decision, so nothing can be answered.")
    today = at.astimezone(ZoneInfo(programme.time_zone)).date()
    governing = _known("metrics", "metric", request.metrics, laid_down.governing)
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
    return _Found(
        programme=programme,
        decision=decision,
        today=today,
        governing=governing,
        ruled=_ruled(request, governing, seen, today),
        asker=asked.asker,
        trained=training.trained(seen.training, by.pk, programme.rulebook_id),
        cohorts=_known("cohorts", "cohort", request.cohorts, asked.cohorts),
        persons=_persons(request, asked.persons),
        accountable=asked.accountable,
    )


def _ruled(request: Request, governing: tuple[Governing, ...], seen: Marks, today: date) -> Ruled:
    """What the board has ruled: waivers, pilots, and the conditions of the cases that passed these charters."""
    return board.ruled(
        seen.board,
        request.decision,
        request.metrics,
        tuple(each.version_id for each in governing),
        tuple(each.case_id for each in governing if each.case_id is not None),
        today,
    )


def _persons(request: Request, known: Mapping[str, PersonAsked]) -> tuple[PersonAsked, ...]:
    """The persons asked about. One whom we do not know is one over whom nobody holds a role: no id tells anything."""
    if not request.persons:
        return tuple(known.values())
    return tuple(known.get(name, PersonAsked(name, None, frozenset())) for name in request.persons)


def _others(request: Request, found: _Found) -> tuple[str, ...]:
    """The single persons asked about whom the asker is not."""
    if request.grain not in _PERSONAL:
        return ()
    return tuple(each.external_id for each in found.persons if each.external_id != found.asker.person)


def _asked(
    request: Request, by: User, found: _Found, others: tuple[str, ...], seen: Marks, at: datetime
) -> Asked:
    """What looking is judged by."""
    return Asked(
        request=request,
        by=by.pk,
        own=found.asker.person,
        others=others,
        limits=found.programme.limits,
        zone=found.programme.time_zone,
        at=at,
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
        asks_about_self=own and request.grain in _PERSONAL,
        acknowledged=found.trained.acknowledged,
        trained=False,  # there is no course yet, so what needs one stays shut
    )


def _cohort(asked: CohortAsked, category: Category, programme: Programme) -> CohortFacts:
    minimum = programme.minimum_group_strain if category in _STRAIN else programme.minimum_group
    return CohortFacts(asked.slug, asked.people, minimum, asked.context_classes)


def _beside(charters: tuple[CharterFacts, ...], this: CharterFacts) -> tuple[BesideFacts, ...]:
    others = (each for each in charters if each is not this)
    return tuple(BesideFacts(each.metric, each.category, each.kind, each.view) for each in others)


def _charter(governing: Governing, request: Request, found: _Found, at: datetime) -> CharterFacts:
    return _charter_facts(
        governing.version_id,
        governing.number,
        governing.standing,
        governing.in_force(at),
        found.programme.sources,
        found.today,
        request.grain in _PERSONAL,
        found.ruled.pilots.get(governing.version_id, frozenset()),
        found.ruled.bounds.get(governing.case_id, UNBOUND),
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


def _check_form(request: Request) -> None:
    """What can be seen to be wrong without looking anything up."""
    for field in ("metrics", "cohorts", "persons"):
        names = getattr(request, field)
        if len(set(names)) != len(names):
            raise BadInput("The same name stands here twice.", field=field)
    if request.grain in _KIND_OF_GRAIN and not request.cohorts:
        raise BadInput(
            f"Name at least one cohort of kind {_KIND_OF_GRAIN[request.grain].value}.", field="cohorts"
        )
    if request.grain not in _PERSONAL and request.persons:
        raise BadInput("Persons are named at person grain only. Ask for their team.", field="persons")
    if request.grain is Grain.SELF and request.cohorts:
        raise BadInput("Your own values have no cohort. Leave it out.", field="cohorts")
    if request.grain is Grain.PERSON and not request.persons and not request.cohorts:
        raise BadInput("Name the persons or the cohort that you ask about.", field="persons")


def _check_fit(request: Request, found: _Found) -> None:
    """The cohorts must be of the kind that the grain speaks of, and one's own values need somebody."""
    wanted = _KIND_OF_GRAIN.get(request.grain)
    for cohort in found.cohorts:
        if wanted and cohort.kind != wanted:
            raise BadInput(f"{cohort.slug} is not a cohort of kind {wanted.value}.", field="cohorts")
    if request.grain is Grain.SELF and found.asker.person is None:
        raise BadInput("This account belongs to nobody, so it has no values of its own.", field="grain")


def _known(field: str, what: str, asked: Sequence[str], found: Mapping[str, T]) -> tuple[T, ...]:
    for slug in asked:
        if slug not in found:
            raise BadInput(f"There is no {what} called {slug}.", field=field)
    return tuple(found[slug] for slug in asked)
