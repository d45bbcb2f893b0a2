"""What a charter lets somebody use its metric for: read from the document, before anything is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from charter.registry.document import Allowed, CharterDocument
from charter.rules import words
from charter.rules.vocabulary import Grain, Role
from governance.desk.questions import named
from governance.people.models import CohortKind
from governance.people.queries import Asker, CohortAsked

LEVELS = {
    Grain.TEAM: "team",
    Grain.VALUE_STREAM: "value stream",
    Grain.ORG: "organisation",
    Grain.SERVICE: "service",
    Grain.ROTA: "rota",
    Grain.ROLE_COHORT: "role",
    Grain.SELF: "your own figure",
    Grain.PERSON: "single people",
}
_GRAIN_OF_KIND = {
    CohortKind.ORG: Grain.ORG,
    CohortKind.VALUE_STREAM: Grain.VALUE_STREAM,
    CohortKind.TEAM: Grain.TEAM,
}


@dataclass(frozen=True)
class Usable:
    """A metric with the uses that its charter opens to the reader."""

    metric: str
    name: str
    uses: tuple[Allowed, ...]

    @property
    def outcome(self) -> str:
        """Allowed, or allowed under conditions where each use has some."""
        return "if" if all(use.condition or use.beside for use in self.uses) else "permit"

    @property
    def decisions(self) -> str:
        """`Retrospective, staffing and portfolio planning`."""
        return words.sentence(words.listed(dict.fromkeys(named(use.decision) for use in self.uses)))

    @property
    def conditions(self) -> str:
        """What goes with them, where it goes with each."""
        return " ".join(dict.fromkeys(use.condition for use in self.uses)) if self.outcome == "if" else ""


def roles_at(asker: Asker, cohorts: Iterable[CohortAsked]) -> dict[Grain, frozenset[Role]]:
    """The roles somebody holds over at least one cohort of each level, those that need no scope included."""
    cohorts = list(cohorts)
    held = {grain: set(asker.roles) for grain in _GRAIN_OF_KIND.values()}
    for cohort in cohorts:
        held[_GRAIN_OF_KIND[cohort.kind]] |= cohort.roles
    if asker.person:
        held[Grain.SELF] = {Role.SELF}
    return {grain: frozenset(roles) for grain, roles in held.items()}


def usable(document: CharterDocument, roles: Mapping[Grain, frozenset[Role]]) -> Usable | None:
    """What these roles may use the metric for; None where there is nothing."""
    open_to = {
        grain
        for entry in document.who.access
        for grain in entry.grains
        if entry.role in roles.get(grain, frozenset())
    }
    if Grain.SELF in roles:
        open_to.add(Grain.SELF)
    uses = tuple(use for use in document.which_decisions.allowed if open_to & set(use.grains))
    return Usable(document.metric, document.name, uses) if uses else None
