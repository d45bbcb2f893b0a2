"""The schema of the rules, as a proof needs it: each thing that a policy may look at, with its sort. Pure."""

import re
from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

BOOL, LONG, STRING = "Bool", "Long", "String"
LEAST, MOST = -(2**63), 2**63 - 1  # what a number of Cedar can be

_COMMENT = re.compile(r"//[^\n]*")
_ENUM = re.compile(r"entity (\w+) enum \[(.*)\]", re.DOTALL)
_RECORD = re.compile(r"(?:entity|type) (\w+) = \{(.*)\}", re.DOTALL)
_ATTRIBUTE = re.compile(r"\s*(\w+)\s*:\s*(?:(\w+)|Set\s*<\s*(\w+)\s*>)\s*")
_ACTION = re.compile(
    r'action "(\w+)" appliesTo \{ principal: \[(\w+)\], resource: \[(\w+)\], context: (\w+) \}'
)


class NotCoveredError(Exception):
    """What cannot be said to a solver, so that nothing would be proved of it; `what` names it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not covered by the proof, so nothing could be proved of these rules")
        self.what = what


class Sort(Struct, frozen=True):
    """`of` is Bool, Long, String or a vocabulary; `many` where it is a set of them."""

    of: str
    many: bool = False


class RuleShape(Struct, frozen=True):
    """What one schema declares: the words of each vocabulary, and the sort of each attribute."""

    vocabularies: Mapping[str, tuple[str, ...]]
    action: str
    principal: str
    resource: str
    of_resource: Mapping[str, Sort]
    of_context: Mapping[str, Sort]


@lru_cache(maxsize=8)
def read_shape(text: str) -> RuleShape:
    """Read a schema in Cedar's own writing. Raises `NotCoveredError` for any statement of another form."""
    vocabularies: dict[str, tuple[str, ...]] = {}
    records: dict[str, str] = {}
    actions = []
    for statement in filter(None, (part.strip() for part in _COMMENT.sub("", text).split(";"))):
        if found := _ENUM.fullmatch(statement):
            vocabularies[found[1]] = tuple(re.findall(r'"(\w+)"', found[2]))
        elif found := _RECORD.fullmatch(statement):
            records[found[1]] = found[2]
        elif found := _ACTION.fullmatch(statement):
            actions.append(found.groups())
        else:
            raise NotCoveredError(f"the statement “{statement[:60]}” of the schema")
    if len(actions) != 1:
        raise NotCoveredError("a schema of any but one action")
    action, principal, resource, context = actions[0]
    sorts = {name: _attributes(body, vocabularies) for name, body in records.items()}
    if principal not in vocabularies or not {resource, context} <= sorts.keys():
        raise NotCoveredError("a schema whose action speaks of something undeclared")
    return RuleShape(vocabularies, action, principal, resource, sorts[resource], sorts[context])


def _attributes(body: str, vocabularies: Mapping[str, tuple[str, ...]]) -> dict[str, Sort]:
    found = {}
    for part in filter(None, (each.strip() for each in body.split(","))):
        read = _ATTRIBUTE.fullmatch(part)
        of = (read[2] or read[3]) if read else ""
        if read is None or (of not in vocabularies and of not in {BOOL, LONG, STRING}):
            raise NotCoveredError(f"the attribute “{part[:60]}” of the schema")
        found[read[1]] = Sort(of, many=read[2] is None)
    return found
