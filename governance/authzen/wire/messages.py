"""Messages of the AuthZEN Authorization API 1.0: bytes to what is asked, or a sentence that names the field at fault. Pure.

Fields that the specification does not know are ignored, as it asks (Transport Requirements 5 of its certification scenario).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct, field

from ground import strict_json
from ground.errors import BadInput
from ground.msgspec_errors import locate_fault

LARGEST_BODY = 64 * 1024
MOST_EVALUATIONS = 100
MOST_RESULTS = 1_000  # in one page of a search

Word = Annotated[str, Meta(min_length=1, max_length=300)]
Properties = dict[str, Any]
T = TypeVar("T")


class Entity(Struct, frozen=True):
    """A subject or a resource."""

    type: Word
    id: Word
    properties: Properties = {}


class EntityType(Struct, frozen=True):
    """What a search looks for: its type; an id, where there is one, is ignored."""

    type: Word
    properties: Properties = {}


class Action(Struct, frozen=True):
    name: Word
    properties: Properties = {}


class Evaluation(Struct, frozen=True):
    """One question: may the subject do this to the resource?"""

    subject: Entity
    action: Action
    resource: Entity
    context: Properties = {}


class Semantic(StrEnum):
    """In what order a batch is worked, and where it ends."""

    EXECUTE_ALL = "execute_all"
    DENY_ON_FIRST_DENY = "deny_on_first_deny"
    PERMIT_ON_FIRST_PERMIT = "permit_on_first_permit"


class Options(Struct, frozen=True):
    evaluations_semantic: Semantic = Semantic.EXECUTE_ALL


class Evaluations(Struct, frozen=True):
    """A batch: each is a question, or what is wrong with it."""

    each: tuple[Evaluation | BadInput, ...]
    semantic: Semantic


class PageAsked(Struct, frozen=True):
    token: Annotated[str, Meta(max_length=2_000)] = ""
    limit: Annotated[int, Meta(ge=0)] | None = None


class SubjectSearch(Struct, frozen=True):
    subject: EntityType
    action: Action
    resource: Entity
    context: Properties = {}
    page: PageAsked = PageAsked()


class ResourceSearch(Struct, frozen=True):
    subject: Entity
    action: Action
    resource: EntityType
    context: Properties = {}
    page: PageAsked = PageAsked()


class ActionSearch(Struct, frozen=True):
    subject: Entity
    resource: Entity
    context: Properties = {}
    page: PageAsked = PageAsked()


Search = SubjectSearch | ResourceSearch | ActionSearch


class _Defaults(Struct, frozen=True):
    """What stands at the top of a batch, for whichever of its questions does not say it."""

    subject: Properties | None = None
    action: Properties | None = None
    resource: Properties | None = None
    context: Properties | None = None
    evaluations: list[Any] = field(default_factory=list)
    options: Options = Options()


_FALL_BACK = {"subject": ("type", "id"), "resource": ("type", "id"), "action": ("name",), "context": ()}


def parse_evaluation(body: bytes) -> Evaluation:
    """One question. Raises BadInput naming the field."""
    return _convert(_parse(body), Evaluation)


def parse_evaluations(body: bytes) -> Evaluation | Evaluations:
    """A batch; without `evaluations`, or with none, the one question that stands at the top (7.1 of the specification).

    What is wrong with one of a batch is that one's; what is wrong at the top raises BadInput.
    """
    found = _parse(body)
    top = _convert(found, _Defaults)
    if not top.evaluations:
        return _convert(found, Evaluation)
    if len(top.evaluations) > MOST_EVALUATIONS:
        text = f"A batch holds {MOST_EVALUATIONS} evaluations at most."
        raise BadInput(text, field="evaluations", code="too_many")
    each = tuple(_read_one(one, top, place) for place, one in enumerate(top.evaluations))
    return Evaluations(each, top.options.evaluations_semantic)


def parse_search(body: bytes, kind: type[T]) -> T:
    """A search of one kind. Raises BadInput naming the field."""
    return _convert(_parse(body), kind)


def _parse(body: bytes) -> object:
    if not body.strip():
        raise BadInput("The body is empty. Send JSON.", field="body", code="not_json")
    return strict_json.parse_json(body, largest=LARGEST_BODY)


def _convert(found: object, kind: type[T], prefix: str = "") -> T:
    try:
        return msgspec.convert(found, kind)
    except msgspec.ValidationError as error:
        sentence, path = locate_fault(str(error))
        raise BadInput(sentence, field=".".join(part for part in (prefix, path) if part) or "body") from None


def _read_one(one: object, top: _Defaults, place: int) -> Evaluation | BadInput:
    prefix = f"evaluations[{place}]"
    if not isinstance(one, dict):
        return BadInput("Each evaluation is an object.", field=prefix)
    try:
        return _convert(_merge(one, top), Evaluation, prefix)
    except BadInput as fault:
        return fault


def _merge(one: Mapping[str, Any], top: _Defaults) -> dict[str, Any]:
    """The question with what stands at the top: a whole object where it has none, and what names one that it leaves out."""
    merged: dict[str, Any] = {}
    for name, required in _FALL_BACK.items():
        own, default = one.get(name), getattr(top, name)
        if own is None and name not in one:
            own = default
        elif isinstance(own, dict) and default:
            own = {**{key: default[key] for key in required if key in default}, **own}
        if own is not None or name in one:
            merged[name] = own
    return merged
