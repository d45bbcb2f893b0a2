"""What a rulebook changes against an earlier one, rule by rule, so that whoever acknowledged that one need not compare.

Read from the files alone: the earlier rulebook may stand on a schema that this version of the house no longer knows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum

import cedarpy
from cedarpy import pst
from msgspec import Struct

from charter.rules.rulebook import ANNOTATIONS

# What a rule says in words; its effect and who may waive it are no matter of wording.
WORDING = ("title", "text", "why", "fix")
FORCE = ("effect", "waivable")


class ChangeKind(StrEnum):
    """What happened to a rule; a rule that is in both books may have changed in several ways."""

    ADDED = "added"
    DROPPED = "dropped"
    CONDITION = "condition"  # it bites other questions than before
    FORCE = "force"  # it refuses or refers, can be waived or not, unlike before
    REWORDED = "reworded"


class RuleText(Struct, frozen=True):
    """A rule as its file has it: its words, and the policy that the engine runs, in one spelling."""

    id: str
    title: str
    text: str
    why: str
    fix: str
    effect: str
    waivable: str
    policy: str


class RuleChange(Struct, frozen=True):
    """A rule before and after, none where it was added or dropped, and in what it differs."""

    kinds: tuple[ChangeKind, ...]
    before: RuleText | None
    after: RuleText | None

    @property
    def id(self) -> str:
        """The rule's id, the same on both sides."""
        return self._one.id

    @property
    def title(self) -> str:
        """What the rule is called now, or was called last."""
        return self._one.title

    @property
    def reworded(self) -> tuple[tuple[str, str, str], ...]:
        """Which part of its words changed, from what, to what."""
        before, after = self.before, self.after
        if before is None or after is None:
            return ()
        pairs = ((name, getattr(before, name), getattr(after, name)) for name in WORDING)
        return tuple((name, old, new) for name, old, new in pairs if old != new)

    @property
    def _one(self) -> RuleText:
        found = self.after or self.before
        assert found is not None
        return found


def between(earlier: Mapping[str, str], later: Mapping[str, str]) -> tuple[RuleChange, ...]:
    """What changed from one rulebook's files to another's, in the order of the rules' ids.

    Comments, spacing and the file that a rule stands in change nothing. Raises ValueError where a file is no Cedar.
    """
    before, after = read(earlier), read(later)
    pairs = ((before.get(rule), after.get(rule)) for rule in sorted(before.keys() | after.keys()))
    return tuple(RuleChange(kinds, old, new) for old, new in pairs if (kinds := tuple(_kinds(old, new))))


def read(files: Mapping[str, str]) -> dict[str, RuleText]:
    """The rules of a rulebook's files by id, the permit among them."""
    parsed = [cedarpy.policies_to_pst(text) for name, text in files.items() if name.endswith(".cedar")]
    policies = (policy for each in parsed for policy in each.static_policies.values())
    found = (_rule(policy) for policy in policies)
    return {rule.id: rule for rule in found}


def _rule(policy: pst.Template) -> RuleText:
    words = {name: policy.annotations.get(name, "") for name in ANNOTATIONS if name != "family"}
    return RuleText(**words, policy=_policy_text(policy))


def _policy_text(policy: pst.Template) -> str:
    """The policy without its words, laid out by Cedar's own formatter."""
    bare = replace(policy, id="policy", annotations={})
    alone = pst.PolicySet(templates={}, static_policies={"policy": bare}, template_links=())
    return str(cedarpy.format_policies(str(cedarpy.PolicySet.from_pst(alone)))).strip()


def _kinds(before: RuleText | None, after: RuleText | None) -> Iterator[ChangeKind]:
    if before is None:
        yield ChangeKind.ADDED
    elif after is None:
        yield ChangeKind.DROPPED
    else:
        if before.policy != after.policy:
            yield ChangeKind.CONDITION
        if any(getattr(before, name) != getattr(after, name) for name in FORCE):
            yield ChangeKind.FORCE
        if any(getattr(before, name) != getattr(after, name) for name in WORDING):
            yield ChangeKind.REWORDED
