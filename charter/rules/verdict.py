"""A verdict: permit, deny or refer, with every rule that decided it."""

from msgspec import Struct

from charter.rules.vocabulary import Outcome, Waivable


class RuleMatch(Struct, frozen=True):
    """One rule that matched one metric of the request, in words a person can act on.

    `text`, `why` and `fix` are the rule's own; `here` says what in this request it matched.
    """

    id: str
    metric: str
    title: str
    text: str
    why: str
    here: str
    fix: str
    waivable: Waivable
    effect: Outcome


class Verdict(Struct, frozen=True):
    """`rules` are in id order, then in the order of the metrics; empty for a permit."""

    outcome: Outcome
    rules: tuple[RuleMatch, ...] = ()
    obligations: tuple[str, ...] = ()

    @property
    def permits(self) -> bool:
        return self.outcome is Outcome.PERMIT
