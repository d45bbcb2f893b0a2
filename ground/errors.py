"""Typed errors: a stable code for programs, a sentence for people. Doors turn them into RFC 9457 problems."""

from typing import Any


class HouseError(Exception):
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


class BadInput(HouseError):
    """A part of the input is wrong; `field` names it."""


class NotPermitted(HouseError):
    """This account may not do that; the sentence says why and who may."""

    status = 403
    code = "not_permitted"
    title = "You may not do this"


class NotFound(HouseError):
    status = 404
    code = "not_found"
    title = "There is nothing at this address"


class Conflict(HouseError):
    """The thing has moved on: a transition outside the table, a second vote, a case already closed."""

    status = 409
    code = "conflict"
    title = "That cannot be done now"


class Unavailable(HouseError):
    """A part we need did not answer; nothing was done and nothing left the house."""

    status = 503
    code = "unavailable"
    title = "This cannot be answered now"
