"""Reads worth a name: the decisions that the programme declared, and what they need."""

from collections.abc import Collection, Iterable, Mapping

from django.db import connection
from django.utils.translation import gettext as _

from charter.programme.models import DecisionKind, Programme
from charter.programme.states import ProgrammeState
from charter.rules.facts import DecisionFacts
from charter.rules.vocabulary import DecisionGroup, DecisionType
from ground.errors import Conflict

known_zones: dict[str, str] = {}  # of programmes in force, by database


def get_programme() -> Programme:
    """The programme of this database. Raises Conflict where there is none yet."""
    programme = Programme.objects.first()
    if programme is None:
        raise Conflict(
            _("There is no programme yet. An administrator begins one on the page of the board."),
            code="no_programme",
        )
    return programme


def find_time_zone() -> str:
    """The programme's time zone; UTC before there is one.

    It is read once a process and database as soon as the programme is in force: from then on it stays (a trigger).
    """
    database = str(connection.settings_dict["NAME"])
    if database in known_zones:
        return known_zones[database]
    zone, state = Programme.objects.values_list("time_zone", "state").first() or ("UTC", None)
    if state == ProgrammeState.ACTIVE:
        known_zones[database] = zone
    return zone


def is_in_force() -> bool:
    """Whether there is a programme that has begun."""
    return Programme.objects.filter(state=ProgrammeState.ACTIVE).exists()


def check_programme(programme: Programme) -> None:
    """Raise Conflict unless the programme is approved and has declared a decision (S1, S5)."""
    if programme.state != ProgrammeState.ACTIVE:
        raise Conflict(
            _("The programme is not approved yet. No charter can be handed in before it is."),
            code="programme_not_approved",
        )
    check_has_decision(programme)


def check_has_decision(programme: Programme) -> None:
    """Raise Conflict where the programme has declared no decision that a metric could serve (S5)."""
    if not programme.decision_kinds.exists():
        raise Conflict(
            _("The programme has declared no decision yet. Declare what metrics are for before adding one."),
            code="programme_without_decision",
        )


def read_decision_facts(kinds: Iterable[DecisionKind]) -> dict[DecisionType, DecisionFacts]:
    """What the rules see of declared decisions."""
    return {DecisionType(kind.slug): make_decision_facts(kind) for kind in kinds}


def list_declared_decisions(found: Mapping[str, Collection[str]] | None = None) -> list[DecisionKind]:
    """The decisions of the programme in the order of the vocabulary, or those of the groups and decisions asked for."""
    asked = found or {}
    kinds = [
        kind
        for kind in DecisionKind.objects.all()
        if (not asked.get("group") or kind.group in asked["group"])
        and (not asked.get("decision") or kind.slug in asked["decision"])
    ]
    order = list(DecisionType)
    return sorted(kinds, key=lambda kind: order.index(DecisionType(kind.slug)))


def make_decision_facts(kind: DecisionKind) -> DecisionFacts:
    """What the rules see of a declared decision."""
    return DecisionFacts(
        decision=DecisionType(kind.slug),
        group=DecisionGroup(kind.group),
        consequential=kind.consequential,
        evidence_needed=kind.evidence_needed,
        fairness_needed=kind.fairness_needed,
        accountable_needed=kind.accountable_needed,
    )
