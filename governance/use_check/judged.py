"""A use check that was answered: every rule and every clause that decides it, once each."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

import msgspec
from msgspec import Struct

from audits.ledger.receipts import Receipt
from charter.rules.request import Request
from charter.rules.verdict import RuleMatch
from charter.rules.vocabulary import Outcome
from governance.decisions.models import DecisionRecord
from governance.decisions.services.receipts import list_charters, sign_decision
from governance.ui import questions
from governance.use_check.changes import UseChange
from governance.use_check.clauses import ClauseTold
from governance.use_check.models import RoleProfile
from governance.use_check.states import ANSWER_OF, EvidenceWarning, UseAnswer


class RuleTold(Struct, frozen=True):
    """One rule that decides a use, whatever the metrics that it matched; `here` says of each what it matched."""

    id: str
    title: str
    text: str
    why: str
    fix: str
    waivable: str
    effect: str
    metrics: tuple[str, ...]
    here: tuple[str, ...]


class UseDecided(Struct, frozen=True):
    """What the line recorded of a use check."""

    id: UUID
    at: datetime
    request: Request
    outcome: Outcome
    rules: tuple[RuleTold, ...]
    charters: Mapping[str, int]
    receipt: Receipt

    @classmethod
    def of(cls, decision: DecisionRecord) -> Self:
        """Of a decision as it is recorded, signed by the key of now."""
        return cls(
            id=decision.pk,
            at=decision.at,
            request=questions.read_request(decision.request),
            outcome=Outcome(decision.verdict),
            rules=tell_rules(msgspec.convert(decision.matches, list[RuleMatch])),
            charters=list_charters(decision),
            receipt=sign_decision(decision),
        )

    @property
    def answer(self) -> UseAnswer:
        return ANSWER_OF[self.outcome]


class CheckedUse(Struct, frozen=True):
    """A use check with all that is told of it."""

    decided: UseDecided
    clauses: tuple[ClauseTold, ...]
    changes: tuple[UseChange, ...]
    warnings: tuple[EvidenceWarning, ...]
    names: Mapping[str, str]  # of metrics, by slug
    profile: RoleProfile | None = None


def tell_rules(matches: Iterable[RuleMatch]) -> tuple[RuleTold, ...]:
    """Each rule once, in the order of their ids."""
    found: dict[str, list[RuleMatch]] = {}
    for match in matches:
        found.setdefault(match.id, []).append(match)
    return tuple(_tell_rule(some) for _id, some in sorted(found.items()))


def _tell_rule(some: Sequence[RuleMatch]) -> RuleTold:
    first = some[0]
    denies = next((each for each in some if each.effect is Outcome.DENY), first)
    return RuleTold(
        id=first.id,
        title=first.title,
        text=first.text,
        why=first.why,
        fix=first.fix,
        waivable=first.waivable.value,
        effect=denies.effect.value,
        metrics=tuple(dict.fromkeys(each.metric for each in some)),
        here=tuple(dict.fromkeys(each.here for each in some)),
    )
