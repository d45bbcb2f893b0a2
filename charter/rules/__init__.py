"""What may be used for what: pure functions from facts to a verdict. Imports no Django."""

from charter.rules.changes import ChangeKind, RuleChange, compare_rulebooks
from charter.rules.engine import decide, find_outcome
from charter.rules.explain import explain_match
from charter.rules.facts import ActorFacts, BesideFacts, CharterFacts, CohortFacts, DecisionFacts, Facts
from charter.rules.obligations import describe_obligation
from charter.rules.outlook import Outlook, foresee
from charter.rules.repair import Repair, RequestChange, smallest_change
from charter.rules.request import Evidence, Request, Window
from charter.rules.rulebook import (
    Rule,
    Rulebook,
    RulebookError,
    RulebookFinding,
    builtin_files,
    compile_rulebook,
    hash_files,
    read_rulebook,
)
from charter.rules.verdict import RuleMatch, Verdict

__all__ = [
    "ActorFacts",
    "BesideFacts",
    "ChangeKind",
    "CharterFacts",
    "CohortFacts",
    "DecisionFacts",
    "Evidence",
    "Facts",
    "Outlook",
    "Repair",
    "Request",
    "RequestChange",
    "Rule",
    "RuleChange",
    "RuleMatch",
    "Rulebook",
    "RulebookError",
    "RulebookFinding",
    "Verdict",
    "Window",
    "builtin_files",
    "compare_rulebooks",
    "compile_rulebook",
    "decide",
    "describe_obligation",
    "explain_match",
    "find_outcome",
    "foresee",
    "hash_files",
    "read_rulebook",
    "smallest_change",
]
