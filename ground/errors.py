"""Typed errors: a stable code for programs, a sentence for people. Doors turn them into RFC 9457 problems."""

from math import ceil
from typing import Any


class DomainError(Exception):
    """Something the asker can act on. `detail` is a sentence for them; `field` names the input at fault."""

    status = 400
    code = "invalid"
    title = "The request is not valid"

    def __init__(
        self, detail: str, *, field: str | None = None, code: str | None = None, **extra: Any
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.code = code or type(self).code
        self.extra = extra

    @property
    def headers(self) -> dict[str, str]:
        """What a response says of it beside its body."""
        return {}


class BadInput(DomainError):
    """A part of the input is wrong; `field` names it."""


class NotPermitted(DomainError):
    """This account may not do that; the sentence says why and who may."""

    status = 403
    code = "not_permitted"
    title = "You may not do this"


class NotFound(DomainError):
    status = 404
    code = "not_found"
    title = "There is nothing at this address"


class Conflict(DomainError):
    """The thing has moved on: a transition outside the table, a second vote, a case already closed."""

    status = 409
    code = "conflict"
    title = "That cannot be done now"


class TooMuch(DomainError):
    """More than is allowed for now; in `wait` seconds there may be room again."""

    status = 429
    code = "too_much"
    title = "That is too much at once"

    def __init__(self, detail: str, *, wait: float, code: str | None = None, **extra: Any) -> None:
        super().__init__(detail, code=code, retry_after=max(1, ceil(wait)), **extra)

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.extra["retry_after"])}


class Unavailable(DomainError):
    """A part we need did not answer; nothing was done and no value was given."""

    status = 503
    code = "unavailable"
    title = "This cannot be answered now"


class Unauthenticated(DomainError):
    """Nobody is known here who asks."""

    status = 401
    code = "not_authenticated"
    title = "Sign in or send a token"

    @property
    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": "Bearer"}
