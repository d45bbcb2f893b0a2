"""What a programme starts with: decisions and contract, as files beside this one. Pure."""

from functools import cache
from pathlib import Path

from msgspec import Struct

from charter.rules.facts import DecisionFacts
from charter.rules.vocabulary import DecisionGroup, DecisionType, Grain
from ground.strict_yaml import read_yaml

_FOLDER = Path(__file__).parent


class StarterDecision(Struct, frozen=True, forbid_unknown_fields=True):
    """A typed use as the programme starts with it."""

    slug: DecisionType
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


class StarterContract(Struct, frozen=True, forbid_unknown_fields=True):
    """What the programme promises everybody, in its three blocks (S135)."""

    can: str
    cannot: str
    disputes: str


@cache
def read_starter_contract() -> StarterContract:
    """The contract of a fresh install."""
    return read_yaml(_FOLDER / "contract.yaml", StarterContract)


@cache
def read_starter_decisions() -> tuple[StarterDecision, ...]:
    """The decisions of a fresh install."""
    return read_yaml(_FOLDER / "decisions.yaml", tuple[StarterDecision, ...])
