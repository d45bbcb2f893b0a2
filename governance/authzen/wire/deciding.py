"""What answers behind the addresses: the line, or the fixture of a test suite. And how a batch of questions is worked. Pure."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from msgspec import Struct, to_builtins

from governance.authzen.wire.messages import Evaluation, Evaluations, Search, Semantic
from ground.errors import BadInput, DomainError

Caller = TypeVar("Caller", contravariant=True)


class AccessDecision(Struct, frozen=True):
    """Whether it is allowed, and what the asker may know beside that."""

    permits: bool
    context: dict[str, Any] = {}

    @property
    def told(self) -> dict[str, Any]:
        return {"decision": self.permits, **({"context": self.context} if self.context else {})}


class SearchPage(Struct, frozen=True):
    """One page of a search. `next_token` is empty where nothing follows."""

    results: list[dict[str, Any]]
    next_token: str = ""
    context: dict[str, Any] = {}

    @property
    def told(self) -> dict[str, Any]:
        page = {"next_token": self.next_token, "count": len(self.results)}
        return {"results": self.results, "page": page, **({"context": self.context} if self.context else {})}


class Decider(Protocol[Caller]):
    """Who decides. Raises DomainError where a question cannot be asked, or may not be by this caller.

    `evaluate_each` decides several of which none ends the others, and gives what is wrong with one in its place.
    """

    def evaluate(self, asked: Evaluation, caller: Caller) -> AccessDecision: ...

    def evaluate_each(
        self, asked: Sequence[Evaluation], caller: Caller
    ) -> Sequence[AccessDecision | DomainError]: ...

    def search(self, asked: Search, caller: Caller) -> SearchPage: ...


def evaluate_all(asked: Evaluations, decider: Decider[Caller], caller: Caller) -> list[AccessDecision]:
    """The decisions of a batch in its order, up to the one that ends it; where none does, they are decided together.

    What goes wrong with one question is that one's denial; the others are decided.
    """
    if asked.semantic is Semantic.EXECUTE_ALL:
        return _decide_together(asked, decider, caller)
    decisions = []
    for one in asked.each:
        decisions.append(_decide_one(one, decider, caller))
        if _ends(asked.semantic, decisions[-1]):
            break
    return decisions


def _decide_together(asked: Evaluations, decider: Decider[Caller], caller: Caller) -> list[AccessDecision]:
    whole = [one for one in asked.each if isinstance(one, Evaluation)]
    given = iter(decider.evaluate_each(whole, caller))
    found = [next(given) if isinstance(one, Evaluation) else one for one in asked.each]
    return [one if isinstance(one, AccessDecision) else deny(one) for one in found]


def _decide_one(one: Evaluation | BadInput, decider: Decider[Caller], caller: Caller) -> AccessDecision:
    if isinstance(one, BadInput):
        return deny(one)
    try:
        return decider.evaluate(one, caller)
    except DomainError as error:
        return deny(error)


def _ends(semantic: Semantic, decision: AccessDecision) -> bool:
    if semantic is Semantic.DENY_ON_FIRST_DENY:
        return not decision.permits
    return semantic is Semantic.PERMIT_ON_FIRST_PERMIT and decision.permits


def deny(error: DomainError) -> AccessDecision:
    """What could not be asked is not allowed; why stands in its context (7.2.1 of the specification)."""
    said = {"status": error.status, "code": error.code, "message": error.detail}
    if error.field:
        said["field"] = error.field
    return AccessDecision(False, {"error": {**said, **to_builtins(error.extra)}})
