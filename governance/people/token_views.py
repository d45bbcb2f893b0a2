"""Views of the REST framework that a token alone opens, without what the framework does to find that out.

The framework weighs renderers, versions, permissions and throttles on every request. Where JSON is taken and there is a token, all of
them say yes; so only the token is looked up, and whatever is asked otherwise is put to the framework, which words each refusal.
"""

from typing import Any

from django.http import HttpRequest
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from governance.people.authentication import RememberedTokenAuthentication

_TAKEN = ("", "*/*", "application/json")  # what a client takes, where there is nothing to weigh
_JSON = JSONRenderer()


class TokenView(APIView):
    """A view that is opened by a token, takes raw bodies and gives JSON; what it answers is what any APIView would."""

    default_response_headers = {"Allow": "POST, OPTIONS"}  # which the framework works out each time

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        context = {"view": self, "args": args, "kwargs": kwargs}
        return Request(
            request,
            authenticators=[RememberedTokenAuthentication()],
            parser_context=context,
        )

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.META.get("HTTP_ACCEPT", "") not in _TAKEN or request.META.get("QUERY_STRING"):
            return super().initial(request, *args, **kwargs)
        request.accepted_renderer, request.accepted_media_type = _JSON, _JSON.media_type
        request.version = request.versioning_scheme = None
        if request.auth is None:  # which looks for a token, and raises where it is none of ours
            super().initial(request, *args, **kwargs)
        return None
