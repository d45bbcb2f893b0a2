"""The receipt of an answer and the rules that decided it, as they come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True)
class RuleMatch:
    """One rule that matched one metric, in words a person can act on."""

    id: str
    metric: str
    title: str
    text: str
    why: str
    here: str
    fix: str
    waivable: str
    contest_url: str


@dataclass(frozen=True)
class Receipt:
    """The signed word of what was answered: `signature` (Ed25519, hex) is over `text`, by the key `key_id`."""

    id: str
    leaf_hash: str
    at: str
    key_id: str
    signature: str
    text: str
    url: str


def read_rules(body: Json) -> tuple[RuleMatch, ...]:
    names = RuleMatch.__dataclass_fields__
    return tuple(RuleMatch(**{name: rule.get(name, "") for name in names}) for rule in body.get("rules", []))


def read_receipt(said: Json) -> Receipt:
    return Receipt(**{name: said.get(name, "") for name in Receipt.__dataclass_fields__})
