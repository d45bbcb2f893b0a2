"""The id that a client gives a request, said back to it; or one of ours. It reads no model, so that any site can have it."""

import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

# AuthZEN lets a client send any string; one that could be read as markup somewhere is none that a program makes.
_REQUEST_ID = re.compile(r"""[^\x00-\x1f\x7f-\U0010ffff<>"'&\\`]{1,200}""")

# The id of the request that is being answered, for log lines; blank outside of any.
current: ContextVar[str] = ContextVar("request_id", default="")


class RequestIdMiddleware:
    """Echo X-Request-ID, or give one, so that a reader's report and our log can be laid side by side."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        said = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        request.request_id = said  # type: ignore[attr-defined]  # for what is logged of it once it is answered
        before = current.set(said)
        try:
            response = self.get_response(request)
        finally:
            current.reset(before)
        response["X-Request-ID"] = said
        return response
