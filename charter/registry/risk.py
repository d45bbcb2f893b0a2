"""How much harm a metric could do to people: low, medium or high, worked out from what its charter says (S136). Pure."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct

from charter.registry.document import CharterDocument
from charter.rules import words
from charter.rules.vocabulary import GROUP_OF, Category, DecisionGroup, Grain, Kind

_INTRUSIVE, _SOMEWHAT = 3, 2  # levels of invasiveness
_OF_CATEGORY = {
    Category.STRAIN: "it shows what weighs on people",
    Category.SURVEY: "it is made of what people answered",
    Category.AI_ASSIST: "it shows how people use an assistant",
    Category.PROHIBITED_SURVEILLANCE: "it watches people",
}


class RiskLevel(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Risk(Struct, frozen=True):
    """The level, and a sentence that says why."""

    level: RiskLevel
    because: str


def assess_risk(documents: Iterable[CharterDocument]) -> Risk:
    """The highest level of several charters, with every reason for that level once."""
    found = [each for document in documents for each in _reasons(document)]
    for level in (RiskLevel.HIGH, RiskLevel.MEDIUM):
        if said := dict.fromkeys(reason for at, reason in found if at is level):
            return Risk(level, words.sentence(words.listed(said)) + ".")
    return Risk(RiskLevel.LOW, "It shows groups, and results of work rather than what people do.")


def _reasons(document: CharterDocument) -> Iterator[tuple[RiskLevel, str]]:
    what, level = document.what, document.harms.invasiveness or 0
    if Grain.PERSON in what.grains:
        yield RiskLevel.HIGH, "it shows single people to others"
    if level >= _INTRUSIVE:
        yield RiskLevel.HIGH, f"its invasiveness is {level} of 4"
    if what.category is Category.PROHIBITED_SURVEILLANCE:
        yield RiskLevel.HIGH, _OF_CATEGORY[what.category]
    elif what.category in _OF_CATEGORY:
        yield RiskLevel.MEDIUM, _OF_CATEGORY[what.category]
    if what.type is Kind.ACTIVITY or what.category is Category.ACTIVITY:
        yield RiskLevel.MEDIUM, "it counts what people do"
    if what.counts_hours:
        yield RiskLevel.MEDIUM, "it looks at when people work"
    if any(GROUP_OF[use.decision] is DecisionGroup.PEOPLE for use in document.which_decisions.allowed):
        yield RiskLevel.MEDIUM, "it may inform decisions about people"
    if level == _SOMEWHAT:
        yield RiskLevel.MEDIUM, f"its invasiveness is {level} of 4"
