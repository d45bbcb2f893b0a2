"""Facts: what is true about a request, read here inside the deciding transaction and never taken from the asker."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from django.db import connection
from msgspec import Struct

from charter.measures.calendar import check_window
from charter.registry import queries as registry
from charter.registry.charter_facts import charter_facts
from charter.registry.queries import Governing, Use
from charter.rules import Rulebook
from charter.rules.facts import ActorFacts, BesideFacts, CharterFacts, CohortFacts, Facts
from charter.rules.request import Request
from charter.rules.vocabulary import Category, Grain, Role, SourceKind, Standing
from governance.people import queries as people
from governance.people.models import AccountKind, CohortKind, User
from governance.people.queries import Asker, CohortAsked, PersonAsked
from governance.training import queries as training
from ground import clock
from ground.errors import BadInput, Unavailable

# Fewer people need protection from strain and survey values being traced to them: their groups are larger.
_STRAIN = frozenset({Category.STRAIN, Category.SURVEY})

_KIND_OF_GRAIN = {
    Grain.ORG: CohortKind.ORG,
    Grain.VALUE_STREAM: CohortKind.VALUE_STREAM,
    Grain.TEAM: CohortKind.TEAM,
}
_PERSONAL = frozenset({Grain.SELF, Grain.PERSON})


class Gathered(Struct, frozen=True):
    """One Facts a metric in the order asked, what they were read from, and the rulebook to decide them by."""

    facts: tuple[Facts, ...]
    governing: tuple[Governing, ...]
    persons: tuple[str, ...]
    rulebook: Rulebook
    rulebook_number: int


def lock_metrics(metrics: Sequence[str]) -> None:
    """Share these metrics until the transaction ends.

    A hold, a suspension or a revision takes them alone, so that none slips between facts and rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(hashtextextended('metric:' || slug, 0)) "
            "FROM (SELECT unnest(%s::text[]) AS slug ORDER BY slug) metrics",
            [list(metrics)],
        )


def gather(request: Request, *, by: User) -> Gathered:
    """Read all that the rules may look at. Raises BadInput naming the field that names nothing we know."""
    at = clock.now()
    use = registry.use(request.decision)
    if use is None:
        raise Unavailable("No rulebook is in force for this decision, so nothing can be answered.")
    check_window(request.window, request.period, now=at, zone=use.time_zone)
    today = clock.today(use.time_zone)
    governing = _governing(request, at)
    asker = people.asker(by, on=today)
    cohorts = _cohorts(request, by, today)
    persons = people.persons_asked(_persons(request, asker), user=by, on=today)
    actor = _actor(by, use, request, asker, cohorts, persons)
    accountable = bool(request.accountable) and people.is_human(request.accountable)
    charters = tuple(_charter(each, request, use, today) for each in governing)
    facts = tuple(
        Facts(
            request=request,
            at=at,
            actor=actor,
            charter=charter,
            decision=use.decision,
            cohorts=tuple(_cohort(each, charter.category, use) for each in cohorts),
            person_classes=frozenset(each.context_class for each in persons if each.context_class),
            beside=_beside(charters, charter),
            fairness_until=each_governing.fairness_until,
            waived=frozenset(),  # no waiver can be granted yet
            accountable_human=accountable,
        )
        for charter, each_governing in zip(charters, governing, strict=True)
    )
    rulebook = registry.rulebook(use.rulebook_id)
    return Gathered(
        facts, governing, tuple(each.external_id for each in persons), rulebook, use.rulebook_number
    )


def _governing(request: Request, at: datetime) -> tuple[Governing, ...]:
    _check_once("metrics", request.metrics)
    found = registry.governing(request.metrics, at=at)
    _check_known("metrics", "metric", request.metrics, found)
    return tuple(found[slug] for slug in request.metrics)


