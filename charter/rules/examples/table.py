"""What an example of a rule is."""

from msgspec import Struct

from charter.rules.facts import Facts
from charter.rules.vocabulary import Outcome


class RuleExample(Struct, frozen=True):
    """A use in words and as facts, and what the rules must say of it; `permit`, or what `rule` does to it."""

    rule: str
    says: str
    facts: Facts
    expects: Outcome

    @property
    def permitted(self) -> bool:
        return self.expects is Outcome.PERMIT


def allowed(rule: str, says: str, facts: Facts) -> RuleExample:
    return RuleExample(rule, says, facts, Outcome.PERMIT)


def refused(rule: str, says: str, facts: Facts) -> RuleExample:
    return RuleExample(rule, says, facts, Outcome.DENY)


def referred(rule: str, says: str, facts: Facts) -> RuleExample:
    return RuleExample(rule, says, facts, Outcome.REFER)
