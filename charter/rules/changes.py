"""What differs between two rulebooks, rule by rule. Pure."""

from enum import StrEnum

from cedarpy import pst
from msgspec import Struct

from charter.rules.rulebook import Rule, Rulebook


class ChangeKind(StrEnum):
    ADDED = "added"
    DROPPED = "dropped"
    REWORDED = "reworded"  # says it otherwise, and stops the same as before
    CONDITION = "condition"  # stops something else than before, whatever it says


class RuleChange(Struct, frozen=True):
    """One rule that is not the same in both, with its policies as they are written; what is missing is None or empty."""

    id: str
    kind: ChangeKind
    old: Rule | None
    new: Rule | None
    old_cedar: str = ""
    new_cedar: str = ""

    @property
    def rule(self) -> Rule:
        """The rule as it would be, or as it was where it is gone."""
        return next(rule for rule in (self.new, self.old) if rule)


def compare_rulebooks(old: Rulebook, new: Rulebook) -> tuple[RuleChange, ...]:
    """Return the rules that differ, in id order, the permit among them; comments and layout are no difference."""
    before, after = _policies(old), _policies(new)
    ids = sorted(before.keys() | after.keys())
    kinds = {each: _kind(before.get(each), after.get(each)) for each in ids}
    return tuple(
        RuleChange(
            each,
            kind,
            old.by_id.get(each),
            new.by_id.get(each),
            old.cedar.get(each, ""),
            new.cedar.get(each, ""),
        )
        for each, kind in kinds.items()
        if kind is not None
    )


def _policies(rulebook: Rulebook) -> dict[str, pst.Template]:
    return dict(rulebook.policies.to_pst().static_policies)


def _kind(old: pst.Template | None, new: pst.Template | None) -> ChangeKind | None:
    if old is None or new is None:
        return ChangeKind.ADDED if old is None else ChangeKind.DROPPED
    if old == new:
        return None
    same = old.effect == new.effect and _bearing(old) == _bearing(new)
    return ChangeKind.REWORDED if same else ChangeKind.CONDITION


def _bearing(policy: pst.Template) -> tuple[object, ...]:
    """All of a policy but its words; whether it refers or may be waived is more than a word."""
    given = policy.annotations
    parts = (policy.principal, policy.action, policy.resource, policy.clauses)
    return (*parts, given.get("effect"), given.get("waivable"))
