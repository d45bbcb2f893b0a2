"""What is read for a request, or for several at once: people, programme, board, training and context, in a few statements."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct

from charter.registry import queries as registry
from charter.registry.queries import GoverningVersion, ProgrammeTerms
from charter.rules.facts import DecisionFacts
from charter.rules.request import Request
from charter.rules.vocabulary import Grain
from governance.board import facts as board
from governance.board.facts import BoardFacts
from governance.decisions.facts import pairing, value_context
from governance.decisions.facts.value_context import DataQuality, ValueContext
from governance.people import queries as people
from governance.people.models import User
from governance.people.queries import Accountable, Asker, CohortAsked, PersonAsked
from governance.training import queries as training
from governance.training.queries import TrainingStatus
from ground.data_versions import Versions
from ground.errors import BadInput, Unavailable

T = TypeVar("T")


class Found(Struct, frozen=True):
    """What was read for a request, in the order asked."""

    at: datetime
    programme: ProgrammeTerms
    decision: DecisionFacts
    today: date
    governing: tuple[GoverningVersion, ...]
    beside: Mapping[str, GoverningVersion]  # by slug of a counter-metric that is shared and has a charter
    counters: Mapping[str, tuple[str, ...]]  # what charters want beside them, with those that want it
    ruled: BoardFacts
    asker: Asker
    trained: TrainingStatus
    cohorts: tuple[CohortAsked, ...]
    persons: tuple[PersonAsked, ...]
    accountable: Accountable | None  # the account that was named, as it stands to those concerned
    bearing: ValueContext

    @property
    def consequential(self) -> bool:
        return self.decision.consequential


def find(
    request: Request, by: User, shared: tuple[str, ...], seen: Versions, at: datetime, *, with_counters: bool
) -> Found:
    """Read everything. Raises BadInput for names that name nothing, Unavailable where no rules are in force."""
    laid_down = registry.read_programme_facts(seen, request.decision, shared)
    programme, decision = laid_down.programme, laid_down.decision
    if programme is None or decision is None:
        raise Unavailable(
            "No rulebook is in force for this decision, so nothing can be answered.", code="no_rules_in_force"
        )
    today = at.astimezone(ZoneInfo(programme.time_zone)).date()
    governing = _known("metrics", "metric", request.metrics, laid_down.governing)
    counters = pairing.find_counters(governing) if with_counters else {}
    beside = {slug: laid_down.governing[slug] for slug in counters if slug in laid_down.governing}
    asked = people.read_people_facts(
        seen,
        by.pk,
        by.person_id,
        today,
        cohorts=request.cohorts,
        persons=request.persons,
        about=request.about,
        own=request.grain is Grain.SELF and not request.persons,
        accountable=request.accountable,
    )
    persons = _persons(request, asked.persons)
    return Found(
        at=at,
        programme=programme,
        decision=decision,
        today=today,
        governing=governing,
        beside=beside,
        counters=counters,
        ruled=_ruled(request, (*governing, *beside.values()), seen, today),
        asker=asked.asker,
        trained=training.read_training_status(seen, by.pk, programme.rulebook_id),
        cohorts=_known("cohorts", "cohort", request.cohorts, asked.cohorts),
        persons=persons,
        accountable=asked.accountable,
        bearing=value_context.read_value_context(
            seen,
            by.pk,
            today,
            metrics=tuple(each.metric for each in (*governing, *beside.values())),
            cohorts=request.cohorts,
            persons=tuple(each.external_id for each in persons),
            about=request.about,
            window=request.window,
        ).seen_in(consequential=decision.consequential),
    )


def weigh(request: Request, found: Found, persons: Sequence[str]) -> DataQuality:
    """Coverage and error budgets matter to decisions about people alone, and only those pay for them."""
    if not found.consequential:
        return DataQuality()
    metrics = [each.metric for each in (*found.governing, *found.beside.values())]
    return value_context.read_data_quality(request, found.programme, metrics=metrics, persons=persons)


def _ruled(
    request: Request, governing: tuple[GoverningVersion, ...], seen: Versions, today: date
) -> BoardFacts:
    """What the board has ruled that bears on these charters: waivers and pilots."""
    return board.read_board_facts(
        seen,
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


def _known(field: str, what: str, asked: Sequence[str], found: Mapping[str, T]) -> tuple[T, ...]:
    for slug in asked:
        if slug not in found:
            raise BadInput(f"There is no {what} called {slug}.", field=field)
    return tuple(found[slug] for slug in asked)