def _cohorts(request: Request, by: User, today: date) -> tuple[CohortAsked, ...]:
    """The cohorts asked about, of the kind that the grain speaks of."""
    _check_once("cohorts", request.cohorts)
    wanted = _KIND_OF_GRAIN.get(request.grain)
    if wanted and not request.cohorts:
        raise BadInput(f"Name at least one cohort of kind {wanted.value}.", field="cohorts")
    found = people.cohorts_asked(request.cohorts, user=by, on=today)
    _check_known("cohorts", "cohort", request.cohorts, found)
    for slug in request.cohorts:
        if wanted and found[slug].kind != wanted:
            raise BadInput(
                f"{slug} is not a cohort of kind {wanted.value}, which this grain asks for.", field="cohorts"
            )
    return tuple(found[slug] for slug in request.cohorts)


def _persons(request: Request, asker: Asker) -> tuple[str, ...]:
    """The persons asked about; at grain `self` the asker, unless they name someone, which rules will refuse."""
    _check_once("persons", request.persons)
    if request.grain not in _PERSONAL:
        if request.persons:
            raise BadInput("Persons are named at person grain only. Ask for their team.", field="persons")
        return ()
    if request.grain is Grain.SELF and request.cohorts:
        raise BadInput("Your own values have no cohort. Leave it out.", field="cohorts")
    if request.grain is Grain.SELF and asker.person is None:
        raise BadInput("This account belongs to nobody, so it has no values of its own.", field="grain")
    if request.grain is Grain.PERSON and not request.persons and not request.cohorts:
        raise BadInput("Name the persons or the cohort that you ask about.", field="persons")
    return request.persons or ((asker.person,) if request.grain is Grain.SELF and asker.person else ())


def _actor(
    by: User,
    use: Use,
    request: Request,
    asker: Asker,
    cohorts: tuple[CohortAsked, ...],
    persons: tuple[PersonAsked, ...],
) -> ActorFacts:
    """Who asks. A scoped role counts when it is held over all that is asked about."""
    scopes = [each.roles for each in (*cohorts, *persons)]
    held = asker.roles | (frozenset.intersection(*scopes) if scopes else frozenset())
    itself = request.grain in _PERSONAL and not cohorts and all(Role.SELF in each.roles for each in persons)
    return ActorFacts(
        human=by.kind == AccountKind.HUMAN,
        roles=held,
        asks_about_self=itself and bool(persons),
        acknowledged=training.has_acknowledged(user=by, rulebook_version=use.rulebook_id),
        trained=False,  # there is no course yet, so what needs one stays shut
    )


def _cohort(asked: CohortAsked, category: Category, use: Use) -> CohortFacts:
    minimum = use.minimum_group_strain if category in _STRAIN else use.minimum_group
    return CohortFacts(asked.slug, asked.people, minimum, asked.context_classes)


def _beside(charters: tuple[CharterFacts, ...], this: CharterFacts) -> tuple[BesideFacts, ...]:
    others = (each for each in charters if each is not this)
    return tuple(BesideFacts(each.metric, each.category, each.kind, each.view) for each in others)


def _charter(governing: Governing, request: Request, use: Use, today: date) -> CharterFacts:
    personal = request.grain in _PERSONAL
    return _charter_facts(
        governing.version_id,
        governing.number,
        governing.standing,
        governing.in_force,
        use.sources,
        today,
        personal,
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
) -> CharterFacts:
    """The same for the same arguments: a version never changes, and what does is an argument."""
    return charter_facts(
        registry.document(version),
        version=number,
        standing=standing,
        in_force=in_force,
        sources=dict(sources),
        today=today,
        grain_is_person=personal,
    )


def _check_once(field: str, names: Sequence[str]) -> None:
    if len(set(names)) != len(names):
        raise BadInput("The same name stands here twice.", field=field)


def _check_known(field: str, what: str, asked: Sequence[str], found: dict[str, object]) -> None:
    for slug in asked:
        if slug not in found:
            raise BadInput(f"There is no {what} called {slug}.", field=field)
