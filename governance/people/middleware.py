"""Sessions that know which browser asks, and browsers that are known once somebody has signed in there."""

from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

from governance.people import devices
from governance.people.session_store import SessionStore


class BrowserMiddleware(SessionMiddleware):
    """Django's own, with what a session notes as it begins and the cookie by which a browser is known."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        if isinstance(request.session, SessionStore):
            request.session.asked_by(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        answer = super().process_response(request, response)
        if username := getattr(request, "signed_in_as", ""):
            devices.remember(request, answer, username)
        return answer
