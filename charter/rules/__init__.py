"""What may be used for what: pure functions from facts to a verdict. Imports no Django."""

from charter.rules.changes import ChangeKind, RuleChange, changes
from charter.rules.engine import decide
from charter.rules.explain import here, obligation_text
from charter.rules.facts import ActorFacts, BesideFacts, CharterFacts, CohortFacts, DecisionFacts, Facts
from charter.rules.repair import Change, Repair, smallest_change
from charter.rules.request import Evidence, Request, Window
from charter.rules.rulebook import (
    Finding,
    Rule,
    Rulebook,
    RulebookError,
    compile_rulebook,
    content_hash,
    house_files,
    read_rulebook,
)
from charter.rules.verdict import Bite, Verdict

__all__ = [
    "ActorFacts",
    "BesideFacts",
    "Bite",
    "Change",
    "ChangeKind",
    "CharterFacts",
    "CohortFacts",
    "DecisionFacts",
    "Evidence",
    "Facts",
    "Finding",
    "Repair",
    "Request",
    "Rule",
    "RuleChange",
    "Rulebook",
    "RulebookError",
    "Verdict",
    "Window",
    "changes",
    "compile_rulebook",
    "content_hash",
    "decide",
    "here",
    "house_files",
    "obligation_text",
    "read_rulebook",
    "smallest_change",
]
