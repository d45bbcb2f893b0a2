"""The starter catalogue: decisions, sources and charters as files beside this one. Pure."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from charter.registry.document import CharterDocument
from charter.registry.files import Wanted, parse_charter, parse_yaml
from charter.rules.facts import DecisionFacts
from charter.rules.vocabulary import Decision, DecisionGroup, Grain, SourceKind

FOLDER = Path(__file__).parent


class StarterDecision(Struct, frozen=True, forbid_unknown_fields=True):
    """A typed use as the programme starts with it."""

    slug: Decision
    name: str
    group: DecisionGroup
    description: str
    minimum_grain: Grain
    evidence_needed: int = 0
    fairness_needed: bool = False
    accountable_needed: bool = False

    @property
    def facts(self) -> DecisionFacts:
        """What the rules see of it."""
        return DecisionFacts(
            decision=self.slug,
            group=self.group,
            consequential=self.group is DecisionGroup.PEOPLE,
            evidence_needed=self.evidence_needed,
            fairness_needed=self.fairness_needed,
            accountable_needed=self.accountable_needed,
        )


class StarterSource(Struct, frozen=True, forbid_unknown_fields=True):
    """A table that measures may read; `columns` gives the DuckDB type of each."""

    slug: str
    name: str
    kind: SourceKind
    description: str
    columns: dict[str, str]


class StarterContract(Struct, frozen=True, forbid_unknown_fields=True):
    """What the programme promises everybody, in its three blocks (S135)."""

    can: str
    cannot: str
    disputes: str


class StarterCourse(Struct, frozen=True, forbid_unknown_fields=True):
    """How the course about the rules introduces itself; its questions are made of examples (S59)."""

    title: str
    introduction: str


@cache
def contract() -> StarterContract:
    """The contract of a fresh install."""
    return _read("contract.yaml", StarterContract)


@cache
def course() -> StarterCourse:
    """The words of a fresh install's course."""
    return _read("course.yaml", StarterCourse)


@cache
def decisions() -> tuple[StarterDecision, ...]:
    """The decisions of a fresh install."""
    return _read("decisions.yaml", tuple[StarterDecision, ...])


@cache
def sources() -> tuple[StarterSource, ...]:
    """The tables of a fresh install."""
    return _read("sources.yaml", tuple[StarterSource, ...])


@cache
def charters() -> Mapping[str, CharterDocument]:
    """The starter charters by the slug of their metric."""
    files = sorted((FOLDER / "charters").glob("*.yaml"))
    documents = [parse_charter(file.read_bytes(), name=file.name) for file in files]
    return {document.metric: document for document in documents}


def _read(name: str, wanted: type[Wanted]) -> Wanted:
    return parse_yaml((FOLDER / name).read_bytes(), wanted, name=name)
